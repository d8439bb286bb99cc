package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;

/**
 * The laws of a learner whose model is a {@link Classifier}: those of {@link LearnerContract}, and how classes come to
 * be known. Used like it.
 */
public interface ClassifierContract extends LearnerContract {
    /** Along a stream they are appended as their rows are accepted, whatever the alphabet says. */
    @Test
    default void classesGrowInTheOrderOfTheirRows() {
        Chunk rows = Trial.stream(this);
        Learner learner = Trial.fresh(this);
        for (int row = 0; row < 200; row += 8) {
            List<String> known = rows.classes().subList(0, Rows.labels(rows, row));
            Classifier snapshot = (Classifier) learner.snapshot();
            assertThat(snapshot.classes()).as("classes after %s rows", row).isEqualTo(known);
            assertThat(((Classifier) learner.view()).classes())
                    .as("classes of the view after %s rows", row)
                    .isEqualTo(known);
            learner.partialFit(rows.slice(row, row + 8));
            assertThat(snapshot.classes()).as("classes of an earlier snapshot").isEqualTo(known);
        }
    }

    /** A chunk's list may hold labels of rows still to come. */
    @Test
    default void labelsWithoutARowAreNotLearned() {
        Chunk rows = Trial.stream(this);
        Learner expected = Trial.trained(this, rows);
        Learner learner = Trial.fresh(this);
        for (int row = 0; row < rows.rows(); row += 10) {
            Chunk chunk = rows.slice(row, row + 10);
            learner.partialFit(Rows.draft(chunk).classesAfter(rows, row + 10).chunk());
        }
        List<String> more = new ArrayList<>(rows.classes());
        more.add("a label that no row has");
        learner.partialFit(Rows.draft(rows.slice(0, 0)).classes(more).chunk());
        Same.state("a learner that was told each label with its row", learner.state(), expected.state(), tolerance());
        assertThat(((Classifier) learner.view()).classes())
                .as("classes")
                .isEqualTo(((Classifier) expected.view()).classes());
    }

    /** Those that the schema knows are there before the first row, in its order. */
    @Test
    default void classesOfTheSchemaComeFirst() {
        Schema schema = schema().withClasses(List.of("q", "p"));
        Learner learner = provider().create(schema, params());
        assertThat(((Classifier) learner.snapshot()).classes()).containsExactly("q", "p");
        Chunk rows = RandomChunks.of(schema)
                .withClasses(4)
                .rows(40, RunSeed.random("classes").nextLong());
        learner.partialFit(rows);
        assertThat(((Classifier) learner.snapshot()).classes())
                .as("classes after two new ones came")
                .isEqualTo(rows.classes());
        Learner restored = provider().restore(schema, params(), learner.state());
        assertThat(((Classifier) restored.view()).classes())
                .as("classes after a restore")
                .isEqualTo(rows.classes());
        Learner later = provider().restore(schema.withClasses(rows.classes()), params(), learner.state());
        assertThat(((Classifier) later.view()).classes())
                .as("classes after a restore with a schema that knows them")
                .isEqualTo(rows.classes());
    }

    /** Probabilities are probabilities, and the class that wins has the highest. */
    @Test
    default void mostProbableClassWins() {
        for (int classes = 2; classes <= 5; classes++) {
            Schema schema = schema().withClasses(List.of());
            Learner learner = provider().create(schema, params());
            RandomChunks random = RandomChunks.of(schema).withClasses(classes);
            learner.partialFit(random.rows(150, RunSeed.random("classes").nextLong()));
            assumeTrue(learner.snapshot() instanceof ProbabilisticClassifier, "the model gives no probabilities");
            ProbabilisticClassifier model = (ProbabilisticClassifier) learner.snapshot();
            Chunk rows = random.rows(50, RunSeed.random("other classes").nextLong());
            double[] decisions = new double[rows.rows() * model.decisions()];
            double[] probabilities = new double[rows.rows() * classes];
            model.decide(rows, decisions);
            model.probabilities(decisions, rows.rows(), classes, probabilities);
            for (int row = 0; row < rows.rows(); row++) {
                double sum = 0;
                double highest = 0;
                for (int k = 0; k < classes; k++) {
                    double probability = probabilities[row * classes + k];
                    assertThat(probability).as("probability").isBetween(0.0, 1.0);
                    sum += probability;
                    highest = Math.max(highest, probability);
                }
                assertThat(Math.abs(sum - 1))
                        .as("1 minus the sum of probabilities")
                        .isLessThan(1e-9);
                assertThat(probabilities[row * classes + model.winner(decisions, row)])
                        .as("probability of the winner of %s classes", classes)
                        .isGreaterThan(highest - 1e-9);
            }
        }
    }

