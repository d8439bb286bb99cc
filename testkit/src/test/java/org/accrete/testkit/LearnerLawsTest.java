package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.withExtraColumn;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableTransformer;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each law of plug-ins, learners, classifiers and online learners fails for a learner that breaks it. */
class LearnerLawsTest {
    private static final long WARM_UP_NANOS = Allocations.warmUpNanos;

    /** The plug-in that the suite tests now. */
    private static Subject subject;

    /** No compiler makes the allocating learner good, so there is nothing to wait for. */
    @BeforeAll
    static void waitForNoCompiler() {
        Allocations.warmUpNanos = 0;
    }

    @AfterAll
    static void waitAgain() {
        Allocations.warmUpNanos = WARM_UP_NANOS;
    }

    /** A provider and the promises of its learners. */
    private static class Subject {
        final LearnerProvider provider;
        boolean weights;
        boolean missing;
        boolean unread;

        Subject(LearnerProvider provider) {
            this.provider = provider;
        }
    }

    static class Suite implements LearnerContract {
        @Override
        public LearnerProvider provider() {
            return subject.provider;
        }

        @Override
        public boolean takesWeights() {
            return subject.weights;
        }

        @Override
        public boolean takesMissing() {
            return subject.missing;
        }

        @Override
        public boolean readsTarget() {
            return !subject.unread && LearnerContract.super.readsTarget();
        }
    }

    static class ClassifierSuite extends Suite implements ClassifierContract {}

    static class OnlineSuite extends Suite implements OnlineLearnerContract {}

    static List<Mutant<Subject>> providers() {
        List<Mutant<Subject>> all = new ArrayList<>();
        all.add(provider("nameMatchesThePattern", new MeansProvider() {
            @Override
            public String name() {
                return "Means_1";
            }
        }));
        all.add(provider("summaryIsOneLine", new MeansProvider() {
            @Override
            public String summary() {
                return "two\nlines";
            }
        }));
        all.add(provider("isMadeByAPublicConstructorWithoutArguments", new MeansProvider() {}));
        all.add(provider("parametersHaveDistinctNamesAndSummaries", new MeansProvider() {
            @Override
            public List<ParamSpec<?>> params() {
                return List.of(ALPHA, LOUD, ALPHA);
            }
        }));
        all.add(provider("resolvedParametersRoundTrip", new MeansProvider() {
            private int calls;

            @Override
            public List<ParamSpec<?>> params() {
                calls++;
                return List.of(ALPHA.withDefault(0.1 * calls), LOUD);
            }
        }));
        all.add(provider("memoryEstimateCoversTheState", new MeansProvider() {
            @Override
            public long memoryBytes(Schema schema, Params params) {
                return 8L * schema.width();
            }
        }));
        all.add(provider("targetsAndLikedStepsAreValid", new MeansProvider() {
            @Override
            public List<String> likedSteps() {
                return List.of("Standard Scaler");
            }
        }));
        all.add(provider("targetsAndLikedStepsAreValid", new MeansProvider() {
            @Override
            public Set<Target.Kind> targets() {
                return EnumSet.noneOf(Target.Kind.class);
            }
        }));
        all.add(provider("everyChoiceOfAParameterWorks", new MeansProvider() {
            @Override
            Means make(Schema schema, Params params) {
                if (params.get(LOUD)) {
                    throw new UnsupportedOperationException("later");
                }
                return super.make(schema, params);
            }
        }));
        all.add(provider("everyChoiceOfAParameterWorks", new MeansProvider() {
            @Override
            Means make(Schema schema, Params params) {
                boolean loud = params.get(LOUD);
                return new Means(schema) {
                    @Override
                    public void partialFit(Chunk chunk) {
                        if (loud) {
                            throw new IllegalStateException("later");
                        }
                        super.partialFit(chunk);
                    }
                };
            }
        }));
        all.add(provider("everyContractOfItsKindIsTested", new CentroidsProvider()));
        all.add(provider("everyContractOfItsKindIsTested", new CentreProvider()));
        all.add(provider("everyContractOfItsKindIsTested", new MeansProvider() {
            @Override
            Means make(Schema schema, Params params) {
                return new MergingMeans(schema, params);
            }
        }));
        return all;
    }

