package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Classifier;
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
 * The laws of a {@link MergeableLearner}: those of {@link LearnerContract}, and those of merging. A
 * {@link RescalableLearner} is merged behind {@code standard-scaler} too. Used like {@link LearnerContract}, beside the
 * contract of its kind of model.
 */
public interface MergeContract extends LearnerContract {
    /**
     * {@return how far a learner of all rows and one that was merged from parts of them may be apart, relative above 1;
     * infinite where nothing of the kind is promised}
     */
    default double partsTolerance() {
        return Double.POSITIVE_INFINITY;
    }

    private List<Merger> mergers() {
        List<Merger> mergers = new ArrayList<>(List.of(Merger.plain(this)));
        if (Trial.fresh(this) instanceof RescalableLearner) {
            mergers.add(Merger.behindScaler(this));
        }
        return mergers;
    }

    /** {@return other rows than those of the stream, numbers far from theirs; of some classes where there are any} */
    private Chunk drifted(int classes) {
        long seed = RunSeed.random("drifted rows").nextLong();
        Chunk rows = schema().target().kind() == Target.Kind.CATEGORICAL && classes > 0
                ? RandomChunks.of(schema()).withClasses(classes).rows(170, seed)
                : rows(170, seed);
        Rows.Draft draft = Rows.draft(rows);
        for (int row = 0; row < rows.rows(); row++) {
            double[] cells = Rows.cells(rows, row);
            for (int j = 0; j < cells.length; j++) {
                if (Trial.isNumeric(schema(), j)) {
                    draft.cell(row, j, 1.5 * cells[j] + 0.5 * (j % 3));
                }
            }
        }
        return draft.chunk();
    }

    /** Who takes in whom makes no difference but in the order of the classes; whichever classes each knows. */
    @Test
    default void mergeIsCommutative() {
        boolean classifies = Trial.fresh(this).view() instanceof Classifier;
        int known = schema().target().classes().size();
        Chunk others = Trial.others(this);
        for (Merger merger : mergers()) {
            for (int first = Math.max(1, known); first <= known + (classifies ? 4 : 1); first++) {
                for (int second = Math.max(1, known); second <= known + (classifies ? 4 : 1); second++) {
                    Chunk rows = classifies
                            ? RandomChunks.of(schema())
                                    .withClasses(first)
                                    .rows(Trial.ROWS, RunSeed.random("rows").nextLong())
                            : Trial.stream(this);
                    Learner left = merger.trained(rows);
                    Learner right = merger.trained(drifted(second));
                    Learner leftAgain = merger.copy(left);
                    merger.merge(left, right);
                    merger.merge(right, leftAgain);
                    assertThat(left.rowsSeen()).as("rows seen").isEqualTo(right.rowsSeen());
                    Same.numbers(
                            "the output of b, into which a was merged, by label, beside that of a, into which b was,",
                            byLabel(right.snapshot(), others),
                            byLabel(left.snapshot(), others),
                            1e-12);
                }
            }
        }
    }

    /** Nothing learned, nothing to take in, whatever classes the schema told of. */
    @Test
    default void mergingAnUntrainedLearnerIsTheIdentity() {
        Chunk others = Trial.others(this);
        for (Merger merger : mergers()) {
            Learner trained = merger.trained(Trial.stream(this));
            State before = trained.state();
            double[] said = byLabel(trained.snapshot(), others);
            List<Schema> schemas = new ArrayList<>(List.of(schema()));
            if (trained.view() instanceof Classifier) {
                schemas.add(schema().withClasses(List.of("a label that no row has")));
            }
            for (Schema schema : schemas) {
                Learner fresh = merger.fresh(schema);
                merger.merge(trained, fresh);
                Same.state("a learner that took in an untrained one", trained.state(), before, 0);
                merger.merge(fresh, trained);
                Same.numbers(
                        "the output of an untrained learner that took in a trained one",
                        byLabel(fresh.snapshot(), others),
                        said,
                        1e-12);
                assertThat(fresh.rowsSeen()).as("rows seen").isEqualTo(trained.rowsSeen());
                if (fresh.view() instanceof Classifier classifier) {
                    assertThat(classifier.classes())
                            .as("classes of an untrained learner that took in a trained one")
                            .isEqualTo(((Classifier) trained.view()).classes());
                }
            }
        }
    }

    /** Twice the same is not more of it. */
    @Test
    default void mergingACopyChangesNoPrediction() {
        Chunk others = Trial.others(this);
        for (Merger merger : mergers()) {
            Learner learner = merger.trained(Trial.stream(this));
            double[] said = byLabel(learner.snapshot(), others);
            merger.merge(learner, merger.copy(learner));
            Same.numbers(
                    "the output of a learner that took in its copy", byLabel(learner.snapshot(), others), said, 1e-12);
            assertThat(learner.rowsSeen()).as("rows seen").isEqualTo(2 * Trial.ROWS);
        }
    }

