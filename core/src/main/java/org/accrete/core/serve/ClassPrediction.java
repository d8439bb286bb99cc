package org.accrete.core.serve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;

/** A predicted class, with the probability of every class where the model gives them. Immutable. */
public final class ClassPrediction implements Prediction {
    private final List<String> classes;
    private final int winner;
    private final double[] probabilities;
    private final String version;

    /**
     * Makes a prediction.
     *
     * @param classes labels in class order, immutable
     * @param winner index of the predicted class
     * @param probabilities one per class, or none; kept, not copied
     * @param version the version that answered
     */
    ClassPrediction(List<String> classes, int winner, double[] probabilities, String version) {
        this.classes = classes;
        this.winner = winner;
        this.probabilities = probabilities;
        this.version = version;
    }

    /** {@return the label of the predicted class} */
    public String label() {
        return classes.get(winner);
    }

    /** {@return the labels, in class order} */
    public List<String> classes() {
        return classes;
    }

    /** {@return whether the model gives probabilities} */
    public boolean hasProbabilities() {
        return probabilities.length > 0;
    }

    /**
     * {@return the probability of a class, from 0 to 1}
     *
     * @param label one of {@link #classes()}
     * @throws AccreteException bad argument: no such class; bad state: the model gives no probabilities
     */
    public double probability(String label) {
        if (!hasProbabilities()) {
            throw AccreteException.badState("model " + version + " gives no probabilities");
        }
        int index = classes.indexOf(label);
        if (index < 0) {
            throw AccreteException.badArgument("a label must be one of " + classes + " but was '" + label + "'");
        }
        return probabilities[index];
    }

    /** {@return the probability of each label, in class order; empty when the model gives none} */
    public Map<String, Double> probabilities() {
        Map<String, Double> byLabel = new LinkedHashMap<>();
        for (int i = 0; i < probabilities.length; i++) {
            byLabel.put(classes.get(i), probabilities[i]);
        }
        return Collections.unmodifiableMap(byLabel);
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public String toString() {
        return label() + " by " + version + (hasProbabilities() ? " " + probabilities() : "");
    }
}
