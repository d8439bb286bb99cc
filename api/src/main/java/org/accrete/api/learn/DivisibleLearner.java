package org.accrete.api.learn;

/**
 * A mergeable learner that several learners can go on from, each with other rows, so that what it knew is counted once
 * when they are merged.
 *
 * <ul>
 *   <li>{@link #keepPart} changes no prediction, to 1e-10.
 *   <li>Merging all parts of a learner gives its predictions, to 1e-10, and its {@link #rowsSeen()}.
 *   <li>With one part, nothing changes.
 * </ul>
 */
public interface DivisibleLearner extends MergeableLearner {
    /**
     * Keeps the model with the weight of a part of the rows that it learned: sums over rows are divided, means stay. A
     * {@link #view()} from before must no longer be used.
     *
     * @param part which part this learner is, from 0
     * @param parts how many learners go on, at least 1
     */
    void keepPart(int part, int parts);

    /**
     * {@return how many of some rows one part counts; over all parts they add up}
     *
     * @param rows how many rows are divided
     * @param part which part, from 0
     * @param parts how many parts, at least 1
     */
    static long share(long rows, int part, int parts) {
        return rows / parts + (part < rows % parts ? 1 : 0);
    }
}
