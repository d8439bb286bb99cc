package org.accrete.learners.sgd;

import java.util.List;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Classifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Tells classes apart: up to two by one linear function, more by one each. A class is added just before the first row
 * that has it is learned, so chunk borders do not matter.
 */
final class SgdClassifier extends SgdLearner {
    private static final String CLASSES = "classes";

    private final Optional<Link> share;
    private final ClassList classes;
    private List<String> offered = List.of();

    SgdClassifier(Schema schema, Params params) {
        super(
                schema,
                params,
                SgdParams.classifierDescent(params),
                functions(schema.target().classes().size()));
        this.share = SgdParams.share(params);
        this.classes = new ClassList(schema.target().classes(), params);
        descent.know(classes.labels(), classes.size());
    }

    SgdClassifier(Schema schema, Params params, State state, boolean begins) {
        super(
                schema,
                params,
                SgdParams.classifierDescent(params),
                functions(state.list(CLASSES).size()),
                state,
                begins);
        this.share = SgdParams.share(params);
        this.classes = new ClassList(state.list(CLASSES), params);
        descent.restoreClasses(classes.labels(), state);
    }

    /** {@return how many linear functions tell so many classes apart} */
    static int functions(int classes) {
        return classes <= 2 ? 1 : classes;
    }

    @Override
    int check(Chunk chunk) {
        int size = classes.check(chunk);
        TrainableWeights.requireRoom(weights.width, functions(size));
        return size;
    }

    @Override
    void learn(Chunk chunk, int size, double t) {
        descent.know(chunk.classes(), size);
        int rows = chunk.rows();
        int known = classes.size();
        int from = 0;
        while (known < size) {
            int to = from;
            while (chunk.target(to) < known) {
                to++;
            }
            descent.learn(weights, chunk, from, to, t);
            known = (int) chunk.target(to) + 1;
            from = to;
            if (functions(known) > weights.count()) {
                descent.decide(weights, chunk, to);
                weights.grow(known, descent.half());
                descent.refresh(weights);
                descent.learnUnheard(weights, chunk, to, t);
                from = to + 1;
            }
        }
        descent.learn(weights, chunk, from, rows, t);
    }

    @Override
    void accept(Chunk chunk, int size) {
        classes.grow(chunk, size);
    }

    @Override
    List<String> labels() {
        return classes.labels();
    }

    @Override
    List<String> joined(List<String> theirs) {
        return classes.joined(theirs);
    }

    @Override
    void become(List<String> joined) {
        classes.become(joined);
        offered = List.of();
    }

    @Override
    public void classes(List<String> labels) {
        offered = labels.equals(classes.labels()) ? List.of() : List.copyOf(labels);
    }

    @Override
    List<String> offered() {
        return offered.isEmpty() ? classes.labels() : offered;
    }

    @Override
    void say(double[] values, int count) {}

    @Override
    void putInto(State.Builder state) {
        state.list(CLASSES, classes.labels());
    }

    @Override
    public Classifier view() {
        return model(weights.readable());
    }

    @Override
    public Classifier snapshot() {
        return model(weights.readable().copy());
    }

    private Classifier model(LinearWeights readable) {
        List<String> labels = classes.labels();
        return share.isPresent()
                ? new ProbabilisticLinearClassifier(schema, labels, readable, share.get())
                : new LinearClassifier(schema, labels, readable);
    }
}
