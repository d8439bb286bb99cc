package org.accrete.core.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExplainableTransformer;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Transformer;
import org.accrete.core.plugin.PlugInCalls;

/**
 * The model of a pipeline's learner behind the transformers of its steps; it can do what the learner's model can. An
 * error of a plug-in names it, so that the model of a learner from elsewhere is wrapped also without steps.
 */
class PipelineModel implements Model {
    /** Memory for more rows is not kept, since it might never be needed again. */
    private static final int MOST_ROWS_KEPT = 64;

    private final Schema schema;
    private final ResolvedSpec spec;
    private final Transformer[] steps;
    private final Optional<StepBuffers> buffers;

    /** Of a model that threads share: kept for the thread that predicts, others make their own at the same time. */
    private final AtomicReference<Optional<StepBuffers>> idle = new AtomicReference<>(Optional.empty());

    private final Model model;

    private PipelineModel(
            Schema schema, ResolvedSpec spec, Transformer[] steps, Optional<StepBuffers> buffers, Model model) {
        this.schema = schema;
        this.spec = spec;
        this.steps = steps;
        this.buffers = buffers;
        this.model = model;
    }

    /**
     * {@return the learner's model for chunks of the pipeline's schema}
     *
     * @param schema of the pipeline
     * @param spec of the pipeline, for messages
     * @param steps models of the steps, in order
     * @param model of the learner
     * @param buffers the chunks between the steps; empty where threads share the model
     */
    static Model of(Schema schema, ResolvedSpec spec, Transformer[] steps, Model model, Optional<StepBuffers> buffers) {
        if (steps.length == 0
                && spec.transform() == TargetTransform.NONE
                && PlugInCalls.isOwn(spec.learner().provider())) {
            return model;
        }
        if (obstacle(spec, steps, model).isEmpty()) {
            if (model instanceof ProbabilisticClassifier inner) {
                return new ExplainedProbabilities(schema, spec, steps, inner, buffers);
            }
            if (model instanceof Classifier inner) {
                return new ExplainedClasses(schema, spec, steps, inner, buffers);
            }
            if (model instanceof Regressor inner) {
                return new ExplainedNumbers(schema, spec, steps, inner, buffers);
            }
        }
        if (model instanceof ProbabilisticClassifier inner) {
            return new OfProbabilities(schema, spec, steps, inner, buffers);
        }
        if (model instanceof Classifier inner) {
            return new OfClasses<>(schema, spec, steps, inner, buffers);
        }
        if (model instanceof Regressor inner) {
            return new OfNumbers(schema, spec, steps, inner, buffers);
        }
        if (model instanceof Transformer inner) {
            return new OfRows(schema, spec, steps, inner, buffers);
        }
        if (model instanceof AnomalyScorer inner) {
            return new OfScores(schema, spec, steps, inner, buffers);
        }
        if (model instanceof Clusterer inner) {
            return new OfClusters(schema, spec, steps, inner, buffers);
        }
        return steps.length == 0 ? model : new PipelineModel(schema, spec, steps, buffers, model);
    }

    /** {@return why predictions of a pipeline cannot be explained; empty if they can} */
    private static Optional<String> obstacle(ResolvedSpec spec, Transformer[] steps, Model model) {
        if (!(model instanceof ExplainableModel)) {
            return Optional.of("the model of learner '" + spec.learner().name()
                    + "' does not say what columns contribute to a prediction");
        }
        if (spec.transform() != TargetTransform.NONE) {
            return Optional.of("it learned " + spec.transform().describe()
                    + ", so that a prediction is no sum of contributions; train without target.transform");
        }
        for (int i = 0; i < steps.length; i++) {
            if (!(steps[i] instanceof ExplainableTransformer)) {
                return Optional.of("step '" + spec.part(i).name()
                        + "' does not say what columns stand behind those that it makes; train without it");
            }
        }
        return Optional.empty();
    }

    /** {@return why predictions cannot be explained; empty if they can} */
    final Optional<String> obstacle() {
        return obstacle(spec, steps, model);
    }

    /** {@return the learner's model, of the columns that the steps hand on} */
    final Model learnerModel() {
        return model;
    }

    /** Writes what the steps and the learner's model compute, one after the other. */
    final List<ModelGraph.Value> export(ModelGraph graph, List<ModelGraph.Value> rows) {
        List<ModelGraph.Value> current = rows;
        for (int i = 0; i < steps.length; i++) {
            current = export(steps[i], "step '" + spec.part(i).name() + "'", graph, current);
        }
        List<ModelGraph.Value> results =
                export(model, "learner '" + spec.learner().name() + "'", graph, current);
        return spec.transform() == TargetTransform.NONE
                ? results
                : List.of(spec.transform().inverse(graph, results.get(0)));
    }

