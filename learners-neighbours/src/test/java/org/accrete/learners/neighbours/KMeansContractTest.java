package org.accrete.learners.neighbours;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.testkit.MergeContract;
import org.junit.jupiter.api.Nested;

/** K-means keeps the laws, while the first rows wait and after. */
class KMeansContractTest {
    private interface Laws extends MergeContract {
        @Override
        default LearnerProvider provider() {
            return new KMeansProvider();
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
    class OfRowsThatWait implements Laws {}

    @Nested
    class OfFewSeedRows implements Laws {
        @Override
        public Schema schema() {
            return new Schema(
                    List.of(
                            new Block("a", Block.Kind.NUMERIC, 3),
                            new Block("b", Block.Kind.ONE_HOT, 5),
                            new Block("c", Block.Kind.NUMERIC, 1)),
                    Target.none());
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("seed-rows", "30", "clusters", "4", "half-life", "100");
        }
    }
}
