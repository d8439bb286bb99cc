package org.accrete.learners.ensembles;

import java.util.Optional;
import org.accrete.api.learn.LearnerProvider;

/** The plug-in {@code leveraging-bagging}: bagging by larger weights, which replaces its worst member upon drift. */
public final class LeveragingBaggingProvider extends EnsembleProvider {
    /** Makes the provider. */
    public LeveragingBaggingProvider() {
        this(Optional.empty());
    }

    private LeveragingBaggingProvider(Optional<LearnerProvider> base) {
        super(
                "leveraging-bagging",
                "bagging by larger weights; when the error of a member rises, the worst one begins anew. base.NAME is a"
                        + " parameter of the learner",
                6,
                true,
                base);
    }

    @Override
    public LeveragingBaggingProvider over(LearnerProvider other) {
        return new LeveragingBaggingProvider(Optional.of(other));
    }
}
