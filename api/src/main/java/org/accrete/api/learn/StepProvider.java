package org.accrete.api.learn;

import java.util.EnumSet;
import java.util.Set;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** A plug-in that makes pre-processors. It is registered as a {@link LearnerProvider}. */
public interface StepProvider extends LearnerProvider {
    @Override
    default Set<Target.Kind> targets() {
        return EnumSet.allOf(Target.Kind.class);
    }

    @Override
    Step create(Schema schema, Params params);

    @Override
    Step restore(Schema schema, Params params, State state);
}
