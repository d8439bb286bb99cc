package org.accrete.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.Toys;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.accrete.core.train.Versions;
import org.junit.jupiter.api.Test;

/**
 * What a pipeline asks of its parts when it is merged with another, and what it refuses; the test kit checks the laws.
 */
class PipelineMergeTest {
    private static final Schema SCHEMA = Schema.numeric(2, Target.numeric("y"));
    private static final PlugIns PLUG_INS = PlugIns.of(
            Toys.SUM,
            Toys.WAIT,
            new StandardScalerProvider(),
            new ClipProvider(),
            new TotalProvider("total", false),
            new TotalProvider("scaled-total", true));

    private static Pipeline pipeline(String learner, String... steps) {
        return Pipeline.create(PLUG_INS, SCHEMA, new PipelineSpec(learner, List.of(steps), Map.of()));
    }

    private static Pipeline trained(Pipeline pipeline, double... values) {
        pipeline.partialFit(Toys.chunk(SCHEMA, values));
        return pipeline;
    }

    private static void refuses(Pipeline pipeline, Pipeline other, String message) {
        State before = pipeline.state();
        State others = other.state();
        assertThatThrownBy(() -> pipeline.merge(other))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                .hasMessage(message);
        assertThat(pipeline.state()).isEqualTo(before);
        assertThat(other.state()).isEqualTo(others);
    }

    @Test
    void withoutStepsTheLearnersAreMerged() {
        Pipeline pipeline = trained(pipeline("total"), 1, 2);
        pipeline.merge(trained(pipeline("total"), 3, 4, 5, 6));
        assertThat(pipeline.state().number("total")).isEqualTo(21);
        assertThat(pipeline.rowsSeen()).isEqualTo(3);
    }

    /** Scaled by (x - 2) / 1 and by (x - 20) / 10 before, by (x - 11) / sqrt(131.5) after. */
    @Test
    void learnersGoOverToTheColumnsOfTheMergedScaler() {
        Pipeline pipeline = trained(pipeline("scaled-total", "standard-scaler"), 1, 7, 3, 7);
        pipeline.merge(trained(pipeline("scaled-total", "standard-scaler"), 10, 7, 30, 7));
        State state = pipeline.state();
        double deviation = Math.sqrt((100 + 64 + 1 + 361) / 4.0);
        assertThat(state.doubles("centre", 2)).containsExactly(9, 0);
        assertThat(state.doubles("scale", 2)).containsExactly(deviation, 1);
        assertThat(state.doubles("standard-scaler.mean", 2)).containsExactly(11, 7);
    }

    @Test
    void mergingAPipelineWithItselfIsMergingItWithItsCopy() {
        Pipeline pipeline = trained(pipeline("total", "standard-scaler"), 1, 2, 3, 5);
        pipeline.merge(pipeline);
        assertThat(pipeline.rowsSeen()).isEqualTo(4);
        assertThat(pipeline.state().doubles("standard-scaler.mean", 2)).containsExactly(2, 3.5);
    }

    @Test
    void stepThatDoesTheSameInBothIsNoHindrance() {
        Pipeline pipeline = trained(pipeline("total", "clip"), 1, 2, 9, 0);
        pipeline.merge(trained(pipeline("total", "clip"), 9, 4));
        assertThat(pipeline.state().number("total")).isEqualTo(25);
        pipeline.merge(pipeline("total", "clip"));
        assertThat(pipeline.rowsSeen()).isEqualTo(3);
    }

    @Test
    void stepThatDoesMoreThanScaleAndSomethingElseInEachIsRefused() {
        refuses(
                trained(pipeline("total", "clip"), 1, 2),
                trained(pipeline("total", "clip"), 9, 4),
                "clip makes other columns in each pipeline, by more than a scale, so that what was learned behind it"
                        + " cannot be merged");
    }

    @Test
    void learnerThatCannotBeRescaledIsRefusedBehindAScale() {
        refuses(
                trained(pipeline("total", "standard-scaler"), 1, 2, 3, 4),
                trained(pipeline("total", "standard-scaler"), 1, 9, 2, 8),
                "total: it cannot be merged behind a step that scales columns; train it without");
        Pipeline same = trained(pipeline("total", "standard-scaler"), 1, 2, 3, 4);
        same.merge(trained(pipeline("total", "standard-scaler"), 3, 4, 1, 2));
        assertThat(same.rowsSeen()).isEqualTo(4);
    }

