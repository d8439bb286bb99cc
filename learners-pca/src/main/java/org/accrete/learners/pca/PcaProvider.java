package org.accrete.learners.pca;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** The common part of both providers. */
abstract sealed class PcaProvider implements StepProvider permits CovariancePcaProvider, IncrementalPcaProvider {
    private final String name;
    private final String summary;
    private final CovarianceEstimate.Factory factory;
    private final boolean scatter;

    /** Makes a provider of learners with one kind of estimate; {@code scatter} tells whether it is a scatter matrix. */
    PcaProvider(String name, String summary, CovarianceEstimate.Factory factory, boolean scatter) {
        this.name = name;
        this.summary = summary;
        this.factory = factory;
        this.scatter = scatter;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String summary() {
        return summary;
    }

    @Override
    public final List<ParamSpec<?>> params() {
        return PcaParams.ALL;
    }

    @Override
    public final List<String> likedSteps() {
        return List.of("standard-scaler");
    }

    @Override
    public final long memoryBytes(Schema schema, Params params) {
        return PcaParams.memoryBytes(schema, params, scatter);
    }

    @Override
    public final Step create(Schema schema, Params params) {
        return new PcaLearner(schema, params, factory);
    }

    @Override
    public final Step restore(Schema schema, Params params, State state) {
        return new PcaLearner(schema, params, factory, state);
    }
}
