package org.accrete.core;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.core.source.Examples;

/** A {@link Trainer} of a model that says how unusual rows are. */
public final class AnomalyTrainer extends Trainer<AnomalyScorer> {
    AnomalyTrainer(TrainerBuilder<?> parts) {
        super(parts, AnomalyScorer.class);
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
     * {@return the score of each row, from 0 to 1: the larger, the more unusual}
     *
     * @param x one array per row
     * @throws AccreteException bad state: nothing was learned yet; bad argument: rows of another width
     */
    public double[] score(double[][] x) {
        return view().score(features(Examples.of(x)));
    }

    /**
     * {@return the score of each row, from 0 to 1: the larger, the more unusual}
     *
     * @param examples rows; targets are not read
     * @throws AccreteException as {@link #score(double[][])}
     */
    public double[] score(Examples examples) {
        return view().score(features(examples));
    }

    /**
     * {@return the score of each record, from 0 to 1: the larger, the more unusual}
     *
     * @param rows as {@link #partialFit(List)} takes them
     * @throws AccreteException bad state: nothing was learned yet; bad data: a value that cannot be used
     */
    public double[] score(List<?> rows) {
        return view().score(features(rows));
    }
}
