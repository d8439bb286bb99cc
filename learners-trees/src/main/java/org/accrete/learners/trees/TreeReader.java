package org.accrete.learners.trees;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;

/** Reads numbers of stored trees one after the other; whatever does not fit is a corrupt file. */
final class TreeReader {
    private final State state;
    private final Map<String, Numbers> doubles = new HashMap<>();
    private final Map<String, Wholes> longs = new HashMap<>();

    private static final class Numbers {
        private final double[] all;
        private int next;

        Numbers(double[] all) {
            this.all = all;
        }
    }

    private static final class Wholes {
        private final long[] all;
        private int next;

        Wholes(long[] all) {
            this.all = all;
        }
    }

    TreeReader(State state) {
        this.state = state;
    }

    static void require(boolean fits, String what) {
        if (!fits) {
            throw misfit(what);
        }
    }

    static AccreteException misfit(String what) {
        return AccreteException.corruptFile("a stored model of trees must have " + what + " that fit together");
    }

    /** {@return the next number of a tensor, which must be finite} */
    double number(String name) {
        return numbers(name, 1)[0];
    }

    /** {@return the next numbers of a tensor, which must be finite} */
    double[] numbers(String name, long count) {
        double[] next = anyNumbers(name, count);
        for (double value : next) {
            if (!Double.isFinite(value)) {
                throw misfit("finite numbers in " + name);
            }
        }
        return next;
    }

    /** {@return the next numbers of a tensor, which may be infinite} */
    double[] anyNumbers(String name, long count) {
        Numbers of = doubles.computeIfAbsent(
                name, key -> new Numbers(state.tensor(key).doubles()));
        if (count > of.all.length - of.next) {
            throw misfit("enough numbers in " + name);
        }
        double[] next = Arrays.copyOfRange(of.all, of.next, of.next + (int) count);
        of.next += (int) count;
        for (double value : next) {
            if (Double.isNaN(value)) {
                throw misfit("numbers in " + name);
            }
        }
        return next;
    }

    /** {@return the next whole number of a tensor} */
    long whole(String name) {
        Wholes of =
                longs.computeIfAbsent(name, key -> new Wholes(state.tensor(key).longs()));
        if (of.next >= of.all.length) {
            throw misfit("enough numbers in " + name);
        }
        return of.all[of.next++];
    }

    /** {@return the next whole number of a tensor, from a least to a greatest one} */
    int whole(String name, long least, long greatest) {
        long value = whole(name);
        if (value < least || value > greatest) {
            throw misfit("numbers from " + least + " to " + greatest + " in " + name);
        }
        return (int) value;
    }

    /** Refuses tensors with numbers that were not read. */
    void requireEnd() {
        doubles.forEach((name, of) -> require(of.next == of.all.length, "no more numbers in " + name));
        longs.forEach((name, of) -> require(of.next == of.all.length, "no more numbers in " + name));
    }
}