    /** This learner's classes come first, in their order, then those that only the other knows, in theirs. */
    @Test
    default void classesAreJoinedByLabel() {
        assumeTrue(Trial.fresh(this).view() instanceof Classifier, "the model is no classifier");
        int known = schema().target().classes().size();
        for (Merger merger : mergers()) {
            Learner learner = merger.trained(Trial.stream(this));
            Learner other = merger.trained(drifted(known + 4));
            Set<String> joined = new LinkedHashSet<>(((Classifier) learner.view()).classes());
            joined.addAll(((Classifier) other.view()).classes());
            merger.merge(learner, other);
            assertThat(((Classifier) learner.view()).classes())
                    .as("classes of a merged learner")
                    .containsExactlyElementsOf(joined);
        }
    }

    /** The law for those that promise more than a mean. */
    @Test
    default void mergedPartsKnowWhatALearnerOfAllRowsKnows() {
        assumeTrue(partsTolerance() < Double.POSITIVE_INFINITY, "nothing of the kind is promised");
        Chunk rows = Trial.stream(this);
        Learner expected = Trial.trained(this, rows);
        SeededRandom random = RunSeed.random("parts");
        MergeableLearner merged = (MergeableLearner) Trial.fresh(this);
        for (int from = 0; from < rows.rows(); ) {
            int to = Math.min(rows.rows(), from + 1 + random.nextInt(90));
            merged.merge(Trial.trained(this, rows.slice(from, to)));
            from = to;
        }
        Same.state("a learner merged from parts of the rows", merged.state(), expected.state(), partsTolerance());
    }

    /** It is not changed, and shares nothing with the learner that took it in. */
    @Test
    default void otherLearnerIsLeftUntouched() {
        Chunk others = Trial.others(this);
        for (Merger merger : mergers()) {
            for (Learner learner : List.of(merger.fresh(schema()), merger.trained(Trial.stream(this)))) {
                Learner other = merger.trained(drifted(0));
                State before = other.state();
                merger.merge(learner, other);
                Same.state("a learner that was merged into another", other.state(), before, 0);
                learner.partialFit(relabelled(others, learner));
                Same.state("a learner that was merged into another, which went on,", other.state(), before, 0);
                State merged = learner.state();
                other.partialFit(relabelled(others, other));
                Same.state("a merged learner when the other one went on", learner.state(), merged, 0);
            }
        }
    }

    /** It is a learner like any other: learns, refuses, is looked at, saved and restored. */
    @Test
    default void mergedLearnerGoesOn() {
        Chunk others = Trial.others(this);
        for (Merger merger : mergers()) {
            Learner merged = merger.trained(Trial.stream(this));
            merger.merge(merged, merger.trained(drifted(0)));
            assertThat(merged.rowsSeen()).as("rows seen by a merged learner").isEqualTo(Trial.ROWS + 170);
            Same.numbers(
                    "the view of a merged learner",
                    outputs(merged.view(), others),
                    outputs(merged.snapshot(), others),
                    0);
            Learner restored = merger.restored(Trial.fromBytes(merged.state()));
            Same.state("a merged learner that was restored", restored.state(), merged.state(), 0);
            Chunk more = relabelled(others, merged);
            Chunk bad = Rows.draft(more)
                    .cell(1, Trial.numericColumn(schema()), Double.POSITIVE_INFINITY)
                    .chunk();
            Trial.refused(
                    "infinity after a merge", merged, AccreteException.Kind.BAD_DATA, () -> merged.partialFit(bad));
            for (int times = 0; times < 3; times++) {
                merged.partialFit(more);
                restored.partialFit(more);
            }
            Same.state("a merged learner that was restored and went on", restored.state(), merged.state(), 0);
            Same.finite("the output of a merged learner that went on", outputs(merged.snapshot(), others));
        }
    }

    /** A refusal says why, and changes nothing. */
    @Test
    default void refusesToMergeAnotherLearner() {
        MergeableLearner learner = (MergeableLearner) Trial.trained(this, Trial.stream(this));
        Learner other = new AssertingLearner(Trial.trained(this, drifted(0)));
        refuses("another learner", learner, other, "");
    }

