package org.accrete.learners.nn;

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
class MlpContractTest {
    private interface ClassifierLaws extends ClassifierContract {
        @Override
        default LearnerProvider provider() {
            return new MlpClassifierProvider();
        }

        @Override
        default boolean takesWeights() {
            return true;
        }
    }

    private interface RegressorLaws extends LearnerContract {
        @Override
        default LearnerProvider provider() {
            return new MlpRegressorProvider();
        }

        @Override
        default boolean takesWeights() {
            return true;
        }
    }

    private static Schema hashed(Target target) {
        return new Schema(
                List.of(
                        new Block("a", Block.Kind.NUMERIC, 1),
                        new Block("b", Block.Kind.ONE_HOT, 40),
                        new Block("c", Block.Kind.NUMERIC, 1),
                        new Block("d", Block.Kind.ONE_HOT, 5)),
                target);
    }

    @Nested
    class ClassifierByDefault implements ClassifierLaws {}

    @Nested
    class ClassifierOfSmallBatches implements ClassifierLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "hidden",
                    "7,20",
                    "batch-size",
                    "16",
                    "dropout",
                    "0.3",
                    "activation",
                    "gelu",
                    "optimizer",
                    "adamw",
                    "alpha",
                    "0.01",
                    "learning-rate",
                    "cosine",
                    "decay-steps",
                    "20");
        }
    }

    @Nested
    class ClassifierRowByRow implements ClassifierLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of("hidden", "5", "batch-size", "1", "optimizer", "sgd", "eta0", "0.05", "activation", "tanh");
        }
    }

    @Nested
    class EmbeddingsOfHashedText implements ClassifierLaws {
        @Override
        public Schema schema() {
            return hashed(Target.categorical("y", List.of()));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("hidden", "6,3", "batch-size", "13", "embedding", "3", "clip-norm", "0.5", "dropout", "0.1");
        }
    }

    @Nested
    class TablesOfHashedText implements ClassifierLaws {
        @Override
        public Schema schema() {
            return hashed(Target.categorical("y", List.of()));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "hidden", "18", "batch-size", "20", "embedding", "0", "optimizer", "rmsprop", "alpha", "0.001");
        }
    }

    @Nested
    class FrozenBelow implements ClassifierLaws {
        @Override
        public Schema schema() {
            return hashed(Target.categorical("y", List.of()));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("hidden", "9,4", "batch-size", "8", "freeze", "0", "layer-rates", "1,0.1,2");
        }
    }

    @Nested
    class RegressorByDefault implements RegressorLaws {}

    @Nested
    class HuberOfSmallBatches implements RegressorLaws {
        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "loss",
                    "huber",
                    "batch-size",
                    "10",
                    "hidden",
                    "33",
                    "optimizer",
                    "sgd",
                    "nesterov",
                    "false",
                    "activation",
                    "sigmoid",
                    "learning-rate",
                    "step",
                    "decay-steps",
                    "5",
                    "warm-up",
                    "3");
        }
    }

    @Nested
    class AbsoluteErrorOnHashedText implements RegressorLaws {
        @Override
        public Schema schema() {
            return hashed(Target.numeric("y"));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("loss", "absolute-error", "batch-size", "32", "hidden", "8", "activation", "identity");
        }
    }
}
