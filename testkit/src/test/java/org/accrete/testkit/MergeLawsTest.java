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

/** Each law of merging fails for a learner that breaks it. */
class MergeLawsTest {
    /** The plug-in that the suite tests now. */
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

    private static Mutant<LearnerProvider> means(String law, BiFunction<Schema, Params, MergingMeans> make) {
        return new Mutant<>(law, new MeansProvider() {
            @Override
            Means make(Schema schema, Params params) {
                return make.apply(schema, params);
            }
        });
    }

    private static Mutant<LearnerProvider> centroids(String law, BiFunction<Schema, Params, MergingCentroids> make) {
        return new Mutant<>(law, new CentroidsProvider() {
            @Override
            Centroids make(Schema schema, Params params) {
                return make.apply(schema, params);
            }
        });
    }

    static List<Mutant<LearnerProvider>> learners() {
        List<Mutant<LearnerProvider>> all = new ArrayList<>();
        all.add(means("mergeIsCommutative", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                double[] kept = coefs.clone();
                super.take(other);
                coefs = kept;
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
                coefs[0] *= untrained ? 0.5 : 1;
            }
        }));
        all.add(means("mergingAnUntrainedLearnerIsTheIdentity", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                super.take(other);
                coefs[0] *= other.rows == 0 ? 0.5 : 1;
            }
        }));
        all.add(means("mergedPartsEqualALearnerOfAllRows", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                super.take(other);
                sums[1] += 1e-3;
            }
        }));
        all.add(means("partsOfALearnerMergeToIt", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            public void keepPart(int part, int parts) {
                super.keepPart(part, parts);
                coefs[0] *= parts == 7 ? 1.01 : 1;
            }
        }));
        all.add(means("partsOfALearnerMergeToIt", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            public void keepPart(int part, int parts) {
                // Counts all rows in each part.
            }
        }));
        all.add(means("otherLearnerIsUnchanged", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                super.take(other);
                other.target = target;
            }
        }));
        all.add(means("otherLearnerIsUnchanged", (schema, params) -> new MergingMeans(schema, params) {
            @Override
            void take(MergingMeans other) {
                boolean untrained = rows == 0;
                super.take(other);
                // Both learners keep training the same array.
                coefs = untrained ? other.coefs : coefs;
            }

            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                coefs[0] += chunk.rows();
            }
        }));
        all.add(means("mergedLearnerKeepsLearning", (schema, params) -> new MergingMeans(schema, params) {
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
        all.add(means("mergedLearnerKeepsLearning", (schema, params) -> new MergingMeans(schema, params) {
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
        all.add(means(
                "rescaledLearnerGivesTheSameOutputForRescaledRows",
                (schema, params) -> new MergingMeans(schema, params) {
                    @Override
                    public void rescale(Scaling scaling) {
                        double[] kept = coefs.clone();
                        super.rescale(scaling);
                        coefs = kept;
                    }
                }));
        for (String law : List.of("mergeIsCommutative", "mergedLearnerKeepsLearning")) {
            all.add(behindScaler(law));
        }
        return all;
    }

    /** Keeps the laws alone and breaks one behind a scaler. */
    private static Mutant<LearnerProvider> behindScaler(String law) {
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
                    coefs[0] = commutes ? coefs[0] + rows - 2 * other.rows : Double.NaN;
                }
            }
        });
    }

    static List<Mutant<LearnerProvider>> classifiers() {
        List<Mutant<LearnerProvider>> all = new ArrayList<>();
        all.add(centroids("mergeIsCommutative", (schema, params) -> new MergingCentroids(schema, params) {
            @Override
            void take(MergingCentroids other, List<String> joined) {
                // Joins classes by index instead of label.
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
    void learnerThatBreaksALawIsCaught(Mutant<LearnerProvider> mutant) {
        subject = mutant.part();
        mutant.assertKilledBy(Suite.class);
    }

    @ParameterizedTest
    @MethodSource("classifiers")
    void classifierThatBreaksALawIsCaught(Mutant<LearnerProvider> mutant) {
        subject = mutant.part();
        mutant.assertKilledBy(ClassifierSuite.class);
    }

    @Test
    void everyLawIsBrokenByAMutant() {
        Set<String> broken = new TreeSet<>();
        learners().forEach(mutant -> broken.add(mutant.law()));
        classifiers().forEach(mutant -> broken.add(mutant.law()));
        assertThat(broken).isEqualTo(Mutant.laws(MergeContract.class));
    }
}
