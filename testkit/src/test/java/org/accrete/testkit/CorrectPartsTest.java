package org.accrete.testkit;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.junit.jupiter.api.Nested;

/** Plug-ins that keep every law, to detect a law that is too strict. */
class CorrectPartsTest {
    /** A schema whose chunks are sparse. */
    static final Schema SPARSE = new Schema(
            List.of(
                    new Block("a", Block.Kind.NUMERIC, 1),
                    new Block("b", Block.Kind.NUMERIC, 1),
                    new Block("word", Block.Kind.ONE_HOT, 16),
                    new Block("other", Block.Kind.ONE_HOT, 8)),
            Target.categorical("y", List.of("known")));

    @Nested
    class OfMeans implements LearnerContract {
        @Override
        public LearnerProvider provider() {
            return new MeansProvider();
        }

        @Override
        public boolean takesWeights() {
            return true;
        }
    }

    @Nested
    class OfMeansWithoutTarget implements LearnerContract {
        @Override
        public LearnerProvider provider() {
            return new MeansProvider();
        }

        @Override
        public Schema schema() {
            return Schema.numeric(3, Target.none());
        }
    }

    /** The laws of merging for an anonymous provider whose learners of parts merge to the learner of all rows. */
    private interface ExactMerge extends MergeContract {
        @Override
        default double partsTolerance() {
            return 1e-9;
        }

        /** Not required of an anonymous provider. */
        @Override
        default void isMadeByAPublicConstructorWithoutArguments() {}
    }

    @Nested
    class OfMergingMeans implements ExactMerge {
        @Override
        public LearnerProvider provider() {
            return new MeansProvider() {
                @Override
                Means make(Schema schema, Params params) {
                    return new MergingMeans(schema, params);
                }
            };
        }
    }

    @Nested
    class OfMergingCentroids implements ClassifierContract, ExactMerge {
        @Override
        public LearnerProvider provider() {
            return new CentroidsProvider() {
                @Override
                Centroids make(Schema schema, Params params) {
                    return new MergingCentroids(schema, params);
                }
            };
        }
    }

    @Nested
    class OfCentroids implements ClassifierContract, OnlineLearnerContract {
        @Override
        public LearnerProvider provider() {
            return new CentroidsProvider();
        }
    }

    @Nested
    class OfCentroidsOfSparseRows implements ClassifierContract, OnlineLearnerContract {
        @Override
        public LearnerProvider provider() {
            return new CentroidsProvider();
        }

        @Override
        public Schema schema() {
            return SPARSE;
        }
    }

    @Nested
    class OfCentre implements StepContract {
        @Override
        public StepProvider provider() {
            return new CentreProvider();
        }
    }

    @Nested
    class OfCentreThatWarmsUp implements StepContract {
        @Override
        public StepProvider provider() {
            return new CentreProvider();
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("warm-up", "25");
        }

        @Override
        public Schema schema() {
            return SPARSE;
        }
    }

    @Nested
    class OfMemorySource implements SourceContract {
        private final Chunk rows = RandomChunks.of(SPARSE)
                .withClasses(5)
                .withWeights()
                .rows(123, RunSeed.random("source").nextLong());

        @Override
        public ChunkSource open() {
            return new MemorySource(rows);
        }
    }

    @Nested
    class OfMemoryStore implements StoreContract {
        private final MemoryStore.Contents contents = new MemoryStore.Contents();

        @Override
        public ModelStore open() {
            return new MemoryStore(contents);
        }

        @Override
        public boolean damage(ModelVersion version) {
            contents.damage(version);
            return true;
        }
    }
}
