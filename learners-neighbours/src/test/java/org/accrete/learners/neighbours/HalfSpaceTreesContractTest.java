package org.accrete.learners.neighbours;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.testkit.LearnerContract;
import org.junit.jupiter.api.Nested;

/** Half-space trees keep the laws, within the first window and after it. */
class HalfSpaceTreesContractTest {
    private interface Laws extends LearnerContract {
        @Override
        default LearnerProvider provider() {
            return new HalfSpaceTreesProvider();
        }

        @Override
        default boolean readsTarget() {
            return false;
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
    class ByDefault implements Laws {}

    @Nested
    class OfSmallWindows implements Laws {
        @Override
        public Schema schema() {
            return new Schema(
                    List.of(
                            new Block("a", Block.Kind.NUMERIC, 2),
                            new Block("b", Block.Kind.ONE_HOT, 5),
                            new Block("hour", Block.Kind.CYCLE, 2)),
                    Target.none());
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("window-size", "30", "trees", "7", "height", "5");
        }
    }
}
