package org.accrete.core;

import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.Regressor;
import org.accrete.core.source.Examples;

/** A {@link Trainer} of a regressor: predictions are numbers in the unit of the target. */
public final class RegressorTrainer extends Trainer<Regressor> {
    RegressorTrainer(TrainerBuilder<?> parts) {
        super(parts, Regressor.class);
    }

    /**
     * Learns rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @param y targets, one per row
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(double[][] x, double[] y) {
        partialFit(Examples.of(x).targets(y));
    }

    /**
     * Learns rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @param y targets, one per row
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(float[][] x, double[] y) {
        partialFit(Examples.of(x).targets(y));
    }

    /**
     * Learns one row, at once.
     *
     * @param x the features; not changed, not kept
     * @param y the target
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void learnOne(double[] x, double y) {
        learnOne(() -> Examples.flat(x, x.length).targets(new double[] {y}), x, () -> y);
    }

    /**
     * {@return the prediction of each row}
     *
     * @param x one array per row
     * @throws AccreteException bad state: nothing was learned yet; bad argument: rows of another width
     */
    public double[] predict(double[][] x) {
        return predict(Examples.of(x));
    }

    /**
     * {@return the prediction of each row}
     *
     * @param x one array per row
     * @throws AccreteException as {@link #predict(double[][])}
     */
    public double[] predict(float[][] x) {
        return predict(Examples.of(x));
    }

    /**
     * {@return the prediction of each row}
     *
     * @param examples rows; targets are not read
     * @throws AccreteException as {@link #predict(double[][])}
     */
    public double[] predict(Examples examples) {
        return view().predict(features(examples));
    }

    /**
     * {@return the prediction of each record}
     *
     * @param rows as {@link #partialFit(List)} takes them; the target may be missing
     * @throws AccreteException bad state: nothing was learned yet; bad data: a value that cannot be used
     */
    public double[] predict(List<?> rows) {
        return view().predict(features(rows));
    }

    /**
     * {@return the prediction of one row}
     *
     * @param x the features
     * @throws AccreteException as {@link #predict(double[][])}
     */
    public double predictOne(double[] x) {
        return predict(Examples.flat(x, x.length))[0];
    }

    /**
     * {@return the prediction of one record}
     *
     * @param row column to value; the target may be missing
     * @throws AccreteException as {@link #predict(List)}
     */
    public double predictOne(Map<String, ?> row) {
        return predict(List.of(row))[0];
    }

    /**
     * {@return the prediction of one record}
     *
     * @param row its components have the names of the columns
     * @throws AccreteException as {@link #predict(List)}
     */
    public double predictOne(Record row) {
        return predict(List.of(row))[0];
    }
}
