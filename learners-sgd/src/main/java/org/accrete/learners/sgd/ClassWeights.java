package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.store.State;

/**
 * How much more or less the rows of a class count, besides their own weights: a given number by label, or
 * {@code balanced}, so that all classes count alike: all rows so far / (classes so far × rows of this class so far),
 * each row by its weight, this one included.
 *
 * <p>Of two classes, each row counts by its own class. Of more, each against the rest, a row counts so for its own
 * class, and plainly among the rest of the others, as in scikit-learn.
 */
final class ClassWeights {
    private static final String MASS = "sgd.class_mass";
    private static final String NONE = "none";
    private static final String BALANCED = "balanced";

    private final Map<String, Double> given;
    private final boolean balanced;
    private double[] weights = {};
    private double[] mass = {};
    private double[] beforeMass = {};
    private double[] beforeWeights = {};

    /**
     * Reads what a user gave.
     *
     * @param text {@code none}, {@code balanced}, or {@code label:weight} pairs apart by commas
     * @throws AccreteException bad argument: anything else
     */
    ClassWeights(String text) {
        this.balanced = text.strip().equals(BALANCED);
        this.given = balanced || text.strip().equals(NONE) ? Map.of() : parse(text);
    }

    private static Map<String, Double> parse(String text) {
        Map<String, Double> weights = new HashMap<>();
        for (String pair : text.split(",", -1)) {
            int colon = pair.lastIndexOf(':');
            double weight = Double.NaN;
            try {
                weight = Double.parseDouble(pair.substring(colon + 1));
            } catch (NumberFormatException e) {
                // refused below
            }
            boolean good = colon > 0 && weight >= 0 && weight <= Double.MAX_VALUE;
            if (!good || weights.put(pair.substring(0, colon).strip(), weight) != null) {
                throw AccreteException.badArgument(
                        "class-weight must be none, balanced or label:weight,… with weights >= 0 and each label once"
                                + " but was '" + text + "'");
            }
        }
        return weights;
    }

    /** {@return whether classes count differently} */
    boolean isOn() {
        return balanced || !given.isEmpty();
    }

    /** Makes room for the first labels of a list, to which labels are only ever added. */
    void know(List<String> labels, int size) {
        if (balanced && size > mass.length) {
            mass = Arrays.copyOf(mass, size);
        }
        if (!given.isEmpty() && size > weights.length) {
            weights = new double[size];
            for (int c = 0; c < size; c++) {
                weights[c] = given.getOrDefault(labels.get(c), 1.0);
            }
        }
    }

    /**
     * {@return by what a row counts more for being of its class}
     *
     * @param own the row's class
     * @param weight the row's weight
     */
    double take(int own, double weight) {
        if (!balanced) {
            return given.isEmpty() ? 1 : weights[own];
        }
        mass[own] += weight;
        double sum = 0;
        int classes = 0;
        for (double one : mass) {
            sum += one;
            classes += one > 0 ? 1 : 0;
        }
        return mass[own] > 0 ? sum / (classes * mass[own]) : 1;
    }

    void begin() {
        beforeMass = UndoLog.copy(mass, beforeMass);
        beforeWeights = weights;
    }

    /** The labels that came up are taken back too: the next chunk may bring others. */
    void rollBack() {
        mass = beforeMass.clone();
        weights = beforeWeights;
    }

    boolean isFinite() {
        return UndoLog.isFinite(mass);
    }

    /** Goes on from a state, of as many classes as are known. */
    void restore(State state) {
        if (balanced) {
            mass = state.doubles(MASS, mass.length);
            if (!isFinite() || Arrays.stream(mass).anyMatch(one -> one < 0)) {
                throw new AccreteException(
                        Kind.CORRUPT_FILE, "tensor '" + MASS + "' must hold finite numbers >= 0 only");
            }
        }
    }

    void putInto(State.Builder state) {
        if (balanced) {
            state.doubles(MASS, mass);
        }
    }

    /** {@return the mass of the classes of two learners, by the labels of the merged one} */
    double[] joined(List<String> mine, ClassWeights other, List<String> theirs, List<String> joined) {
        return balanced ? WeightedMerge.sums(mine, mass, theirs, other.mass, joined) : mass;
    }

    /** Goes over to the classes of a merged learner. */
    void become(List<String> labels, double[] merged) {
        mass = merged;
        weights = new double[0];
        know(labels, labels.size());
    }
}
