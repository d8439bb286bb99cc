package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.reloaded;
import static org.accrete.testkit.LearnerFixtures.withLongerTensor;
import static org.accrete.testkit.LearnerFixtures.withoutTensor;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.Test;

/**
 * The laws of detectors of drift. A test implements this interface, names the plug-in and inherits them all.
 *
 * <p>The numbers are random ones from 0 to 1 (0 and 1 only, for detectors of errors), whose mean rises once.
 */
public interface DriftDetectorContract extends ProviderContract {
    /** Numbers before the change, and after it. */
    int HALF = 3_000;

    /** How long the compiler may take to remove what is short-lived. */
    long WARM_UP_NANOS = 2_000_000_000L;

    @Override
    DriftDetectorProvider provider();

    /** {@return parameters that are not at their defaults} */
    default Map<String, String> settings() {
        return Map.of();
    }

    /** {@return every parameter} */
    default Params params() {
        return Params.parse(provider().params(), settings());
    }

    /** {@return numbers until a plain change must have been said} */
    default int mostDelay() {
        return 2_500;
    }

    /**
     * {@return the numbers of most laws}
     *
     * @param seed of the random numbers
     */
    default double[] numbers(long seed) {
        SeededRandom random = new SeededRandom(seed);
        double[] numbers = new double[2 * HALF];
        for (int i = 0; i < numbers.length; i++) {
            double draw = random.nextDouble();
            boolean isBefore = i < HALF;
            numbers[i] = provider().input() == DriftInput.ERROR
                    ? (draw < (isBefore ? 0.1 : 0.7) ? 1 : 0)
                    : (isBefore ? 0.4 : 1) * draw + (isBefore ? 0 : 0.6);
        }
        return numbers;
    }

    /** A detector that is stopped after any number and restored goes on as one that never stopped. */
    @Test
    default void restoredDetectorContinuesToTheSameBits() {
        SeededRandom random = RunSeed.random("stops");
        double[] numbers = numbers(random.nextLong());
        int[] stops = {
            0, 1, 1 + random.nextInt(HALF), HALF, HALF + random.nextInt(HALF), HALF + random.nextInt(200), 2 * HALF
        };
        for (int stop : stops) {
            DriftDetector straight = provider().create(params());
            feed(straight, numbers, 0, stop);
            State saved = straight.state();
            Params stored = Params.parse(provider().params(), params().toMap());
            DriftDetector restored = provider().restore(stored, reloaded(saved));
            String what = "a detector restored after " + stop + " numbers";
            assertSameState(what, restored.state(), saved, 0);
            assertThat(feed(restored, numbers, stop, numbers.length))
                    .as("drifts said by %s", what)
                    .isEqualTo(feed(straight, numbers, stop, numbers.length));
            assertSameState(what + " that continued", restored.state(), straight.state(), 0);
        }
    }

    /** What it says follows from the parameters and the numbers alone; reading its state changes nothing. */
    @Test
    default void sameNumbersGiveTheSameAnswers() {
        double[] numbers = numbers(RunSeed.random("numbers").nextLong());
        DriftDetector one = provider().create(params());
        DriftDetector other = provider().create(params());
        for (int i = 0; i < numbers.length; i++) {
            if (i % 7 == 0) {
                one.state();
            }
            assertThat(one.update(numbers[i])).as("answer to number %s", i).isEqualTo(other.update(numbers[i]));
        }
        assertSameState("a detector whose state was read", one.state(), other.state(), 0);
    }

    /** After {@code reset()} it is as new. */
    @Test
    default void resetDetectorIsNew() {
        double[] numbers = numbers(RunSeed.random("numbers").nextLong());
        State created = provider().create(params()).state();
        DriftDetector detector = provider().create(params());
        feed(detector, numbers, 0, HALF + 100);
        detector.reset();
        assertSameState("a detector that was reset", detector.state(), created, 0);
        DriftDetector expected = provider().create(params());
        assertThat(feed(detector, numbers, 0, numbers.length))
                .as("drifts said after a reset")
                .isEqualTo(feed(expected, numbers, 0, numbers.length));
        assertSameState("a detector that went on after a reset", detector.state(), expected.state(), 0);
    }

