package org.accrete.api.learn;

/**
 * A learner whose members learn apart from each other, so that several copies can each train some of them, with the
 * same rows in the same order. Put together, they are what one learner of all members is, bit for bit.
 */
public interface EnsembleLearner extends Learner {
    /** {@return how many members can learn apart; 1 if they depend on each other} */
    int members();

    /**
     * Lets only some members learn from now on. Decision values that learning returns are theirs alone; what the others
     * say stays as it is.
     *
     * @param from the first of them, from 0
     * @param to the one after the last
     */
    void learnOnly(int from, int to);

    /**
     * Takes members from a copy that learned the same rows, which must no longer be used. A {@link #view()} from before
     * must no longer be used.
     *
     * @param other of the same plug-in, with the same parameters and columns
     * @param from the first of them, from 0
     * @param to the one after the last
     */
    void takeMembers(Learner other, int from, int to);
}
