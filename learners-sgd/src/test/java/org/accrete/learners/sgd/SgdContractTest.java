package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.testkit.ClassifierContract;
import org.accrete.testkit.MergeContract;
import org.accrete.testkit.OnlineLearnerContract;
import org.junit.jupiter.api.Nested;

/** Both learners keep the laws, each in a few settings. */
class SgdContractTest {
    private interface ClassifierLaws extends ClassifierContract, OnlineLearnerContract, MergeContract {
        @Override
        default LearnerProvider provider() {
            return new SgdClassifierProvider();
        }

        @Override
        default boolean takesWeights() {
            return true;
        }
    }

    private interface RegressorLaws extends OnlineLearnerContract, MergeContract {
        @Override
        default LearnerProvider provider() {
            return new SgdRegressorProvider();
        }

        @Override
        default boolean takesWeights() {
            return true;
        }
    }

    private static Schema hashed(Target target) {
        return new Schema(
                List.of(new Block("a", Block.Kind.NUMERIC, 1), new Block("b", Block.Kind.ONE_HOT, 40)), target);
    }

    @Nested
    class ClassifierByDefault implements ClassifierLaws {}

    @Nested
    class HingeOnHashedText implements ClassifierLaws {
        @Override
        public Schema schema() {
            return hashed(Target.categorical("y", List.of()));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("loss", "hinge", "learning-rate", "invscaling", "eta0", "0.1");
        }
    }

