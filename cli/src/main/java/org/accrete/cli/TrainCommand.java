package org.accrete.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.store.WeightFile;
import org.accrete.core.train.CheckpointInterval;
import org.accrete.core.train.RunReport;
import org.accrete.core.train.TrainingRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code train}: makes a model, or goes on with one.
 *
 * <p>Everything that can be refused is refused before the model is taken for writing: see {@link Training}. Then the
 * run goes until the rows end, or until the JVM is asked to end: a shutdown hook stops the run after its current chunk
 * and waits until the version is appended and the table printed.
 */
@Command(
        name = "train",
        description = "Train a model, show its scores beside the baselines, append versions of it.",
        footer = {
            "",
            "SOURCE is a file (its ending decides how it is read), a glob, - for standard input, or",
            "name:...?key=value&... with a source plug-in's name and parameters, %%XX for a byte.",
            "Ctrl-C ends training after the current chunk, appends a version and prints the table (status 130)."
        })
final class TrainCommand extends Subcommand {
    static final ParamSpec<Long> CHUNK_ROWS = ParamSpec.whole(
            "chunk-rows", StoredModel.CHUNK_ROWS, Domain.Range.between(1, 100_000_000), "rows per chunk");
    static final ParamSpec<Long> EPOCHS =
            ParamSpec.whole("epochs", 1, Domain.Range.between(1, 1_000_000), "how many times the rows are read");
    static final ParamSpec<Long> ROWS =
            ParamSpec.whole("rows", Long.MAX_VALUE, Domain.Range.atLeast(1), "the most rows that are learned");

    /** What to do with rows that cannot be used. */
    enum BadRowPolicy {
        /** End the run. */
        STOP,
        /** Drop and count them. */
        SKIP
    }

    static final ParamSpec<BadRowPolicy> BAD_ROWS = ParamSpec.choice(
            "bad-rows", BadRowPolicy.class, BadRowPolicy.STOP, "what to do with rows that cannot be used");

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The data; see below.")
    String source = "";

    @Option(names = "--model", paramLabel = "NAME", required = true, description = "Name of the model.")
    String model = "";

    @Option(names = "--target", paramLabel = "COL", description = "The column to be predicted.")
    Optional<String> target = Optional.empty();

