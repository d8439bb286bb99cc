package org.accrete.learners.neighbours;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.testkit.ClassifierContract;
import org.accrete.testkit.MergeContract;
import org.accrete.testkit.OnlineLearnerContract;
import org.junit.jupiter.api.Nested;

/** Naive Bayes keeps the laws for each kind of block. */
class NaiveBayesContractTest {
    private static final Schema ALL_KINDS = new Schema(
            List.of(
                    new Block("a", Block.Kind.NUMERIC, 1),
                    new Block("b", Block.Kind.ONE_HOT, 7),
                    new Block("hour", Block.Kind.CYCLE, 2),
                    new Block("text", Block.Kind.SPARSE, 20),
                    new Block("c", Block.Kind.NUMERIC, 2)),
            Target.categorical("y", List.of()));

    private interface Laws extends ClassifierContract, OnlineLearnerContract, MergeContract {
        @Override
        default LearnerProvider provider() {
            return new NaiveBayesProvider();
        }

        @Override
        default boolean takesWeights() {
            return true;
        }

        @Override
        default boolean takesMissing() {
            return true;
        }

        /** Counts and means add up exactly, but for rounding. */
        @Override
        default double partsTolerance() {
            return 1e-9;
        }
    }

    private interface CalibratedLaws extends Laws {
        /** Not promised: parts of the rows were scored by learners that knew less. */
        @Override
        default double partsTolerance() {
            return Double.POSITIVE_INFINITY;
        }

        /** Not promised: the exponent is surer when its losses double. */
        @Override
        default void mergingACopyChangesNoPrediction() {}
    }

    @Nested
    class OfNumbers implements Laws {
        @Override
        public Map<String, String> settings() {
            return Map.of("calibrate", "false");
        }
    }

    @Nested
    class OfNumbersByDefault implements CalibratedLaws {}

    @Nested
    class OfAllKindsByDefault implements CalibratedLaws {
        @Override
        public Schema schema() {
            return ALL_KINDS;
        }
    }

    @Nested
    class OfAllKinds implements Laws {
        @Override
        public Map<String, String> settings() {
            return Map.of("var-smoothing", "0.1", "alpha", "0.5", "calibrate", "false");
        }

        @Override
        public Schema schema() {
            return ALL_KINDS;
        }

        /** Not promised: smoothing weighs less when the counts double. */
        @Override
        public void mergingACopyChangesNoPrediction() {}
    }
}
