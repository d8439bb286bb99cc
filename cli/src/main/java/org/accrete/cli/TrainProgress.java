package org.accrete.cli;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.train.ChampionChange;
import org.accrete.core.train.DriftMark;
import org.accrete.core.train.Progress;
import org.accrete.core.train.Rollback;
import org.accrete.core.train.RunListener;

/**
 * Shows the progress of a run: on a terminal one line, rewritten; elsewhere a line every few seconds; with JSON
 * nothing.
 */
final class TrainProgress implements RunListener {
    private static final long REWRITE_NANOS = 200_000_000L;
    private static final long LINE_NANOS = 3_000_000_000L;

    /** More drifts than these are in the report only. */
    private static final int MOST_MARKS = 20;

    private final Subcommand command;
    private final Console console;
    private Optional<Progress> last = Optional.empty();
    private final LongSupplier nanos;
    private long shown;
    private boolean rewriting;
    /** The first progress, or the first after a rollback; what is left takes as long as what was done since. */
    private Optional<Progress> first = Optional.empty();

    private OptionalDouble share = OptionalDouble.empty();
    private Optional<ModelVersion> appended = Optional.empty();
    private Consumer<ModelVersion> tagger = version -> {};
    private long marks;
    private long warnings;
    private long failures;

    TrainProgress(Subcommand command, Console console) {
        this(command, console, System::nanoTime);
    }

    /**
     * Makes a listener.
     *
     * @param command is told that rows were processed
     * @param console where progress is shown
     * @param nanos tells the time, as {@link System#nanoTime} does
     */
    TrainProgress(Subcommand command, Console console, LongSupplier nanos) {
        this.command = command;
        this.console = console;
        this.nanos = nanos;
        this.shown = nanos.getAsLong();
    }

    @Override
    public void chunk(Progress progress) {
        command.markUnderway();
        last = Optional.of(progress);
        first = first.isPresent() ? first : last;
        if (progress.share().isPresent() && share.orElse(0) <= progress.share().getAsDouble()) {
            share = progress.share();
        }
        long now = nanos.getAsLong();
        if (now - shown >= (console.rewrites() ? REWRITE_NANOS : LINE_NANOS)) {
            shown = now;
            show(progress);
        }
    }

    @Override
    public void versionFailed(AccreteException failure, String next) {
        failures++;
        if (failures <= MOST_MARKS) {
            say("warning: could not append a version: " + failure.line() + "; training goes on, the next try is "
                    + next);
        } else if (failures == MOST_MARKS + 1) {
            say("warning: still no version could be appended; further tries are not shown here");
        }
    }

    @Override
    public void version(ModelVersion version) {
        appended = Optional.of(version);
        if (failures > 0) {
            say(version.reference() + " was appended and holds all that was learned so far");
            failures = 0;
        }
        ModelVersion.Verdict verdict = version.note().verdict();
        if (verdict != ModelVersion.Verdict.NONE && !console.isJson()) {
            endLine();
            console.note(verdict(version));
        }
    }

    /** {@return what gates said of a version, with their figures} */
    static String verdict(ModelVersion version) {
        return version.reference() + " " + ParamSpec.word(version.note().verdict())
                + (version.note().verdict() == ModelVersion.Verdict.PASSED ? " its gate: " : " by its gate: ")
                + version.note().facts().getOrDefault("gate", "");
    }

    @Override
    public void rolledBack(Rollback rollback) {
        first = Optional.empty();
        share = OptionalDouble.empty();
        if (console.isJson()) {
            return;
        }
        endLine();
        String reference = rollback.version().reference();
        console.note("rolled back: going on from " + reference
                + (rollback.fromHere() ? ", without the rows learned since" : ", where it ended in the source"));
        if (rollback.fromHere() && !rollback.asked()) {
            console.note("the source cannot be read again, so this is as with --from-here");
        }
    }

    /** Sets what is done with a version that a drift was the reason for. */
    void onDriftVersion(Consumer<ModelVersion> tag) {
        tagger = tag;
    }

    @Override
    public void drift(DriftMark mark) {
        marks++;
        if (marks <= MOST_MARKS) {
            say("drift: " + words(mark));
        } else if (marks == MOST_MARKS + 1) {
            say("drift: further ones are not shown here");
        }
    }

    @Override
    public void driftWarning(DriftMark mark) {
        warnings++;
        if (warnings <= MOST_MARKS) {
            say("perhaps drift: " + words(mark));
        }
    }

    @Override
    public void driftAction(long row, String what) {
        say("at row " + Console.count(row) + " " + what);
    }

    @Override
    public void driftVersion(ModelVersion version) {
        tagger.accept(version);
        say(version.reference() + " is tagged '" + DriftOptions.ALIAS + "'");
    }

    @Override
    public void championChanged(ChampionChange change) {
        say("champion changed at " + change.toText());
    }

    private static String words(DriftMark mark) {
        return mark.detector() + " of " + (mark.isColumn() ? "column '" + mark.of() + "'" : "the " + mark.of())
                + " at row " + Console.count(mark.row());
    }

    private void say(String line) {
        endLine();
        console.note(line);
    }

    /**
     * Shows the last progress; the final scores follow in a table.
     *
     * @param complete whether all rows were read
     */
    void end(boolean complete) {
        if (complete && share.isPresent()) {
            share = OptionalDouble.of(1);
        }
        last.ifPresentOrElse(this::show, () -> console.note("0 rows, nothing new"));
        endLine();
    }

    /** Says which version a failed run has left; the failure itself is printed after that. */
    void failed() {
        endLine();
        if (!console.isJson()) {
            appended.ifPresent(version -> console.note(version.reference()
                    + " holds what was learned before this failure; --resume goes on with " + version.model()
                    + "@live"));
        }
    }

    private void endLine() {
        if (rewriting) {
            console.endRewriting();
            rewriting = false;
        }
    }

    private void show(Progress progress) {
        if (console.isJson()) {
            return;
        }
        ProgressLine line = new ProgressLine(progress, share, secondsLeft(progress));
        if (console.rewrites()) {
            rewriting = true;
            console.rewrite(line);
        } else {
            console.note(line.text());
        }
    }

    /** {@return how long the rest takes at the pace so far; empty where that is not known, and at the end} */
    private OptionalDouble secondsLeft(Progress now) {
        double before =
                first.flatMap(some -> some.share().stream().boxed().findFirst()).orElse(0.0);
        double seconds = now.seconds() - first.map(Progress::seconds).orElse(0.0);
        double left = (1 - share.orElse(1)) / (share.orElse(1) - before) * seconds;
        return left > 0 && left < Double.POSITIVE_INFINITY ? OptionalDouble.of(left) : OptionalDouble.empty();
    }
}
