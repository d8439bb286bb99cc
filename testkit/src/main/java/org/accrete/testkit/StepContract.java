package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.junit.jupiter.api.Test;

/**
 * The laws of a {@link Step}: those of {@link LearnerContract}, what it hands on, and how it takes a call back. Used
 * like it. A step whose {@link #tolerance()} is 0 is held to be row-wise.
 */
public interface StepContract extends LearnerContract {
    /** {@return the plug-in under test} */
    @Override
    StepProvider provider();

    private Step step() {
        return provider().create(schema(), params());
    }

    private ChunkBuffer buffer(Step step) {
        return new ChunkBuffer(step.outputSchema(), Trial.ROWS);
    }

    /** The only way back when what stands behind the step refuses. */
    @Test
    default void undoTakesBackPartialFitTransform() {
        undo(true);
    }

    /** The step that is not ready only learns. */
    @Test
    default void undoTakesBackPartialFit() {
        undo(false);
    }

    private void undo(boolean transform) {
        Chunk rows = Trial.stream(this);
        Chunk others = Trial.others(this);
        Step expected = step();
        Step step = step();
        ChunkBuffer out = buffer(step);
        ChunkBuffer expectedOut = buffer(step);
        int from = 0;
        for (int to : new int[] {1, 2, 30, 130, 230}) {
            State before = step.state();
            double[] said = outputs(step.snapshot(), others);
            Chunk taken = transform ? others : others.slice(0, 7);
            if (transform) {
                step.partialFitTransform(taken, out);
            } else {
                step.partialFit(taken);
            }
            step.undo();
            Same.state("a step that took a call back", step.state(), before, 0);
            assertThat(step.rowsSeen()).as("rows seen after undo").isEqualTo(from);
            Same.numbers("the output of a view after undo", outputs(step.view(), others), said, 0);
            Same.numbers("the output of a snapshot after undo", outputs(step.snapshot(), others), said, 0);
            step.partialFitTransform(rows.slice(from, to), out);
            expected.partialFitTransform(rows.slice(from, to), expectedOut);
            Same.numbers(
                    "rows handed on by a step that took a call back",
                    Trial.cells(out.chunk()),
                    Trial.cells(expectedOut.chunk()),
                    0);
            from = to;
        }
        Same.state("a step that took calls back", step.state(), expected.state(), 0);
    }

    /** Handing on is all that the one does more. */
    @Test
    default void partialFitAndPartialFitTransformLearnTheSame() {
        Chunk rows = Trial.stream(this);
        for (Chunk form : List.of(Rows.dense(rows).chunk(), Rows.sparse(rows).chunk())) {
            Learner expected = Trial.trained(this, form);
            Step step = step();
            ChunkBuffer out = buffer(step);
            for (int row = 0; row < form.rows(); row += 50) {
                step.partialFitTransform(form.slice(row, Math.min(form.rows(), row + 50)), out);
            }
            Same.state("a step that handed its rows on", step.state(), expected.state(), 0);
            assertThat(step.rowsSeen()).as("rows seen").isEqualTo(form.rows());
        }
    }

    /** What stands behind is made for it before the first row. */
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
        ChunkBuffer out = buffer(step);
        step.partialFitTransform(Trial.stream(this), out);
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

    /** The rows handed on are the last ones, all from the first that is, and the same however the stream was cut. */
    @Test
    default void handedOnRowsDoNotDependOnChunking() {
        Chunk rows = Trial.stream(this);
        for (Chunk form : List.of(Rows.dense(rows).chunk(), Rows.sparse(rows).chunk())) {
            double[] whole = handedOn("one chunk", form, new int[] {form.rows()});
            Trial.cuts(form.rows())
                    .forEach((name, cuts) -> Same.numbers(
                            "rows handed on after " + name, handedOn(name, form, cuts), whole, tolerance()));
        }
    }

    private double[] handedOn(String name, Chunk rows, int[] cuts) {
        Step step = step();
        ChunkBuffer out = buffer(step);
        List<double[]> cells = new ArrayList<>();
        int width = step.outputSchema().width();
        boolean ready = false;
        int from = 0;
        for (int length : cuts) {
            step.partialFitTransform(rows.slice(from, from + length), out);
            assertThat(out.rows()).as("rows handed on of %s", length).isLessThanOrEqualTo(length);
            if (ready) {
                assertThat(out.rows())
                        .as("rows handed on once ready, with %s", name)
                        .isEqualTo(length);
            }
            ready |= out.rows() > 0;
            for (int row = 0; row < out.rows(); row++) {
                // Targets show which rows these are.
                double[] line = Arrays.copyOf(Rows.cells(out.chunk(), row), width + 1);
                line[width] = out.chunk().hasTargets() ? out.chunk().target(row) : 0;
                if (rows.hasTargets()) {
                    assertThat(line[width])
                            .as("target of handed on row %s with %s", row, name)
                            .isEqualTo(rows.target(from + length - out.rows() + row));
                }
                cells.add(line);
            }
            from += length;
            assertThat(step.rowsSeen()).as("rows seen, handed on or not").isEqualTo(from);
        }
        return cells.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    /** A row-wise step transforms a row by what it knows after that row. */
    @Test
    default void rowIsTransformedByWhatIsKnownAfterIt() {
        assumeTrue(tolerance() == 0, "the step takes blocks of rows");
        Chunk rows = Trial.stream(this);
        Step step = step();
        ChunkBuffer out = buffer(step);
        for (int row = 0; row < rows.rows(); row++) {
            Chunk chunk = rows.slice(row, row + 1);
            step.partialFitTransform(chunk, out);
            if (out.rows() > 0) {
                Same.numbers(
                        "handed on row " + row, Trial.cells(out.chunk()), Trial.outputs(step.snapshot(), chunk), 0);
            }
        }
    }

    /** Everything that belongs to a row and is not a column. */
    @Test
    default void targetsWeightsAndClassesArePassedOn() {
        Chunk stream = Trial.stream(this);
        ChunkBuffer weighted = new ChunkBuffer(schema(), Trial.ROWS);
        for (int row = 0; row < stream.rows(); row++) {
            weighted.beginRow(stream, row);
            double[] cells = Rows.cells(stream, row);
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
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), Trial.ROWS);
        step.partialFitTransform(rows, out);
        passedOn("partialFitTransform", out.chunk(), rows);
        for (Transformer transformer : List.of(step.view(), step.snapshot())) {
            transformer.transform(rows, out);
            assertThat(out.rows()).as("transformed rows").isEqualTo(rows.rows());
            passedOn("transform", out.chunk(), rows);
        }
    }

