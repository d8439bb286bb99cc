package org.accrete.core;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.Clusterer;
import org.accrete.core.source.Examples;

/** A {@link Trainer} of a model that divides rows into clusters. */
public final class ClusterTrainer extends Trainer<Clusterer> {
    ClusterTrainer(TrainerBuilder<?> parts) {
        super(parts, Clusterer.class);
    }

    /**
     * Learns rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(double[][] x) {
        partialFit(Examples.of(x));
    }

    /**
     * Learns rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(float[][] x) {
        partialFit(Examples.of(x));
    }

    /**
     * {@return the number of the cluster of each row, from 0}
     *
     * @param x one array per row
     * @throws AccreteException bad state: nothing was learned yet; bad argument: rows of another width
     */
    public int[] predict(double[][] x) {
        return view().predict(features(Examples.of(x)));
    }

    /**
     * {@return the number of the cluster of each row, from 0}
     *
     * @param examples rows; targets are not read
     * @throws AccreteException as {@link #predict(double[][])}
     */
    public int[] predict(Examples examples) {
        return view().predict(features(examples));
    }

    /**
     * {@return the number of the cluster of each record, from 0}
     *
     * @param rows as {@link #partialFit(List)} takes them
     * @throws AccreteException bad state: nothing was learned yet; bad data: a value that cannot be used
     */
    public int[] predict(List<?> rows) {
        return view().predict(features(rows));
    }
}
