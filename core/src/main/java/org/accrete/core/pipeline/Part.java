package org.accrete.core.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.core.plugin.PlugInCalls;

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

    /** {@return the parameter of the first learning rate, if it is tunable} */
    Optional<ParamSpec<?>> rate() {
        return provider.params().stream()
                .filter(spec -> spec.name().equals("eta0") && spec.isTunable() && spec.type() == Double.class)
                .findFirst();
    }

    /** {@return a learner that goes on from the state of another one, with another first learning rate} */
    Learner withRate(double factor, Learner learner) {
        ParamSpec<?> spec = rate().orElseThrow(
                        () -> AccreteException.badState(name() + " has no tunable parameter 'eta0' to be multiplied"));
        Map<String, String> changed = new LinkedHashMap<>(params.toMap());
        double most = spec.domain() instanceof Domain.Range range ? range.max() : Double.POSITIVE_INFINITY;
        double rate = Double.parseDouble(String.valueOf(changed.get(spec.name()))) * factor;
        changed.put(spec.name(), Double.toString(Math.min(rate, most)));
        Params faster = Params.parse(provider.params(), changed);
        return named("restore", () -> provider.restore(learner.schema(), faster, learner.state()));
    }

    List<String> tunable() {
        return provider.params().stream()
                .filter(ParamSpec::isTunable)
                .map(ParamSpec::name)
                .toList();
    }

    /**
     * {@return what a call of the part returns, which is never null} An error of the part gets the part's name.
     *
     * @param method name of the method, for messages
     */
    <T> T named(String method, Supplier<T> call) {
        try {
            return PlugInCalls.call(provider, method, call);
        } catch (AccreteException e) {
            throw named(e, name(), 0);
        }
    }

    /**
     * {@return what to throw after the part threw}
     *
     * @param method name of the method, for messages
     * @param rowOffset added to the row that an error is about
     */
    RuntimeException failure(String method, Throwable thrown, int rowOffset) {
        RuntimeException failure = PlugInCalls.failure(provider, method, thrown);
        return failure instanceof AccreteException known ? named(known, name(), rowOffset) : failure;
    }

    /** {@return a part's error with the part's name before the message and the row's number in the pipeline's chunk} */
    static AccreteException named(AccreteException error, String name, int rowOffset) {
        if (error.kind() == AccreteException.Kind.PLUG_IN_FAILED) {
            // Names the part already.
            return error;
        }
        String message = name + ": " + error.getMessage();
        AccreteException named = error.chunkRow().isPresent()
                ? AccreteException.badRow(error.chunkRow().getAsInt() + rowOffset, message)
                : new AccreteException(error.kind(), message);
        named.initCause(error);
        return error.where().isPresent() ? named.at(error.where().get()) : named;
    }
}
