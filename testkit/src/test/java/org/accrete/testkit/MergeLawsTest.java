package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Scaling;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For every law of merging a learner that breaks it, and is caught. */
class MergeLawsTest {
    /** The part under test at this moment. */
    private static LearnerProvider subject;

    static class Suite implements MergeContract {
        @Override
        public LearnerProvider provider() {
            return subject;
        }

        @Override
        public double partsTolerance() {
            return 1e-9;
        }
    }

    static class ClassifierSuite extends Suite implements ClassifierContract {}

    private static Sabotage<LearnerProvider> means(String law, BiFunction<Schema, Params, MergingMeans> make) {
        return new Sabotage<>(law, new MeansProvider() {
            @Override
            Means make(Schema schema, Params params) {
                return make.apply(schema, params);
            }
        });
    }

    private static Sabotage<LearnerProvider> centroids(String law, BiFunction<Schema, Params, MergingCentroids> make) {
        return new Sabotage<>(law, new CentroidsProvider() {
            @Override
            Centroids make(Schema schema, Params params) {
                return make.apply(schema, params);
            }
        });
    }

    static List<Sabotage<LearnerProvider>> learners() {
        List<Sabotage<LearnerProvider>> all = new ArrayList<>();
        all.add(means("mergeIsCommutative", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                double[] kept = slopes.clone();
                super.take(other);
                slopes = kept;
            }
        }));
        all.add(means("mergingACopyChangesNoPrediction", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                super.take(other);
                target += 1;
            }
        }));
        all.add(means("mergingAnUntrainedLearnerIsTheIdentity", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                boolean untrained = rows == 0;
                super.take(other);
                slopes[0] *= untrained ? 0.5 : 1;
            }
        }));
        all.add(means("mergingAnUntrainedLearnerIsTheIdentity", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                super.take(other);
                slopes[0] *= other.rows == 0 ? 0.5 : 1;
            }
        }));
        all.add(means(
                "mergedPartsKnowWhatALearnerOfAllRowsKnows", (schema, params) -> new MergingMeans(schema, params) {
                    @Override
                    void take(MergingMeans other) {
                        super.take(other);
                        sums[1] += 1e-3;
                    }
                }));
        all.add(means("otherLearnerIsLeftUntouched", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                super.take(other);
                other.target = target;
            }
        }));
        all.add(means("otherLearnerIsLeftUntouched", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                boolean untrained = rows == 0;
                super.take(other);
                // What was learned into before is learned into again, by both.
                slopes = untrained ? other.slopes : slopes;
            }

            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                slopes[0] += chunk.rows();
            }
        }));
        all.add(means("mergedLearnerGoesOn", (schema, params) -> new MergingMeans(schema, params) {
            private double forgotten;

            @Override
            void take(MergingMeans other) {
                super.take(other);
                forgotten = 0.1;
            }

            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                target += forgotten;
            }
        }));
        all.add(means("mergedLearnerGoesOn", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                super.take(other);
                rows = Math.max(rows - other.rows, other.rows);
            }
        }));
        all.add(means("refusesToMergeAnotherLearner", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void check(Learner other) {
                if (!(other instanceof MergingMeans)) {
                    throw AccreteException.badArgument("another learner");
                }
            }
        }));
        all.add(means("refusesToMergeAnotherSchema", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void check(Learner other) {
                if (other.rowsSeen() > 0) {
                    super.check(other);
                }
            }
        }));
        all.add(means("refusesToMergeAnotherSchema", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void check(Learner other) {
                try {
                    super.check(other);
                } catch (AccreteException e) {
                    target++;
                    throw e;
                }
            }
        }));
        all.add(means(
                "refusesToMergeOtherParameters",
                (schema, params) -> new MergingMeans(schema, Params.of(new MeansProvider().params()))));
        all.add(means("rescaledLearnerSaysTheSameOfRescaledRows", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            public void rescale(Scaling scaling) {
                double[] kept = slopes.clone();
                super.rescale(scaling);
                slopes = kept;
            }
        }));
        for (String law : List.of("mergeIsCommutative", "mergedLearnerGoesOn")) {
            all.add(behindScaler(law));
        }
        return all;
    }

    /** Keeps the laws by itself and fails behind a scaler. */
    private static Sabotage<LearnerProvider> behindScaler(String law) {
        boolean commutes = law.equals("mergeIsCommutative");
        return means(law, (schema, params) -> new MergingMeans(schema, params) {
            private boolean rescaled;

            @Override
            public void rescale(Scaling scaling) {
                super.rescale(scaling);
                rescaled = true;
            }

            @Override
            void take(MergingMeans other) {
                super.take(other);
                if (rescaled) {
                    slopes[0] = commutes ? slopes[0] + rows - 2 * other.rows : Double.NaN;
                }
            }
        });
    }

    static List<Sabotage<LearnerProvider>> classifiers() {
        List<Sabotage<LearnerProvider>> all = new ArrayList<>();
        all.add(centroids("mergeIsCommutative", (schema, params) -> new MergingCentroids(schema, params) {
            @Override
            void take(MergingCentroids other, List<String> joined) {
                // Adds up by number, not by label.
                List<String> labels = other.classes.labels();
                other.classes.become(joined.subList(0, Math.min(joined.size(), labels.size())));
                super.take(other, joined);
                other.classes.become(labels);
            }
        }));
        all.add(centroids("classesAreJoinedByLabel", (schema, params) -> new MergingCentroids(schema, params) {
            @Override
            List<String> joined(List<String> theirs) {
                return super.joined(theirs).stream().sorted().toList();
            }
        }));
        all.add(centroids(
                "mergingAnUntrainedLearnerIsTheIdentity", (schema, params) -> new MergingCentroids(schema, params) {
                    @Override
                    void take(MergingCentroids other, List<String> joined) {
                        super.take(other, joined(other.classes.labels()));
                    }
                }));
        all.add(centroids(
                "newClassIsNotMergedWhereItIsRejected", (schema, params) -> new MergingCentroids(schema, params) {
                    @Override
                    List<String> joined(List<String> theirs) {
                        List<String> joined = new ArrayList<>(classes.labels());
                        theirs.stream().filter(label -> !joined.contains(label)).forEach(joined::add);
                        return joined;
                    }
                }));
        return all;
    }

    @ParameterizedTest
    @MethodSource("learners")
    void learnerThatBreaksALawIsCaught(Sabotage<LearnerProvider> sabotage) {
        subject = sabotage.part();
        sabotage.isCaughtBy(Suite.class);
    }

    @ParameterizedTest
    @MethodSource("classifiers")
    void classifierThatBreaksALawIsCaught(Sabotage<LearnerProvider> sabotage) {
        subject = sabotage.part();
        sabotage.isCaughtBy(ClassifierSuite.class);
    }

    @Test
    void everyLawIsBrokenBySomebody() {
        Set<String> broken = new TreeSet<>();
        learners().forEach(sabotage -> broken.add(sabotage.law()));
        classifiers().forEach(sabotage -> broken.add(sabotage.law()));
        assertThat(broken).isEqualTo(Sabotage.laws(MergeContract.class));
    }
}
