package org.accrete.learners.nn;

/**
 * Length of each step, by the number t of batches before it.
 *
 * @param shape how it changes
 * @param eta0 the full length
 * @param warmUp steps on the straight way up to it
 * @param decaySteps steps until the end of the cosine, or between falls
 * @param decay factor of a fall
 */
record Schedule(Shape shape, double eta0, long warmUp, long decaySteps, double decay) {
    /** How the length changes. */
    enum Shape {
        /** Not at all. */
        CONSTANT,
        /** Half a cosine from eta0 down to 0, where it stays. */
        COSINE,
        /** It falls by a factor every so many steps. */
        STEP
    }

    /** {@return the length of a step} */
    double eta(long t) {
        double up = t < warmUp ? (t + 1.0) / warmUp : 1;
        return up
                * switch (shape) {
                    case CONSTANT -> eta0;
                    case COSINE ->
                        eta0 * 0.5 * (1 + StrictMath.cos(StrictMath.PI * Math.min(t, decaySteps) / decaySteps));
                    case STEP -> eta0 * StrictMath.pow(decay, t / decaySteps);
                };
    }
}
