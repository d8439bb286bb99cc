package org.accrete.learners.sgd.weights;

import org.accrete.api.data.Chunk;
import org.accrete.api.store.State;

/**
 * A part of what training goes on from. A chunk is learned between {@link #begin} and either nothing more, if it is
 * accepted, or {@link #rollBack}. Whatever is not in use is not a part, so no method asks whether it is on.
 */
public interface TrainingState {
    /**
     * Saves what learning the chunk may change.
     *
     * @param chunk at least one row, the same until {@link #rollBack}
     */
    void begin(Chunk chunk);

    /** Restores everything as it was at {@link #begin}, to the bit. */
    void rollBack(Chunk chunk);

    /**
     * {@return whether every number that the chunk may have changed is finite and within its range} Costs O(entries of
     * the chunk) for sparse chunks narrower than the weights.
     */
    boolean isFinite(Chunk chunk);

    /** {@return whether every number is finite and within its range} */
    boolean isFinite();

    /**
     * Makes room for more classes. One function that told two classes apart becomes one for each class, of opposite
     * sign; functions of new classes start untrained.
     *
     * @param functions number of linear functions afterwards, more than now
     * @param share factor of the one function in each of the two: 1 or 0.5
     */
    void grow(int functions, double share);

    /** Writes everything that {@link #read} needs. */
    void write(State.Builder state);

    /**
     * Goes on from a state of as many functions.
     *
     * @param state what {@link #write} wrote
     * @param starts whether a new model starts from the state: penalties that it knows nothing of then start at 0
     * @throws org.accrete.api.AccreteException corrupt file: a tensor is missing, has another shape or is out of range
     */
    void read(State state, boolean starts);

    /**
     * Divides what adds up over rows, as {@link org.accrete.api.learn.DivisibleLearner#keepPart} says. Does nothing
     * where nothing does.
     *
     * @param part which part is kept, from 0
     * @param parts how many there are
     */
    default void keepPart(int part, int parts) {}
}
