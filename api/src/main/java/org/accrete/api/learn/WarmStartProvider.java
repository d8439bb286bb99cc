package org.accrete.api.learn;

import org.accrete.api.data.Schema;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** A plug-in whose learners can begin with weights from elsewhere: of another model, or from another tool. */
public interface WarmStartProvider extends LearnerProvider {
    /**
     * {@return a learner that has seen nothing, and begins with the weights that it finds; others it makes as
     * {@link #create} does} Running means and counters are not taken: a learner that goes on with all of a state is
     * {@link #beginFrom}'s.
     *
     * @param schema what the columns are, and the classes known so far
     * @param params values of {@link #params()}
     * @param weights tensors under the names that {@link Learner#state()} gives them, F32 or F64
     * @param head whether the part that belongs to the target is taken too, where it is found
     * @throws org.accrete.api.AccreteException bad argument: a tensor has another shape than the parameters ask for, or
     *     none is found
     */
    Learner createWithWeights(Schema schema, Params params, State weights, boolean head);
}
