package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.TRAINING_ROWS;
import static org.accrete.testkit.LearnerFixtures.chunkings;
import static org.accrete.testkit.LearnerFixtures.modelOutputs;
import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.withExtraColumn;
import static org.accrete.testkit.RefusalAssert.assertRefused;
import static org.accrete.testkit.StateAssert.assertFinite;
import static org.accrete.testkit.StateAssert.assertSameNumbers;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableTransformer;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.TargetStep;
import org.accrete.api.learn.Transformer;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.junit.jupiter.api.Test;

/**
 * The laws of a {@link Step}: those of {@link LearnerContract}, those on its output rows, and those on {@code undo()}.
 * Used like {@link LearnerContract}. A step whose {@link #tolerance()} is 0 must be row-wise.
 */
public interface StepContract extends LearnerContract {
    /** {@return the plug-in under test} */
    @Override
    StepProvider provider();

    private Step step() {
        return provider().create(schema(), params());
    }

    private static ChunkBuffer outputBuffer(Step step) {
        return new ChunkBuffer(step.outputSchema(), TRAINING_ROWS);
    }

    /** A pipeline calls {@code undo()} when a later stage refuses the chunk. */
    @Test
    default void undoRevertsPartialFitTransform() {
        assertUndo(true);
    }

    /** The same for a step that is not ready and only learns. */
    @Test
    default void undoRevertsPartialFit() {
        assertUndo(false);
    }

    private void assertUndo(boolean transform) {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        Step expected = step();
        Step step = step();
        ChunkBuffer out = outputBuffer(step);
        ChunkBuffer expectedOut = outputBuffer(step);
        int from = 0;
        for (int to : new int[] {1, 2, 30, 130, 230}) {
            State before = step.state();
            double[] outputBefore = outputs(step.snapshot(), others);
            Chunk undone = transform ? others : others.slice(0, 7);
            if (transform) {
                step.partialFitTransform(undone, out);
            } else {
                step.partialFit(undone);
            }
            step.undo();
            assertSameState("a step after undo", step.state(), before, 0);
            assertThat(step.rowsSeen()).as("rows seen after undo").isEqualTo(from);
            assertSameNumbers("the output of a view after undo", outputs(step.view(), others), outputBefore, 0);
            assertSameNumbers("the output of a snapshot after undo", outputs(step.snapshot(), others), outputBefore, 0);
            step.partialFitTransform(rows.slice(from, to), out);
            expected.partialFitTransform(rows.slice(from, to), expectedOut);
            assertSameNumbers(
                    "output rows of a step after undo",
                    ChunkCopy.cells(out.chunk()),
                    ChunkCopy.cells(expectedOut.chunk()),
                    0);
            from = to;
        }
        assertSameState("a step after several undos", step.state(), expected.state(), 0);
    }

    /** {@code partialFitTransform} learns what {@code partialFit} learns. */
    @Test
    default void partialFitAndPartialFitTransformLearnTheSame() {
        Chunk rows = trainingRows(this);
        for (Chunk form :
                List.of(ChunkCopy.dense(rows).chunk(), ChunkCopy.sparse(rows).chunk())) {
            Learner expected = trained(this, form);
            Step step = step();
            ChunkBuffer out = outputBuffer(step);
            for (int row = 0; row < form.rows(); row += 50) {
                step.partialFitTransform(form.slice(row, Math.min(form.rows(), row + 50)), out);
            }
            assertSameState("a step that transformed its rows", step.state(), expected.state(), 0);
            assertThat(step.rowsSeen()).as("rows seen").isEqualTo(form.rows());
        }
    }