    /** Another number of columns, another name. */
    @Test
    default void refusesToMergeAnotherSchema() {
        MergeableLearner learner = (MergeableLearner) Trial.trained(this, Trial.stream(this));
        for (Schema wrong : List.of(Trial.wider(schema()), Trial.renamed(schema()))) {
            Learner other = provider().create(wrong, params());
            refuses("an untrained learner of another schema", learner, other, "");
        }
        Schema renamed = Trial.renamed(schema());
        Learner other = provider().create(renamed, params());
        other.partialFit(Rows.draft(rows(40, 1)).schema(renamed).chunk());
        refuses("a learner of another schema", learner, other, "");
    }

    /** Whatever the parameter; the message names it. */
    @Test
    default void refusesToMergeOtherParameters() {
        MergeableLearner learner = (MergeableLearner) Trial.trained(this, Trial.stream(this));
        for (ParamSpec<?> spec : provider().params()) {
            for (String text : Merger.otherValues(spec, params().toMap().getOrDefault(spec.name(), ""))) {
                Learner other;
                try {
                    other = provider().create(schema(), with(spec, text));
                } catch (AccreteException e) {
                    // It does not go with the other parameters.
                    continue;
                }
                refuses("a learner with " + spec.name() + "=" + text, learner, other, spec.name());
            }
        }
    }

    /** What may not be learned may not be merged. */
    @Test
    default void newClassIsNotMergedWhereItIsRejected() {
        assumeTrue(
                provider().params().stream().anyMatch(spec -> spec.name().equals(ClassList.NEW_CLASSES.name())),
                "the learner has no parameter new-classes");
        Schema schema = schema().withClasses(List.of("p", "q"));
        Params rejects = with(ClassList.NEW_CLASSES, "reject");
        MergeableLearner learner = (MergeableLearner) provider().create(schema, rejects);
        learner.partialFit(RandomChunks.of(schema).withClasses(2).rows(40, 1));
        Schema wider = schema.withClasses(List.of("r", "q", "p"));
        Learner other = provider().create(wider, rejects);
        other.partialFit(RandomChunks.of(wider).withClasses(3).rows(40, 2));
        refuses("a class that may not be taken", learner, other, "'r'");
    }

    private void refuses(String what, MergeableLearner learner, Learner other, String names) {
        State before = other.state();
        AccreteException refusal = Trial.refused(
                "a merge with " + what, learner, AccreteException.Kind.BAD_STATE, () -> learner.merge(other));
        assertThat(refusal)
                .as("refusal of a merge with %s", what)
                .hasMessageContaining(names)
                .hasMessageNotContaining("\n");
        Same.state("the other learner of a refused merge with " + what, other.state(), before, 0);
    }

    /** The same said in other columns. */
    @Test
    default void rescaledLearnerSaysTheSameOfRescaledRows() {
        assumeTrue(Trial.fresh(this) instanceof RescalableLearner, "the learner cannot be rescaled");
        RescalableLearner learner = (RescalableLearner) Trial.trained(this, Trial.stream(this));
        Chunk others = Trial.others(this);
        double[] said = outputs(learner.snapshot(), others);
        SeededRandom random = RunSeed.random("scaling");
        for (int times = 0; times < 3; times++) {
            int width = schema().width();
            double[] centre = new double[width];
            double[] scale = new double[width];
            Arrays.setAll(centre, j -> random.nextGaussian());
            Arrays.setAll(scale, j -> StrictMath.exp(random.nextGaussian()));
            learner.rescale(Scaling.of(centre, scale));
            others = Merger.scaled(others, centre, scale);
            Same.numbers("the output of a rescaled learner", outputs(learner.snapshot(), others), said, 1e-9);
            Same.numbers("the view of a rescaled learner", outputs(learner.view(), others), said, 1e-9);
        }
    }

    private Params with(ParamSpec<?> spec, String text) {
        Map<String, String> changed = new HashMap<>(params().toMap());
        changed.put(spec.name(), text);
        return Params.parse(provider().params(), changed);
    }

    /** {@return rows whose labels a learner can take: those it knows come first, in its order} */
    private static Chunk relabelled(Chunk rows, Learner learner) {
        if (!(learner.view() instanceof Classifier classifier)) {
            return rows;
        }
        List<String> labels = new ArrayList<>(new LinkedHashSet<>(classifier.classes()));
        rows.classes().stream().filter(label -> !labels.contains(label)).forEach(labels::add);
        Rows.Draft draft = Rows.draft(rows).classes(labels);
        for (int row = 0; row < rows.rows(); row++) {
            draft.target(row, labels.indexOf(rows.classes().get((int) rows.target(row))));
        }
        return draft.chunk();
    }

    /** {@return what a model says; of a classifier, in an order that does not depend on that of its classes} */
    private double[] byLabel(Model model, Chunk rows) {
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
