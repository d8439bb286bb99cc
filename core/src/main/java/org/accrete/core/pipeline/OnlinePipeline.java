package org.accrete.core.pipeline;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.Step;

/**
 * A pipeline all of whose parts are row-wise. A row's decision values are what the learner says of it as the steps hand
 * it on.
 */
public final class OnlinePipeline extends Pipeline implements OnlineLearner {
    private final OneRow row;
    private List<String> offered = List.of();
    private double[] said = {};

    OnlinePipeline(Blueprint blueprint, Schema schema, Step[] steps, OnlineLearner learner) {
        super(blueprint, schema, steps, learner);
        this.row = new OneRow(schema);
    }

    /** {@return how many decision values a row has} */
    public static int decisions(Target.Kind kind, int classes) {
        return switch (kind) {
            case CATEGORICAL -> classes <= 2 ? 1 : classes;
            case NUMERIC -> 1;
            case NONE -> 0;
        };
    }

    @Override
    public void partialFit(Chunk chunk, double[] decisions) {
        fit(chunk, decisions);
    }

    @Override
    void learn(Learner last, Chunk rows, double[] decisions) {
        if (decisions != UNASKED && last instanceof OnlineLearner online) {
            online.partialFit(rows, decisions);
        } else {
            last.partialFit(rows);
        }
    }

    @Override
    public void merge(Pipeline other) {
        super.merge(other);
        offered = List.of();
    }

    @Override
    public double[] learnOne(double[] x, double target, double weight) {
        return learnOne(row.dense(x, target, weight, labels()));
    }

    @Override
    public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
        return learnOne(row.sparse(indices, values, count, target, weight, labels()));
    }

    private double[] learnOne(Chunk chunk) {
        int length = decisions(schema().target().kind(), known().size());
        if (said.length != length) {
            said = new double[length];
        }
        fit(chunk, said);
        return said;
    }

    @Override
    public void classes(List<String> labels) {
        offered = labels.equals(known()) ? List.of() : List.copyOf(labels);
    }

    private List<String> labels() {
        return offered.isEmpty() ? known() : offered;
    }
}
