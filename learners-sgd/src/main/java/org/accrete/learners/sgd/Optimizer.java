package org.accrete.learners.sgd;

import java.util.List;
import org.accrete.learners.sgd.Accumulators.Part;

/** How long the steps are: one length for all weights, or one for each by what it has seen. See {@link OwnLengths}. */
enum Optimizer {
    /** As {@link #ADAGRAD}, but no step goes beyond the row's own minimum. */
    IMPLICIT_ADAGRAD(List.of(new Part("rate", false, 1), new Part("trace", true, 0))),
    /** Each weight's steps by one over the root of its sum of squared slopes. */
    ADAGRAD(List.of(new Part("rate", false, 1))),
    /** The same rates, but a weight follows from the sum of its slopes, so that an L1 penalty makes many 0. */
    FTRL(List.of(new Part("slopes", true, 0), new Part("root", false, 0))),
    /** The same length for all weights, by {@link Schedule}. */
    SGD(List.of());

    /** What is remembered of each weight. */
    final List<Part> parts;

    Optimizer(List<Part> parts) {
        this.parts = parts;
    }
}
