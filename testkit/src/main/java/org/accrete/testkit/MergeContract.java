package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.TRAINING_ROWS;
import static org.accrete.testkit.LearnerFixtures.firstNumericColumn;
import static org.accrete.testkit.LearnerFixtures.hasParam;
import static org.accrete.testkit.LearnerFixtures.isNumeric;
import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.paramsWith;
import static org.accrete.testkit.LearnerFixtures.reloaded;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.untrained;
import static org.accrete.testkit.LearnerFixtures.withExtraColumn;
import static org.accrete.testkit.LearnerFixtures.withRenamedColumn;
import static org.accrete.testkit.RefusalAssert.assertRefused;
import static org.accrete.testkit.StateAssert.assertFinite;
import static org.accrete.testkit.StateAssert.assertSameNumbers;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Test;

/**
 * The laws of a {@link MergeableLearner}: those of {@link LearnerContract} and those of merging. A
 * {@link RescalableLearner} is also merged behind {@code standard-scaler}. Used like {@link LearnerContract}, in
 * addition to the contract of its kind of model.
 */
public interface MergeContract extends LearnerContract {
    /**
     * {@return the largest difference of two numbers, relative above 1, between the state of a learner of all rows and
     * that of a learner merged from parts of them; infinite if the learner does not promise equality}
     */
    default double partsTolerance() {
        return Double.POSITIVE_INFINITY;
    }

    private List<MergeFixture> fixtures() {
        List<MergeFixture> fixtures = new ArrayList<>(List.of(MergeFixture.standalone(this)));
        if (untrained(this) instanceof RescalableLearner) {
            fixtures.add(MergeFixture.behindScaler(this));
        }
        return fixtures;
    }

    /**
     * {@return rows with another distribution than the training rows}
     *
     * @param classes number of classes, 0 for the default of {@link #rows(int, long)}
     */
    private Chunk drifted(int classes) {
        long seed = RunSeed.random("drifted rows").nextLong();
        Chunk rows = schema().target().kind() == Target.Kind.CATEGORICAL && classes > 0
                ? RandomChunks.of(schema()).withClasses(classes).rows(170, seed)
                : rows(170, seed);
        ChunkCopy.Editor editor = ChunkCopy.edit(rows);
        for (int row = 0; row < rows.rows(); row++) {
            double[] cells = ChunkCopy.cells(rows, row);
            for (int j = 0; j < cells.length; j++) {
                if (isNumeric(schema(), j)) {
                    editor.cell(row, j, 1.5 * cells[j] + 0.5 * (j % 3));
                }
            }
        }
        return editor.chunk();
    }

    /** Merging a into b gives the same model as merging b into a, except for the order of the classes. */
    @Test
    default void mergeIsCommutative() {
        boolean classifies = untrained(this).view() instanceof Classifier;
        int known = schema().target().classes().size();
        Chunk others = otherRows(this);
        for (MergeFixture fixture : fixtures()) {
            for (int first = Math.max(1, known); first <= known + (classifies ? 4 : 1); first++) {
                for (int second = Math.max(1, known); second <= known + (classifies ? 4 : 1); second++) {
                    Chunk rows = classifies
                            ? RandomChunks.of(schema())
                                    .withClasses(first)
                                    .rows(TRAINING_ROWS, RunSeed.random("rows").nextLong())
                            : trainingRows(this);
                    Learner left = fixture.trained(rows);
                    Learner right = fixture.trained(drifted(second));
                    Learner leftAgain = fixture.copy(left);
                    fixture.merge(left, right);
                    fixture.merge(right, leftAgain);
                    assertThat(left.rowsSeen()).as("rows seen").isEqualTo(right.rowsSeen());
                    assertSameNumbers(
                            "the output by label of b after merging a, compared with that of a after merging b,",
                            outputsByLabel(right.snapshot(), others),
                            outputsByLabel(left.snapshot(), others),
                            1e-12);
                }
            }
        }
    }