    /** Nothing learned, nothing preferred. */
    @Test
    default void untrainedProbabilitiesAreUniform() {
        for (List<String> labels :
                List.of(List.<String>of(), List.of("a"), List.of("a", "b"), List.of("c", "a", "b"))) {
            Schema schema = schema().withClasses(labels);
            Learner learner = provider().create(schema, params());
            assumeTrue(learner.snapshot() instanceof ProbabilisticClassifier, "the model gives no probabilities");
            Chunk rows = RandomChunks.of(schema).rows(5, 1);
            double[] probabilities = new double[rows.rows() * labels.size()];
            ((ProbabilisticClassifier) learner.snapshot()).probabilities(rows, probabilities);
            for (double probability : probabilities) {
                assertThat(Math.abs(probability - 1.0 / labels.size()))
                        .as("distance of %s from one %sth", probability, labels.size())
                        .isLessThan(1e-12);
            }
        }
    }

    /** A target is an index into the chunk's classes. */
    @Test
    default void refusesATargetThatIsNoClass() {
        Chunk others = Trial.others(this);
        int last = others.rows() - 1;
        for (double target : new double[] {-1, 0.5, others.classes().size()}) {
            Trial.refuses(
                    this,
                    "target " + target,
                    AccreteException.Kind.BAD_DATA,
                    OptionalInt.of(last),
                    "",
                    Rows.draft(others).target(last, target).chunk());
        }
    }

    /** The data's labels begin with the model's: else an index means two things. */
    @Test
    default void refusesLabelsInAnotherOrder() {
        Chunk rows = Trial.stream(this);
        Learner learner = Trial.trained(this, rows);
        List<String> labels = new ArrayList<>(rows.classes());
        labels.set(0, "a label of another table");
        Chunk bad = Rows.draft(rows.slice(0, 20)).classes(labels).chunk();
        Trial.refused(
                "labels in another order", learner, AccreteException.Kind.BAD_STATE, () -> learner.partialFit(bad));
    }

    /** {@code new-classes=reject} keeps to the classes known at the start. */
    @Test
    default void newClassIsRejectedOnRequest() {
        assumeTrue(has(ClassList.NEW_CLASSES), "the learner has no such parameter");
        refusesTheThird(with(ClassList.NEW_CLASSES, "reject"));
    }

    /** {@code max-classes} is a limit. */
    @Test
    default void oneClassTooManyIsRefused() {
        assumeTrue(has(ClassList.MAX_CLASSES), "the learner has no such parameter");
        refusesTheThird(with(ClassList.MAX_CLASSES, "2"));
    }

    private void refusesTheThird(Params params) {
        Schema schema = schema().withClasses(List.of("b", "a"));
        long seed = RunSeed.random("classes").nextLong();
        Chunk good = RandomChunks.of(schema).withClasses(2).rows(40, seed);
        Chunk bad = Rows.draft(good)
                .classes(List.of("b", "a", "the third"))
                .target(39, 2)
                .chunk();
        Learner expected = provider().create(schema, params);
        expected.partialFit(good);
        Learner learner = provider().create(schema, params);
        for (int times = 0; times < 2; times++) {
            AccreteException refusal = Trial.refused(
                    "a third class", learner, AccreteException.Kind.BAD_DATA, () -> learner.partialFit(bad));
            assertThat(refusal.chunkRow()).as("row of the third class").hasValue(39);
            assertThat(refusal).as("refusal of a third class").hasMessageContaining("the third");
            if (times == 0) {
                learner.partialFit(good);
            }
        }
        Same.state("a learner that had refused a third class", learner.state(), expected.state(), 0);
        assertThat(((Classifier) learner.view()).classes()).containsExactly("b", "a");
    }

    private boolean has(ParamSpec<?> wanted) {
        return provider().params().stream().anyMatch(spec -> spec.name().equals(wanted.name()));
    }

    private Params with(ParamSpec<?> spec, String text) {
        Map<String, String> changed = new HashMap<>(params().toMap());
        changed.put(spec.name(), text);
        return Params.parse(provider().params(), changed);
    }
}
