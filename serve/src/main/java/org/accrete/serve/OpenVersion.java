package org.accrete.serve;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Function;
import org.accrete.core.serve.ServedModel;

/** A version that can answer, with the predictors that are idle. Thread-safe. */
final class OpenVersion {
    private static final int MOST_IDLE = 16;

    private final ServedModel model;
    private final ArrayBlockingQueue<Predictor> idle = new ArrayBlockingQueue<>(MOST_IDLE);

    OpenVersion(ServedModel model) {
        this.model = model;
    }

    /** {@return the model and its version} */
    ServedModel model() {
        return model;
    }

    /** {@return the version, such as {@code flights@3}} */
    String name() {
        return model.version();
    }

    /** {@return what the work with a predictor gives; it is kept for later, also when the work fails} */
    <T> T predict(Function<Predictor, T> work) {
        Predictor taken = idle.poll();
        Predictor predictor = taken == null ? new Predictor(model, false) : taken;
        try {
            return work.apply(predictor);
        } finally {
            idle.offer(predictor);
        }
    }
}
