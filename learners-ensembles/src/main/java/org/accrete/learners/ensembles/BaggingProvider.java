package org.accrete.learners.ensembles;

import java.util.Optional;
import org.accrete.api.learn.LearnerProvider;

/** The plug-in {@code bagging}: members that see each row with weights drawn at random. */
public final class BaggingProvider extends EnsembleProvider {
    /** Makes the provider. */
    public BaggingProvider() {
        this(Optional.empty());
    }

    private BaggingProvider(Optional<LearnerProvider> base) {
        super(
                "bagging",
                "members of any learner, each trained on rows of random weights; their predictions are averaged."
                        + " base.NAME is a parameter of that learner",
                1,
                false,
                base);
    }

    @Override
    public BaggingProvider over(LearnerProvider other) {
        return new BaggingProvider(Optional.of(other));
    }
}