    /** An untrained learner adds nothing, even if its schema lists other classes. */
    @Test
    default void mergingAnUntrainedLearnerIsTheIdentity() {
        Chunk others = otherRows(this);
        for (MergeFixture fixture : fixtures()) {
            Learner trained = fixture.trained(trainingRows(this));
            State before = trained.state();
            double[] outputBefore = outputsByLabel(trained.snapshot(), others);
            List<Schema> schemas = new ArrayList<>(List.of(schema()));
            if (trained.view() instanceof Classifier) {
                schemas.add(schema().withClasses(List.of("a label that no row has")));
            }
            for (Schema schema : schemas) {
                Learner fresh = fixture.untrained(schema);
                fixture.merge(trained, fresh);
                assertSameState("a learner merged with an untrained one", trained.state(), before, 0);
                fixture.merge(fresh, trained);
                assertSameNumbers(
                        "the output of an untrained learner merged with a trained one",
                        outputsByLabel(fresh.snapshot(), others),
                        outputBefore,
                        1e-12);
                assertThat(fresh.rowsSeen()).as("rows seen").isEqualTo(trained.rowsSeen());
                if (fresh.view() instanceof Classifier classifier) {
                    assertThat(classifier.classes())
                            .as("classes of an untrained learner merged with a trained one")
                            .isEqualTo(((Classifier) trained.view()).classes());
                }
            }
        }
    }

    /** Merging a learner with a copy of itself does not change its predictions. */
    @Test
    default void mergingACopyChangesNoPrediction() {
        Chunk others = otherRows(this);
        for (MergeFixture fixture : fixtures()) {
            Learner learner = fixture.trained(trainingRows(this));
            double[] before = outputsByLabel(learner.snapshot(), others);
            fixture.merge(learner, fixture.copy(learner));
            assertSameNumbers(
                    "the output of a learner merged with its copy",
                    outputsByLabel(learner.snapshot(), others),
                    before,
                    1e-12);
            assertThat(learner.rowsSeen()).as("rows seen").isEqualTo(2 * TRAINING_ROWS);
        }
    }

    /** The merged classes are this learner's classes in their order, then the other's new classes in their order. */
    @Test
    default void classesAreJoinedByLabel() {
        assumeTrue(untrained(this).view() instanceof Classifier, "the model is no classifier");
        int known = schema().target().classes().size();
        for (MergeFixture fixture : fixtures()) {
            Learner learner = fixture.trained(trainingRows(this));
            Learner other = fixture.trained(drifted(known + 4));
            Set<String> joined = new LinkedHashSet<>(((Classifier) learner.view()).classes());
            joined.addAll(((Classifier) other.view()).classes());
            fixture.merge(learner, other);
            assertThat(((Classifier) learner.view()).classes())
                    .as("classes of a merged learner")
                    .containsExactlyElementsOf(joined);
        }
    }

    /** Learners of parts of the rows merge to the learner of all rows, if the learner promises it. */
    @Test
    default void mergedPartsEqualALearnerOfAllRows() {
        assumeTrue(partsTolerance() < Double.POSITIVE_INFINITY, "the learner does not promise it");
        Chunk rows = trainingRows(this);
        Learner expected = trained(this, rows);
        SeededRandom random = RunSeed.random("parts");
        MergeableLearner merged = (MergeableLearner) untrained(this);
        for (int from = 0; from < rows.rows(); ) {
            int to = Math.min(rows.rows(), from + 1 + random.nextInt(90));
            merged.merge(trained(this, rows.slice(from, to)));
            from = to;
        }
        assertSameState("a learner merged from parts of the rows", merged.state(), expected.state(), partsTolerance());
    }

    /** A part of a {@link DivisibleLearner} predicts as the whole, and so do all parts merged, which learn on. */
    @Test
    default void partsOfALearnerMergeToIt() {
        assumeTrue(untrained(this) instanceof DivisibleLearner, "the learner cannot be divided");
        Chunk others = otherRows(this);
        for (MergeFixture fixture : fixtures()) {
            Learner learner = fixture.trained(trainingRows(this));
            double[] before = outputsByLabel(learner.snapshot(), others);
            for (int parts : new int[] {1, 2, 7}) {
                Learner merged = fixture.part(learner, 0, parts);
                for (int part = 1; part < parts; part++) {
                    Learner other = fixture.part(learner, part, parts);
                    assertSameNumbers(
                            "the output of part " + part + " of " + parts,
                            outputsByLabel(other.snapshot(), others),
                            before,
                            1e-10);
                    fixture.merge(merged, other);
                }
                assertSameNumbers(
                        "the output of " + parts + " merged parts",
                        outputsByLabel(merged.snapshot(), others),
                        before,
                        1e-10);
                assertThat(merged.rowsSeen())
                        .as("rows seen by %d merged parts", parts)
                        .isEqualTo(learner.rowsSeen());
                merged.partialFit(relabelled(others, merged));
                assertFinite("the output of merged parts that learned more", outputs(merged.snapshot(), others));
            }
        }
    }

