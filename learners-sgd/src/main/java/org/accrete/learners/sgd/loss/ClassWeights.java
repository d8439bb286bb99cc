package org.accrete.learners.sgd.loss;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.UndoLog;
import org.accrete.learners.sgd.weights.WeightedMerge;

/**
 * Factors of the rows' weights by class: given by label, or {@code balanced}: total weight of the rows so far / (number
 * of classes so far × weight of the rows of this class so far), this row included.
 *
 * <p>With two classes, each row takes the factor of its own class. With more, each trained against the rest, the row
 * takes the factor in the function of its own class only, as in scikit-learn.
 */
public final class ClassWeights implements TrainingState {
    /** Every factor is 1. */
    public static final String NONE = "none";

    private static final String MASS = "sgd.class_mass";
    private static final String BALANCED = "balanced";

    private final Map<String, Double> given;
    private final boolean balanced;
    private double[] weights = {};
    private double[] mass = {};
    private double[] beforeMass = {};
    private double[] beforeWeights = {};

    /**
     * Parses the parameter.
     *
     * @param text {@code none}, {@code balanced}, or {@code label:weight} pairs separated by commas
     * @throws AccreteException bad argument: anything else
     */
    public ClassWeights(String text) {
        this(text.strip().equals(BALANCED), parse(text));
    }

    private ClassWeights(boolean balanced, Map<String, Double> given) {
        this.balanced = balanced;
        this.given = given;
    }

    private static Map<String, Double> parse(String text) {
        if (text.strip().equals(NONE) || text.strip().equals(BALANCED)) {
            return Map.of();
        }
        Map<String, Double> weights = new TreeMap<>();
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

    /** {@return the labels that a factor is given for but that are not known} */
    public List<String> unknown(List<String> known) {
        return given.keySet().stream()
                .filter(label -> !known.contains(label) && !known.contains(LabelIndex.canonical(label)))
                .toList();
    }

    /** {@return the factor given for a label as it is, or else as data spells it, where 1.0 is 1} */
    private double factor(String label) {
        if (given.containsKey(label)) {
            return given.get(label);
        }
        return given.entrySet().stream()
                .filter(pair -> LabelIndex.canonical(pair.getKey()).equals(label))
                .mapToDouble(Map.Entry::getValue)
                .findFirst()
                .orElse(1.0);
    }

    /** {@return whether every factor is 1} */
    public boolean isNeutral() {
        return !balanced && given.isEmpty();
    }

    /**
     * Makes room for classes.
     *
     * @param labels class labels in class order, to which labels are only ever appended
     * @param size number of labels that count
     */
    public void know(List<String> labels, int size) {
        if (balanced && size > mass.length) {
            mass = Arrays.copyOf(mass, size);
        }
        if (!given.isEmpty() && size > weights.length) {
            weights = new double[size];
            for (int c = 0; c < size; c++) {
                weights[c] = factor(labels.get(c));
            }
        }
    }

    /**
     * Counts a row and returns the factor of its class.
     *
     * @param own the row's class
     * @param weight the row's weight
     */
    public double take(int own, double weight) {
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

    @Override
    public void begin(Chunk chunk) {
        beforeMass = UndoLog.copy(mass, beforeMass);
        beforeWeights = weights;
    }

    /** Restores everything, labels included: the next chunk may bring others. */
    @Override
    public void rollBack(Chunk chunk) {
        mass = beforeMass.clone();
        weights = beforeWeights;
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return isFinite();
    }

    @Override
    public boolean isFinite() {
        return UndoLog.isFinite(mass);
    }

    /** Does nothing: classes are known by {@link #know} before their functions are. */
    @Override
    public void grow(int functions, double share) {}

    @Override
    public void read(State state, boolean starts) {
        if (balanced) {
            mass = state.doubles(MASS, mass.length);
            if (!isFinite() || Arrays.stream(mass).anyMatch(one -> one < 0)) {
                throw AccreteException.corruptFile("tensor '" + MASS + "' must hold finite numbers >= 0 only");
            }
        }
    }

    @Override
    public void write(State.Builder state) {
        if (balanced) {
            state.doubles(MASS, mass);
        }
    }

    @Override
    public void keepPart(int part, int parts) {
        Arrays.setAll(mass, c -> mass[c] / parts);
    }

    /** {@return the same of the rows of both learners; neither is changed} */
    public ClassWeights merged(ClassWeights other, WeightedMerge merge) {
        ClassWeights merged = new ClassWeights(balanced, given);
        merged.know(merge.labels(), merge.labels().size());
        if (balanced) {
            merged.mass = merge.sumByLabel(mass, other.mass);
        }
        return merged;
    }
}
