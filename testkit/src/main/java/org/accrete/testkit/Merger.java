package org.accrete.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;

/** A way of using a learner that is to be merged: by itself, or in a pipeline. */
interface Merger {
    Learner fresh(Schema schema);

    Learner restored(State state);

    void merge(Learner into, Learner other);

    default Learner copy(Learner learner) {
        return restored(learner.state());
    }

    /** {@return a learner of some rows, in chunks of 50} */
    Learner trained(Chunk rows);

    static Merger plain(LearnerContract contract) {
        return new Merger() {
            @Override
            public Learner fresh(Schema schema) {
                return contract.provider().create(schema, contract.params());
            }

            @Override
            public Learner restored(State state) {
                return contract.provider().restore(contract.schema(), contract.params(), state);
            }

            @Override
            public Learner trained(Chunk rows) {
                return Trial.trained(contract, rows);
            }

            @Override
            public void merge(Learner into, Learner other) {
                ((MergeableLearner) into).merge(other);
            }
        };
    }

    static Merger behindScaler(LearnerContract contract) {
        PlugIns plugIns = PlugIns.of(contract.provider(), new StandardScalerProvider());
        PipelineSpec spec =
                new PipelineSpec(contract.provider().name(), List.of("standard-scaler"), contract.settings());
        return new Merger() {
            @Override
            public Learner fresh(Schema schema) {
                return Pipeline.create(plugIns, schema, spec);
            }

            @Override
            public Learner restored(State state) {
                return Pipeline.restore(plugIns, state);
            }

            @Override
            public Learner trained(Chunk rows) {
                Learner learner = fresh(contract.schema());
                Trial.fit(learner, rows, 0, rows.rows());
                return learner;
            }

            @Override
            public void merge(Learner into, Learner other) {
                ((Pipeline) into).merge((Pipeline) other);
            }
        };
    }

    /** {@return values of a parameter other than one, some of which may be outside its domain in words} */
    static List<String> otherValues(ParamSpec<?> spec, String value) {
        List<String> values = new ArrayList<>();
        if (spec.domain() instanceof Domain.Choice choice) {
            values.addAll(choice.words());
        } else if (spec.domain() instanceof Domain.Range range) {
            double number = Double.parseDouble(value);
            for (double other : new double[] {number / 2, number + 1, 0.75, 3}) {
                if (range.contains(other) && other != number) {
                    boolean whole = other == Math.rint(other);
                    values.add(whole ? String.format(Locale.ROOT, "%.0f", other) : Double.toString(other));
                }
            }
        }
        values.remove(value);
        return values;
    }

    /** {@return dense rows that were shifted and scaled} */
    static Chunk scaled(Chunk rows, double[] centre, double[] scale) {
        Rows.Draft draft = Rows.draft(Rows.dense(rows).chunk());
        for (int row = 0; row < rows.rows(); row++) {
            double[] cells = Rows.cells(rows, row);
            for (int j = 0; j < cells.length; j++) {
                draft.cell(row, j, (cells[j] - centre[j]) / scale[j]);
            }
        }
        return draft.chunk();
    }
}
