package org.accrete.api.drift;

import org.accrete.api.store.State;

/**
 * Watches a stream of numbers and says when it has changed. Mutable; one thread at a time.
 *
 * <ul>
 *   <li>What it says depends on its parameters and on the numbers so far, and on nothing else: the same numbers give
 *       the same answers, also when it draws samples.
 *   <li>A number that is not finite, such as a missing cell, changes nothing; the answer is {@link DriftLevel#NONE}.
 *   <li>A detector restored from {@link #state()} after any number goes on with the same bits.
 *   <li>{@link #state()} changes nothing, however often it is called.
 *   <li>No allocation in steady state.
 *   <li>After {@link DriftLevel#DRIFT} it goes on by itself; nobody has to call {@link #reset()}.
 * </ul>
 */
public interface DriftDetector {
    /**
     * Takes the next number.
     *
     * @param value the number
     * @return whether the stream has changed
     * @throws org.accrete.api.AccreteException bad argument: a finite number that is not in the range of its
     *     {@linkplain DriftDetectorProvider#input() input}; nothing is changed
     */
    DriftLevel update(double value);

    /** Forgets all numbers. */
    void reset();

    /** {@return everything needed to continue, a copy; its names have no prefix, whoever stores it adds one} */
    State state();
}
