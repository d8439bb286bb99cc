package org.accrete.learners.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GradientOptimizerTest {

    @ParameterizedTest
    @CsvSource({
        "0.9, 1",
        "0.9, 2",
        "0.9, 7",
        "0.9, 350",
        "0.9, 6800",
        "0.9, 20000",
        "0.999, 1",
        "0.999, 1023",
        "0.999, 40000",
        "0, 1",
        "0, 5",
        "0.99999, 3"
    })
    void biasCorrectionIsOneMinusAPowerOfBeta(double beta, long t) {
        GradientOptimizer optimizer = new GradientOptimizer(GradientOptimizer.Rule.ADAM, 0, 0, false, beta, 0.5, 1e-8);
        double exact = BigDecimal.ONE
                .subtract(new BigDecimal(beta).pow((int) t, new MathContext(60)))
                .doubleValue();
        assertThat(optimizer.firstCorrection(t)).isCloseTo(exact, within(1e-10 * exact));
    }
}
