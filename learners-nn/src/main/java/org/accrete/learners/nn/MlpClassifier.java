package org.accrete.learners.nn;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Tells classes apart by a softmax of one output each. A class is added with the first row that has it, so chunks do
 * not matter.
 */
final class MlpClassifier extends MlpLearner {
    private static final String CLASSES = "classes";

    private final Params params;
    private final ClassList classes;

    private MlpClassifier(Schema schema, Params params, Network network, ClassList classes) {
        super(schema, params, MlpParams.classifierTrainer(network, params));
        this.params = params;
        this.classes = classes;
    }

    /** {@return a learner that has seen nothing} */
    static MlpClassifier create(Schema schema, Params params) {
        ClassList classes = new ClassList(schema.target().classes(), params);
        Network network = MlpParams.network(schema, params, classes.size());
        MlpParams.draw(network, params);
        return new MlpClassifier(schema, params, network, classes);
    }

    /** {@return a learner that has seen nothing and begins with weights from elsewhere} */
    static MlpClassifier begin(Schema schema, Params params, State weights, boolean head) {
        ClassList classes = new ClassList(schema.target().classes(), params);
        Network network = MlpParams.network(schema, params, classes.size());
        MlpParams.draw(network, params);
        Tensors.begin(weights, network, head);
        return new MlpClassifier(schema, params, network, classes);
    }

    /** {@return a learner that goes on from a state} */
    static MlpClassifier restore(Schema schema, Params params, State state) {
        ClassList classes = new ClassList(state.list(CLASSES), params);
        Network network = MlpParams.network(schema, params, classes.size());
        MlpClassifier learner = new MlpClassifier(schema, params, network, classes);
        learner.restore(state);
        return learner;
    }

    @Override
    boolean isTarget(float target) {
        return target >= 0 && target < classes.size() && target == (int) target;
    }

    @Override
    int check(Chunk chunk) {
        int size = classes.check(chunk);
        if (size > classes.size()) {
            MlpParams.requireRoom(schema, params, size);
        }
        return size;
    }

    @Override
    int outputsFor(double target) {
        return (int) target + 1;
    }

    @Override
    void accept(Chunk chunk, int size) {
        classes.grow(chunk, size);
    }

    @Override
    void putInto(State.Builder state) {
        state.list(CLASSES, classes.labels());
    }

    @Override
    public ProbabilisticClassifier view() {
        return new NetworkClassifier(schema, classes.labels(), network, () -> scratch);
    }

    @Override
    public ProbabilisticClassifier snapshot() {
        return new NetworkClassifier(schema, classes.labels(), network.copy(), Scratch::new);
    }
}
