package org.accrete.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Target;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.core.score.Scores;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plot}: the scores of a stored history, as a page or a picture. */
@Command(
        name = "plot",
        description = "Plot the scores of the rows that each version learned, with baselines, drift, versions that"
                + " gates refused, and moves of live.")
final class PlotCommand extends Subcommand {
    @Parameters(
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            description = "Name of the model.")
    String model = "";

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a page with all scores; it needs nothing but a browser.")
    Optional<Path> html = Optional.empty();

    @Option(names = "--png", paramLabel = "FILE", description = "Write a picture of the first two scores.")
    Optional<Path> png = Optional.empty();

    @Option(names = "--replace", description = "Overwrite the FILE if it exists.")
    boolean replace;

    PlotCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        if (html.isEmpty() && png.isEmpty()) {
            throw AccreteException.badArgument("nothing to write; add --html FILE, --png FILE or both");
        }
        if (html.map(Path::toAbsolutePath).equals(png.map(Path::toAbsolutePath))) {
            throw AccreteException.badArgument("--html and --png must be two files but are both '" + png.get() + "'");
        }
        html.ifPresent(file -> NewFile.requireWritable(file, "--html"));
        png.ifPresent(file -> NewFile.requireWritable(file, "--png"));
        Stream.concat(html.stream(), png.stream()).forEach(file -> NewFile.requireAbsent(file, replace));
        Map<String, Object> document;
        ScoreCurve curve;
        try (ModelStore store = openStore(plugIns())) {
            History history = existing(store, model);
            if (history.versions().stream()
                    .allMatch(version -> version.note().stretch().isEmpty())) {
                throw AccreteException.badArgument("the versions of '" + model + "' have no scores to plot: they were"
                        + " trained on rows without targets, or on too few rows; 'accrete versions " + model
                        + "' lists them");
            }
            document = VersionsCommand.document(history, history.versions());
            curve = ScoreCurve.of(history, baselines(store, history));
        }
        document.put("plot", curve.document());
        html.ifPresent(file -> NewFile.write(
                file, HtmlPage.html(model, Optional.of(curve.sentence()), curve.sections(), document, "plot.js")));
        png.ifPresent(file -> NewFile.write(file, ScorePicture.png(curve)));
        if (console.isJson()) {
            console.json(document);
        } else {
            html.ifPresent(file -> console.print("page written to " + file));
            png.ifPresent(file -> console.print("picture written to " + file));
        }
        return 0;
    }

    /** {@return the scores of the baselines, which only the file of a version has} */
    private static Map<String, Map<String, Double>> baselines(ModelStore store, History history) {
        StoredModel newest = StoredModel.load(store, history.latest().orElseThrow());
        Target target = newest.schema().target();
        return Scores.areIn(newest.state(), target)
                ? Scores.restore(target, newest.state()).report().baselines()
                : Map.of();
    }
}
