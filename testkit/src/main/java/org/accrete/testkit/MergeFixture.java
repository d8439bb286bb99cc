package org.accrete.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;

/** Creates and merges learners of the plug-in under test, either alone or in a pipeline behind a scaler. */
interface MergeFixture {
    Learner untrained(Schema schema);

    Learner restored(State state);

    void merge(Learner into, Learner other);

    default Learner copy(Learner learner) {
        return restored(learner.state());
    }

    /** {@return one of several learners that go on from a learner, which is not changed} */
    Learner part(Learner learner, int part, int parts);

    /** {@return a new learner trained on the rows in chunks of 50} */
    Learner trained(Chunk rows);

    static MergeFixture standalone(LearnerUnderTest test) {
        return new MergeFixture() {
            @Override
            public Learner untrained(Schema schema) {
                return test.provider().create(schema, test.params());
            }

            @Override
            public Learner restored(State state) {
                return test.provider().restore(test.schema(), test.params(), state);
            }

            @Override
            public Learner trained(Chunk rows) {
                return LearnerFixtures.trained(test, rows);
            }

            @Override
            public void merge(Learner into, Learner other) {
                ((MergeableLearner) into).merge(other);
            }

            @Override
            public Learner part(Learner learner, int part, int parts) {
                DivisibleLearner copy = (DivisibleLearner) copy(learner);
                copy.keepPart(part, parts);
                return copy;
            }
        };
    }

    static MergeFixture behindScaler(LearnerUnderTest test) {
        PlugIns plugIns = PlugIns.of(test.provider(), new StandardScalerProvider());
        PipelineSpec spec = new PipelineSpec(test.provider().name(), List.of("standard-scaler"), test.settings());
        return new MergeFixture() {
            @Override
            public Learner untrained(Schema schema) {
                return Pipeline.create(plugIns, schema, spec);
            }

            @Override
            public Learner restored(State state) {
                return Pipeline.restore(plugIns, state);
            }

            @Override
            public Learner trained(Chunk rows) {
                Learner learner = untrained(test.schema());
                LearnerFixtures.fitInChunks(learner, rows, 0, rows.rows());
                return learner;
            }

            @Override
            public void merge(Learner into, Learner other) {
                ((Pipeline) into).merge((Pipeline) other);
            }

            @Override
            public Learner part(Learner learner, int part, int parts) {
                return ((Pipeline) learner).shard(part, parts);
            }
        };
    }

    /** {@return values of a parameter that differ from a given one} */
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

    /** {@return a dense copy of the rows, shifted and scaled} */
    static Chunk scaled(Chunk rows, double[] centre, double[] scale) {
        ChunkCopy.Editor editor = ChunkCopy.edit(ChunkCopy.dense(rows).chunk());
        for (int row = 0; row < rows.rows(); row++) {
            double[] cells = ChunkCopy.cells(rows, row);
            for (int j = 0; j < cells.length; j++) {
                editor.cell(row, j, (cells[j] - centre[j]) / scale[j]);
            }
        }
        return editor.chunk();
    }
}
