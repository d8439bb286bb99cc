package org.accrete.learners.sgd.optimizer;

/**
 * Numbers that the user sets, the same for every optimizer.
 *
 * @param schedule the learning rate; constant for all optimizers but plain SGD
 * @param l2 strength of the L2 penalty, 0 for none
 * @param l1 strength of the L1 penalty, 0 for none
 * @param interceptRate factor of the intercept's learning rate, 0 for no intercept; where each weight has a rate of its
 *     own, the square of the constant feature that the intercept is the weight of
 * @param sparseInterceptRate the same on sparse rows, for plain SGD
 */
public record Settings(Schedule schedule, double l2, double l1, double interceptRate, double sparseInterceptRate) {
    /** {@return the first learning rate} */
    double eta0() {
        return schedule.eta0();
    }

    /** {@return the factor of all weights at a row, by the L2 penalty} */
    double decay(double eta) {
        double decay = 1 - eta * l2;
        return decay > 0 ? decay : 0;
    }
}