    /** The next stage is created for the output schema before the first row. */
    @Test
    default void outputSchemaIsFixedFromTheStart() {
        Step step = step();
        Schema schema = step.outputSchema();
        assertThat(schema.target().kind())
                .as("kind of the target")
                .isEqualTo(schema().target().kind());
        assertThat(schema.target().name())
                .as("name of the target")
                .isEqualTo(schema().target().name());
        ChunkBuffer out = outputBuffer(step);
        step.partialFitTransform(trainingRows(this), out);
        for (Schema later : List.of(
                step.outputSchema(),
                step.view().outputSchema(),
                step.snapshot().outputSchema(),
                provider().restore(schema(), params(), step.state()).outputSchema())) {
            assertThat(later.matches(schema))
                    .as("%s is the output schema", later)
                    .isTrue();
        }
    }

    /** Once a step is ready it outputs every row, and its output does not depend on chunk borders. */
    @Test
    default void outputRowsDoNotDependOnChunking() {
        Chunk rows = trainingRows(this);
        for (Chunk form :
                List.of(ChunkCopy.dense(rows).chunk(), ChunkCopy.sparse(rows).chunk())) {
            double[] whole = outputRows("one chunk", form, new int[] {form.rows()});
            chunkings(form.rows())
                    .forEach((name, lengths) -> assertSameNumbers(
                            "output rows after " + name, outputRows(name, form, lengths), whole, tolerance()));
        }
    }