    @Nested
    class ClassifierWithLongSteps implements ClassifierLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("learning-rate", "optimal", "alpha", "0.1");
        }
    }

    @Nested
    class SoftmaxOfBalancedClasses implements ClassifierLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("multi-class", "softmax", "class-weight", "balanced", "learning-rate", "adaptive");
        }
    }

    @Nested
    class MeanOfAFewWeightsOnHashedText implements ClassifierLaws {
        @Override
        public Schema schema() {
            return hashed(Target.categorical("y", List.of()));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "sgd", "penalty", "elasticnet", "average", "30", "alpha", "0.01");
        }
    }

    @Nested
    class RegressorWithFewWeights implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "sgd", "penalty", "l1", "average", "1", "alpha", "0.01");
        }
    }

    @Nested
    class RegressorByDefault implements RegressorLaws {}

    @Nested
    class PlainClassifier implements ClassifierLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "sgd");
        }
    }

    @Nested
    class PlainRegressor implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "sgd");
        }
    }

    @Nested
    class AdaGradMixtureOnHashedText implements ClassifierLaws {
        @Override
        public Schema schema() {
            return hashed(Target.categorical("y", List.of()));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("class-weight", "balanced", "eta0", "0.3");
        }
    }

    @Nested
    class AdaGradMixtureOfNumbers implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("loss", "epsilon-insensitive", "clip-gradient", "0.5");
        }
    }

    @Nested
    class AdaGradMixtureOneAgainstTheRest implements ClassifierLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("multi-class", "ovr");
        }
    }

    @Nested
    class AdaGradMixtureOfHashedNumbers implements RegressorLaws {
        @Override
        public Schema schema() {
            return hashed(Target.numeric("y"));
        }
    }

    @Nested
    class AdaGradOfClasses implements ClassifierLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "adagrad", "loss", "modified-huber");
        }
    }

    @Nested
    class AdaGradOfNumbers implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "adagrad", "loss", "huber", "penalty", "l2", "alpha", "0.1");
        }
    }

    @Nested
    class FtrlOnHashedText implements ClassifierLaws {
        @Override
        public Schema schema() {
            return hashed(Target.categorical("y", List.of()));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "ftrl", "penalty", "elasticnet", "alpha", "0.5", "eta0", "0.1");
        }
    }

    @Nested
    class FtrlOfNumbers implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "ftrl", "penalty", "l1", "alpha", "0.5");
        }
    }

    @Nested
    class HuberOnHashedText implements RegressorLaws {
        @Override
        public Schema schema() {
            return hashed(Target.numeric("y"));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("loss", "huber", "learning-rate", "constant", "alpha", "0.5", "eta0", "0.5");
        }
    }

    @Nested
    class PoissonRegressor implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("loss", "poisson", "eta0", "0.001");
        }

        /** They do, but the law makes targets that are no counts. */
        @Override
        public boolean takesWeights() {
            return false;
        }

        @Override
        public Chunk rows(int count, long seed) {
            DenseChunk rows = (DenseChunk) RegressorLaws.super.rows(count, seed);
            double[] targets = new double[count];
            for (int row = 0; row < count; row++) {
                targets[row] = Math.abs(rows.target(row));
            }
            double[] values = Arrays.copyOfRange(rows.values(), rows.offset(0), rows.offset(0) + count * rows.width());
            return new DenseChunk(rows.schema(), values, targets, new double[0], List.of());
        }
    }

    @Nested
    class RegressorWithoutPenalty implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "sgd", "penalty", "none", "fit-intercept", "false", "power-t", "0.5");
        }
    }

    private interface PriorClassifierLaws extends ClassifierLaws {
        @Override
        default LearnerProvider provider() {
            return new WarmStarted(new SgdClassifierProvider());
        }

        /** It is no plug-in itself. */
        @Override
        default void isMadeByAPublicConstructorWithoutArguments() {}

        /** It begins from some weights. */
        @Override
        default void untrainedProbabilitiesAreUniform() {}
    }

    private interface PriorRegressorLaws extends RegressorLaws {
        @Override
        default LearnerProvider provider() {
            return new WarmStarted(new SgdRegressorProvider());
        }

        /** It is no plug-in itself. */
        @Override
        default void isMadeByAPublicConstructorWithoutArguments() {}
    }

    @Nested
    class PriorClassifier implements PriorClassifierLaws {
        @Override
        public Map<String, String> settings() {
            return WarmStarted.withPrior("adagrad", "l2", "0.1");
        }
    }

    @Nested
    class PriorMeanOnHashedText implements PriorClassifierLaws {
        @Override
        public Schema schema() {
            return hashed(Target.categorical("y", List.of()));
        }

        @Override
        public Map<String, String> settings() {
            Map<String, String> settings = new HashMap<>(WarmStarted.withPrior("sgd", "elasticnet", "0.01"));
            settings.put("average", "30");
            return settings;
        }
    }

    @Nested
    class PriorRegressor implements PriorRegressorLaws {
        @Override
        public Map<String, String> settings() {
            return WarmStarted.withPrior("adagrad", "l2", "0.1");
        }
    }

    @Nested
    class PriorPlainRegressor implements PriorRegressorLaws {
        @Override
        public Map<String, String> settings() {
            return WarmStarted.withPrior("sgd", "l2", "0.5");
        }
    }

    @Nested
    class PriorFtrlOfNumbers implements PriorRegressorLaws {
        @Override
        public Map<String, String> settings() {
            return WarmStarted.withPrior("ftrl", "l1", "0.5");
        }
    }

    // --- given weights

    @Nested
    class ClassifierOfGivenWeights implements PriorClassifierLaws {
        @Override
        public LearnerProvider provider() {
            return new WarmStarted(new SgdClassifierProvider(), true);
        }

        @Override
        public Schema schema() {
            return hashed(Target.categorical("y", List.of("a", "b", "c")));
        }
    }

    private interface GivenRegressorLaws extends PriorRegressorLaws {
        @Override
        default LearnerProvider provider() {
            return new WarmStarted(new SgdRegressorProvider(), true);
        }
    }

    @Nested
    class RegressorOfGivenWeights implements GivenRegressorLaws {}

    @Nested
    class RegressorOfGivenWeightsOnHashedText implements GivenRegressorLaws {
        @Override
        public Schema schema() {
            return hashed(Target.numeric("y"));
        }
    }

    @Nested
    class FtrlOfGivenWeights implements GivenRegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("optimizer", "ftrl", "penalty", "l1", "alpha", "0.5");
        }
    }
}
