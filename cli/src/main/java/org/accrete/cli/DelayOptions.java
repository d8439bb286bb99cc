package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.core.train.LabelDelay;
import org.accrete.core.train.TrainingRun;
import picocli.CommandLine.Option;

/** How long after the rows {@code train} gets their labels. */
final class DelayOptions {
    private static final String DELAY = "label_delay";
    private static final String TIME = "time_column";

    @Option(
            names = "--label-delay",
            paramLabel = "ROWS|TIME",
            description =
                    "Learn and score each row only when its label would have come: this many rows later, such as"
                            + " 1000, or this long, such as 12h or 7d by --time; the score is that of what was predicted before.")
    Optional<String> delay = Optional.empty();

    @Option(
            names = "--time",
            paramLabel = "COL",
            description =
                    "With --label-delay: the column that says when a row happened, a date and time or seconds since"
                            + " 1970; it may be learned from as well.")
    Optional<String> time = Optional.empty();

    /**
     * Refuses what does not go together.
     *
     * @param options what else was asked for
     */
    void check(TrainOptions options) {
        if (time.isPresent() && delay.isEmpty() && !options.resume) {
            throw AccreteException.badArgument("--time is for --label-delay; add --label-delay 7d, or leave it out");
        }
        if (delay.isEmpty()) {
            return;
        }
        if (!options.resume || time.isPresent()) {
            LabelDelay.parse(delay.get(), time);
        }
        if (options.progressive) {
            throw AccreteException.badArgument("--progressive scores each row by the model from before it, and"
                    + " --label-delay by the model from when it came; leave one of them out");
        }
        if (options.epochs(1) > 1) {
            throw AccreteException.badArgument(
                    "--label-delay lets rows wait for their labels, which --epochs reads again; leave one of them out");
        }
    }

    /** {@return the delay that was chosen, or that of the stored run that is resumed} */
    Optional<LabelDelay> chosen(Optional<StoredModel> resumed) {
        if (resumed.isEmpty()) {
            return delay.map(text -> LabelDelay.parse(text, time));
        }
        Optional<String> columnBefore = fact(resumed.get(), TIME);
        Optional<LabelDelay> before = fact(resumed.get(), DELAY).map(text -> LabelDelay.parse(text, columnBefore));
        boolean isSame = delay.isEmpty()
                ? time.isEmpty() || time.equals(columnBefore)
                : before.equals(Optional.of(LabelDelay.parse(delay.get(), time.or(() -> columnBefore))));
        if (!isSame) {
            throw AccreteException.badArgument((delay.isPresent()
                            ? "--label-delay " + delay.get()
                            : "--time " + time.get())
                    + " does not fit model " + resumed.get().version().reference() + ": its labels come "
                    + before.map(some -> some.toText()
                                    + some.column()
                                            .map(of -> " after the time in " + of)
                                            .orElse(" rows later"))
                            .orElse("with their rows")
                    + "; leave it out");
        }
        return before;
    }

    private static Optional<String> fact(StoredModel stored, String name) {
        return Optional.ofNullable(stored.state().texts().get("run." + name));
    }

    /** {@return a request whose rows carry their times, if these are asked for} */
    SourceRequest in(SourceRequest request) {
        return in(request, time);
    }

    /** {@return the same for a run that continues a stored one} */
    static SourceRequest in(SourceRequest request, StoredModel resumed) {
        return in(request, fact(resumed, TIME));
    }

    private static SourceRequest in(SourceRequest request, Optional<String> time) {
        if (time.isEmpty()) {
            return request;
        }
        Optional<ColumnPlan> plan = request.plan();
        if (plan.isEmpty()) {
            return request.withKeys(List.of(time.get()));
        }
        if (plan.get().keys().contains(time.get())) {
            return request;
        }
        if (!plan.get().rawNames().contains(time.get())) {
            throw AccreteException.badArgument("--time " + time.get() + " is no column of the plan; columns: "
                    + String.join(", ", plan.get().rawNames()));
        }
        List<Column> columns = new ArrayList<>(plan.get().columns());
        columns.add(new Column.Key(time.get()));
        return request.withPlan(new ColumnPlan(columns, plan.get().seen()), request.targetNeeded());
    }

    /** Asks a run for a delay. */
    static void set(TrainingRun.Builder run, LabelDelay delay) {
        run.labelDelay(delay).fact(DELAY, delay.toText());
        delay.column().ifPresent(column -> run.fact(TIME, column));
    }

    /** Refuses more rows than fit into the heap. */
    static void requireMemory(LabelDelay delay, Schema schema) {
        if (delay.column().isEmpty() && !schema.isSparse()) {
            double bytes = (double) delay.amount() * 8 * (schema.width() + 8);
            Memory.require((long) Math.min(bytes, Long.MAX_VALUE), "the rows that wait for their labels");
        }
    }
}
