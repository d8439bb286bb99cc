package org.accrete.learners.trees;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.testkit.ClassifierContract;
import org.accrete.testkit.OnlineLearnerContract;
import org.accrete.testkit.RandomChunks;
import org.junit.jupiter.api.Nested;

/** All classifiers keep the laws, in settings that make them grow, forget and sleep within few rows. */
class TreesContractTest {
    private interface Laws extends ClassifierContract, OnlineLearnerContract {
        @Override
        default boolean takesWeights() {
            return true;
        }

        @Override
        default boolean takesMissing() {
            return true;
        }
    }

    private interface TreeLaws extends Laws {
        @Override
        default LearnerProvider provider() {
            return new HoeffdingTreeClassifierProvider();
        }
    }

    private interface AdaptiveLaws extends Laws {
        @Override
        default LearnerProvider provider() {
            return new HoeffdingAdaptiveTreeClassifierProvider();
        }
    }

    private interface ForestLaws extends Laws {
        @Override
        default LearnerProvider provider() {
            return new AdaptiveRandomForestClassifierProvider();
        }
    }

    private interface RegressorLaws extends OnlineLearnerContract {
        @Override
        default LearnerProvider provider() {
            return new HoeffdingTreeRegressorProvider();
        }

        @Override
        default boolean takesWeights() {
            return true;
        }

        @Override
        default boolean takesMissing() {
            return true;
        }
    }

    private static final List<Block> BLOCKS = List.of(
            new Block("a", Block.Kind.NUMERIC, 1),
            new Block("b", Block.Kind.ONE_HOT, 12),
            new Block("words", Block.Kind.SPARSE, 5),
            new Block("c", Block.Kind.ONE_HOT, 70));
    private static final Schema MIXED = new Schema(BLOCKS, Target.categorical("y", List.of()));
    private static final Schema MIXED_TO_NUMBER = new Schema(BLOCKS, Target.numeric("y"));

    @Nested
    class TreeByDefault implements TreeLaws {}

