package org.accrete.api.learn;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;

/**
 * A row-wise learner. It takes one row without a chunk, and hands out what it said of each row before it learned it.
 *
 * <ul>
 *   <li><b>Row-wise.</b> Where chunk borders fall makes no difference to the bit, and a row by itself is a chunk of
 *       that row: the same checks, the same model, taken or refused as one.
 *   <li><b>Decision values</b> are what the {@linkplain Learner#view() model} says just before the row is learned: of a
 *       classifier the values of {@link Classifier#decide}, of a regressor the one of {@link Regressor#predict}. They
 *       are the numbers that the update itself starts from, so they cost no second look at the row. Asking for them
 *       changes nothing.
 *   <li>A class becomes known by its first row; decision values of that row and of those before it are of the fewer
 *       classes known until then.
 *   <li>A learner made of others, as a pipeline is, says of a row what its last part says of the row handed to it:
 *       steps have seen the row's features by then, never its target.
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
     * Learns the rows of a chunk, in order, as {@link #partialFit(Chunk)} does, and hands out their decision values.
     *
     * @param chunk rows with targets where the schema has one
     * @param decisions receives the decision values of one row after the other, without gaps: of a regressor one each;
     *     of a classifier one each up to two known classes, else one per known class, so that a row has more of them
     *     than those before it when classes came up in between. Room for rows × the most that there can be after the
     *     chunk is enough. It may be half written when the chunk is refused
     * @throws org.accrete.api.AccreteException as {@link #partialFit(Chunk)}; bad argument: less room than rows × the
     *     decision values of a row before the chunk
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
     * Sets the labels that targets of {@link #learnOne} are indexes into, as a chunk brings them: they begin with the
     * known classes, and one more becomes known by its first row. Needed for new classes only; without it targets are
     * indexes into the known ones. It is no part of the state. A learner without classes has no use for it.
     *
     * @param labels labels in class order
     */
    void classes(List<String> labels);
}
