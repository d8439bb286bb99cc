package org.accrete.learners.ensembles;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.WrapperProvider;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** What the two kinds of bagging have in common. */
abstract sealed class EnsembleProvider implements WrapperProvider permits BaggingProvider, LeveragingBaggingProvider {
    static final ParamSpec<String> BASE =
            ParamSpec.text("base", "sgd-classifier", "name of a learner", "the learner of which all members are");

    static final ParamSpec<Long> MEMBERS =
            ParamSpec.whole("n-estimators", 10, Range.between(1, 1_000), "how many members there are");

    static final ParamSpec<Long> SEED = ParamSpec.whole(
            "seed",
            1,
            Range.between(0, 1L << 53),
            "seed of the weights; each member's own seed, if it has one, differs");

    private static final ParamSpec<Double> WEIGHT = ParamSpec.real(
            "mean-weight",
            1,
            new Range(0, true, 100, false),
            "mean of the Poisson distribution of a row's weight in a member");

    static final ParamSpec<Double> DELTA = ParamSpec.real(
            "delta",
            0.002,
            new Range(0, true, 1, true),
            "probability of a false alarm of a member's detector at one look, about");

    private final String name;
    private final String summary;
    private final ParamSpec<Double> weight;
    private final boolean adapts;
    private final Optional<LearnerProvider> other;

    EnsembleProvider(String name, String summary, double weight, boolean adapts, Optional<LearnerProvider> other) {
        this.name = name;
        this.summary = summary;
        this.weight = WEIGHT.withDefault(weight);
        this.adapts = adapts;
        this.other = other;
        if (other.isPresent()
                && (other.get() instanceof StepProvider || targets().isEmpty())) {
            throw AccreteException.badArgument(
                    "base must be a learner that predicts but '" + other.get().name() + "' does not");
        }
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
    public final ParamSpec<String> base() {
        return BASE;
    }

    @Override
    public final Set<Target.Kind> targets() {
        Set<Target.Kind> kinds = EnumSet.of(Target.Kind.CATEGORICAL, Target.Kind.NUMERIC);
        other.ifPresent(learner -> kinds.retainAll(learner.targets()));
        return kinds;
    }

    @Override
    public final List<String> likedSteps() {
        return other.map(LearnerProvider::likedSteps).orElse(List.of());
    }

    @Override
    public final List<ParamSpec<?>> params() {
        List<ParamSpec<?>> params = new ArrayList<>();
        params.add(other.isPresent() ? BASE.withDefault(other.get().name()) : BASE);
        params.addAll(List.of(MEMBERS, SEED, weight));
        if (adapts) {
            params.add(DELTA);
        }
        other.ifPresent(learner -> learner.params().forEach(spec -> params.add(spec.under(PREFIX))));
        return List.copyOf(params);
    }

    private LearnerProvider learner() {
        return other.orElseThrow(() -> AccreteException.badState(name + " must be told its base learner by over()"));
    }

    private Params baseParams(Params params) {
        Map<String, String> given = new HashMap<>();
        params.toMap().forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                given.put(key.substring(PREFIX.length()), value);
            }
        });
        return Params.parse(learner().params(), given);
    }

    @Override
    public final long memoryBytes(Schema schema, Params params) {
        long one = learner().memoryBytes(schema, baseParams(params));
        // The members and the states that they go back to; the rows since.
        long rows = (long) Ensemble.rowsKept(schema) * (8L * Math.min(schema.width(), 1_000) + 32);
        double all = params.get(MEMBERS) * (2.0 * one + 16_384) + rows + 65_536;
        return all < Long.MAX_VALUE ? (long) all : Long.MAX_VALUE;
    }

    /** {@return how members are made} */
    private MemberMaker maker(Schema schema, Params params) {
        return new MemberMaker(learner(), schema, baseParams(params), params.get(SEED), params.get(MEMBERS));
    }

    @Override
    public final Learner create(Schema schema, Params params) {
        return ensemble(schema, params, Optional.empty(), false);
    }

    @Override
    public final Learner restore(Schema schema, Params params, State state) {
        return ensemble(schema, params, Optional.of(state), false);
    }

    @Override
    public final Learner beginFrom(Schema schema, Params params, State state) {
        return ensemble(schema, params, Optional.of(state), true);
    }

    private Learner ensemble(Schema schema, Params params, Optional<State> state, boolean begins) {
        if (!targets().contains(schema.target().kind())) {
            throw AccreteException.badArgument(name + " of " + learner().name() + " needs a target that is "
                    + (targets().contains(Target.Kind.NUMERIC) ? "a number" : "a class"));
        }
        MemberMaker maker = maker(schema, params);
        Members members = new Members(maker, params.get(weight), adapts ? params.get(DELTA) : 0);
        state.ifPresent(stored -> members.restore(stored, begins));
        if (members.isOnline()) {
            return new OnlineEnsemble(maker, members);
        }
        return new Ensemble(maker, members);
    }
}
