package org.accrete.api.learn;

/**
 * A learner that can be merged with another of its kind that was trained on other rows.
 *
 * <ul>
 *   <li><b>Commutative</b> to 1e-12: the merged model's prediction for a row, class by class, does not depend on which
 *       of the two was merged into the other. Only the order of the classes does.
 *   <li>Merging a learner that has seen no row, or merging into one, gives the other's model.
 *   <li>Merging a learner with its own copy changes no prediction.
 *   <li>Classes are joined by label: this learner's in their order, then those that only the other knows, in theirs.
 *   <li>{@link #rowsSeen()} add up. The merged learner learns on, and is saved and restored, like any other.
 *   <li><b>All or nothing.</b> A refused merge changes nothing. The other learner is never changed, and nothing is
 *       shared with it.
 * </ul>
 */
public interface MergeableLearner extends Learner {
    /**
     * Merges another learner into this one. A {@link #view()} from before must no longer be used.
     *
     * @param other of the same plug-in, with the same parameters and columns
     * @throws org.accrete.api.AccreteException bad state: it is another learner, has other parameters or another
     *     schema; it knows a class that this one does not accept; the merged model would overflow
     */
    void merge(Learner other);

    /**
     * {@return whether a merged learner knows what one learner of all rows would know, up to rounding} A mean of
     * functions, for one, does not.
     */
    default boolean mergesExactly() {
        return false;
    }
}
