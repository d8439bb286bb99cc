package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each law of detectors fails for a detector that breaks it. */
class DriftLawsTest {
    private static DriftDetectorProvider subject = new Provider(DriftInput.ERROR, Runs::new);

    static class Suite implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return subject;
        }
    }

    @Nested
    class CorrectDetectorOfErrors implements DriftDetectorContract {
        @Override
        public DriftDetectorProvider provider() {
            return new Provider(DriftInput.ERROR, Runs::new);
        }
    }

    /** Makes detectors. */
    public static class Provider implements DriftDetectorProvider {
        private final DriftInput input;
        private final Supplier<Runs> make;

        public Provider() {
            this(DriftInput.ERROR, Runs::new);
        }

        Provider(DriftInput input, Supplier<Runs> make) {
            this.input = input;
            this.make = make;
        }

        @Override
        public String name() {
            return "runs";
        }

        @Override
        public String summary() {
            return "many errors among the last";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of();
        }

        @Override
        public DriftInput input() {
            return input;
        }

        @Override
        public long memoryBytes(Params params) {
            return 32;
        }

        @Override
        public DriftDetector create(Params params) {
            return make.get();
        }

        @Override
        public DriftDetector restore(Params params, State state) {
            Runs detector = make.get();
            detector.read(state);
            return detector;
        }
    }

    /** Compares a fast and a slow running mean; a toy. */
    static class Runs implements DriftDetector {
        double slow;
        double fast;
        long count;

        @Override
        public DriftLevel update(double value) {
            if (!Double.isFinite(value)) {
                return DriftLevel.NONE;
            }
            if (value < 0 || value > 1) {
                throw AccreteException.badArgument("not an error: " + value);
            }
            count++;
            slow += (value - slow) / Math.min(count, 2_000);
            fast += (value - fast) / Math.min(count, 50);
            if (count > 200 && fast > slow + 0.3) {
                reset();
                return DriftLevel.DRIFT;
            }
            return DriftLevel.NONE;
        }

        @Override
        public void reset() {
            slow = 0;
            fast = 0;
            count = 0;
        }

        @Override
        public State state() {
            return State.builder()
                    .doubles("means", new double[] {slow, fast})
                    .whole("count", count)
                    .build();
        }

        void read(State state) {
            double[] means = state.doubles("means", 2);
            slow = means[0];
            fast = means[1];
            count = state.whole("count");
        }
    }

    private static Mutant<DriftDetectorProvider> mutant(String law, Supplier<Runs> make) {
        return new Mutant<>(law, new Provider(DriftInput.ERROR, make));
    }

    static List<Mutant<DriftDetectorProvider>> detectors() {
        List<Mutant<DriftDetectorProvider>> all = new ArrayList<>();
        all.add(mutant("restoredDetectorContinuesToTheSameBits", () -> new Runs() {
            @Override
            void read(State state) {
                super.read(state);
                // As single precision would.
                slow = (float) slow;
            }
        }));
        all.add(mutant("sameNumbersGiveTheSameAnswers", () -> new Runs() {
            @Override
            public State state() {
                count++;
                return super.state();
            }
        }));
        all.add(mutant("resetDetectorIsNew", () -> new Runs() {
            @Override
            public void reset() {
                slow = 0;
                fast = 0;
                count = Math.min(count, 1);
            }
        }));
        all.add(mutant("numbersThatAreNotFiniteAreIgnored", () -> new Runs() {
            @Override
            public DriftLevel update(double value) {
                return super.update(Double.isNaN(value) ? 0 : value);
            }
        }));
        all.add(mutant("numbersThatAreNoErrorsAreRefused", () -> new Runs() {
            @Override
            public DriftLevel update(double value) {
                return super.update(Double.isFinite(value) ? Math.max(0, Math.min(1, value)) : value);
            }
        }));
        all.add(mutant("numbersThatAreNoErrorsAreRefused", () -> new Runs() {
            @Override
            public DriftLevel update(double value) {
                count++;
                return super.update(value);
            }
        }));
        all.add(mutant("aPlainChangeIsSaid", () -> new Runs() {
            @Override
            public DriftLevel update(double value) {
                super.update(value);
                return DriftLevel.NONE;
            }
        }));
        all.add(mutant("equalNumbersAreNoDrift", () -> new Runs() {
            @Override
            public DriftLevel update(double value) {
                return super.update(value) == DriftLevel.DRIFT || count == 1_000 ? DriftLevel.DRIFT : DriftLevel.NONE;
            }
        }));
        all.add(mutant("damagedStateIsRefusedAsCorrupt", () -> new Runs() {
            @Override
            void read(State state) {
                double[] means = state.tensor("means").doubles();
                slow = means[0];
                fast = means[1];
                count = state.tensors().containsKey("count") ? state.whole("count") : 0;
            }
        }));
        all.add(mutant("damagedStateIsRefusedAsCorrupt", () -> new Runs() {
            @Override
            void read(State state) {
                count = Objects.requireNonNull(state.tensors().get("count")).longs()[0];
            }
        }));
        all.add(mutant("memoryEstimateCoversTheState", () -> new Runs() {
            @Override
            public State state() {
                return State.builder()
                        .all(super.state())
                        .doubles("more", new double[10])
                        .build();
            }
        }));
        all.add(mutant("numbersAllocateNothing", () -> new Runs() {
            private double[] kept = {};

            @Override
            public DriftLevel update(double value) {
                kept = new double[] {value, kept.length};
                return super.update(value);
            }
        }));
        return all;
    }

    @ParameterizedTest
    @MethodSource("detectors")
    void detectorThatBreaksALawIsCaught(Mutant<DriftDetectorProvider> mutant) {
        subject = mutant.part();
        mutant.assertKilledBy(Suite.class);
    }

    @Test
    void everyLawIsBrokenByAMutant() {
        Set<String> broken = new TreeSet<>();
        detectors().forEach(mutant -> broken.add(mutant.law()));
        assertThat(broken).isEqualTo(Mutant.laws(DriftDetectorContract.class));
    }
}