    private static void passedOn(String call, Chunk out, Chunk rows) {
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

    /** The buffer is used again for every chunk. */
    @Test
    default void outIsClearedFirst() {
        Chunk rows = Trial.stream(this);
        Step step = step();
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), 2 * Trial.ROWS);
        step.partialFitTransform(rows, out);
        step.partialFitTransform(rows.slice(0, 9), out);
        assertThat(out.rows())
                .as("rows of a buffer used twice by partialFitTransform")
                .isEqualTo(9);
        step.snapshot().transform(rows.slice(0, 5), out);
        assertThat(out.rows()).as("rows of a buffer used twice by transform").isEqualTo(5);
        step.partialFitTransform(rows.slice(0, 0), out);
        assertThat(out.rows()).as("rows handed on of none").isZero();
    }

    /** It is as strict as {@code partialFit} and as careful. */
    @Test
    default void refusedPartialFitTransformChangesNothing() {
        Chunk rows = Trial.stream(this);
        Chunk others = Trial.others(this);
        int last = others.rows() - 1;
        Chunk infinite =
                Rows.draft(others).cell(last, 0, Double.POSITIVE_INFINITY).chunk();
        Chunk wider = Rows.draft(others).schema(Trial.wider(schema())).chunk();
        Step step = step();
        ChunkBuffer out = buffer(step);
        for (int row = 0; row < rows.rows(); row += 50) {
            Trial.refused(
                    "infinity", step, AccreteException.Kind.BAD_DATA, () -> step.partialFitTransform(infinite, out));
            Trial.refused(
                    "another schema",
                    step,
                    AccreteException.Kind.BAD_STATE,
                    () -> step.partialFitTransform(wider, out));
            step.partialFitTransform(rows.slice(row, Math.min(rows.rows(), row + 50)), out);
        }
        Same.state(
                "a step that had refused chunks",
                step.state(),
                Trial.trained(this, rows).state(),
                0);
    }

    /**
     * A learner behind the step refuses: the pipeline, which undoes the step, is as it was, and goes on as if nothing
     * was.
     */
    @Test
    default void refusingLearnerBehindTheStepChangesNothing() {
        Chunk rows = Trial.stream(this);
        Map<String, String> settings = new LinkedHashMap<>();
        params().toMap().forEach((key, value) -> settings.put(provider().name() + "." + key, value));
        PipelineSpec spec = new PipelineSpec("refusing", List.of(provider().name()), settings);
        // Every other call is refused, so that each chunk comes twice.
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
                Same.state("a pipeline whose learner refused", pipeline.state(), before, 0);
                pipeline.partialFit(chunk);
            }
            expected.partialFit(chunk);
            Same.state("a pipeline whose learner had refused", pipeline.state(), expected.state(), 0);
            assertThat(pipeline.rowsSeen()).as("rows seen by the pipeline").isEqualTo(expected.rowsSeen());
        }
        assertThat(refusals).as("refusals").isPositive();
    }

    /** Nothing is learned from no row, nor handed on. */
    @Test
    default void chunkWithoutRowsHandsOnNothing() {
        Chunk rows = Trial.stream(this);
        Step step = step();
        ChunkBuffer out = buffer(step);
        step.partialFitTransform(rows.slice(0, 0), out);
        assertThat(out.rows()).isZero();
        step.partialFitTransform(rows, out);
        State before = step.state();
        step.partialFitTransform(rows.slice(5, 5), out);
        assertThat(out.rows()).isZero();
        Same.state("a step after an empty chunk", step.state(), before, 0);
    }

    /** The arrays belong to somebody else, and what is handed on does not share them. */
    @Test
    default void handedOnRowsAreCopies() {
        for (Rows rows : List.of(Rows.dense(Trial.stream(this)), Rows.sparse(Trial.stream(this)))) {
            List<String> before = rows.bits();
            Step step = step();
            ChunkBuffer out = buffer(step);
            step.partialFitTransform(rows.chunk(), out);
            assertThat(rows.bits()).as("the chunk after partialFitTransform").isEqualTo(before);
            double[] cells = Trial.cells(out.chunk());
            State state = step.state();
            rows.spoil();
            Same.numbers("rows handed on, after their source was overwritten", Trial.cells(out.chunk()), cells, 0);
            Same.state("a step whose chunk was overwritten", step.state(), state, 0);
        }
    }

    /** What is handed on can be learned from. */
    @Test
    default void handedOnRowsAreFinite() {
        Step step = step();
        ChunkBuffer out = buffer(step);
        step.partialFitTransform(Trial.stream(this), out);
        Same.finite("what is handed on", Trial.cells(out.chunk()));
    }
}
