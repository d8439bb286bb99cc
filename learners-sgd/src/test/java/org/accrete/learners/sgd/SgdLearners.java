package org.accrete.learners.sgd;

import java.util.HashMap;
import java.util.Map;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes learners as the command line does: from a schema and {@code key=value} pairs; by plain descent unless an
 * optimizer is among them.
 */
final class SgdLearners {
    private SgdLearners() {}

    static LearnerProvider provider(Schema schema) {
        return schema.target().kind() == Target.Kind.CATEGORICAL
                ? new SgdClassifierProvider()
                : new SgdRegressorProvider();
    }

    static String word(Enum<?> constant) {
        return ParamSpec.word(constant.name());
    }

    static Params params(Schema schema, String... pairs) {
        Map<String, String> given = new HashMap<>(Map.of("optimizer", "sgd"));
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            given.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return Params.parse(provider(schema).params(), given);
    }

    static Learner learner(Schema schema, String... pairs) {
        return provider(schema).create(schema, params(schema, pairs));
    }

    static Learner restored(Schema schema, State state, String... pairs) {
        return provider(schema).restore(schema, params(schema, pairs), state);
    }
}