    /** Writes what one part computes. */
    static List<ModelGraph.Value> export(Model model, String part, ModelGraph graph, List<ModelGraph.Value> rows) {
        if (model instanceof ExportableModel exportable) {
            return exportable.export(graph, rows);
        }
        throw AccreteException.badArgument("the model cannot be exported: " + part
                + " does not say what it computes in standard operations; serve it with accrete serve instead");
    }

    /** Explains a row of the learner's model, and carries contributions back through the steps. */
    final void explain(ExplainableModel inner, Chunk chunk, int row, int decision, Contributions out) {
        schema.require(chunk.schema());
        StepBuffers between = take();
        try {
            Chunk[] rows = new Chunk[steps.length + 1];
            rows[0] = chunk.slice(row, row + 1);
            for (int i = 0; i < steps.length; i++) {
                ChunkBuffer made = between.get(i, steps[i].outputSchema(), 1);
                try {
                    steps[i].transform(rows[i], made);
                } catch (RuntimeException | Error e) {
                    throw spec.part(i).failure("transform", e, row);
                }
                rows[i + 1] = made.chunk();
            }
            Contributions current = steps.length == 0 ? out : new Contributions();
            try {
                inner.explain(rows[steps.length], 0, decision, current);
            } catch (RuntimeException | Error e) {
                throw failure("explain", e);
            }
            for (int i = steps.length - 1; i >= 0; i--) {
                Contributions inputs = i == 0 ? out : new Contributions();
                try {
                    ((ExplainableTransformer) steps[i]).carryBack(rows[i], 0, current, inputs);
                } catch (RuntimeException | Error e) {
                    throw spec.part(i).failure("carryBack", e, row);
                }
                current = inputs;
            }
        } finally {
            giveBack(between);
        }
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    /**
     * {@return the descriptions of the steps' models, of the target's transform if there is one, then the learner's}
     */
    @Override
    public final List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (Transformer step : steps) {
            lines.addAll(step.describe());
        }
        if (spec.transform() != TargetTransform.NONE) {
            lines.add("learned: " + spec.transform().describe());
        }
        lines.addAll(model.describe());
        return lines;
    }

    /** {@return buffers for one call} */
    final StepBuffers take() {
        if (buffers.isPresent()) {
            return buffers.get();
        }
        Optional<StepBuffers> taken = idle.getAndSet(Optional.empty());
        return taken.isPresent() ? taken.get() : new StepBuffers(steps.length);
    }

    /** Ends the call that took them. */
    final void giveBack(StepBuffers taken) {
        if (buffers.isEmpty() && taken.rows() <= MOST_ROWS_KEPT) {
            idle.set(taken.asOptional());
        }
    }

    /** {@return the rows as the learner's model needs them, in the buffers} */
    final Chunk transformed(Chunk chunk, StepBuffers between) {
        schema.require(chunk.schema());
        Chunk current = chunk;
        if (chunk.rows() == 0 && steps.length > 0) {
            return new ChunkBuffer(steps[steps.length - 1].outputSchema(), 1).chunk();
        }
        for (int i = 0; i < steps.length; i++) {
            ChunkBuffer out = between.get(i, steps[i].outputSchema(), current.rows());
            try {
                steps[i].transform(current, out);
            } catch (RuntimeException | Error e) {
                throw spec.part(i).failure("transform", e, 0);
            }
            current = out.chunk();
        }
        return current;
    }

    /** {@return what to throw after the learner's model threw; its own refusals do not name it} */
    final RuntimeException failure(String method, Throwable thrown) {
        return PlugInCalls.failure(spec.learner().provider(), method, thrown);
    }

    private static class OfClasses<C extends Classifier> extends PipelineModel implements Classifier {
        final C inner;

        OfClasses(Schema schema, ResolvedSpec spec, Transformer[] steps, C inner, Optional<StepBuffers> buffers) {
            super(schema, spec, steps, buffers, inner);
            this.inner = inner;
        }

        @Override
        public final List<String> classes() {
            return inner.classes();
        }

        @Override
        public final int decisions() {
            return inner.decisions();
        }

        @Override
        public final void decide(Chunk chunk, double[] out) {
            StepBuffers between = take();
            try {
                Chunk rows = transformed(chunk, between);
                try {
                    inner.decide(rows, out);
                } catch (RuntimeException | Error e) {
                    throw failure("decide", e);
                }
            } finally {
                giveBack(between);
            }
        }

        @Override
        public final int winner(double[] decisions, int row) {
            return inner.winner(decisions, row);
        }
    }

    private static class OfProbabilities extends OfClasses<ProbabilisticClassifier> implements ProbabilisticClassifier {
        OfProbabilities(
                Schema schema,
                ResolvedSpec spec,
                Transformer[] steps,
                ProbabilisticClassifier inner,
                Optional<StepBuffers> buffers) {
            super(schema, spec, steps, inner, buffers);
        }