    private double[] outputRows(String name, Chunk rows, int[] lengths) {
        Step step = step();
        ChunkBuffer out = outputBuffer(step);
        List<double[]> cells = new ArrayList<>();
        int width = step.outputSchema().width();
        boolean ready = false;
        int from = 0;
        for (int length : lengths) {
            step.partialFitTransform(rows.slice(from, from + length), out);
            assertThat(out.rows()).as("output rows of %s rows", length).isLessThanOrEqualTo(length);
            if (ready) {
                assertThat(out.rows())
                        .as("output rows of a ready step, with %s", name)
                        .isEqualTo(length);
            }
            ready |= out.rows() > 0;
            for (int row = 0; row < out.rows(); row++) {
                // The target identifies the row.
                double[] line = Arrays.copyOf(ChunkCopy.cells(out.chunk(), row), width + 1);
                line[width] = out.chunk().hasTargets() ? out.chunk().target(row) : 0;
                if (rows.hasTargets()) {
                    assertThat(line[width])
                            .as("target of output row %s with %s", row, name)
                            .isEqualTo(rows.target(from + length - out.rows() + row));
                }
                cells.add(line);
            }
            from += length;
            assertThat(step.rowsSeen()).as("rows seen, output or not").isEqualTo(from);
        }
        return cells.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    /** A row-wise step transforms a row with the statistics that include that row. */
    @Test
    default void rowIsTransformedByTheStateAfterIt() {
        assumeTrue(tolerance() == 0, "the step is not row-wise");
        Chunk rows = trainingRows(this);
        Step step = step();
        assumeTrue(!(step instanceof TargetStep), "the step learns from targets");
        ChunkBuffer out = outputBuffer(step);
        for (int row = 0; row < rows.rows(); row++) {
            Chunk chunk = rows.slice(row, row + 1);
            step.partialFitTransform(chunk, out);
            if (out.rows() > 0) {
                assertSameNumbers(
                        "output row " + row, ChunkCopy.cells(out.chunk()), modelOutputs(step.snapshot(), chunk), 0);
            }
        }
    }

    /** A step copies targets, weights and classes to its output. */
    @Test
    default void targetsWeightsAndClassesArePassedOn() {
        Chunk stream = trainingRows(this);
        ChunkBuffer weighted = new ChunkBuffer(schema(), TRAINING_ROWS);
        for (int row = 0; row < stream.rows(); row++) {
            weighted.beginRow(stream, row);
            double[] cells = ChunkCopy.cells(stream, row);
            for (int j = 0; j < cells.length; j++) {
                if (cells[j] != 0.0) {
                    weighted.put(j, cells[j]);
                }
            }
            weighted.weight(1 + row % 3);
            weighted.endRow();
        }
        weighted.classes(stream.classes());
        Chunk rows = weighted.chunk();
        Step step = step();
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), TRAINING_ROWS);
        step.partialFitTransform(rows, out);
        assertPassedOn("partialFitTransform", out.chunk(), rows);
        for (Transformer transformer : List.of(step.view(), step.snapshot())) {
            transformer.transform(rows, out);
            assertThat(out.rows()).as("transformed rows").isEqualTo(rows.rows());
            assertPassedOn("transform", out.chunk(), rows);
        }
    }

    private static void assertPassedOn(String call, Chunk out, Chunk rows) {
        int first = rows.rows() - out.rows();
        assertThat(out.classes()).as("classes passed on by %s", call).isEqualTo(rows.classes());
        for (int row = 0; row < out.rows(); row++) {
            assertThat(out.weight(row)).as("weight passed on by %s", call).isEqualTo(rows.weight(first + row));
            assertThat(out.hasTargets()).as("has targets after %s", call).isEqualTo(rows.hasTargets());
            if (rows.hasTargets()) {
                assertThat(out.target(row)).as("target passed on by %s", call).isEqualTo(rows.target(first + row));
            }
        }
    }

    /** The caller reuses the output buffer for every chunk. */
    @Test
    default void outputBufferIsClearedFirst() {
        Chunk rows = trainingRows(this);
        Step step = step();
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), 2 * TRAINING_ROWS);
        step.partialFitTransform(rows, out);
        step.partialFitTransform(rows.slice(0, 9), out);
        assertThat(out.rows())
                .as("rows of a buffer used twice by partialFitTransform")
                .isEqualTo(9);
        step.snapshot().transform(rows.slice(0, 5), out);
        assertThat(out.rows()).as("rows of a buffer used twice by transform").isEqualTo(5);
        step.partialFitTransform(rows.slice(0, 0), out);
        assertThat(out.rows()).as("output rows of an empty chunk").isZero();
    }

    /** {@code partialFitTransform} refuses what {@code partialFit} refuses and changes nothing. */
    @Test
    default void refusedPartialFitTransformChangesNothing() {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        int last = others.rows() - 1;
        Chunk infinite =
                ChunkCopy.edit(others).cell(last, 0, Double.POSITIVE_INFINITY).chunk();
        Chunk wider = ChunkCopy.edit(others).schema(withExtraColumn(schema())).chunk();
        Step step = step();
        ChunkBuffer out = outputBuffer(step);
        for (int row = 0; row < rows.rows(); row += 50) {
            assertRefused(
                    "infinity", step, AccreteException.Kind.BAD_DATA, () -> step.partialFitTransform(infinite, out));
            assertRefused(
                    "another schema",
                    step,
                    AccreteException.Kind.BAD_STATE,
                    () -> step.partialFitTransform(wider, out));
            step.partialFitTransform(rows.slice(row, Math.min(rows.rows(), row + 50)), out);
        }
        assertSameState(
                "a step that had refused chunks",
                step.state(),
                trained(this, rows).state(),
                0);
    }

    /** When the learner behind the step refuses a chunk, the pipeline undoes the step and is unchanged. */
    @Test
    default void refusingLearnerBehindTheStepChangesNothing() {
        Chunk rows = trainingRows(this);
        Map<String, String> settings = new LinkedHashMap<>();
        params().toMap().forEach((key, value) -> settings.put(provider().name() + "." + key, value));
        PipelineSpec spec = new PipelineSpec("refusing", List.of(provider().name()), settings);
        // Every other call is refused, so each chunk is given twice.
        Pipeline pipeline =
                Pipeline.create(PlugIns.of(provider(), RefusingLearnerProvider.everyOtherCall()), schema(), spec);
        Pipeline expected = Pipeline.create(PlugIns.of(provider(), RefusingLearnerProvider.never()), schema(), spec);
        int refusals = 0;
        for (int row = 0; row < rows.rows(); row += 20) {
            Chunk chunk = rows.slice(row, Math.min(rows.rows(), row + 20));
            State before = pipeline.state();
            try {
                pipeline.partialFit(chunk);
            } catch (AccreteException e) {
                refusals++;
                assertThat(e.kind()).as(e.line()).isEqualTo(AccreteException.Kind.BAD_DATA);
                assertSameState("a pipeline whose learner refused", pipeline.state(), before, 0);
                pipeline.partialFit(chunk);
            }
            expected.partialFit(chunk);
            assertSameState("a pipeline whose learner had refused", pipeline.state(), expected.state(), 0);
            assertThat(pipeline.rowsSeen()).as("rows seen by the pipeline").isEqualTo(expected.rowsSeen());
        }
        assertThat(refusals).as("refusals").isPositive();
    }

    /** An empty chunk changes nothing and gives no output. */
    @Test
    default void emptyChunkGivesNoOutput() {
        Chunk rows = trainingRows(this);
        Step step = step();
        ChunkBuffer out = outputBuffer(step);
        step.partialFitTransform(rows.slice(0, 0), out);
        assertThat(out.rows()).isZero();
        step.partialFitTransform(rows, out);
        State before = step.state();
        step.partialFitTransform(rows.slice(5, 5), out);
        assertThat(out.rows()).isZero();
        assertSameState("a step after an empty chunk", step.state(), before, 0);
    }

    /** The output shares no array with the input, which the caller owns. */
    @Test
    default void outputRowsAreCopies() {
        for (ChunkCopy rows : List.of(ChunkCopy.dense(trainingRows(this)), ChunkCopy.sparse(trainingRows(this)))) {
            List<String> before = rows.contents();
            Step step = step();
            ChunkBuffer out = outputBuffer(step);
            step.partialFitTransform(rows.chunk(), out);
            assertThat(rows.contents())
                    .as("the chunk after partialFitTransform")
                    .isEqualTo(before);
            double[] cells = ChunkCopy.cells(out.chunk());
            State state = step.state();
            rows.overwrite();
            assertSameNumbers("output rows after the input was overwritten", ChunkCopy.cells(out.chunk()), cells, 0);
            assertSameState("a step whose chunk was overwritten", step.state(), state, 0);
        }
    }

    /** The output is finite. */
    @Test
    default void outputRowsAreFinite() {
        Step step = step();
        ChunkBuffer out = outputBuffer(step);
        step.partialFitTransform(trainingRows(this), out);
        assertFinite("output rows", ChunkCopy.cells(out.chunk()));
    }

    /** Carrying contributions back to the input columns loses nothing. */
    @Test
    default void contributionsAreCarriedBackWhole() {
        Step step = step();
        assumeTrue(step.snapshot() instanceof ExplainableTransformer, "the step carries nothing back");
        ChunkBuffer out = outputBuffer(step);
        step.partialFitTransform(trainingRows(this), out);
        Chunk others = otherRows(this);
        SeededRandom random = RunSeed.random("contributions");
        Contributions outputs = new Contributions();
        Contributions inputs = new Contributions();
        for (Transformer model : List.of(step.view(), step.snapshot())) {
            for (Chunk rows : List.of(
                    ChunkCopy.dense(others).chunk(), ChunkCopy.sparse(others).chunk())) {
                for (int row = 0; row < rows.rows(); row++) {
                    outputs.clear(random.nextDouble());
                    for (int k = 0; k < 5; k++) {
                        outputs.add(random.nextInt(model.outputSchema().width()), random.nextDouble() - 0.5);
                    }
                    ((ExplainableTransformer) model).carryBack(rows, row, outputs, inputs);
                    double size = 1;
                    for (int k = 0; k < inputs.size(); k++) {
                        assertThat(inputs.column(k)).as("an input column").isBetween(0, rows.width() - 1);
                        size += Math.abs(inputs.amount(k));
                    }
                    assertThat(inputs.sum())
                            .as("base value and contributions of row %s, carried back", row)
                            .isCloseTo(outputs.sum(), offset(EXPLAINED * size));
                }
            }
        }
    }
}
