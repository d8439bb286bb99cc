package org.accrete.testkit;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.StepProvider;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.junit.jupiter.api.Nested;

/** Tests the scaler of core, which cannot depend on the test kit. */
class StandardScalerContractTest {
    private interface Scaler extends StepContract, MergeContract {
        @Override
        default StepProvider provider() {
            return new StandardScalerProvider();
        }

        @Override
        default double partsTolerance() {
            return 1e-12;
        }

        @Override
        default boolean takesMissing() {
            return true;
        }

        @Override
        default boolean takesWeights() {
            return true;
        }
    }

    @Nested
    class OfDenseRows implements Scaler {}

    @Nested
    class OfSparseRows implements Scaler {
        @Override
        public Schema schema() {
            return CorrectPartsTest.SPARSE;
        }
    }

    @Nested
    class WithoutMean implements Scaler {
        @Override
        public Map<String, String> settings() {
            return Map.of("with-mean", "false");
        }
    }

    @Nested
    class WithoutStd implements Scaler {
        @Override
        public Map<String, String> settings() {
            return Map.of("with-std", "false");
        }

        @Override
        public Schema schema() {
            return new Schema(
                    List.of(new Block("wide", Block.Kind.NUMERIC, 3), new Block("hour", Block.Kind.CYCLE, 2)),
                    Target.none());
        }
    }

    @Nested
    class Forgetting implements Scaler {
        @Override
        public Map<String, String> settings() {
            return Map.of("half-life", "20", "clip", "1.5");
        }

        /** What is forgotten depends on the order of the rows, which parts do not keep. */
        @Override
        public double partsTolerance() {
            return Double.POSITIVE_INFINITY;
        }
    }
}