    @Test
    void partThatCannotBeMergedIsNamed() {
        refuses(trained(pipeline("sum"), 1, 2), trained(pipeline("sum"), 1, 2), "sum cannot be merged");
        refuses(
                trained(pipeline("total", "standard-scaler", "wait"), 1, 2),
                pipeline("total", "standard-scaler", "wait"),
                "wait cannot be merged");
    }

    @Test
    void otherPartsParametersAndColumnsAreRefused() {
        Pipeline pipeline = trained(pipeline("total", "standard-scaler"), 1, 2);
        refuses(
                pipeline,
                trained(pipeline("total"), 1, 2),
                "both pipelines must be made of the same parts but one is standard-scaler, total and the other total");
        refuses(
                pipeline,
                Pipeline.create(
                        PLUG_INS,
                        SCHEMA,
                        new PipelineSpec(
                                "total", List.of("standard-scaler"), Map.of("standard-scaler.with-mean", "false"))),
                "standard-scaler: parameters must be the same in both learners but with-mean is true here but false there");
        refuses(
                pipeline,
                Pipeline.create(
                        PLUG_INS,
                        Schema.numeric(3, Target.numeric("y")),
                        new PipelineSpec("total", List.of("standard-scaler"), Map.of())),
                "data has 3 features but the model was trained on 2 (first difference: expected no more columns but found"
                        + " 'x2' (numeric, width 1))");
    }

    /** The scalers are merged first, which must be undone. */
    @Test
    void refusalOfTheLearnerChangesNothing() {
        refuses(
                trained(pipeline("scaled-total", "standard-scaler"), 1, 2, 3, 13),
                trained(pipeline("scaled-total", "standard-scaler"), 13, 3, 13, 2),
                "scaled-total: 13 is unlucky");
    }

    @Test
    void mergedVersionsKeepTheirPlan() {
        ColumnPlan plan = new ColumnPlan(List.of(
                new Column.Numeric("x0"), new Column.Numeric("x1"), new Column.Label("y", Target.numeric("y"))));
        State monday = version(trained(pipeline("total"), 1, 2), plan);
        State tuesday = version(trained(pipeline("total"), 3, 4), plan);
        State merged = Versions.merge(PLUG_INS, List.of(monday, tuesday, tuesday));
        assertThat(merged.text("plan")).isEqualTo(plan.toText());
        assertThat(merged.texts()).doesNotContainKey("run.position");
        Pipeline pipeline = Pipeline.restore(PLUG_INS, merged);
        assertThat(pipeline.rowsSeen()).isEqualTo(3);
        assertThat(pipeline.state().number("total")).isEqualTo(17);
    }

    @Test
    void versionsOfOtherPlansAreRefused() {
        ColumnPlan plan = new ColumnPlan(List.of(
                new Column.Numeric("x0"), new Column.Numeric("x1"), new Column.Label("y", Target.numeric("y"))));
        ColumnPlan other = new ColumnPlan(
                List.of(new Column.Numeric("x0"), new Column.Bool("x1"), new Column.Label("y", Target.numeric("y"))));
        State monday = version(trained(pipeline("total"), 1, 2), plan);
        State tuesday = version(trained(pipeline("total"), 3, 4), other);
        assertThatThrownBy(() -> Versions.merge(PLUG_INS, List.of(monday, tuesday)))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                .hasMessage(
                        "versions to be merged must have one column plan but differ (first difference: 'x1=numeric' and"
                                + " 'x1=boolean'); open each source with the plan of the first");
        assertThatThrownBy(() -> Versions.merge(PLUG_INS, List.of()))
                .hasMessage("at least one version must be given but there is none");
    }

    private static State version(Pipeline pipeline, ColumnPlan plan) {
        return State.builder()
                .all(pipeline.state())
                .text("plan", plan.toText())
                .text("run.position", "0")
                .build();
    }

    /** Adds up all cells, and records by how much its columns were scaled. */
    private static class Total implements MergeableLearner, Regressor {
        final Schema schema;
        double total;
        long rows;
        Scaling scaling = Scaling.identity(2);