    /** A number that is not finite changes nothing. */
    @Test
    default void numbersThatAreNotFiniteAreIgnored() {
        double[] numbers = numbers(RunSeed.random("numbers").nextLong());
        DriftDetector detector = provider().create(params());
        for (int stop : new int[] {0, 500, HALF + 50}) {
            detector.reset();
            feed(detector, numbers, 0, stop);
            State before = detector.state();
            for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
                assertThat(detector.update(value)).as("answer to %s", value).isEqualTo(DriftLevel.NONE);
                assertSameState("a detector that was given " + value, detector.state(), before, 0);
            }
        }
    }

    /** A detector of errors refuses other numbers and stays as it was. */
    @Test
    default void numbersThatAreNoErrorsAreRefused() {
        assumeThat(provider().input()).isEqualTo(DriftInput.ERROR);
        DriftDetector detector = provider().create(params());
        feed(detector, numbers(1), 0, 500);
        State before = detector.state();
        for (double value : new double[] {-0.001, 1.001, 17}) {
            assertThatThrownBy(() -> detector.update(value))
                    .as("the answer to %s", value)
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT));
            assertSameState("a detector that refused " + value, detector.state(), before, 0);
        }
    }

    /** A plain change is said soon. */
    @Test
    default void aPlainChangeIsSaid() {
        double[] numbers = numbers(RunSeed.random("numbers").nextLong());
        DriftDetector detector = provider().create(params());
        feed(detector, numbers, 0, HALF);
        assertThat(feed(detector, numbers, HALF, HALF + mostDelay()))
                .as("drifts within %s numbers of the change", mostDelay())
                .isNotEmpty();
    }

    /** Numbers that are all the same are no drift. */
    @Test
    default void equalNumbersAreNoDrift() {
        for (double value : new double[] {0, 1}) {
            double[] numbers = new double[2 * HALF];
            Arrays.fill(numbers, value);
            assertThat(feed(provider().create(params()), numbers, 0, numbers.length))
                    .as("drifts of numbers that are all %s", value)
                    .isEmpty();
        }
    }

    /** A missing tensor or a wrong shape is refused, unless the detector does not need the tensor. */
    @Test
    default void damagedStateIsRefusedAsCorrupt() {
        DriftDetector detector = provider().create(params());
        feed(detector, numbers(1), 0, 1_500);
        State state = detector.state();
        for (String name : state.tensors().keySet()) {
            for (State damaged : List.of(withoutTensor(state, name), withLongerTensor(state, name))) {
                try {
                    provider().restore(params(), damaged);
                } catch (AccreteException e) {
                    assertThat(e.kind())
                            .as("kind of the refusal of a damaged '%s': %s", name, e.line())
                            .isEqualTo(AccreteException.Kind.CORRUPT_FILE);
                } catch (RuntimeException e) {
                    throw new AssertionError("a damaged '" + name + "' must be refused as corrupt", e);
                }
            }
            assertThatThrownBy(() -> provider().restore(params(), withoutTensor(state, name)))
                    .as("a state without '%s'", name)
                    .isInstanceOf(AccreteException.class);
        }
    }

    /** The memory estimate is at least the size of the stored tensors. */
    @Test
    default void memoryEstimateCoversTheState() {
        DriftDetector detector = provider().create(params());
        feed(detector, numbers(1), 0, HALF);
        long stored = 0;
        for (Tensor tensor : detector.state().tensors().values()) {
            stored += (long) tensor.size() * tensor.type().bytes();
        }
        assertThat(provider().memoryBytes(params())).as("bytes of memory").isGreaterThanOrEqualTo(stored);
    }

    /** A number allocates nothing. */
    @Test
    default void numbersAllocateNothing() {
        assumeThat(Allocations.areCounted()).isTrue();
        double[] numbers = numbers(1);
        DriftDetector detector = provider().create(params());
        feed(detector, numbers, 0, HALF);
        long bytes = Allocations.least(0, WARM_UP_NANOS, () -> {
            for (int i = 0; i < HALF; i++) {
                detector.update(numbers[i]);
            }
        });
        assertThat(bytes).as("bytes for %s numbers", HALF).isZero();
    }

    private static List<String> feed(DriftDetector detector, double[] numbers, int from, int to) {
        List<String> said = new ArrayList<>();
        for (int i = from; i < to; i++) {
            DriftLevel level = detector.update(numbers[i]);
            if (level == DriftLevel.DRIFT) {
                said.add(level + "@" + i);
            }
        }
        return said;
    }
}
