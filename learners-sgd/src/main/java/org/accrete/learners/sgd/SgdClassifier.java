package org.accrete.learners.sgd;

import java.util.List;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Classifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.loss.Link;
import org.accrete.learners.sgd.optimizer.DecisionSink;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;

/**
 * Learns to tell classes apart: one linear function for up to two classes, else one for each. A class is added just
 * before its first row is learned, so chunk borders do not matter.
 */
final class SgdClassifier extends SgdLearner {
    private static final String CLASSES = "classes";

    private final Optional<Link> link;
    private final ClassList classes;
    /** Of a row with a new class: it is decided by the functions from before the class. */
    private final DecisionSink ignored = new DecisionSink();

    private List<String> offered = List.of();

    SgdClassifier(Schema schema, Params params) {
        super(
                schema,
                params,
                SgdParams.classifier(params, schema.width(), schema.target().classes()));
        this.link = SgdParams.link(params);
        this.classes = new ClassList(schema.target().classes(), params);
    }

    SgdClassifier(Schema schema, Params params, State state, boolean starts) {
        super(schema, params, SgdParams.classifier(params, schema.width(), state.list(CLASSES)), state, starts);
        this.link = SgdParams.link(params);
        this.classes = new ClassList(state.list(CLASSES), params);
    }

    @Override
    int check(Chunk chunk) {
        int size = classes.check(chunk);
        TrainableWeights.requireRoom(schema.width(), LinearWeights.functions(size));
        return size;
    }

    @Override
    void learn(Chunk chunk, int size, double t, DecisionSink sink) {
        optimizer.know(chunk.classes(), size);
        int known = classes.size();
        int from = 0;
        while (known < size) {
            int to = from;
            while (chunk.target(to) < known) {
                to++;
            }
            optimizer.learn(chunk, from, to, t, sink);
            known = (int) chunk.target(to) + 1;
            from = to;
            if (LinearWeights.functions(known) > optimizer.count()) {
                optimizer.decide(chunk, to, sink);
                optimizer.grow(known);
                optimizer.learn(chunk, to, to + 1, t, ignored);
                from = to + 1;
            }
        }
        optimizer.learn(chunk, from, chunk.rows(), t, sink);
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
    void predictFrom(double[] values, int count) {}

    @Override
    void write(State.Builder state) {
        state.list(CLASSES, classes.labels());
    }

    @Override
    public Classifier view() {
        return model(optimizer.model());
    }

    @Override
    public Classifier snapshot() {
        return model(optimizer.model().copy());
    }

    private Classifier model(LinearWeights weights) {
        List<String> labels = classes.labels();
        return link.isPresent()
                ? new ProbabilisticLinearClassifier(schema, labels, weights, link.get())
                : new LinearClassifier(schema, labels, weights);
    }
}
