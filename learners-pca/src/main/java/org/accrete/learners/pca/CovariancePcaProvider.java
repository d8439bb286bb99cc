package org.accrete.learners.pca;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes learners of principal components of the exact covariance, which merge exactly: for up to some thousands of
 * columns.
 */
public final class CovariancePcaProvider implements StepProvider {
    /** Makes the provider. */
    public CovariancePcaProvider() {}

    @Override
    public String name() {
        return "covariance-pca";
    }

    @Override
    public String summary() {
        return "principal components of the exact covariance, in any chunking; for up to some thousands of columns";
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
        return PcaParams.memoryBytes(schema, params, true);
    }

    @Override
    public Step create(Schema schema, Params params) {
        return new PcaLearner(schema, params, Moments::new);
    }

    @Override
    public Step restore(Schema schema, Params params, State state) {
        return new PcaLearner(schema, params, Moments::new, state);
    }
}
