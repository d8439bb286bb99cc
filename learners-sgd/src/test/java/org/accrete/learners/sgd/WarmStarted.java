package org.accrete.learners.sgd;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.weights.LinearWeights;

/**
 * Makes learners that have seen nothing but begin from some weights, which are their source if they have one.
 *
 * @param provider of the learners
 * @param fromFile whether they begin with the weights alone, as of a file, not from a state
 */
record WarmStarted(LearnerProvider provider, boolean fromFile) implements LearnerProvider {
    private static final Set<String> WEIGHTS = Set.of("coef", "sgd.weights");
    private static final Set<String> INTERCEPTS = Set.of("intercept", "sgd.intercept");

    WarmStarted(LearnerProvider provider) {
        this(provider, false);
    }

    /** {@return some weights} */
    static double[] weights(int length) {
        double[] weights = new double[length];
        Arrays.setAll(weights, i -> 0.3 * Math.sin(1 + 7 * i));
        return weights;
    }

    /** {@return some intercepts} */
    static double[] intercepts(int length) {
        double[] intercepts = new double[length];
        Arrays.setAll(intercepts, c -> 0.2 - 0.1 * c);
        return intercepts;
    }

    /** {@return the state of a learner that has seen nothing, but with these weights} */
    private static State known(State nothing, boolean constant) {
        State.Builder known = State.builder();
        nothing.tensors().forEach((name, tensor) -> {
            long[] shape = tensor.shape();
            int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            if (WEIGHTS.contains(name)) {
                known.doubles(name, weights(length), shape);
            } else if (INTERCEPTS.contains(name) && constant) {
                known.doubles(name, intercepts(length), shape);
            } else {
                known.tensor(name, tensor);
            }
        });
        nothing.texts().forEach(known::text);
        return known.build();
    }

    static Learner learner(Schema schema, String... pairs) {
        return new WarmStarted(SgdLearners.provider(schema)).create(schema, SgdLearners.params(schema, pairs));
    }

    @Override
    public Learner create(Schema schema, Params params) {
        boolean constant = params.toMap().get("fit-intercept").equals("true");
        Target target = schema.target();
        if (fromFile
                && target.kind() == Target.Kind.CATEGORICAL
                && target.classes().isEmpty()) {
            // There are no functions yet.
            return provider.create(schema, params);
        }
        if (fromFile && provider instanceof WarmStartProvider warm) {
            int functions = LinearWeights.functions(target.classes().size());
            State weights = State.builder()
                    .doubles("coef", weights(functions * schema.width()), functions, schema.width())
                    .doubles("intercept", intercepts(functions))
                    .build();
            return warm.createWithWeights(schema, params, weights, true);
        }
        return provider.beginFrom(
                schema, params, known(provider.create(schema, params).state(), constant));
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        return provider.restore(schema, params, state);
    }

    @Override
    public Learner beginFrom(Schema schema, Params params, State state) {
        return provider.beginFrom(schema, params, state);
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public String summary() {
        return provider.summary();
    }

    @Override
    public List<ParamSpec<?>> params() {
        return provider.params();
    }

    @Override
    public Set<Target.Kind> targets() {
        return provider.targets();
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        return provider.memoryBytes(schema, params);
    }

    /** {@return the settings, with prior=source} */
    static Map<String, String> withPrior(String optimizer, String penalty, String alpha) {
        return Map.of("optimizer", optimizer, "penalty", penalty, "alpha", alpha, "prior", "source");
    }
}
