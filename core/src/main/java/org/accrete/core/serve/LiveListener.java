package org.accrete.core.serve;

/**
 * Hears what happens to a {@link LiveModel}. Calls for one model come one at a time, in the order of what they tell, by
 * the thread that watches the store or the one that calls {@link LiveModel#refresh} or {@link LiveModel#publish}. Who
 * is slow delays the next swap, and no prediction. What a listener throws goes to its thread's handler of uncaught
 * exceptions and changes nothing else.
 */
public interface LiveListener {
    /**
     * Another version, or a newer snapshot of it, answers from now on.
     *
     * @param model what answers
     */
    default void swapped(ServedModel model) {}

    /**
     * A version does not predict the given rows sanely; the one before goes on answering. Told once for each version.
     *
     * @param version such as {@code flights@3}
     * @param why one line
     */
    default void refused(String version, String why) {}

    /**
     * The store could not be read, is damaged, or has lost the model or the version; what answered goes on to do so,
     * and the store is asked again. Told once until something else happens.
     *
     * @param problem what went wrong
     */
    default void failed(Throwable problem) {}
}