    /** The other learner is not changed by a merge and shares no array with the merged learner. */
    @Test
    default void otherLearnerIsUnchanged() {
        Chunk others = otherRows(this);
        for (MergeFixture fixture : fixtures()) {
            for (Learner learner : List.of(fixture.untrained(schema()), fixture.trained(trainingRows(this)))) {
                Learner other = fixture.trained(drifted(0));
                State before = other.state();
                fixture.merge(learner, other);
                assertSameState("a learner that was merged into another", other.state(), before, 0);
                learner.partialFit(relabelled(others, learner));
                assertSameState("a learner merged into another that learned more", other.state(), before, 0);
                State merged = learner.state();
                other.partialFit(relabelled(others, other));
                assertSameState("a merged learner after the other one learned more", learner.state(), merged, 0);
            }
        }
    }

    /** A merged learner can be trained, read, saved and restored, and it refuses bad chunks. */
    @Test
    default void mergedLearnerKeepsLearning() {
        Chunk others = otherRows(this);
        for (MergeFixture fixture : fixtures()) {
            Learner merged = fixture.trained(trainingRows(this));
            fixture.merge(merged, fixture.trained(drifted(0)));
            assertThat(merged.rowsSeen()).as("rows seen by a merged learner").isEqualTo(TRAINING_ROWS + 170);
            assertSameNumbers(
                    "the view of a merged learner",
                    outputs(merged.view(), others),
                    outputs(merged.snapshot(), others),
                    0);
            Learner restored = fixture.restored(reloaded(merged.state()));
            assertSameState("a merged learner that was restored", restored.state(), merged.state(), 0);
            Chunk more = relabelled(others, merged);
            Chunk bad = ChunkCopy.edit(more)
                    .cell(1, firstNumericColumn(schema()), Double.POSITIVE_INFINITY)
                    .chunk();
            assertRefused(
                    "infinity after a merge", merged, AccreteException.Kind.BAD_DATA, () -> merged.partialFit(bad));
            for (int times = 0; times < 3; times++) {
                merged.partialFit(more);
                restored.partialFit(more);
            }
            assertSameState("a merged learner that was restored and trained", restored.state(), merged.state(), 0);
            assertFinite("the output of a merged learner that was trained", outputs(merged.snapshot(), others));
        }
    }

    /** A learner of another type is refused. */
    @Test
    default void refusesToMergeAnotherLearner() {
        MergeableLearner learner = (MergeableLearner) trained(this, trainingRows(this));
        Learner other = new AssertingLearner(trained(this, drifted(0)));
        assertMergeRefused("another learner", learner, other, "");
    }

    /** A learner with another number of columns or another column name is refused. */
    @Test
    default void refusesToMergeAnotherSchema() {
        MergeableLearner learner = (MergeableLearner) trained(this, trainingRows(this));
        for (Schema wrong : List.of(withExtraColumn(schema()), withRenamedColumn(schema()))) {
            Learner other = provider().create(wrong, params());
            assertMergeRefused("an untrained learner of another schema", learner, other, "");
        }
        Schema renamed = withRenamedColumn(schema());
        Learner other = provider().create(renamed, params());
        other.partialFit(ChunkCopy.edit(rows(40, 1)).schema(renamed).chunk());
        assertMergeRefused("a learner of another schema", learner, other, "");
    }

    /** A learner with another value of any parameter is refused, and the message names the parameter. */
    @Test
    default void refusesToMergeOtherParameters() {
        MergeableLearner learner = (MergeableLearner) trained(this, trainingRows(this));
        for (ParamSpec<?> spec : provider().params()) {
            for (String text : MergeFixture.otherValues(spec, params().toMap().getOrDefault(spec.name(), ""))) {
                Learner other;
                try {
                    other = provider().create(schema(), paramsWith(this, spec, text));
                } catch (AccreteException e) {
                    // The value does not fit the other parameters.
                    continue;
                }
                assertMergeRefused("a learner with " + spec.name() + "=" + text, learner, other, spec.name());
            }
        }
    }

