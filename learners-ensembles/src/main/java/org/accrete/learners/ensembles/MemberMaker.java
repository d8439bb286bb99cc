package org.accrete.learners.ensembles;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.WrapperProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes members. One with a parameter {@code seed} gets a seed of its own.
 *
 * @param provider the plug-in of the members
 * @param schema what the columns are, and the classes known at the start
 * @param params values of the members' parameters
 * @param seed of the ensemble
 * @param count how many members there are
 */
record MemberMaker(LearnerProvider provider, Schema schema, Params params, long seed, long count) {
    /** The largest seed that a parameter takes, which a double can hold. */
    private static final long LARGEST = 1L << 53;

    Learner create(int member, long resets, List<String> classes) {
        try {
            return provider.create(schema.withClasses(classes), paramsOf(member, resets));
        } catch (AccreteException e) {
            throw named(e);
        }
    }

    /** {@return an error about parameters, which have a prefix here} */
    private AccreteException named(AccreteException error) {
        if (error.kind() != AccreteException.Kind.BAD_ARGUMENT) {
            return error;
        }
        String message = String.valueOf(error.getMessage());
        for (ParamSpec<?> spec : provider.params()) {
            message = message.replaceAll(
                    "(?<![\\w.-])" + Pattern.quote(spec.name()) + "(?==| must )",
                    Matcher.quoteReplacement(WrapperProvider.PREFIX + spec.name()));
        }
        AccreteException named = AccreteException.badArgument(message);
        named.initCause(error);
        return named;
    }

    Learner restore(int member, long resets, State state, boolean begins) {
        Params own = paramsOf(member, resets);
        return begins ? provider.beginFrom(schema, own, state) : provider.restore(schema, own, state);
    }

    private Params paramsOf(int member, long resets) {
        boolean hasSeed = provider.params().stream().anyMatch(MemberMaker::isSeed);
        if (!hasSeed) {
            return params;
        }
        Map<String, String> changed = new HashMap<>(params.toMap());
        long first = Long.parseLong(changed.getOrDefault("seed", "0"));
        changed.put("seed", Long.toString((first + member + count * resets) % LARGEST));
        return Params.parse(provider.params(), changed);
    }

    private static boolean isSeed(ParamSpec<?> spec) {
        return spec.name().equals("seed") && spec.type() == Long.class;
    }
}
