package org.accrete.api.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.junit.jupiter.api.Test;

class ScalingTest {
    private static final int WIDTH = 30;

    private final long seed = Long.getLong("accrete.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private Scaling random() {
        double[] centre = new double[WIDTH];
        double[] scale = new double[WIDTH];
        Arrays.setAll(centre, j -> 10 * random.nextGaussian());
        Arrays.setAll(scale, j -> Math.exp(random.nextGaussian()));
        return Scaling.of(centre, scale);
    }

    private static double[] apply(Scaling scaling, double[] x) {
        double[] centre = scaling.centre();
        double[] scale = scaling.scale();
        double[] scaled = new double[x.length];
        Arrays.setAll(scaled, j -> (x[j] - centre[j]) / scale[j]);
        return scaled;
    }

    @Test
    void oneAfterTheOtherAndFromOneToTheOther() {
        Scaling first = random();
        Scaling second = random();
        double[] x = random.doubles(WIDTH, -5, 5).toArray();
        double[] both = apply(second, apply(first, x));
        double[] then = apply(first.then(second), x);
        double[] to = apply(first.to(second), apply(first, x));
        double[] direct = apply(second, x);
        for (int j = 0; j < WIDTH; j++) {
            assertThat(then[j]).as("seed %s", seed).isCloseTo(both[j], within(1e-10 * (1 + Math.abs(both[j]))));
            assertThat(to[j]).as("seed %s", seed).isCloseTo(direct[j], within(1e-10 * (1 + Math.abs(direct[j]))));
        }
    }

    @Test
    void fromOneToItselfIsTheIdentityExactly() {
        Scaling scaling = random();
        assertThat(scaling.to(Scaling.of(scaling.centre(), scaling.scale())).isIdentity())
                .isTrue();
        assertThat(scaling.isIdentity()).isFalse();
        assertThat(Scaling.identity(3).isIdentity()).isTrue();
        assertThat(Scaling.identity(3).width()).isEqualTo(3);
    }

    /** Columns far from 0 lose no digits: the change is relative to their own position. */
    @Test
    void aSmallMoveFarFromZeroIsExact() {
        Scaling from = Scaling.of(new double[] {1e9}, new double[] {1});
        Scaling to = Scaling.of(new double[] {1e9 + 0.5}, new double[] {2});
        assertThat(from.to(to).centre()).containsExactly(0.5);
        assertThat(from.to(to).scale()).containsExactly(2);
    }

    @Test
    void arraysAreCopied() {
        double[] centre = {1};
        double[] scale = {2};
        Scaling scaling = Scaling.of(centre, scale);
        centre[0] = 5;
        scale[0] = 5;
        scaling.centre()[0] = 6;
        scaling.scale()[0] = 6;
        assertThat(scaling.centre()).containsExactly(1);
        assertThat(scaling.scale()).containsExactly(2);
    }

    @Test
    void badNumbersAreRefused() {
        assertThatThrownBy(() -> Scaling.of(new double[1], new double[2]))
                .hasMessage("a scaling must have as many scales as centres but has 2 and 1");
        for (double scale : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Scaling.of(new double[1], new double[] {scale}))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT))
                    .hasMessage(
                            "a scaling must have finite centres and finite scales > 0 but column 0 has centre 0.0 and"
                                    + " scale " + scale);
        }
        assertThatThrownBy(() -> Scaling.of(new double[] {Double.NaN}, new double[] {1}))
                .hasMessageContaining("centre NaN");
        assertThatThrownBy(() -> Scaling.identity(2).to(Scaling.identity(3)))
                .hasMessage("a scaling must have 2 columns but has 3");
        Scaling tiny = Scaling.of(new double[1], new double[] {1e-200});
        assertThatThrownBy(() -> tiny.then(tiny))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE));
    }
}
