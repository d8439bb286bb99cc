package org.accrete.testkit;

import java.util.Map;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.StepProvider;
import org.accrete.core.preprocess.MinMaxScalerProvider;
import org.accrete.core.preprocess.PolynomialFeaturesProvider;
import org.accrete.core.preprocess.QuantileScalerProvider;
import org.accrete.core.preprocess.TargetEncoderProvider;
import org.junit.jupiter.api.Nested;

/** Tests the steps of core other than its standard scaler; core cannot depend on the test kit. */
class StepsContractTest {
    private interface ColumnStep extends StepContract {
        @Override
        default boolean takesMissing() {
            return true;
        }

        @Override
        default boolean takesWeights() {
            return true;
        }
    }

    private interface MinMax extends ColumnStep, MergeContract {
        @Override
        default StepProvider provider() {
            return new MinMaxScalerProvider();
        }

        @Override
        default double partsTolerance() {
            return 1e-12;
        }
    }

    @Nested
    class MinMaxOfSparseRows implements MinMax {
        @Override
        public Schema schema() {
            return CorrectPartsTest.SPARSE;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("feature-range", "-2,3", "clip", "true");
        }
    }

    private interface Quantiles extends ColumnStep {
        @Override
        default StepProvider provider() {
            return new QuantileScalerProvider();
        }
    }

    @Nested
    class QuantilesOfDenseRows implements Quantiles {}

    /** So few that values are drawn all the time. */
    @Nested
    class FewQuantilesOfSparseRows implements Quantiles {
        @Override
        public Schema schema() {
            return CorrectPartsTest.SPARSE;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("output-distribution", "normal", "n-quantiles", "10");
        }
    }

    private interface Polynomial extends StepContract, MergeContract {
        @Override
        default StepProvider provider() {
            return new PolynomialFeaturesProvider();
        }

        @Override
        default boolean takesMissing() {
            return true;
        }

        @Override
        default boolean passesMissing() {
            return true;
        }
    }

    @Nested
    class ProductsOfDenseRows implements Polynomial {
        @Override
        public Map<String, String> settings() {
            return Map.of("degree", "3", "include-bias", "true");
        }
    }

    @Nested
    class ProductsOfSparseRows implements Polynomial {
        @Override
        public Schema schema() {
            return CorrectPartsTest.SPARSE;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("interaction-only", "true");
        }
    }

    private interface Encoder extends TargetStepContract {
        @Override
        default StepProvider provider() {
            return new TargetEncoderProvider();
        }

        @Override
        default Schema schema() {
            return CorrectPartsTest.SPARSE;
        }

        @Override
        default boolean takesMissing() {
            return true;
        }

        @Override
        default boolean passesMissing() {
            return true;
        }

        @Override
        default boolean takesWeights() {
            return true;
        }
    }

    @Nested
    class MeansOfTwoClasses implements Encoder {}

    /** The last classes have no column. */
    @Nested
    class MeansOfSeveralClasses implements Encoder {
        @Override
        public Map<String, String> settings() {
            return Map.of("columns", "other", "class-columns", "4", "smoothing", "0");
        }

        @Override
        public Chunk rows(int count, long seed) {
            return RandomChunks.of(schema()).withClasses(5).rows(count, seed);
        }
    }

    @Nested
    class MeansOfNumbers implements Encoder {
        @Override
        public Schema schema() {
            return new Schema(CorrectPartsTest.SPARSE.blocks(), Target.numeric("y"));
        }
    }
}
