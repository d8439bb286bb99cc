package org.accrete.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Transformer;
import org.accrete.api.store.State;

/**
 * A wrapper around a learner that checks the caller and the learner. It throws an {@link AssertionError} when
 *
 * <ul>
 *   <li>the caller uses two threads at once, or uses a view on another thread than the one that requested it, or after
 *       the next {@code partialFit};
 *   <li>the learner writes to the chunk, changes its state although it refused, or miscounts its rows.
 * </ul>
 *
 * <p>Slow, because each call copies the state.
 */
public final class AssertingLearner implements Learner {
    private final Learner learner;
    private final AtomicReference<Thread> caller = new AtomicReference<>();
    private volatile long fits;

    /**
     * Creates a wrapper.
     *
     * @param learner the wrapped learner; the caller must not use it any more
     */
    public AssertingLearner(Learner learner) {
        this.learner = learner;
    }

    @Override
    public Schema schema() {
        return exclusively(learner::schema);
    }

    @Override
    public void partialFit(Chunk chunk) {
        exclusively(() -> {
            State before = learner.state();
            long seen = learner.rowsSeen();
            long digest = ChunkDigest.of(chunk, 0);
            fits++;
            boolean accepted = false;
            try {
                learner.partialFit(chunk);
                accepted = true;
            } finally {
                check(ChunkDigest.of(chunk, 0) == digest, "partialFit wrote to the chunk");
                check(learner.rowsSeen() == (accepted ? seen + chunk.rows() : seen), "rowsSeen is wrong");
                check(accepted || learner.state().equals(before), "a refused chunk changed the state");
            }
            return fits;
        });
    }

    @Override
    public long rowsSeen() {
        return exclusively(learner::rowsSeen);
    }

    @Override
    public Model view() {
        return exclusively(() -> {
            Model view = learner.view();
            check(view != null, "view() returned null");
            if (view instanceof ProbabilisticClassifier classifier) {
                return new ProbabilisticView(classifier);
            }
            if (view instanceof Classifier classifier) {
                return new ClassifierView<>(classifier);
            }
            if (view instanceof Regressor regressor) {
                return new RegressorView(regressor);
            }
            if (view instanceof AnomalyScorer scorer) {
                return new ScorerView(scorer);
            }
            if (view instanceof Clusterer clusterer) {
                return new ClustererView(clusterer);
            }
            if (view instanceof Transformer transformer) {
                return new TransformerView(transformer);
            }
            return new View<>(view);
        });
    }

    @Override
    public Model snapshot() {
        return exclusively(() -> {
            Model snapshot = learner.snapshot();
            check(snapshot != null, "snapshot() returned null");
            return snapshot;
        });
    }

    @Override
    public State state() {
        return exclusively(learner::state);
    }

    private <T> T exclusively(Supplier<T> call) {
        Thread me = Thread.currentThread();
        Thread other = caller.compareAndExchange(null, me);
        check(other == null, "two threads at once: " + me.getName() + " while " + other);
        try {
            return call.get();
        } finally {
            caller.set(null);
        }
    }

    private static void check(boolean kept, String what) {
        if (!kept) {
            throw new AssertionError(what);
        }
    }

    private class View<M extends Model> implements Model {
        private final M model;
        private final Thread thread = Thread.currentThread();
        private final long madeAfter = fits;

        View(M model) {
            this.model = model;
        }

        final M model() {
            check(thread == Thread.currentThread(), "a view of " + thread + " used on " + Thread.currentThread());
            check(madeAfter == fits, "a view used after the next partialFit");
            return model;
        }

        @Override
        public Schema schema() {
            return model().schema();
        }
    }

    private class ClassifierView<M extends Classifier> extends View<M> implements Classifier {
        ClassifierView(M model) {
            super(model);
        }

        @Override
        public List<String> classes() {
            return model().classes();
        }

        @Override
        public int decisions() {
            return model().decisions();
        }

        @Override
        public void decide(Chunk chunk, double[] out) {
            model().decide(chunk, out);
        }

        @Override
        public int winner(double[] decisions, int row) {
            return model().winner(decisions, row);
        }
    }

    private final class ProbabilisticView extends ClassifierView<ProbabilisticClassifier>
            implements ProbabilisticClassifier {
        ProbabilisticView(ProbabilisticClassifier model) {
            super(model);
        }

        @Override
        public void probabilities(double[] decisions, int rows, int classes, double[] out) {
            model().probabilities(decisions, rows, classes, out);
        }
    }

    private final class RegressorView extends View<Regressor> implements Regressor {
        RegressorView(Regressor model) {
            super(model);
        }

        @Override
        public void predict(Chunk chunk, double[] out) {
            model().predict(chunk, out);
        }
    }

    private final class ScorerView extends View<AnomalyScorer> implements AnomalyScorer {
        ScorerView(AnomalyScorer model) {
            super(model);
        }

        @Override
        public void score(Chunk chunk, double[] out) {
            model().score(chunk, out);
        }
    }

    private final class ClustererView extends View<Clusterer> implements Clusterer {
        ClustererView(Clusterer model) {
            super(model);
        }

        @Override
        public int clusters() {
            return model().clusters();
        }

        @Override
        public void distances(Chunk chunk, double[] out) {
            model().distances(chunk, out);
        }
    }

    private final class TransformerView extends View<Transformer> implements Transformer {
        TransformerView(Transformer model) {
            super(model);
        }

        @Override
        public Schema outputSchema() {
            return model().outputSchema();
        }

        @Override
        public void transform(Chunk chunk, ChunkBuffer out) {
            model().transform(chunk, out);
        }
    }
}
