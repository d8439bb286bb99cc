package org.accrete.api.learn;

import org.accrete.api.data.Schema;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** A plug-in whose learners can begin with weights from elsewhere: of another model, or from another tool. */
public interface WarmStartProvider extends LearnerProvider {
    /**
     * {@return a learner that has seen nothing and begins with the given weights; missing ones are made as by
     * {@link #create}} Running means and counters are not taken, other than what its weights need or another tool says:
     * units of the target, the place in a learning-rate schedule, the moments of a step. {@link #beginFrom} makes a
     * learner that continues with all of a state.
     *
     * @param schema what the columns are, and the classes known so far
     * @param params values of {@link #params()}
     * @param weights tensors under the names that {@link Learner#state()} gives them, F32 or F64, or under those of a
     *     tool whose names the learner knows
     * @param head whether weights that belong to the target are taken too, where there are any
     * @throws org.accrete.api.AccreteException bad argument: a tensor has another shape than the parameters ask for, or
     *     none is found
     */
    Learner createWithWeights(Schema schema, Params params, State weights, boolean head);
}
