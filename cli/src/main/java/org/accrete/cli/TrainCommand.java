package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.train.ChallengerReport;
import org.accrete.core.train.ChampionChange;
import org.accrete.core.train.DriftMark;
import org.accrete.core.train.DriftReport;
import org.accrete.core.train.RunReport;
import org.accrete.core.train.TrainingRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code train}: trains a new model, or continues with a stored one.
 *
 * <p>All checks are done before the model is locked for writing: see {@link Training}. Then the run goes on until the
 * rows end, or until the JVM is asked to end: a shutdown hook stops the run after its current chunk and waits until the
 * version is appended and the table is printed.
 */
@Command(
        name = "train",
        description = "Train a model, show its scores beside the baselines, and append versions.",
        footer = {
            "",
            "SOURCE is a file (its ending decides how it is read), a glob, - for standard input, or",
            "name:...?key=value&... with a source plug-in's name and parameters, %%XX for a byte.",
            "Ctrl-C ends training after the current chunk, appends a version and prints the table (status 130)."
        })
final class TrainCommand extends Subcommand {
    /** So many marks are printed. */
    private static final int MOST_MARKS = 10;

    @Mixin
    final TrainOptions options = new TrainOptions();

    private Optional<Shutdown> shutdown = Optional.empty();

    TrainCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        options.check();
        PlugIns plugIns = plugIns();
        try (ModelStore store = openStore(plugIns);
                Training training = Training.prepare(options, plugIns, store, console::note)) {
            TrainProgress progress = new TrainProgress(this, console);
            progress.onDriftVersion(version -> DriftOptions.tag(store, version));
            training.removeReplaced(store);
            try (ModelWriter writer = store.writer(options.model);
                    Dashboard page = Dashboard.open(options.dashboard(), plugIns, store, options.model)) {
                training.requireUnchanged(store);
                page.show(training, console);
                TrainingRun run = training.run(writer, progress);
                training.notes().forEach(console::note);
                shutdown = Optional.of(new Shutdown(() -> {
                    training.ending();
                    run.stop();
                }));
                RunReport report = run(run, progress);
                progress.end(!report.stopped() && !report.stoppedEarly());
                show(training, report, store.history(options.model).live());
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
        options.badRows.close();
    }

    private void show(Training training, RunReport report, Optional<ModelVersion> live) {
        // If no row was learned, no version was appended.
        boolean nothingNew = report.version().isEmpty();
        List<String> afterwards = training.pipeline().warnings();
        Optional<ModelVersion> version = report.version().or(training::origin);
        if (console.isJson()) {
            Map<String, Object> document = document(training, report, version, nothingNew);
            document.put("live", live.map(ModelVersion::number));
            List<String> warnings = new ArrayList<>(training.warnings());
            warnings.addAll(afterwards);
            document.put("warnings", warnings);
            console.json(document);
            return;
        }
        afterwards.forEach(warning -> console.note("warning: " + warning));
        if (nothingNew) {
            String learned = training.origin().map(ModelVersion::reference).orElse(options.model);
            console.print(
                    options.rows().filter(most -> most <= training.rowsBefore()).isPresent()
                            ? "nothing new: " + learned + " has learned " + Console.count(training.rowsBefore(), "row")
                                    + " and --rows asks for no more"
                            : "nothing new: no rows after those that " + learned + " has learned");
            return;
        }
        report.scores().ifPresent(scores -> {
            scoreNotes(training, report, scores).forEach(console::print);
            if (scores.rows() > 0) {
                console.print(Figures.table(scores));
            }
            console.print("");
        });
        report.progressive().filter(scores -> scores.rows() > 0).ifPresent(scores -> {
            console.print("progressive scores: each row by the model from before that row");
            console.print(Figures.table(scores));
            console.print("");
        });
        report.holdout().filter(scores -> scores.rows() > 0).ifPresent(scores -> {
            console.print("scores of rows held out, each by the model from the end of its chunk"
                    + (report.passes() > 1 ? "; of the last epoch" : ""));
            console.print(Figures.table(scores));
            console.print("");
        });
        report.challengers().ifPresent(this::showChallengers);
        console.print(account(report));
        report.sources().forEach(rows -> console.print("  of " + rows.source() + ": " + account(rows)));
        report.drift()
                .map(TrainCommand::driftNote)
                .filter(note -> !note.isEmpty())
                .ifPresent(console::print);
        if (report.stoppedEarly()) {
            console.print("stopped early: the last epochs are no better than the best one, which is kept");
        }
        version.ifPresent(one ->
                console.print(one.reference() + " written to " + store + " (" + Console.bytes(one.length()) + ")"));
        version.filter(one -> one.note().verdict() != ModelVersion.Verdict.NONE)
                .ifPresent(one -> console.print(TrainProgress.verdict(one)));
        version.filter(one -> !live.map(ModelVersion::number).equals(Optional.of(one.number())))
                .ifPresent(one -> console.print(options.model + "@live is "
                        + live.map(other -> "still " + other.number()).orElse("no version yet") + "; 'accrete rollback "
                        + options.model + " "
                        + one.number() + "' makes it " + one.number()));
    }

    private void showChallengers(ChallengerReport report) {
        long rows = report.learners().get(0).rows();
        if (rows == 0) {
            console.print("the challengers are not compared yet: that begins at row 1,001");
        } else {
            console.print("champion and challengers on " + Console.count(rows, "row")
                    + ", each by what was learned before its 1,000 rows");
            console.print(ChallengerOptions.table(report));
        }
        List<ChampionChange> changes = report.changes();
        List<ChampionChange> last = changes.subList(Math.max(0, changes.size() - MOST_MARKS), changes.size());
        if (last.size() < changes.size()) {
            console.print("the last of " + Console.count(changes.size(), "change"));
        }
        last.forEach(change -> console.print("champion changed at " + change.toText()));
        console.print("");
    }

    /** {@return what the table of scores is of, and which rows are not in it} */
    private static List<String> scoreNotes(Training training, RunReport report, ScoreReport scores) {
        List<String> notes = new ArrayList<>();
        String passed = Console.count(scores.passed(), "row");
        if (scores.rows() > 0) {
            notes.add(
                    training.isDelayed()
                            ? "scores of the rows whose labels have come, each by the model from when the row came"
                            : "scores of chunks of " + Console.count(report.chunkRows(), "row")
                                    + ", each by the model from before it");
            if (scores.passed() > 0) {
                notes.add("the first " + passed + (scores.passed() == 1 ? " is" : " are")
                        + " not scored: nothing was learned before");
            }
        } else if (training.isDelayed()) {
            notes.add("no scores: no label has come of a row that a trained model predicted");
        } else {
            notes.add("no scores: nothing was learned before the "
                    + (scores.passed() > 0 ? passed + " of the only chunk; fewer --chunk-rows give some" : "rows"));
        }
        if (report.passes() > 1) {
            notes.add("the rows of later epochs are not scored: they were learned before");
        }
        return notes;
    }

    private String account(RunReport.SourceRows rows) {
        return Console.count(rows.rows(), "row") + " learned"
                + (rows.rowsAwaitingLabel() > 0
                        ? ", " + Console.count(rows.rowsAwaitingLabel()) + " waiting for labels"
                        : "")
                + (rows.rowsUnlabelled() > 0 ? ", " + Console.count(rows.rowsUnlabelled()) + " without a target" : "")
                + (rows.rowsHeldOut() > 0 ? ", " + Console.count(rows.rowsHeldOut()) + " held out" : "")
                + (rows.rowsRefused() > 0 ? ", " + Console.count(rows.rowsRefused()) + " bad and " + fate() : "")
                + (rows.rowsLeftOut() > 0 ? ", " + Console.count(rows.rowsLeftOut()) + " left out" : "")
                + (rows.rowsFiltered() > 0 ? ", " + Console.count(rows.rowsFiltered()) + " filtered out" : "");
    }

    private static String driftNote(DriftReport drift) {
        List<DriftMark> marks = drift.marks();
        List<String> last = marks.subList(Math.max(0, marks.size() - MOST_MARKS), marks.size()).stream()
                .map(DriftMark::toText)
                .toList();
        return (marks.isEmpty()
                        ? "no drift"
                        : Console.count(marks.size(), "drift")
                                + (marks.size() > last.size() ? ", the last " : ": ")
                                + String.join(", ", last))
                + (drift.rowsHeld() > 0 ? "; " + Console.count(drift.rowsHeld()) + " rows not learned" : "")
                + (drift.rowsTakenBack() > 0 ? "; " + Console.count(drift.rowsTakenBack()) + " taken back" : "")
                + (drift.isHeld() ? "; the model is held until its loss returns" : "");
    }

    private static Map<String, Object> document(DriftReport drift) {
        List<Map<String, Object>> marks = new ArrayList<>();
        for (DriftMark mark : drift.marks()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("detector", mark.detector());
            facts.put(mark.isColumn() ? "column" : "metric", mark.of());
            facts.put("row", mark.row());
            marks.add(facts);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("marks", marks);
        document.put("rows_held", drift.rowsHeld());
        document.put("rows_taken_back", drift.rowsTakenBack());
        document.put("held", drift.isHeld());
        return document;
    }

    /** {@return what became of the rows that were read} */
    private String account(RunReport report) {
        return account(new RunReport.SourceRows(
                        "all",
                        report.rows(),
                        report.rowsAwaitingLabel(),
                        report.rowsAwaitingLabelBefore(),
                        report.rowsUnlabelled(),
                        report.rowsHeldOut(),
                        report.rowsRefused(),
                        report.rowsLeftOut(),
                        report.rowsFiltered()))
                + (report.rowsRolledBack() > 0 ? ", " + Console.count(report.rowsRolledBack()) + " rolled back" : "")
                + (report.warmUpRows() > 0 ? ", " + Console.count(report.warmUpRows()) + " for warm-up only" : "")
                + (report.rowsWaiting() > 0
                        ? ", the last " + Console.count(report.rowsWaiting()) + " wait for a full batch"
                        : "")
                + (report.stopped() ? "; stopped before the rows ended, --resume goes on" : "");
    }

    private static Map<String, Object> document(RunReport.SourceRows rows) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("source", rows.source());
        document.put("rows", rows.rows());
        document.put("rows_awaiting_label", rows.rowsAwaitingLabel());
        document.put("rows_awaiting_label_before", rows.rowsAwaitingLabelBefore());
        document.put("rows_unlabelled", rows.rowsUnlabelled());
        document.put("rows_held_out", rows.rowsHeldOut());
        document.put("rows_refused", rows.rowsRefused());
        document.put("rows_left_out", rows.rowsLeftOut());
        document.put("rows_filtered", rows.rowsFiltered());
        document.put("rows_read", rows.rowsRead());
        return document;
    }

    private String fate() {
        return options.badRows.file().map(file -> "kept in " + file).orElse("dropped");
    }

    private Map<String, Object> document(
            Training training, RunReport report, Optional<ModelVersion> version, boolean nothingNew) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", options.model);
        document.put("version", version.map(ModelVersion::number));
        document.put("parent", version.flatMap(one -> one.note().parent()));
        document.put("new_version", !nothingNew);
        document.put("verdict", version.map(one -> ParamSpec.word(one.note().verdict())));
        document.put("gate", version.map(one -> one.note().facts().get("gate")));
        document.put("rows", report.rows());
        document.put("rows_awaiting_label", report.rowsAwaitingLabel());
        document.put("rows_awaiting_label_before", report.rowsAwaitingLabelBefore());
        document.put("rows_unlabelled", report.rowsUnlabelled());
        document.put("rows_held_out", report.rowsHeldOut());
        document.put("rows_refused", report.rowsRefused());
        document.put("rows_left_out", report.rowsLeftOut());
        document.put("rows_filtered", report.rowsFiltered());
        document.put("rows_rolled_back", report.rowsRolledBack());
        document.put("rows_rolled_back_before", training.rowsRolledBack());
        document.put("rows_read", report.rowsRead());
        document.put(
                "sources", report.sources().stream().map(TrainCommand::document).toList());
        document.put("rows_before", training.rowsBefore());
        document.put("warm_up_rows", report.warmUpRows());
        document.put("rows_waiting", report.rowsWaiting());
        document.put("seconds", report.seconds());
        document.put("stopped", report.stopped());
        document.put("chunk_rows", report.chunkRows());
        document.put("learner", training.pipeline().learner());
        document.put("steps", training.pipeline().steps());
        document.put("settings", training.pipeline().settings());
        document.putAll(Figures.document(report.scores().orElseGet(ScoreReport::none)));
        document.put("progressive", report.progressive().map(Figures::document));
        document.put("holdout", report.holdout().map(Figures::document));
        document.put("stopped_early", report.stoppedEarly());
        document.put("drift", report.drift().map(TrainCommand::document));
        document.put("challengers", report.challengers().map(ChallengerOptions::document));
        return document;
    }
}