    private static Mutant<Subject> provider(String law, LearnerProvider provider) {
        return new Mutant<>(law, new Subject(provider));
    }

    private static Mutant<Subject> means(String law, Function<Schema, Means> make) {
        return provider(law, new MeansProvider() {
            @Override
            Means make(Schema schema, Params params) {
                return make.apply(schema);
            }
        });
    }

    /** A learner with another model. */
    private static Mutant<Subject> model(String law, BiFunction<Means, Boolean, Model> make) {
        return means(law, schema -> new Means(schema) {
            @Override
            public Model view() {
                return make.apply(this, true);
            }

            @Override
            public Model snapshot() {
                return make.apply(this, false);
            }
        });
    }

    private static Mutant<Subject> weighted(Mutant<Subject> mutant) {
        mutant.part().weights = true;
        return mutant;
    }

    private static AtomicInteger made = new AtomicInteger();

    static List<Mutant<Subject>> learners() {
        List<Mutant<Subject>> all = new ArrayList<>();
        for (boolean sparse : new boolean[] {false, true}) {
            String form = sparse ? "Sparse" : "Dense";
            all.add(means("anyChunkingOf" + form + "RowsGivesTheSameState", schema -> new Means(schema) {
                @Override
                public void partialFit(Chunk chunk) {
                    super.partialFit(chunk);
                    if (chunk instanceof SparseChunk == sparse) {
                        sums[0] *= 0.999;
                    }
                }
            }));
            all.add(means("anyChunkingOf" + form + "RowsGivesTheSameState", schema -> new Means(schema) {
                @Override
                void add(int row, int column, double value, double w) {
                    // Rounds the first row of each chunk differently.
                    super.add(row, column, row == 0 ? value + 1e-12 : value, w);
                }
            }));
        }
        all.add(model(
                "sparseAndDenseCopiesGiveTheSamePredictions", (learner, view) -> new Means.MeansModel(learner, view) {
                    @Override
                    public void predict(Chunk chunk, double[] out) {
                        super.predict(chunk, out);
                        out[0] += chunk instanceof SparseChunk ? 1e-6 : 0;
                    }
                }));
        all.add(means("sparseAndDenseCopiesGiveTheSamePredictions", schema -> new Means(schema) {
            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                target += chunk instanceof SparseChunk ? 1 : 0;
            }
        }));
        all.add(means("trainingAllocatesNothingPerRow", schema -> new Means(schema) {
            private double[] last = {};

            @Override
            double weightOf(Chunk chunk, int row) {
                last = new double[] {super.weightOf(chunk, row)};
                return last[0];
            }
        }));
        for (boolean isView : new boolean[] {false, true}) {
            all.add(model(
                    "viewAndSnapshotAreNeverNull",
                    (learner, view) ->
                            view == isView && learner.rows == 0 ? null : new Means.MeansModel(learner, view)));
        }
        all.add(means("chunkIsNotWritten", schema -> new Means(schema) {
            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                if (chunk instanceof SparseChunk sparse && chunk.rows() > 0) {
                    sparse.values()[0] *= 2;
                }
            }
        }));
        all.add(model("chunkIsNotWritten", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            public void predict(Chunk chunk, double[] out) {
                super.predict(chunk, out);
                if (chunk instanceof DenseChunk dense) {
                    dense.values()[dense.offset(0)]++;
                }
            }
        }));
        all.add(means("chunkIsNotKept", schema -> new Means(schema) {
            private Chunk kept = RandomChunks.of(schema).rows(1, 1);

            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                kept = chunk;
            }

            @Override
            public State state() {
                return State.builder()
                        .all(super.state())
                        .number("last", kept.target(0))
                        .build();
            }
        }));
        all.add(means("emptyChunkChangesNothing", schema -> new Means(schema) {
            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                weight += chunk.rows() == 0 ? 1 : 0;
            }
        }));
        all.add(means("rowsSeenIsExact", schema -> new Means(schema) {
            @Override
            public long rowsSeen() {
                return rows - rows % 10;
            }
        }));
        all.add(means("rowsSeenIsExact", schema -> new Means(schema) {
            @Override
            void load(State state) {
                super.load(state);
                rows = 0;
            }
        }));
        all.add(means("sameRowsGiveTheSameBits", schema -> new Means(schema) {
            private final double salt = made.incrementAndGet() * 1e-9;

            @Override
            double targetOf(Chunk chunk, int row) {
                return super.targetOf(chunk, row) + salt;
            }
        }));
        all.add(means("restoredLearnerContinuesToTheSameBits", schema -> new Means(schema) {
            private double last;

            @Override
            double targetOf(Chunk chunk, int row) {
                double smooth = super.targetOf(chunk, row) + 0.1 * last;
                last = super.targetOf(chunk, row);
                return smooth;
            }
        }));
        all.add(means("restoreNeedsOnlyTheState", schema -> new Means(schema) {
            @Override
            void load(State state) {
                super.load(state);
                weight = state.tensors().containsKey("another-part.numbers") ? weight + 1 : weight;
            }
        }));
        all.add(means("damagedStateIsRefusedAsCorrupt", schema -> new Means(schema) {
            @Override
            void load(State state) {
                boolean there = state.tensors().containsKey("target");
                super.load(
                        there
                                ? state
                                : State.builder().all(state).number("target", 0).build());
            }
        }));
        all.add(means("damagedStateIsRefusedAsCorrupt", schema -> new Means(schema) {
            @Override
            void load(State state) {
                rows = state.tensors().get("rows_seen").longs()[0];
                super.load(state);
            }
        }));
        all.add(means("readingChangesNothing", schema -> new Means(schema) {
            @Override
            public State state() {
                State state = super.state();
                weight += 1e-9;
                return state;
            }
        }));
        all.add(means("readingChangesNothing", schema -> new Means(schema) {
            @Override
            public Model snapshot() {
                Model snapshot = super.snapshot();
                target = target * 0.5;
                return snapshot;
            }
        }));
        all.add(means("snapshotIsUnaffectedByLaterFits", schema -> new Means(schema) {
            @Override
            public Model snapshot() {
                return view();
            }
        }));
        all.add(model("viewAndSnapshotGiveTheSameOutput", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            double mean(double sum) {
                return super.mean(sum) * (view ? 1 + 1e-15 : 1);
            }
        }));
        all.add(model("snapshotIsThreadSafe", (learner, view) -> new Means.MeansModel(learner, view) {
            private final double[] scratch = new double[1000];

            @Override
            public void predict(Chunk chunk, double[] out) {
                super.predict(chunk, scratch);
                LockSupport.parkNanos(100_000);
                System.arraycopy(scratch, 0, out, 0, chunk.rows());
            }
        }));
        all.add(model("explanationsAddUp", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            public void explain(Chunk chunk, int row, int decision, Contributions out) {
                super.explain(chunk, row, decision, out);
                // Forgets the last column.
                Contributions all = new Contributions();
                all.clear(out.base());
                for (int i = 0; i < out.size() - 1; i++) {
                    all.add(out.column(i), out.amount(i));
                }
                ExplainableTransformer.sameColumns(all, out);
            }
        }));
        all.add(model("explanationsAddUp", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            public void explain(Chunk chunk, int row, int decision, Contributions out) {
                super.explain(chunk, row, decision, out);
                // Explains nothing.
                out.clear(out.sum());
            }
        }));
        all.add(model("importancesAreShares", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            public double[] importances() {
                double[] shares = super.importances();
                shares[0] *= 2;
                return shares;
            }
        }));
        all.add(model("predictionsDependOnTheRowAlone", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            public void predict(Chunk chunk, double[] out) {
                super.predict(chunk, out);
                // Ignores the offset of a slice.
                if (chunk instanceof DenseChunk dense) {
                    out[0] += dense.values()[0];
                }
            }
        }));
        all.add(model("predictionsDependOnTheRowAlone", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            public void predict(Chunk chunk, double[] out) {
                super.predict(chunk, out);
                out[chunk.rows() - 1] += chunk.hasTargets() ? chunk.target(chunk.rows() - 1) : 0;
            }
        }));
        all.add(model("untrainedModelIsFinite", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            double mean(double sum) {
                return sum / learner.weight;
            }
        }));
        all.add(model("trainedModelIsFinite", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            double mean(double sum) {
                return learner.weight > 200 ? Double.NaN : 0;
            }
        }));
        all.add(model("schemaMatchesTheOneGiven", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            public Schema schema() {
                return withExtraColumn(super.schema());
            }
        }));
        all.add(means("refusesInfinity", schema -> new Means(schema) {
            @Override
            void checkCell(int row, int column, double value) {
                super.checkCell(row, column, value == Double.NEGATIVE_INFINITY ? 0 : value);
            }
        }));
        all.add(means("refusesInfinity", schema -> new Means(schema) {
            @Override
            public void partialFit(Chunk chunk) {
                // Learns up to the bad row.
                for (int row = 0; row < chunk.rows(); row++) {
                    try {
                        super.partialFit(chunk.slice(row, row + 1));
                    } catch (AccreteException e) {
                        throw AccreteException.badRow(row, e.getMessage());
                    }
                }
            }
        }));
        all.add(means("refusesNaN", schema -> new Means(schema) {
            @Override
            void add(int row, int column, double value, double w) {
                super.add(row, column, Double.isNaN(value) ? 0 : value, w);
            }
        }));
        all.add(means("refusesNaN", schema -> new Means(schema) {
            @Override
            void checkCell(int row, int column, double value) {
                // Names no column.
                if (!Double.isFinite(value)) {
                    throw AccreteException.badRow(row, "not a number");
                }
            }
        }));
        Mutant<Subject> missing = means("missingValuesKeepTheOutputFinite", schema -> new Means(schema) {
            @Override
            void checkCell(int row, int column, double value) {}

            @Override
            void checkSums(double[] numbers, double sum) {}
        });
        missing.part().missing = true;
        all.add(missing);
        all.add(means("badRowOfASliceIsCountedFromItsStart", schema -> new Means(schema) {
            @Override
            public void partialFit(Chunk chunk) {
                try {
                    super.partialFit(chunk);
                } catch (AccreteException e) {
                    int before = chunk instanceof DenseChunk dense ? dense.offset(0) / width : 0;
                    throw AccreteException.badRow(e.chunkRow().orElse(0) + before, e.getMessage());
                }
            }
        }));
        all.add(means("refusesAnotherSchema", schema -> new Means(schema) {
            @Override
            void checkSchema(Chunk chunk) {
                if (chunk.width() != width) {
                    throw AccreteException.badState("another width");
                }
            }
        }));
        all.add(model("modelRefusesAnotherSchema", (learner, view) -> new Means.MeansModel(learner, view) {
            @Override
            void checkSchema(Chunk chunk) {}
        }));
        all.add(means("refusesAMissingTarget", schema -> new Means(schema) {
            @Override
            double targetOf(Chunk chunk, int row) {
                return chunk.hasTargets() && !Double.isNaN(chunk.target(row)) ? chunk.target(row) : 0;
            }
        }));
        all.add(means("refusesRowsWithoutTargets", schema -> new Means(schema) {
            @Override
            double targetOf(Chunk chunk, int row) {
                return chunk.hasTargets() ? chunk.target(row) : 0;
            }
        }));
        all.add(means("refusesAnInfiniteTarget", schema -> new Means(schema) {
            @Override
            void checkTarget(int row, double value) {
                super.checkTarget(row, Double.isInfinite(value) ? 0 : value);
            }
        }));
        Mutant<Subject> unread = means("unusedTargetsMayBeMissing", Means::new);
        unread.part().unread = true;
        all.add(unread);
        all.add(means("hugeValuesAreRefusedOrKeepTheOutputFinite", schema -> new Means(schema) {
            @Override
            void checkSums(double[] numbers, double sum) {}
        }));
        all.add(means("weightsOfOneEqualNoWeights", schema -> new Means(schema) {
            @Override
            double weightOf(Chunk chunk, int row) {
                return chunk.hasWeights() ? chunk.weight(row) / 2 : 1;
            }
        }));
        all.add(weighted(means("weightsMatter", schema -> new Means(schema) {
            @Override
            double weightOf(Chunk chunk, int row) {
                return 1;
            }
        })));
        all.add(weighted(means("weightsMatter", schema -> new Means(schema) {
            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                for (int row = 0; row < chunk.rows(); row++) {
                    rows -= chunk.weight(row) == 0 ? 1 : 0;
                }
            }
        })));
        all.add(weighted(means("refusesInvalidWeights", schema -> new Means(schema) {
            @Override
            void checkWeight(int row, double value) {
                super.checkWeight(row, Math.abs(value));
            }
        })));
        return all;
    }

    private static Mutant<Subject> centroids(String law, BiFunction<Schema, Params, Centroids> make) {
        return provider(law, new CentroidsProvider() {
            @Override
            Centroids make(Schema schema, Params params) {
                return make.apply(schema, params);
            }
        });
    }

    private static Mutant<Subject> scorer(String law, Function<Centroids, Model> make) {
        return centroids(law, (schema, params) -> new Centroids(schema, params) {
            @Override
            public Model snapshot() {
                return make.apply(this);
            }

            @Override
            public Model view() {
                return make.apply(this);
            }
        });
    }

    static List<Mutant<Subject>> classifiers() {
        List<Mutant<Subject>> all = new ArrayList<>();
        all.add(scorer(
                "classesGrowInTheOrderOfTheirRows",
                learner -> new Centroids.Scorer(
                        learner.schema,
                        learner.classes.labels().stream().sorted().toList(),
                        learner.counts,
                        learner.sums)));
        all.add(centroids("labelsWithoutARowAreNotLearned", (schema, params) -> new Centroids(schema, params) {
            @Override
            void grow(Chunk chunk, int size) {
                super.grow(chunk, chunk.classes().size());
            }
        }));
        all.add(centroids(
                "classesOfTheSchemaComeFirst",
                (schema, params) -> new Centroids(schema.withClasses(List.of()), params)));
        all.add(centroids("classesOfTheSchemaComeFirst", (schema, params) -> new Centroids(schema, params) {
            @Override
            void load(State state, Params given) {
                super.load(state, given);
                classes = new ClassList(schema.target().classes(), given);
            }
        }));
        all.add(scorer(
                "mostProbableClassWins",
                learner ->
                        new Centroids.Scorer(learner.schema, learner.classes.labels(), learner.counts, learner.sums) {
                            @Override
                            public void probabilities(double[] decisions, int rows, int classes, double[] out) {
                                double[] negated = Arrays.stream(decisions)
                                        .map(one -> -one)
                                        .toArray();
                                super.probabilities(negated, rows, classes, out);
                            }
                        }));
        all.add(scorer(
                "mostProbableClassWins",
                learner ->
                        new Centroids.Scorer(learner.schema, learner.classes.labels(), learner.counts, learner.sums) {
                            @Override
                            public void probabilities(double[] decisions, int rows, int classes, double[] out) {
                                super.probabilities(decisions, rows, classes, out);
                                out[0] *= 0.9;
                            }
                        }));
        all.add(scorer(
                "untrainedProbabilitiesAreUniform",
                learner ->
                        new Centroids.Scorer(learner.schema, learner.classes.labels(), learner.counts, learner.sums) {
                            @Override
                            public void probabilities(double[] decisions, int rows, int classes, double[] out) {
                                Arrays.fill(out, 0, rows * classes, 0.5);
                            }
                        }));
        all.add(centroids("refusesATargetOutsideTheClasses", (schema, params) -> new Centroids(schema, params) {
            @Override
            int check(Chunk chunk) {
                ChunkCopy.Editor editor = ChunkCopy.edit(chunk);
                for (int row = 0; row < chunk.rows(); row++) {
                    editor.target(row, Math.max(0, chunk.target(row)));
                }
                return super.check(editor.chunk());
            }
        }));
        all.add(centroids("refusesLabelsInAnotherOrder", (schema, params) -> new Centroids(schema, params) {
            @Override
            int check(Chunk chunk) {
                boolean fewer = chunk.classes().size() < classes.size();
                return super.check(
                        fewer || classes.size() < 3
                                ? chunk
                                : ChunkCopy.edit(chunk)
                                        .classes(classes.labels())
                                        .chunk());
            }
        }));
        for (String law : List.of("newClassIsRejectedOnRequest", "oneClassTooManyIsRefused")) {
            all.add(centroids(
                    law, (schema, params) -> new Centroids(schema, Params.of(new CentroidsProvider().params()))));
            all.add(centroids(law, (schema, params) -> new Centroids(schema, params) {
                @Override
                int check(Chunk chunk) {
                    try {
                        return super.check(chunk);
                    } catch (AccreteException e) {
                        // Counts rows that it refuses.
                        rows++;
                        throw e;
                    }
                }
            }));
        }
        return all;
    }

    static List<Mutant<Subject>> onlineLearners() {
        List<Mutant<Subject>> all = new ArrayList<>();
        all.add(centroids("oneRowAtATimeGivesTheSameBits", (schema, params) -> new Centroids(schema, params) {
            @Override
            public double[] learnOne(double[] x, double target, double weight) {
                x[0] += 1e-12;
                return super.learnOne(x, target, weight);
            }
        }));
        all.add(centroids("decisionValuesComeFromBeforeTheUpdate", (schema, params) -> new Centroids(schema, params) {
            @Override
            double[] decisionValues(Chunk chunk, int row, int known) {
                double[] decisions = super.decisionValues(chunk, row, known);
                decisions[0] += 1e-6;
                return decisions;
            }
        }));
        all.add(centroids("decisionValuesComeFromBeforeTheUpdate", (schema, params) -> new Centroids(schema, params) {
            @Override
            public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
                return Arrays.copyOf(super.learnOne(indices, values, count, target, weight), 3);
            }
        }));
        all.add(centroids("decisionValuesDoNotDependOnChunking", (schema, params) -> new Centroids(schema, params) {
            @Override
            double[] decisionValues(Chunk chunk, int row, int known) {
                return super.decisionValues(
                        chunk, row, Math.max(known, row > 0 ? ChunkCopy.classCount(chunk, chunk.rows()) : 0));
            }
        }));
        all.add(centroids("requestingDecisionValuesChangesNothing", (schema, params) -> new Centroids(schema, params) {
            @Override
            public void partialFit(Chunk chunk, double[] decisions) {
                super.partialFit(chunk, decisions);
                sums[0] = Math.nextUp(sums[0]);
            }
        }));
        all.add(centroids("arraysOfARowAreNeitherWrittenNorKept", (schema, params) -> new Centroids(schema, params) {
            @Override
            public double[] learnOne(double[] x, double target, double weight) {
                double[] decisions = super.learnOne(x, target, weight);
                x[0] = -x[0];
                return decisions;
            }
        }));
        all.add(centroids("arraysOfARowAreNeitherWrittenNorKept", (schema, params) -> new Centroids(schema, params) {
            private double[] kept = {};

            @Override
            public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
                double[] late = kept.length == 0 ? values : kept;
                kept = values;
                return super.learnOne(indices, rows == 5 ? new double[values.length] : late, count, target, weight);
            }
        }));
        all.add(centroids("refusedRowChangesNothing", (schema, params) -> new Centroids(schema, params) {
            @Override
            public double[] learnOne(double[] x, double target, double weight) {
                rows += Double.isNaN(target) ? 1 : 0;
                return super.learnOne(x, target, weight);
            }
        }));
        all.add(centroids("refusedRowChangesNothing", (schema, params) -> new Centroids(schema, params) {
            @Override
            public double[] learnOne(double[] x, double target, double weight) {
                return super.learnOne(Arrays.copyOf(x, width), target, weight);
            }
        }));
        all.add(centroids("refusedRowChangesNothing", (schema, params) -> new Centroids(schema, params) {
            @Override
            public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
                int[] sorted = Arrays.stream(indices)
                        .limit(Math.max(0, count))
                        .map(j -> Math.min(j, width - 1))
                        .distinct()
                        .toArray();
                return super.learnOne(sorted, values, sorted.length, target, weight);
            }
        }));
        all.add(centroids("emptyChunkHasNoDecisionValues", (schema, params) -> new Centroids(schema, params) {
            @Override
            public void partialFit(Chunk chunk, double[] decisions) {
                decisions[0] = 0;
                super.partialFit(chunk, decisions);
            }
        }));
        all.add(centroids(
                "sparseAndDenseRowsGiveTheSamePredictions", (schema, params) -> new Centroids(schema, params) {
                    @Override
                    public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
                        return super.learnOne(indices, values, Math.max(0, count - 1), target, weight);
                    }
                }));
        all.add(centroids("restoredLearnerContinuesRowByRow", (schema, params) -> new Centroids(schema, params) {
            private int learned;

            @Override
            double[] decisionValues(Chunk chunk, int row, int known) {
                learned++;
                double[] decisions = super.decisionValues(chunk, row, known);
                decisions[0] += learned;
                return decisions;
            }
        }));
        all.add(centroids("offeredClassIsKnownFromItsFirstRow", (schema, params) -> new Centroids(schema, params) {
            @Override
            public void classes(List<String> labels) {
                super.classes(labels);
                partialFit(ChunkCopy.edit(new ChunkBuffer(schema, 1).chunk())
                        .classes(labels)
                        .chunk());
            }

            @Override
            void grow(Chunk chunk, int size) {
                super.grow(chunk, chunk.classes().size());
            }
        }));
        return all;
    }

    @ParameterizedTest
    @MethodSource("onlineLearners")
    void onlineLearnerThatBreaksALawIsCaught(Mutant<Subject> mutant) {
        subject = mutant.part();
        mutant.assertKilledBy(OnlineSuite.class);
    }

    @ParameterizedTest
    @MethodSource({"providers", "learners"})
    void learnerThatBreaksALawIsCaught(Mutant<Subject> mutant) {
        subject = mutant.part();
        mutant.assertKilledBy(Suite.class);
    }

    @ParameterizedTest
    @MethodSource("classifiers")
    void classifierThatBreaksALawIsCaught(Mutant<Subject> mutant) {
        subject = mutant.part();
        mutant.assertKilledBy(ClassifierSuite.class);
    }

    @Test
    void everyLawIsBrokenByAMutant() {
        Set<String> broken = new TreeSet<>();
        providers().forEach(mutant -> broken.add(mutant.law()));
        learners().forEach(mutant -> broken.add(mutant.law()));
        Set<String> laws = new TreeSet<>();
        for (Class<?> contract : List.of(
                ProviderContract.class,
                ChunkingLaws.class,
                StateLaws.class,
                ModelLaws.class,
                RefusalLaws.class,
                LearnerContract.class)) {
            laws.addAll(Mutant.laws(contract));
        }
        // ParamSpec enforces this law for every plug-in.
        laws.remove("everyParameterRefusesJustOutsideItsDomain");
        assertThat(broken).isEqualTo(laws);

        Set<String> brokenByClassifiers = new TreeSet<>();
        classifiers().forEach(mutant -> brokenByClassifiers.add(mutant.law()));
        assertThat(brokenByClassifiers).isEqualTo(Mutant.laws(ClassifierContract.class));

        Set<String> brokenOnline = new TreeSet<>();
        onlineLearners().forEach(mutant -> brokenOnline.add(mutant.law()));
        assertThat(brokenOnline).isEqualTo(Mutant.laws(OnlineLearnerContract.class));
    }

    /** The law that ParamSpec enforces holds for ranges where adjacent doubles are more than 1 apart. */
    @Test
    void numberJustOutsideAWideRangeIsOutside() {
        for (double max : new double[] {0, 0.5, 1e15, 0x1p53, 1e300, Double.MAX_VALUE}) {
            Domain.Range range = Domain.Range.between(-max, max);
            assertThat(range.justOutside())
                    .allSatisfy(text -> assertThat(range.contains(Double.parseDouble(text)))
                            .as("%s in %s", text, range.text())
                            .isFalse());
        }
    }
}
