package org.accrete.api.learn;

import java.util.List;
import java.util.Set;
import org.accrete.api.Provider;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** A plug-in that makes learners. */
public interface LearnerProvider extends Provider {
    /** {@return the kinds of target it learns} */
    Set<Target.Kind> targets();

    /**
     * {@return names of the steps that should come before it, in order; {@code train} uses them when none are named}
     */
    default List<String> likedSteps() {
        return List.of();
    }

    /**
     * {@return about how many bytes of heap one learner takes, so that what cannot fit is refused before the first row}
     *
     * @param schema what the columns are
     * @param params values of {@link #params()}
     */
    long memoryBytes(Schema schema, Params params);

    /**
     * {@return a learner that has seen nothing}
     *
     * @param schema what the columns are, and the classes known so far
     * @param params values of {@link #params()}
     * @throws org.accrete.api.AccreteException bad argument: parameters that do not fit together, or not the schema
     */
    Learner create(Schema schema, Params params);

    /**
     * {@return a learner that continues from a state}
     *
     * @param schema what the columns are
     * @param params values of {@link #params()}, the stored ones unless a tunable one was changed
     * @param state what {@link Learner#state()} gave; it may hold more than this learner's part
     * @throws org.accrete.api.AccreteException corrupt file: something is missing or has another shape
     */
    Learner restore(Schema schema, Params params, State state);

    /**
     * {@return a learner that begins another training, with other rows, from a state} The same as {@link #restore},
     * unless the learner uses what it began from, as biased regularization does. A new learner that takes only weights
     * is made by a {@link WarmStartProvider}.
     *
     * @param schema what the columns are
     * @param params values of {@link #params()}, the stored ones unless a tunable one was changed
     * @param state what {@link Learner#state()} gave; it may hold more than this learner's part
     * @throws org.accrete.api.AccreteException corrupt file: something is missing or has another shape
     */
    default Learner beginFrom(Schema schema, Params params, State state) {
        return restore(schema, params, state);
    }
}