        @Override
        public final void probabilities(double[] decisions, int rows, int classes, double[] out) {
            try {
                inner.probabilities(decisions, rows, classes, out);
            } catch (RuntimeException | Error e) {
                throw failure("probabilities", e);
            }
        }
    }

    private static class OfNumbers extends PipelineModel implements Regressor {
        final Regressor inner;
        private final TargetTransform transform;

        OfNumbers(
                Schema schema, ResolvedSpec spec, Transformer[] steps, Regressor inner, Optional<StepBuffers> buffers) {
            super(schema, spec, steps, buffers, inner);
            this.inner = inner;
            this.transform = spec.transform();
        }

        @Override
        public final void predict(Chunk chunk, double[] out) {
            StepBuffers between = take();
            try {
                Chunk rows = transformed(chunk, between);
                try {
                    inner.predict(rows, out);
                } catch (RuntimeException | Error e) {
                    throw failure("predict", e);
                }
                transform.inverse(out, chunk.rows());
            } finally {
                giveBack(between);
            }
        }
    }

    private static final class ExplainedClasses extends OfClasses<Classifier> implements ExplainableModel {
        ExplainedClasses(
                Schema schema,
                ResolvedSpec spec,
                Transformer[] steps,
                Classifier inner,
                Optional<StepBuffers> buffers) {
            super(schema, spec, steps, inner, buffers);
        }

        @Override
        public void explain(Chunk chunk, int row, int decision, Contributions out) {
            explain((ExplainableModel) inner, chunk, row, decision, out);
        }
    }

    private static final class ExplainedProbabilities extends OfProbabilities implements ExplainableModel {
        ExplainedProbabilities(
                Schema schema,
                ResolvedSpec spec,
                Transformer[] steps,
                ProbabilisticClassifier inner,
                Optional<StepBuffers> buffers) {
            super(schema, spec, steps, inner, buffers);
        }

        @Override
        public void explain(Chunk chunk, int row, int decision, Contributions out) {
            explain((ExplainableModel) inner, chunk, row, decision, out);
        }
    }

    private static final class ExplainedNumbers extends OfNumbers implements ExplainableModel {
        ExplainedNumbers(
                Schema schema, ResolvedSpec spec, Transformer[] steps, Regressor inner, Optional<StepBuffers> buffers) {
            super(schema, spec, steps, inner, buffers);
        }

        @Override
        public void explain(Chunk chunk, int row, int decision, Contributions out) {
            explain((ExplainableModel) inner, chunk, row, decision, out);
        }
    }

    private static final class OfScores extends PipelineModel implements AnomalyScorer {
        private final AnomalyScorer inner;

        OfScores(
                Schema schema,
                ResolvedSpec spec,
                Transformer[] steps,
                AnomalyScorer inner,
                Optional<StepBuffers> buffers) {
            super(schema, spec, steps, buffers, inner);
            this.inner = inner;
        }

        @Override
        public void score(Chunk chunk, double[] out) {
            StepBuffers between = take();
            try {
                Chunk rows = transformed(chunk, between);
                try {
                    inner.score(rows, out);
                } catch (RuntimeException | Error e) {
                    throw failure("score", e);
                }
            } finally {
                giveBack(between);
            }
        }
    }

    private static final class OfClusters extends PipelineModel implements Clusterer {
        private final Clusterer inner;

        OfClusters(
                Schema schema, ResolvedSpec spec, Transformer[] steps, Clusterer inner, Optional<StepBuffers> buffers) {
            super(schema, spec, steps, buffers, inner);
            this.inner = inner;
        }

        @Override
        public int clusters() {
            return inner.clusters();
        }

        @Override
        public void distances(Chunk chunk, double[] out) {
            StepBuffers between = take();
            try {
                Chunk rows = transformed(chunk, between);
                try {
                    inner.distances(rows, out);
                } catch (RuntimeException | Error e) {
                    throw failure("distances", e);
                }
            } finally {
                giveBack(between);
            }
        }
    }

    private static final class OfRows extends PipelineModel implements Transformer {
        private final Transformer inner;

        OfRows(
                Schema schema,
                ResolvedSpec spec,
                Transformer[] steps,
                Transformer inner,
                Optional<StepBuffers> buffers) {
            super(schema, spec, steps, buffers, inner);
            this.inner = inner;
        }

        @Override
        public Schema outputSchema() {
            return inner.outputSchema();
        }

        @Override
        public void transform(Chunk chunk, ChunkBuffer out) {
            StepBuffers between = take();
            try {
                Chunk rows = transformed(chunk, between);
                try {
                    inner.transform(rows, out);
                } catch (RuntimeException | Error e) {
                    throw failure("transform", e);
                }
            } finally {
                giveBack(between);
            }
        }
    }
}
