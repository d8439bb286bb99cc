package org.accrete.api.learn;

import org.accrete.api.param.ParamSpec;

/**
 * A plug-in that makes learners of other learners, such as ensembles. Which one is the value of a parameter. Whoever
 * finds plug-ins by name finds that one too and calls {@link #over} before anything else; the result is a plug-in like
 * any other.
 */
public interface WrapperProvider extends LearnerProvider {
    /** What names of the other learner's parameters begin with. */
    String PREFIX = "base.";

    /** {@return the parameter whose value is the name of the other learner, one of {@link #params()}} */
    ParamSpec<String> base();

    /**
     * {@return the same plug-in, which makes learners of those of another one} Its parameters are those of this one and
     * then those of the other, with {@link #PREFIX} before their names.
     *
     * @param other makes the learners; if it is such a wrapper itself, it is over another one already
     */
    LearnerProvider over(LearnerProvider other);
}
