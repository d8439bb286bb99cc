package org.accrete.testkit;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Provides {@link Centre}. */
public class CentreProvider implements StepProvider {
    static final ParamSpec<Long> WARM_UP =
            ParamSpec.whole("warm-up", 0, Domain.Range.atLeast(0), "number of rows before the first output row");

    /** Called by a test. */
    public CentreProvider() {}

    @Override
    public String name() {
        return "centre";
    }

    @Override
    public String summary() {
        return "subtracts the running mean from each column";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(WARM_UP);
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        return 16L * schema.width() + 200;
    }

    /** Creates the step; a mutant overrides this. */
    Centre make(Schema schema, Params params) {
        return new Centre(schema, params.get(WARM_UP));
    }

    @Override
    public final Step create(Schema schema, Params params) {
        return make(schema, params);
    }

    @Override
    public final Step restore(Schema schema, Params params, State state) {
        Centre step = make(schema, params);
        step.load(state);
        return step;
    }
}
