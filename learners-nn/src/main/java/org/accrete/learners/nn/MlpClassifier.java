package org.accrete.learners.nn;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * A network with one output per class and a softmax. A class is added with the first row that has it, so chunk borders
 * do not matter.
 */
final class MlpClassifier extends MlpLearner {
    private static final String CLASSES = "classes";

    private final Params params;
    private final ClassList classes;

    private MlpClassifier(Schema schema, Params params, ClassList classes) {
        super(
                schema,
                params,
                MlpParams.classifierBackpropagation(MlpParams.network(schema, params, classes.size()), params),
                new TargetMoments(false));
        this.params = params;
        this.classes = classes;
    }

    /** {@return a learner of the schema's classes, with weights of 0} */
    static MlpClassifier of(Schema schema, Params params) {
        return new MlpClassifier(schema, params, new ClassList(schema.target().classes(), params));
    }

    /** {@return a learner of the classes in a state, with weights of 0} */
    static MlpClassifier of(Schema schema, Params params, State state) {
        return new MlpClassifier(schema, params, new ClassList(state.list(CLASSES), params));
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
    void readFrom(State state) {}

    @Override
    void putInto(State.Builder state) {
        state.list(CLASSES, classes.labels());
    }

    @Override
    public ProbabilisticClassifier view() {
        return new NetworkClassifier(schema, classes.labels(), network, () -> buffers);
    }

    @Override
    public ProbabilisticClassifier snapshot() {
        return new NetworkClassifier(schema, classes.labels(), network.copy(), PredictionBuffers::new);
    }
}
