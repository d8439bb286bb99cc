package org.accrete.api.learn;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;

/**
 * A row-wise learner. It learns single rows without a chunk, and returns its decision values for each row from before
 * that row was learned.
 *
 * <ul>
 *   <li><b>Row-wise.</b> Chunk borders do not change a bit of the model, and a single row is learned as a chunk of that
 *       row would be: the same checks, the same model.
 *   <li><b>Decision values</b> are those of the {@linkplain Learner#view() model} just before the row is learned: of
 *       {@link Classifier#decide} or of {@link Regressor#predict}. The update starts from the same numbers, so they
 *       cost no second pass over the row. Asking for them changes nothing.
 *   <li>A class becomes known by its first row; the decision values of that row do not have a value for it yet.
 *   <li>A pipeline returns the decision values of its learner for the row that the steps hand on. The steps have seen
 *       the row's features by then; its target only where they are {@linkplain TargetStep steps that learn from
 *       targets}, which transform a row first and then look at its target. A row without a target, which only the steps
 *       learn, has no decision values in a chunk, and NaN by itself.
 * </ul>
 */
public interface OnlineLearner extends Learner {
    /**
     * {@return how many decision values a row has}
     *
     * @param target kind of the target
     * @param classes how many classes are known before the row; not read for other kinds
     */
    static int decisions(Target.Kind target, int classes) {
        return switch (target) {
            case CATEGORICAL -> classes <= 2 ? 1 : classes;
            case NUMERIC -> 1;
            case NONE -> 0;
        };
    }

    /**
     * Learns the rows of a chunk, in order, as {@link #partialFit(Chunk)} does, and writes their decision values.
     *
     * @param chunk rows with targets where the schema has one
     * @param decisions receives the decision values of one row after the other, without gaps. Each row has as many as
     *     {@link #decisions} says for the classes known before it, so later rows have more when the chunk brings new
     *     classes. A length of rows × the number after the chunk is always enough. Partly written when the chunk is
     *     refused
     * @throws org.accrete.api.AccreteException as {@link #partialFit(Chunk)}; bad argument: an array shorter than rows
     *     × the decision values of a row before the chunk
     */
    void partialFit(Chunk chunk, double[] decisions);

    /**
     * Learns one dense row. No allocation in steady state.
     *
     * @param x the features, as many as there are columns; read during the call, not modified
     * @param target a number, or the index of a class: see {@link #classes}
     * @param weight finite, at least 0
     * @return the row's decision values from before it was learned; the learner's own array, overwritten by its next
     *     call
     * @throws org.accrete.api.AccreteException as {@link #partialFit(Chunk)}, the row being number 0; bad argument:
     *     another number of features
     */
    double[] learnOne(double[] x, double target, double weight);

    /**
     * Learns one sparse row. No allocation in steady state.
     *
     * @param indices column numbers, ascending, each at most once; read during the call, not modified
     * @param values one per column number; read during the call, not modified
     * @param count how many entries of the two arrays, from the first, are the row
     * @param target a number, or the index of a class: see {@link #classes}
     * @param weight finite, at least 0
     * @return the row's decision values from before it was learned; the learner's own array, overwritten by its next
     *     call
     * @throws org.accrete.api.AccreteException as {@link #partialFit(Chunk)}, the row being number 0; bad argument:
     *     more entries than an array has; bad data: column numbers that do not ascend
     */
    double[] learnOne(int[] indices, double[] values, int count, double target, double weight);

    /**
     * Sets the labels that targets of {@link #learnOne} are indexes into, as {@link Chunk#classes()} does for a chunk:
     * they begin with the known classes, and a new one becomes known by its first row. Needed for new classes only;
     * without it targets are indexes into the known ones. Not part of the state. A learner without classes ignores it.
     *
     * @param labels labels in class order
     */
    void classes(List<String> labels);
}
