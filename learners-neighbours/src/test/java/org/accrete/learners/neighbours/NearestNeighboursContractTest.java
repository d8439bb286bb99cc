package org.accrete.learners.neighbours;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.testkit.ClassifierContract;
import org.accrete.testkit.OnlineLearnerContract;
import org.junit.jupiter.api.Nested;

/** Nearest neighbours keep the laws, for classes and for numbers, before and after the window is full. */
class NearestNeighboursContractTest {
    private interface Laws extends OnlineLearnerContract {
        @Override
        default LearnerProvider provider() {
            return new NearestNeighboursProvider();
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

    @Nested
    class OfClasses implements Laws, ClassifierContract {
        @Override
        public Map<String, String> settings() {
            return Map.of("window-size", "60");
        }
    }

    @Nested
    class OfNumbers implements Laws {
        @Override
        public Schema schema() {
            return new Schema(
                    List.of(
                            new Block("a", Block.Kind.NUMERIC, 3),
                            new Block("b", Block.Kind.ONE_HOT, 5),
                            new Block("c", Block.Kind.NUMERIC, 1)),
                    Target.numeric("y"));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("neighbours", "3", "weights", "distance");
        }
    }
}
