package org.accrete.core.pipeline;

import java.util.List;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * A step or the learner of a pipeline, with the value of each of its parameters.
 *
 * @param <P> what makes it
 * @param provider what makes it
 * @param params every value
 */
record Part<P extends LearnerProvider>(P provider, Params params) {
    String name() {
        return provider.name();
    }

    List<String> tunable() {
        return provider.params().stream()
                .filter(ParamSpec::isTunable)
                .map(ParamSpec::name)
                .toList();
    }

    /** {@return what the call returns} An error of the part gets the part's name. */
    <T> T named(Supplier<T> call) {
        try {
            return call.get();
        } catch (AccreteException e) {
            throw named(e, name(), 0);
        }
    }

    /** {@return a part's error with the part's name before the message and the row's number in the pipeline's chunk} */
    static AccreteException named(AccreteException error, String name, int rowOffset) {
        String message = name + ": " + error.getMessage();
        AccreteException named = error.chunkRow().isPresent()
                ? AccreteException.badRow(error.chunkRow().getAsInt() + rowOffset, message)
                : new AccreteException(error.kind(), message);
        named.initCause(error);
        return error.where().isPresent() ? named.at(error.where().get()) : named;
    }
}
