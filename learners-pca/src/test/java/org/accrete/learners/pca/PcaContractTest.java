package org.accrete.learners.pca;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.StepProvider;
import org.accrete.testkit.MergeContract;
import org.accrete.testkit.StepContract;
import org.junit.jupiter.api.Nested;

/** Both learners keep the laws, each in a few settings. Equality is to the bit, except for transformed rows. */
class PcaContractTest {
    private interface Laws extends StepContract, MergeContract {
        @Override
        default boolean takesWeights() {
            return true;
        }

        /**
         * A step that learns block by block: no row is transformed by what is learned from later blocks.
         * {@link ChunkingTest} requires equal bits.
         */
        @Override
        default double tolerance() {
            return 1e-12;
        }
    }

    /** Enough columns for blocks to be learned in sparse form. */
    private static Schema manyColumns() {
        return new Schema(
                List.of(
                        new Block("a", Block.Kind.NUMERIC, 1),
                        new Block("b", Block.Kind.ONE_HOT, 127),
                        new Block("hour", Block.Kind.CYCLE, 2),
                        new Block("c", Block.Kind.ONE_HOT, 127)),
                Target.numeric("y"));
    }

    private interface IncrementalLaws extends Laws {
        @Override
        default StepProvider provider() {
            return new IncrementalPcaProvider();
        }
    }

    private interface CovarianceLaws extends Laws {
        @Override
        default StepProvider provider() {
            return new CovariancePcaProvider();
        }
    }

    @Nested
    class IncrementalByDefault implements IncrementalLaws {}

    @Nested
    class IncrementalOfSmallBlocks implements IncrementalLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("n-components", "2", "batch-size", "7", "half-life", "50", "whiten", "true");
        }

        /** Not promised: the divisor of the unbiased deviation depends on the number of rows, which doubles. */
        @Override
        public void mergingACopyChangesNoPrediction() {}
    }

    @Nested
    class IncrementalOfOneRow implements IncrementalLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("n-components", "3", "batch-size", "1");
        }
    }

    @Nested
    class IncrementalOfHashedText implements IncrementalLaws {
        @Override
        public Schema schema() {
            return new Schema(
                    List.of(new Block("a", Block.Kind.NUMERIC, 1), new Block("b", Block.Kind.ONE_HOT, 40)),
                    Target.numeric("y"));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-components", "5", "batch-size", "20");
        }
    }

    @Nested
    class CovarianceByDefault implements CovarianceLaws {}

    @Nested
    class CovarianceOfSmallBlocks implements CovarianceLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("n-components", "2", "batch-size", "7", "half-life", "50", "whiten", "true");
        }

        /** Not promised: the divisor of the unbiased deviation depends on the number of rows, which doubles. */
        @Override
        public void mergingACopyChangesNoPrediction() {}
    }

    @Nested
    class CovarianceOfHashedText implements CovarianceLaws {
        @Override
        public Schema schema() {
            return new Schema(
                    List.of(new Block("a", Block.Kind.NUMERIC, 1), new Block("b", Block.Kind.ONE_HOT, 40)),
                    Target.numeric("y"));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-components", "5", "batch-size", "64");
        }
    }

    @Nested
    class IncrementalOfManyColumns implements IncrementalLaws {
        @Override
        public Schema schema() {
            return manyColumns();
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-components", "3", "batch-size", "40");
        }
    }

    @Nested
    class CovarianceOfManyColumns implements CovarianceLaws {
        @Override
        public Schema schema() {
            return manyColumns();
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-components", "3", "batch-size", "40");
        }
    }
}
