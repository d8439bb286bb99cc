package org.accrete.learners.trees;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.accrete.api.store.State;

/** Collects the numbers of all trees of a model, for a fixed set of flat tensors. */
final class TreeWriter {
    private final Map<String, Numbers> doubles = new LinkedHashMap<>();
    private final Map<String, Wholes> longs = new LinkedHashMap<>();

    private static final class Numbers {
        private double[] all = new double[64];
        private int size;
    }

    private static final class Wholes {
        private long[] all = new long[64];
        private int size;
    }

    /**
     * Makes an empty one.
     *
     * @param doubles names of the tensors of numbers
     * @param longs names of the tensors of whole numbers
     */
    TreeWriter(List<String> doubles, List<String> longs) {
        doubles.forEach(name -> this.doubles.put(name, new Numbers()));
        longs.forEach(name -> this.longs.put(name, new Wholes()));
    }

    void number(String name, double value) {
        Numbers to = Objects.requireNonNull(doubles.get(name));
        if (to.size == to.all.length) {
            to.all = Arrays.copyOf(to.all, 2 * to.size);
        }
        to.all[to.size++] = value;
    }

    void numbers(String name, double[] values) {
        Numbers to = Objects.requireNonNull(doubles.get(name));
        int size = to.size + values.length;
        if (size > to.all.length) {
            to.all = Arrays.copyOf(to.all, Math.max(size, 2 * to.size));
        }
        System.arraycopy(values, 0, to.all, to.size, values.length);
        to.size = size;
    }

    void whole(String name, long value) {
        Wholes to = Objects.requireNonNull(longs.get(name));
        if (to.size == to.all.length) {
            to.all = Arrays.copyOf(to.all, 2 * to.size);
        }
        to.all[to.size++] = value;
    }

    void writeTo(State.Builder state) {
        doubles.forEach((name, numbers) -> state.doubles(name, Arrays.copyOf(numbers.all, numbers.size)));
        longs.forEach((name, wholes) -> state.longs(name, Arrays.copyOf(wholes.all, wholes.size)));
    }
}
