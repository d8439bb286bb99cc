package org.accrete.learners.sgd;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.testkit.ClassifierContract;
import org.accrete.testkit.LearnerContract;
import org.junit.jupiter.api.Nested;

/** Both learners keep the laws, each in a few settings. */
class SgdContractTest {
    private interface ClassifierLaws extends ClassifierContract {
        @Override
        default LearnerProvider provider() {
            return new SgdClassifierProvider();
        }

        @Override
        default boolean takesWeights() {
            return true;
        }
    }

    private interface RegressorLaws extends LearnerContract {
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
            return Map.of("penalty", "elasticnet", "average", "30", "alpha", "0.01", "eta0", "0.1");
        }
    }

    @Nested
    class RegressorWithFewWeights implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("penalty", "l1", "average", "1", "alpha", "0.01");
        }
    }

    @Nested
    class RegressorByDefault implements RegressorLaws {}

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
    class RegressorWithoutPenalty implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("penalty", "none", "fit-intercept", "false", "power-t", "0.5");
        }
    }
}
