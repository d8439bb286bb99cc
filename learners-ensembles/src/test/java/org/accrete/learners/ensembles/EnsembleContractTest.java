package org.accrete.learners.ensembles;

import java.util.Map;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.learners.sgd.SgdClassifierProvider;
import org.accrete.learners.sgd.SgdRegressorProvider;
import org.accrete.learners.trees.HoeffdingTreeClassifierProvider;
import org.accrete.testkit.ClassifierContract;
import org.accrete.testkit.LearnerContract;
import org.accrete.testkit.OnlineLearnerContract;
import org.junit.jupiter.api.Nested;

class EnsembleContractTest {
    private interface Classifies extends ClassifierContract, OnlineLearnerContract {
        @Override
        default boolean takesWeights() {
            return true;
        }

        /** A member may make a small object for each run of rows between two of weight 0. */
        @Override
        default double bytesPerRow() {
            return 32;
        }
    }

    private interface Regresses extends LearnerContract, OnlineLearnerContract {
        @Override
        default boolean takesWeights() {
            return true;
        }
    }

    @Nested
    class BaggedClassifiers implements Classifies {
        @Override
        public LearnerProvider provider() {
            return new BaggingProvider().over(new SgdClassifierProvider());
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-estimators", "3", "base.optimizer", "adagrad");
        }
    }

    /** So eager a detector that members are replaced all the time. */
    @Nested
    class LeveragedClassifiers implements Classifies {
        @Override
        public LearnerProvider provider() {
            return new LeveragingBaggingProvider().over(new SgdClassifierProvider());
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-estimators", "2", "delta", "0.999", "base.optimizer", "sgd");
        }
    }

    /** Trees that split within few rows, and whose states have shapes of their own. */
    private interface OfTrees extends Classifies {
        @Override
        default boolean takesMissing() {
            return true;
        }
    }

    @Nested
    class BaggedTrees implements OfTrees {
        @Override
        public LearnerProvider provider() {
            return new BaggingProvider().over(new HoeffdingTreeClassifierProvider());
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-estimators", "2", "base.grace-period", "10", "base.delta", "0.5");
        }
    }

    @Nested
    class LeveragedTrees implements OfTrees {
        @Override
        public LearnerProvider provider() {
            return new LeveragingBaggingProvider().over(new HoeffdingTreeClassifierProvider());
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-estimators", "2", "delta", "0.999", "base.grace-period", "10", "base.delta", "0.5");
        }

        /** A member that begins anew is a new tree, here every some hundred rows. */
        @Override
        public double bytesPerRow() {
            return 512;
        }
    }

    @Nested
    class LeveragedRegressors implements Regresses {
        @Override
        public LearnerProvider provider() {
            return new LeveragingBaggingProvider().over(new SgdRegressorProvider());
        }

        @Override
        public Schema schema() {
            return Schema.numeric(2, Target.numeric("y"));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("n-estimators", "2", "delta", "0.5");
        }
    }
}
