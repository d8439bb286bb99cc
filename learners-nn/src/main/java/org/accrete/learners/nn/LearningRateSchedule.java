package org.accrete.learners.nn;

/**
 * The learning rate of each step, by the number t of batches before it.
 *
 * @param shape how it changes
 * @param eta0 the full learning rate
 * @param warmUp number of steps over which the learning rate grows linearly to its full value
 * @param decaySteps number of steps until the end of the cosine, or between two decays
 * @param decay factor of each decay
 */
record LearningRateSchedule(Shape shape, double eta0, long warmUp, long decaySteps, double decay) {
    /** How the learning rate changes. */
    enum Shape {
        /** It stays at eta0. */
        CONSTANT,
        /** It falls from eta0 to 0 along half a cosine, and stays at 0. */
        COSINE,
        /** It is multiplied by a factor every so many steps. */
        STEP
    }

    /** {@return the learning rate of the step after t batches} */
    double learningRate(long t) {
        double warm = t < warmUp ? (t + 1.0) / warmUp : 1;
        return warm
                * switch (shape) {
                    case CONSTANT -> eta0;
                    case COSINE ->
                        eta0 * 0.5 * (1 + StrictMath.cos(StrictMath.PI * Math.min(t, decaySteps) / decaySteps));
                    case STEP -> eta0 * StrictMath.pow(decay, t / decaySteps);
                };
    }
}
