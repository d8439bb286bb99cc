package org.accrete.core;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.core.source.Examples;

/** A {@link Trainer} of a classifier. Labels are text or whole numbers; predictions are labels as text. */
public final class ClassifierTrainer extends Trainer<Classifier> {
    ClassifierTrainer(TrainerBuilder<?> parts) {
        super(parts, Classifier.class);
    }

    /** {@return the labels, in class order; empty before the first row} */
    public List<String> classes() {
        return labels().labels();
    }

    /**
     * Learns labelled rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @param y labels, one per row
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(double[][] x, String[] y) {
        partialFit(Examples.of(x).labels(y));
    }

    /**
     * Learns labelled rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @param y labels, one per row
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(double[][] x, int[] y) {
        partialFit(Examples.of(x).labels(y));
    }

    /**
     * Learns labelled rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @param y labels, one per row
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(float[][] x, String[] y) {
        partialFit(Examples.of(x).labels(y));
    }

    /**
     * Learns labelled rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @param y labels, one per row
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(float[][] x, int[] y) {
        partialFit(Examples.of(x).labels(y));
    }

    /**
     * Learns one row, at once. The first row of a trainer whose classes are not declared makes its label the first
     * class.
     *
     * @param x the features; not changed, not kept
     * @param label the label
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void learnOne(double[] x, String label) {
        learnOne(() -> Examples.flat(x, x.length).labels(new String[] {label}), x, () -> labels().index(label));
    }

    /**
     * Learns one row, at once.
     *
     * @param x the features; not changed, not kept
     * @param label the label, a whole number
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void learnOne(double[] x, int label) {
        learnOne(() -> Examples.flat(x, x.length).labels(new int[] {label}), x, () -> labels().index(label));
    }

    /**
     * {@return the predicted label of each row}
     *
     * @param x one array per row
     * @throws AccreteException bad state: nothing was learned yet; bad argument: rows of another width
     */
    public String[] predict(double[][] x) {
        return predict(Examples.of(x));
    }

    /**
     * {@return the predicted label of each row}
     *
     * @param x one array per row
     * @throws AccreteException as {@link #predict(double[][])}
     */
    public String[] predict(float[][] x) {
        return predict(Examples.of(x));
    }

    /**
     * {@return the predicted label of each row}
     *
     * @param examples rows; targets are not read
     * @throws AccreteException as {@link #predict(double[][])}
     */
    public String[] predict(Examples examples) {
        return view().predict(features(examples));
    }

    /**
     * {@return the predicted label of each record}
     *
     * @param rows as {@link #partialFit(List)} takes them; the target may be missing
     * @throws AccreteException bad state: nothing was learned yet; bad data: a value that cannot be used
     */
    public String[] predict(List<?> rows) {
        return view().predict(features(rows));
    }

    /**
     * {@return the predicted label of one row}
     *
     * @param x the features
     * @throws AccreteException as {@link #predict(double[][])}
     */
    public String predictOne(double[] x) {
        return predict(Examples.flat(x, x.length))[0];
    }

    /**
     * {@return the predicted label of one record}
     *
     * @param row column to value; the target may be missing
     * @throws AccreteException as {@link #predict(List)}
     */
    public String predictOne(Map<String, ?> row) {
        return predict(List.of(row))[0];
    }

    /**
     * {@return the predicted label of one record}
     *
     * @param row its components have the names of the columns
     * @throws AccreteException as {@link #predict(List)}
     */
    public String predictOne(Record row) {
        return predict(List.of(row))[0];
    }

    /**
     * {@return the probability of every class for each row: rows × {@link #classes()}, each row sums to 1}
     *
     * @param x one array per row
     * @throws AccreteException as {@link #predict(double[][])}; bad state: the model gives no probabilities
     */
    public double[][] predictProbabilities(double[][] x) {
        return predictProbabilities(Examples.of(x));
    }

    /**
     * {@return the probability of every class for each row: rows × {@link #classes()}, each row sums to 1}
     *
     * @param examples rows; targets are not read
     * @throws AccreteException as {@link #predictProbabilities(double[][])}
     */
    public double[][] predictProbabilities(Examples examples) {
        return probabilities(features(examples));
    }

    /**
     * {@return the probability of every class for each record: rows × {@link #classes()}, each row sums to 1}
     *
     * @param rows as {@link #partialFit(List)} takes them; the target may be missing
     * @throws AccreteException as {@link #predict(List)}; bad state: the model gives no probabilities
     */
    public double[][] predictProbabilities(List<?> rows) {
        return probabilities(features(rows));
    }

    private double[][] probabilities(Chunk chunk) {
        if (!(view() instanceof ProbabilisticClassifier model)) {
            throw AccreteException.badState("'" + pipeline().learner()
                    + "' gives no probabilities with these parameters; choose a loss that does, such as log-loss");
        }
        int classes = model.classes().size();
        double[] flat = new double[chunk.rows() * classes];
        model.probabilities(chunk, flat);
        double[][] rows = new double[chunk.rows()][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(flat, row * classes, (row + 1) * classes);
        }
        return rows;
    }
}
