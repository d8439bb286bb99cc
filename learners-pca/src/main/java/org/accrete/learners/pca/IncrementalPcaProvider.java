package org.accrete.learners.pca;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes learners of leading principal components, brought up to date with each block of rows: for many columns and few
 * components.
 */
public final class IncrementalPcaProvider implements StepProvider {
    /** Makes the provider. */
    public IncrementalPcaProvider() {}

    @Override
    public String name() {
        return "incremental-pca";
    }

    @Override
    public String summary() {
        return "leading principal components, brought up to date with each block of rows";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return PcaParams.ALL;
    }

    @Override
    public List<String> likedSteps() {
        return List.of("standard-scaler");
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        return PcaParams.memoryBytes(schema, params, false);
    }

    @Override
    public Step create(Schema schema, Params params) {
        return new PcaLearner(schema, params, LowRank::new);
    }

    @Override
    public Step restore(Schema schema, Params params, State state) {
        return new PcaLearner(schema, params, LowRank::new, state);
    }
}
