package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.hasParam;
import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.paramsWith;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.untrained;
import static org.accrete.testkit.RefusalAssert.assertChunkRefused;
import static org.accrete.testkit.RefusalAssert.assertRefused;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;

/**
 * The laws of a learner whose model is a {@link Classifier}: those of {@link LearnerContract} and those on the list of
 * classes. Used like {@link LearnerContract}.
 */
public interface ClassifierContract extends LearnerContract {
    /** New classes are appended in the order in which their first rows are accepted, not sorted. */
    @Test
    default void classesGrowInTheOrderOfTheirRows() {
        Chunk rows = trainingRows(this);
        Learner learner = untrained(this);
        for (int row = 0; row < 200; row += 8) {
            List<String> known = rows.classes().subList(0, ChunkCopy.classCount(rows, row));
            Classifier snapshot = (Classifier) learner.snapshot();
            assertThat(snapshot.classes()).as("classes after %s rows", row).isEqualTo(known);
            assertThat(((Classifier) learner.view()).classes())
                    .as("classes of the view after %s rows", row)
                    .isEqualTo(known);
            learner.partialFit(rows.slice(row, row + 8));
            assertThat(snapshot.classes()).as("classes of an earlier snapshot").isEqualTo(known);
        }
    }

    /** A chunk may list labels that none of its rows has; the learner ignores them until a row has one. */
    @Test
    default void labelsWithoutARowAreNotLearned() {
        Chunk rows = trainingRows(this);
        Learner expected = trained(this, rows);
        Learner learner = untrained(this);
        for (int row = 0; row < rows.rows(); row += 10) {
            Chunk chunk = rows.slice(row, row + 10);
            learner.partialFit(
                    ChunkCopy.edit(chunk).classesAfter(rows, row + 10).chunk());
        }
        List<String> more = new ArrayList<>(rows.classes());
        more.add("a label that no row has");
        learner.partialFit(ChunkCopy.edit(rows.slice(0, 0)).classes(more).chunk());
        assertSameState(
                "a learner given each label with its first row", learner.state(), expected.state(), tolerance());
        assertThat(((Classifier) learner.view()).classes())
                .as("classes")
                .isEqualTo(((Classifier) expected.view()).classes());
    }

    /** The classes of the schema are known before the first row, in their order. */
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

    /** Probabilities are between 0 and 1, sum to 1, and are highest for the predicted class. */
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

    /** An untrained model gives all classes the same probability. */
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

    /** A target must be an index into the chunk's list of classes. */
    @Test
    default void refusesATargetOutsideTheClasses() {
        Chunk others = otherRows(this);
        int last = others.rows() - 1;
        for (double target : new double[] {-1, 0.5, others.classes().size()}) {
            assertChunkRefused(
                    this,
                    "target " + target,
                    AccreteException.Kind.BAD_DATA,
                    OptionalInt.of(last),
                    "",
                    ChunkCopy.edit(others).target(last, target).chunk());
        }
    }

    /** A chunk's labels must begin with the model's labels, so that an index means one class only. */
    @Test
    default void refusesLabelsInAnotherOrder() {
        Chunk rows = trainingRows(this);
        Learner learner = trained(this, rows);
        List<String> labels = new ArrayList<>(rows.classes());
        labels.set(0, "a label of another table");
        Chunk bad = ChunkCopy.edit(rows.slice(0, 20)).classes(labels).chunk();
        assertRefused(
                "labels in another order", learner, AccreteException.Kind.BAD_STATE, () -> learner.partialFit(bad));
    }

    /** {@code new-classes=reject} allows only the classes known at the start. */
    @Test
    default void newClassIsRejectedOnRequest() {
        assumeTrue(hasParam(this, ClassList.NEW_CLASSES), "the learner has no such parameter");
        assertThirdClassIsRefused(paramsWith(this, ClassList.NEW_CLASSES, "reject"));
    }

    /** {@code max-classes} limits the number of classes. */
    @Test
    default void oneClassTooManyIsRefused() {
        assumeTrue(hasParam(this, ClassList.MAX_CLASSES), "the learner has no such parameter");
        assertThirdClassIsRefused(paramsWith(this, ClassList.MAX_CLASSES, "2"));
    }

    private void assertThirdClassIsRefused(Params params) {
        Schema schema = schema().withClasses(List.of("b", "a"));
        long seed = RunSeed.random("classes").nextLong();
        Chunk good = RandomChunks.of(schema).withClasses(2).rows(40, seed);
        Chunk bad = ChunkCopy.edit(good)
                .classes(List.of("b", "a", "the third"))
                .target(39, 2)
                .chunk();
        Learner expected = provider().create(schema, params);
        expected.partialFit(good);
        Learner learner = provider().create(schema, params);
        for (int times = 0; times < 2; times++) {
            AccreteException refusal = assertRefused(
                    "a third class", learner, AccreteException.Kind.BAD_DATA, () -> learner.partialFit(bad));
            assertThat(refusal.chunkRow()).as("row of the third class").hasValue(39);
            assertThat(refusal).as("refusal of a third class").hasMessageContaining("the third");
            if (times == 0) {
                learner.partialFit(good);
            }
        }
        assertSameState("a learner that had refused a third class", learner.state(), expected.state(), 0);
        assertThat(((Classifier) learner.view()).classes()).containsExactly("b", "a");
    }
}