    @Option(
            names = "--learner",
            paramLabel = "NAME",
            description = "The learner (default: by the kind of target); 'learners' lists them.")
    Optional<String> learner = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "K=V",
            description = "A parameter of the learner, or step.key=value of a step; may be repeated.")
    List<String> set = new ArrayList<>();

    @Option(
            names = "--steps",
            paramLabel = "LIST",
            description = "Steps before the learner, separated by commas, or none (default: what the learner likes).")
    Optional<String> steps = Optional.empty();

    @Option(
            names = "--chunk-rows",
            paramLabel = "N",
            description = "Rows that are scored, then learned, at a time (default: 1000).")
    Optional<String> chunkRows = Optional.empty();

    @Option(names = "--epochs", paramLabel = "N", description = "How many times the rows are read (default: 1).")
    Optional<String> epochs = Optional.empty();

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "The most rows that are learned, those before a resume included (default: all).")
    Optional<String> rows = Optional.empty();

    @Option(
            names = "--column",
            paramLabel = "NAME=KIND",
            description = "What a column is: numeric, categorical, datetime, boolean, weight, key or ignore;"
                    + " may be repeated.")
    List<String> columns = new ArrayList<>();

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            description = "Append a version every N chunks, or every Ns seconds (default: 300s).")
    Optional<String> checkpointEvery = Optional.empty();

    @Option(
            names = "--bad-rows",
            paramLabel = "stop|skip",
            description = "Whether a row that cannot be used ends training or is dropped (default: stop).")
    Optional<String> badRows = Optional.empty();

    @Option(
            names = "--progressive",
            description = "Also score each row by the model from before that row, apart from the scores of chunks;"
                    + " row-wise learners only.")
    boolean progressive;

    @Option(
            names = "--resume",
            description = "Go on with NAME@live where it stopped, with the same parameters; new when there is none.")
    boolean resume;

    @Option(
            names = "--from",
            paramLabel = "MODEL[@V]",
            description = "Begin from this version, with fresh scores, and append to NAME.")
    Optional<String> from = Optional.empty();

    @Option(
            names = "--new-head",
            description = "With --from: learn another target, or other classes, with all of the model but its output.")
    boolean newHead;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "Begin a new model with weights from a safetensors file, such as PyTorch's.")
    Optional<String> weights = Optional.empty();

    @Option(
            names = "--map",
            paramLabel = "LIST",
            description = "Where the file has which layer: net.0=0,net.2=1 (default: layers.0, layers.1, ...).")
    Optional<String> map = Optional.empty();

    private Optional<Shutdown> shutdown = Optional.empty();

    TrainCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        if (resume && from.isPresent()) {
            throw AccreteException.badArgument("--resume and --from exclude each other; choose one");
        }
        if (newHead && from.isEmpty()) {
            throw AccreteException.badArgument("--new-head needs a model to begin from; add --from MODEL@V");
        }
        if (weights.isPresent() && (resume || from.isPresent())) {
            throw AccreteException.badArgument(
                    "--weights begins a new model, so --resume and --from exclude it; choose one");
        }
        if (map.isPresent() && weights.isEmpty()) {
            throw AccreteException.badArgument("--map tells the names in a file of weights; add --weights FILE");
        }
        checkpoints();
        PlugIns plugIns = plugIns();
        try (ModelStore store = openStore(plugIns);
                Training training = Training.prepare(this, plugIns, store)) {
            TrainProgress progress = new TrainProgress(this, console);
            try (ModelWriter writer = store.writer(model)) {
                training.requireUnchanged(store);
                TrainingRun run = training.run(writer, progress);
                training.notes().forEach(console::note);
                shutdown = Optional.of(new Shutdown(() -> {
                    training.ending();
                    run.stop();
                }));
                RunReport report = run(run, progress);
                progress.end();
                show(training, report, store.history(model).live());
            }
        }
        return 0;
    }

    private static RunReport run(TrainingRun run, TrainProgress progress) {
        try {
            return run.run();
        } catch (RuntimeException | Error e) {
            progress.failed();
            throw e;
        }
    }

    @Override
    void ended() {
        shutdown.ifPresent(Shutdown::close);
    }

    int chunkRows(int otherwise) {
        return chunkRows.map(CHUNK_ROWS::parse).map(Long::intValue).orElse(otherwise);
    }

    int epochs(int otherwise) {
        return epochs.map(EPOCHS::parse).map(Long::intValue).orElse(otherwise);
    }

    Optional<Long> rows() {
        return rows.map(ROWS::parse);
    }

    Optional<CheckpointInterval> checkpoints() {
        return checkpointEvery.map(CheckpointInterval::parse);
    }

    BadRows badRows() {
        return badRows.map(BAD_ROWS::parse).orElse(BadRowPolicy.STOP) == BadRowPolicy.SKIP
                ? BadRows.skip(console::note)
                : BadRows.stop("--bad-rows skip drops such rows");
    }

    List<Column> columns() {
        return columns.stream().map(Column::parse).toList();
    }

    Optional<List<String>> steps() {
        return steps.map(list -> list.equals("none")
                ? List.of()
                : Arrays.stream(list.split(",", -1)).map(ParamSpec::word).toList());
    }

    /** {@return the weights to begin with} */
    Optional<State> begin() {
        Map<String, String> places = new LinkedHashMap<>();
        for (String pair : map.map(list -> list.split(",", -1)).orElse(new String[0])) {
            int equals = pair.indexOf('=');
            if (equals < 1 || places.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
                throw AccreteException.badArgument(
                        "--map must be place=layer,..., each place once, but was '" + map.orElse("") + "'");
            }
        }
        return weights.map(file -> WeightFile.read(Path.of(file), places));
    }

    private void show(Training training, RunReport report, Optional<ModelVersion> live) {
        // What a version was made from is nothing new when no row was learned since.
        boolean nothingNew = report.version().isEmpty();
        Optional<ModelVersion> version = report.version().or(training::origin);
        if (console.isJson()) {
            Map<String, Object> document = document(training, report, version, nothingNew);
            document.put("live", live.map(ModelVersion::number));
            document.put("warnings", training.warnings());
            console.json(document);
            return;
        }
        if (nothingNew) {
            String learned = training.origin().map(ModelVersion::reference).orElse(model);
            console.print(
                    rows().filter(most -> most <= training.rowsBefore()).isPresent()
                            ? "nothing new: " + learned + " has learned " + Console.count(training.rowsBefore(), "row")
                                    + " and --rows asks for no more"
                            : "nothing new: no rows after those that " + learned + " has learned");
            return;
        }
        report.scores().filter(scores -> !scores.metrics().isEmpty()).ifPresent(scores -> {
            console.print("scores of chunks of " + Console.count(report.chunkRows(), "row")
                    + ", each by the model from before it");
            console.print(Figures.table(scores, training.rowsBefore() + report.rows()));
            console.print("");
        });
        report.progressive().ifPresent(scores -> {
            console.print("progressive scores: each row by the model from before that row");
            console.print(Figures.table(scores, training.rowsBefore() + report.rows()));
            console.print("");
        });
        console.print(Console.count(report.rows(), "row") + " learned"
                + (report.rowsRefused() > 0 ? ", " + Console.count(report.rowsRefused()) + " refused" : "")
                + (report.warmUpRows() > 0 ? ", " + Console.count(report.warmUpRows()) + " for warm-up only" : "")
                + (report.rowsWaiting() > 0
                        ? ", the last " + Console.count(report.rowsWaiting()) + " wait for a full batch"
                        : "")
                + (report.stopped() ? "; stopped before the rows ended, --resume goes on" : ""));
        version.ifPresent(one ->
                console.print(one.reference() + " written to " + store + " (" + Console.bytes(one.length()) + ")"));
        version.filter(one -> !live.map(ModelVersion::number).equals(Optional.of(one.number())))
                .ifPresent(one -> console.print(model + "@live is still "
                        + live.map(ModelVersion::number).orElse(0L) + "; 'accrete rollback " + model + " "
                        + one.number() + "' makes it " + one.number()));
    }

    private Map<String, Object> document(
            Training training, RunReport report, Optional<ModelVersion> version, boolean nothingNew) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model);
        document.put("version", version.map(ModelVersion::number));
        document.put("parent", version.flatMap(one -> one.note().parent()));
        document.put("new_version", !nothingNew);
        document.put("rows", report.rows());
        document.put("rows_before", training.rowsBefore());
        document.put("rows_refused", report.rowsRefused());
        document.put("warm_up_rows", report.warmUpRows());
        document.put("rows_waiting", report.rowsWaiting());
        document.put("seconds", report.seconds());
        document.put("stopped", report.stopped());
        document.put("chunk_rows", report.chunkRows());
        document.put("learner", training.pipeline().learner());
        document.put("steps", training.pipeline().steps());
        document.put("settings", training.pipeline().settings());
        report.scores().ifPresentOrElse(scores -> document.putAll(Figures.document(scores)), () -> {
            for (String name : List.of("metrics", "recent", "baselines", "recent_baselines")) {
                document.put(name, Map.of());
            }
        });
        document.put("progressive", report.progressive().map(Figures::document));
        return document;
    }

    /** {@return names of the raw columns of a source, for messages} */
    static String names(ChunkSource source) {
        return source.plan().map(ColumnPlan::columns).orElse(List.of()).stream()
                .map(Column::name)
                .reduce((one, other) -> one + ", " + other)
                .orElse("none");
    }

    /** {@return that a model is there already, and the ways on} */
    AccreteException taken(History history) {
        String versions = Console.count(history.versions().size(), "version");
        return AccreteException.badState("model '" + model + "' exists with " + versions + " in " + store
                + "; add --resume to go on with it, --from " + model
                + "@live to train it on from there with fresh scores, or choose another --model");
    }
}