        Total(Schema schema) {
            this.schema = schema;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public void partialFit(Chunk chunk) {
            for (int row = 0; row < chunk.rows(); row++) {
                total += Toys.cell(chunk, row, 0) + Toys.cell(chunk, row, 1);
            }
            rows += chunk.rows();
        }

        @Override
        public void merge(Learner other) {
            Total theirs = (Total) other;
            if (Math.abs(scaling.centre()[0]) + Math.abs(theirs.scaling.centre()[0]) > 10.5) {
                throw AccreteException.badState("13 is unlucky");
            }
            total += theirs.total;
            rows += theirs.rows;
        }

        @Override
        public long rowsSeen() {
            return rows;
        }

        @Override
        public Total view() {
            return this;
        }

        @Override
        public Total snapshot() {
            return this;
        }

        @Override
        public void predict(Chunk chunk, double[] out) {
            out[0] = total;
        }

        @Override
        public State state() {
            return State.builder()
                    .number("total", total)
                    .doubles("centre", scaling.centre())
                    .doubles("scale", scaling.scale())
                    .whole("total.rows_seen", rows)
                    .build();
        }
    }

    private static final class ScaledTotal extends Total implements RescalableLearner {
        ScaledTotal(Schema schema) {
            super(schema);
        }

        @Override
        public void rescale(Scaling change) {
            scaling = scaling.then(change);
        }
    }

    private record TotalProvider(String name, boolean scaled) implements LearnerProvider {
        @Override
        public String summary() {
            return "adds up";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of();
        }

        @Override
        public Set<Target.Kind> targets() {
            return EnumSet.of(Target.Kind.NUMERIC);
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            return 100;
        }

        @Override
        public Learner create(Schema schema, Params params) {
            return scaled ? new ScaledTotal(schema) : new Total(schema);
        }

        @Override
        public Learner restore(Schema schema, Params params, State state) {
            Total total = scaled ? new ScaledTotal(schema) : new Total(schema);
            total.total = state.number("total");
            total.rows = state.whole("total.rows_seen");
            total.scaling = Scaling.of(state.doubles("centre", 2), state.doubles("scale", 2));
            return total;
        }
    }

    /** Clips values above the largest cell so far. */
    private static final class Clip implements Step, MergeableLearner {
        private final Schema schema;
        private double largest;
        private long rows;

        Clip(Schema schema) {
            this.schema = schema;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Schema outputSchema() {
            return schema;
        }

        @Override
        public void partialFit(Chunk chunk) {
            for (int row = 0; row < chunk.rows(); row++) {
                largest = Math.max(largest, Math.max(Toys.cell(chunk, row, 0), Toys.cell(chunk, row, 1)));
            }
            rows += chunk.rows();
        }

        @Override
        public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
            partialFit(chunk);
            snapshot().transform(chunk, out);
        }

        @Override
        public void undo() {}

        @Override
        public void merge(Learner other) {
            Clip theirs = (Clip) other;
            largest = Math.max(largest, theirs.largest);
            rows += theirs.rows;
        }

        @Override
        public long rowsSeen() {
            return rows;
        }

        @Override
        public Transformer view() {
            return snapshot();
        }

        @Override
        public Transformer snapshot() {
            return new ClipModel(schema, largest);
        }

        @Override
        public State state() {
            return State.builder()
                    .number("clip.largest", largest)
                    .whole("clip.rows_seen", rows)
                    .build();
        }
    }

    private record ClipModel(Schema schema, double largest) implements Transformer {
        @Override
        public Schema outputSchema() {
            return schema;
        }

        @Override
        public void transform(Chunk chunk, ChunkBuffer out) {
            out.clear();
            for (int row = 0; row < chunk.rows(); row++) {
                out.beginRow(chunk, row);
                out.put(0, Math.min(largest, Toys.cell(chunk, row, 0)));
                out.put(1, Math.min(largest, Toys.cell(chunk, row, 1)));
                out.endRow();
            }
        }
    }

    private static final class ClipProvider implements StepProvider {
        @Override
        public String name() {
            return "clip";
        }

        @Override
        public String summary() {
            return "cuts";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of();
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            return 100;
        }

        @Override
        public Step create(Schema schema, Params params) {
            return new Clip(schema);
        }

        @Override
        public Step restore(Schema schema, Params params, State state) {
            Clip clip = new Clip(schema);
            clip.largest = state.number("clip.largest");
            clip.rows = state.whole("clip.rows_seen");
            return clip;
        }
    }
}
