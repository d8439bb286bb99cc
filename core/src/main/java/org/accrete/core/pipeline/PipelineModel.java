package org.accrete.core.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
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
        return steps.length == 0 ? model : new PipelineModel(schema, spec, steps, buffers, model);
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

    private static final class OfProbabilities extends OfClasses<ProbabilisticClassifier>
            implements ProbabilisticClassifier {
        OfProbabilities(
                Schema schema,
                ResolvedSpec spec,
                Transformer[] steps,
                ProbabilisticClassifier inner,
                Optional<StepBuffers> buffers) {
            super(schema, spec, steps, inner, buffers);
        }

        @Override
        public void probabilities(double[] decisions, int rows, int classes, double[] out) {
            try {
                inner.probabilities(decisions, rows, classes, out);
            } catch (RuntimeException | Error e) {
                throw failure("probabilities", e);
            }
        }
    }

    private static final class OfNumbers extends PipelineModel implements Regressor {
        private final Regressor inner;
        private final TargetTransform transform;

        OfNumbers(
                Schema schema, ResolvedSpec spec, Transformer[] steps, Regressor inner, Optional<StepBuffers> buffers) {
            super(schema, spec, steps, buffers, inner);
            this.inner = inner;
            this.transform = spec.transform();
        }

        @Override
        public void predict(Chunk chunk, double[] out) {
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
