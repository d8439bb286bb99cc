package org.accrete.core.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * What a run does when the loss has drifted.
 *
 * @param kind what
 * @param every rows of a block: states are kept, and a loss is judged to have returned, at multiples of it; what a
 *     drift brings about happens at the next multiple of a tenth of it
 * @param mostRows rows after which a model that is held learns again whatever its loss; 0 for never
 * @param factor of the learning rate
 * @param rows for how many rows the learning rate is higher
 */
public record DriftAction(Kind kind, int every, long mostRows, double factor, long rows) {
    /** What is done. */
    public enum Kind {
        /** Tells it, and marks the version. */
        TELL,
        /** Also appends a version after the chunk, for an alias. */
        TAG,
        /** Multiplies the learning rate for some rows. */
        BOOST_RATE,
        /** Begins with an untrained model. */
        RESET,
        /** Takes back the rows of the block before as well, and then does the same. */
        ROLLBACK,
        /** Takes back the rows of the block, and scores rows without learning them until the loss has returned. */
        HOLD;

        boolean changesModel() {
            return this != TELL && this != TAG;
        }

        boolean holds() {
            return this == ROLLBACK || this == HOLD;
        }
    }

    private static final int LOOKS = 10;
    private static final ParamSpec<Long> EVERY =
            ParamSpec.whole("every", 1_000, Domain.Range.between(LOOKS, 100_000_000), "rows of a block");
    private static final ParamSpec<Long> MOST_ROWS = ParamSpec.whole(
            "most-rows", 0, Domain.Range.atLeast(0), "rows after which a held model learns again; 0: never");
    private static final ParamSpec<Double> FACTOR =
            ParamSpec.real("factor", 5, new Domain.Range(0, true, 1_000, false), "factor of the learning rate");
    private static final ParamSpec<Long> ROWS = ParamSpec.whole(
            "rows", 10_000, Domain.Range.between(1, 1e12), "rows that are learned with the higher learning rate");

    /** Tells a drift and does nothing else. */
    public static final DriftAction TELL = parse("tell");

    // Checks the rows of a block.
    public DriftAction {
        if (every < LOOKS || every % LOOKS != 0) {
            throw AccreteException.badArgument("every must be a multiple of " + LOOKS + " but was " + every);
        }
    }

    /**
     * {@return what a text describes}
     *
     * @param text {@code tell}, {@code tag}, {@code boost-rate}, {@code reset}, {@code rollback} or {@code hold}, with
     *     parameters such as {@code hold?most-rows=50000}
     * @throws AccreteException bad argument: none of them, a parameter that it does not have, a value outside its
     *     domain
     */
    public static DriftAction parse(String text) {
        DriftText parsed = DriftText.parse(text);
        Kind kind;
        try {
            kind = ParamSpec.choice("on-drift", Kind.class, Kind.TELL, "what is done")
                    .parse(parsed.name());
        } catch (AccreteException e) {
            throw AccreteException.badArgument(String.valueOf(e.getMessage()));
        }
        List<ParamSpec<?>> specs = new ArrayList<>(List.of(EVERY));
        if (kind.holds()) {
            specs.add(MOST_ROWS);
        } else if (kind == Kind.BOOST_RATE) {
            specs.addAll(List.of(FACTOR, ROWS));
        }
        Params params;
        try {
            params = Params.parse(specs, parsed.settings());
        } catch (AccreteException e) {
            throw AccreteException.badArgument(parsed.name() + ": " + e.getMessage());
        }
        boolean boosts = kind == Kind.BOOST_RATE;
        return new DriftAction(
                kind,
                params.get(EVERY).intValue(),
                kind.holds() ? params.get(MOST_ROWS) : 0,
                boosts ? params.get(FACTOR) : 1,
                boosts ? params.get(ROWS) : 0);
    }

    /** {@return the text that {@link #parse} reads} */
    public String toText() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(EVERY.name(), Integer.toString(every));
        if (kind.holds()) {
            settings.put(MOST_ROWS.name(), Long.toString(mostRows));
        } else if (kind == Kind.BOOST_RATE) {
            settings.put(FACTOR.name(), Double.toString(factor));
            settings.put(ROWS.name(), Long.toString(rows));
        }
        return new DriftText(ParamSpec.word(kind), settings).toString();
    }

    /**
     * {@return the text of what the run of a state did about drift; that of {@link #TELL} if it watched nothing}
     *
     * @param state what a version holds
     */
    public static String stored(State state) {
        return DriftRun.isIn(state) ? state.text(DriftRun.ACTION) : TELL.toText();
    }

    int lookRows() {
        return every / LOOKS;
    }
}