    /** {@code new-classes=reject} applies to merges too. */
    @Test
    default void newClassIsNotMergedWhereItIsRejected() {
        assumeTrue(hasParam(this, ClassList.NEW_CLASSES), "the learner has no parameter new-classes");
        Schema schema = schema().withClasses(List.of("p", "q"));
        Params rejects = paramsWith(this, ClassList.NEW_CLASSES, "reject");
        MergeableLearner learner = (MergeableLearner) provider().create(schema, rejects);
        learner.partialFit(RandomChunks.of(schema).withClasses(2).rows(40, 1));
        Schema wider = schema.withClasses(List.of("r", "q", "p"));
        Learner other = provider().create(wider, rejects);
        other.partialFit(RandomChunks.of(wider).withClasses(3).rows(40, 2));
        assertMergeRefused("a class that new-classes rejects", learner, other, "'r'");
    }

    private void assertMergeRefused(String what, MergeableLearner learner, Learner other, String name) {
        State before = other.state();
        AccreteException refusal = assertRefused(
                "a merge with " + what, learner, AccreteException.Kind.BAD_STATE, () -> learner.merge(other));
        assertThat(refusal)
                .as("refusal of a merge with %s", what)
                .hasMessageContaining(name)
                .hasMessageNotContaining("\n");
        assertSameState("the other learner of a refused merge with " + what, other.state(), before, 0);
    }

    /** A learner rescaled with its columns gives the same output for rescaled rows. */
    @Test
    default void rescaledLearnerGivesTheSameOutputForRescaledRows() {
        assumeTrue(untrained(this) instanceof RescalableLearner, "the learner cannot be rescaled");
        RescalableLearner learner = (RescalableLearner) trained(this, trainingRows(this));
        Chunk others = otherRows(this);
        double[] before = outputs(learner.snapshot(), others);
        SeededRandom random = RunSeed.random("scaling");
        for (int times = 0; times < 3; times++) {
            int width = schema().width();
            double[] centre = new double[width];
            double[] scale = new double[width];
            Arrays.setAll(centre, j -> random.nextGaussian());
            Arrays.setAll(scale, j -> StrictMath.exp(random.nextGaussian()));
            learner.rescale(Scaling.of(centre, scale));
            others = MergeFixture.scaled(others, centre, scale);
            assertSameNumbers("the output of a rescaled learner", outputs(learner.snapshot(), others), before, 1e-9);
            assertSameNumbers("the view of a rescaled learner", outputs(learner.view(), others), before, 1e-9);
        }
    }

    /** {@return the rows with their labels in an order that the learner accepts: its own classes first} */
    private static Chunk relabelled(Chunk rows, Learner learner) {
        if (!(learner.view() instanceof Classifier classifier)) {
            return rows;
        }
        List<String> labels = new ArrayList<>(new LinkedHashSet<>(classifier.classes()));
        rows.classes().stream().filter(label -> !labels.contains(label)).forEach(labels::add);
        ChunkCopy.Editor editor = ChunkCopy.edit(rows).classes(labels);
        for (int row = 0; row < rows.rows(); row++) {
            editor.target(row, labels.indexOf(rows.classes().get((int) rows.target(row))));
        }
        return editor.chunk();
    }

    /**
     * {@return the output of a model; for a classifier sorted by label, so that the order of classes does not matter}
     */
    private double[] outputsByLabel(Model model, Chunk rows) {
        if (!(model instanceof Classifier classifier)) {
            return outputs(model, rows);
        }
        List<String> labels = classifier.classes();
        List<String> sorted = labels.stream().sorted().toList();
        int count = labels.size();
        double[] decisions = new double[rows.rows() * classifier.decisions()];
        classifier.decide(rows, decisions);
        double[] shares = new double[rows.rows() * count];
        if (model instanceof ProbabilisticClassifier probabilistic) {
            probabilistic.probabilities(rows, shares);
        }
        double[] all = new double[2 * shares.length];
        for (int row = 0; row < rows.rows(); row++) {
            for (int k = 0; k < count; k++) {
                int own = labels.indexOf(sorted.get(k));
                int at = 2 * (row * count + k);
                all[at] = count > 2 ? decisions[row * count + own] : own == 0 ? -decisions[row] : decisions[row];
                all[at + 1] = shares[row * count + own];
            }
        }
        return all;
    }
}