    @Nested
    class TreeThatGrows implements TreeLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("grace-period", "10", "delta", "0.5", "tau", "0.5");
        }
    }

    @Nested
    class TreeOfValues implements TreeLaws {
        @Override
        public Schema schema() {
            return MIXED;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("grace-period", "10", "delta", "0.5", "tau", "0.9");
        }
    }

    @Nested
    class TreeOfMajoritiesWithGaps implements TreeLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("grace-period", "15", "delta", "0.5", "tau", "0.5", "leaf-prediction", "majority");
        }

        @Override
        public Chunk rows(int count, long seed) {
            return RandomChunks.of(schema()).withMissing(0.2).rows(count, seed);
        }
    }

    @Nested
    class TreeThatSleeps implements TreeLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("grace-period", "10", "delta", "0.5", "tau", "0.5", "max-bytes", "3K");
        }
    }

    @Nested
    class AdaptiveByDefault implements AdaptiveLaws {}

    /** Notices change everywhere, so that leaves begin anew and trees grow beside others. */
    @Nested
    class AdaptiveThatNotices implements AdaptiveLaws {
        @Override
        public Schema schema() {
            return MIXED;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("grace-period", "10", "delta", "0.5", "tau", "0.9", "drift-delta", "0.999");
        }
    }

    @Nested
    class ForestByDefault implements ForestLaws {}

    @Nested
    class ForestOfValuesOnThreads implements ForestLaws {
        @Override
        public Schema schema() {
            return MIXED;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "n-estimators",
                    "3",
                    "grace-period",
                    "10",
                    "delta",
                    "0.5",
                    "warning-delta",
                    "0.9",
                    "drift-delta",
                    "0.8",
                    "threads",
                    "2");
        }
    }

    private interface BoostedLaws extends Laws {
        @Override
        default LearnerProvider provider() {
            return new GradientBoostedTreesClassifierProvider();
        }

        /** Where the JVM does not inline them, the linear model's kernels put a vector on the heap for each row. */
        @Override
        default double bytesPerRow() {
            return 128;
        }
    }

    /** Deeper trees go on growing on noise, which the law of allocation does not know. */
    @Nested
    class BoostedOfLittleDepth implements BoostedLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("max-depth", "2");
        }
    }

    @Nested
    class BoostedOfValuesThatGrow implements BoostedLaws {
        @Override
        public Schema schema() {
            return MIXED;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "n-estimators", "4", "grace-period", "5", "delta", "0.99", "subsample", "1", "max-depth", "3");
        }
    }

    @Nested
    class BoostedFromZeroWithGaps implements BoostedLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("n-estimators", "5", "grace-period", "5", "delta", "0.9", "init", "zero", "max-depth", "3");
        }

        @Override
        public Chunk rows(int count, long seed) {
            return RandomChunks.of(schema()).withMissing(0.2).rows(count, seed);
        }
    }

    @Nested
    class BoostedThatSleep implements BoostedLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "n-estimators", "3", "grace-period", "5", "delta", "0.9", "max-bytes", "6K", "max-depth", "4");
        }
    }

    @Nested
    class RegressorByDefault implements RegressorLaws {}

    @Nested
    class RegressorThatGrows implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("grace-period", "20", "delta", "0.5", "tau", "0.5");
        }
    }

    @Nested
    class RegressorOfValuesWithGaps implements RegressorLaws {
        @Override
        public Schema schema() {
            return MIXED_TO_NUMBER;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("grace-period", "15", "delta", "0.5", "tau", "0.9", "leaf-prediction", "linear");
        }

        @Override
        public Chunk rows(int count, long seed) {
            return RandomChunks.of(schema()).withMissing(0.2).rows(count, seed);
        }
    }

    @Nested
    class RegressorOfMeansThatSleeps implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "grace-period", "10", "delta", "0.5", "tau", "0.5", "leaf-prediction", "mean", "max-bytes", "9K");
        }
    }

    private interface RegressionForestLaws extends RegressorLaws {
        @Override
        default LearnerProvider provider() {
            return new AdaptiveRandomForestRegressorProvider();
        }
    }

    @Nested
    class RegressionForestOfNumbers implements RegressionForestLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("n-estimators", "3", "max-depth", "4");
        }
    }

    @Nested
    class RegressionForestOfValuesOnThreads implements RegressionForestLaws {
        @Override
        public Schema schema() {
            return MIXED_TO_NUMBER;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "n-estimators",
                    "3",
                    "grace-period",
                    "60",
                    "max-depth",
                    "4",
                    "warning-delta",
                    "0.9",
                    "drift-delta",
                    "0.8",
                    "threads",
                    "2");
        }
    }

    /** So many numbers that linear functions are learned by gradient descent. */
    @Nested
    class RegressorOfManyNumbers implements RegressorLaws {
        @Override
        public Schema schema() {
            return new Schema(
                    List.of(new Block("x", Block.Kind.NUMERIC, LinearModel.MOST_SOLVED + 6)), Target.numeric("y"));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("grace-period", "60", "max-depth", "2");
        }
    }

    private interface BoostedRegressorLaws extends RegressorLaws {
        @Override
        default LearnerProvider provider() {
            return new GradientBoostedTreesRegressorProvider();
        }

        @Override
        default double bytesPerRow() {
            return 128;
        }
    }

    @Nested
    class BoostedRegressorOfLittleDepth implements BoostedRegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("max-depth", "2");
        }
    }

    @Nested
    class BoostedRegressorOfValuesWithGaps implements BoostedRegressorLaws {
        @Override
        public Schema schema() {
            return MIXED_TO_NUMBER;
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-estimators", "4", "grace-period", "5", "delta", "0.9", "init", "zero", "max-depth", "3");
        }

        @Override
        public Chunk rows(int count, long seed) {
            return RandomChunks.of(schema()).withMissing(0.2).rows(count, seed);
        }
    }
}
