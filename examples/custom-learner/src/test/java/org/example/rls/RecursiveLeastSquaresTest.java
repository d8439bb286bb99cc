package org.example.rls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.accrete.testkit.LearnerContract;
import org.junit.jupiter.api.Test;

/** Inherits the laws of every learner and adds a test of the solution. */
class RecursiveLeastSquaresTest implements LearnerContract {
    @Override
    public LearnerProvider provider() {
        return new RecursiveLeastSquares.Provider();
    }

    @Override
    public boolean takesWeights() {
        return true;
    }

    @Test
    void recoversTheCoefficientsOfALinearFunction() {
        Schema schema = Schema.numeric(2, Target.numeric("y"));
        Learner learner = provider().create(schema, Params.of(provider().params()));
        SeededRandom random = new SeededRandom(1);
        ChunkBuffer rows = new ChunkBuffer(schema, 200);
        while (!rows.isFull()) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            rows.beginRow();
            rows.put(0, a);
            rows.put(1, b);
            rows.target(2 * a - 3 * b + 1);
            rows.endRow();
        }
        learner.partialFit(rows.chunk());
        assertThat(learner.state().doubles("coef", 1, 2)).containsExactly(new double[] {2, -3}, within(1e-4));
        assertThat(learner.state().number("intercept")).isCloseTo(1, within(1e-4));
    }
}
