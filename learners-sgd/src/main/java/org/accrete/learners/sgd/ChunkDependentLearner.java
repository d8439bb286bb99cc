package org.accrete.learners.sgd;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * A learner with {@link Compat#SKLEARN} and an L1 penalty. Its model depends on chunk borders, as in scikit-learn, so
 * it is not an {@link org.accrete.api.learn.OnlineLearner}.
 */
record ChunkDependentLearner(SgdLearner learner) implements RescalableLearner, DivisibleLearner {
    /** {@return the learner, wrapped if its parameters make it depend on chunk borders} */
    static Learner wrapIfDependent(SgdLearner learner, Params params) {
        return SgdParams.isRowWise(params) ? learner : new ChunkDependentLearner(learner);
    }

    @Override
    public Schema schema() {
        return learner.schema();
    }

    @Override
    public void partialFit(Chunk chunk) {
        learner.partialFit(chunk);
    }

    @Override
    public long rowsSeen() {
        return learner.rowsSeen();
    }

    @Override
    public List<String> warnings() {
        return learner.warnings();
    }

    @Override
    public Model view() {
        return learner.view();
    }

    @Override
    public Model snapshot() {
        return learner.snapshot();
    }

    @Override
    public State state() {
        return learner.state();
    }

    @Override
    public void merge(Learner other) {
        learner.merge(other);
    }

    @Override
    public void keepPart(int part, int parts) {
        learner.keepPart(part, parts);
    }

    @Override
    public void rescale(Scaling scaling) {
        learner.rescale(scaling);
    }
}
