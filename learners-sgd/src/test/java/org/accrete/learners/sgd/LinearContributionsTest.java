package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Regressor;
import org.accrete.testkit.RandomChunks;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A column of a linear model contributes by how much the decision value changes when it becomes 0. */
@ExtendWith(RunSeed.class)
class LinearContributionsTest {
    private static final int WIDTH = 5;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer=sgd",
                "average=10",
                "optimizer=adagrad-mixture",
                "optimizer=ftrl",
                "optimizer=adagrad",
                "multi-class=softmax"
            })
    void contributionIsWhatAColumnChanges(String setting) {
        Schema schema = Schema.numeric(WIDTH, Target.categorical("y", List.of("a", "b", "c")));
        Learner learner = SgdLearners.learner(schema, setting);
        learner.partialFit(
                RandomChunks.of(schema).rows(500, RunSeed.random("rows").nextLong()));
        Chunk rows = RandomChunks.of(schema).rows(20, RunSeed.random("others").nextLong());
        Classifier model = (Classifier) learner.snapshot();
        double[] whole = new double[rows.rows() * 3];
        model.decide(rows, whole);
        Contributions found = new Contributions();
        double[] without = new double[3];
        for (int row = 0; row < rows.rows(); row++) {
            for (int c = 0; c < 3; c++) {
                ((ExplainableModel) model).explain(rows, row, c, found);
                for (int i = 0; i < found.size(); i++) {
                    model.decide(zeroed(rows, row, found.column(i)), without);
                    assertThat(found.amount(i))
                            .as("column %s of row %s for class %s", found.column(i), row, c)
                            .isCloseTo(whole[row * 3 + c] - without[c], offset(1e-9));
                }
                model.decide(zeroed(rows, row, -1), without);
                assertThat(found.base()).isCloseTo(without[c], offset(1e-12));
            }
        }
    }

    /** {@return the row with one column 0, or all of them} */
    private static Chunk zeroed(Chunk rows, int row, int column) {
        DenseChunk dense = (DenseChunk) rows;
        ChunkBuffer one = new ChunkBuffer(rows.schema(), 1);
        one.beginRow();
        for (int j = 0; j < WIDTH; j++) {
            one.put(j, column < 0 || j == column ? 0 : dense.values()[dense.offset(row) + j]);
        }
        one.endRow();
        return one.chunk();
    }

    @Test
    void onlySumsAreExplained() {
        Schema schema = Schema.numeric(WIDTH, Target.numeric("y"));
        assertThat(SgdLearners.learner(schema, "loss=huber").snapshot())
                .isInstanceOf(Regressor.class)
                .isInstanceOf(ExplainableModel.class);
        assertThat(SgdLearners.learner(schema, "loss=poisson").snapshot())
                .isInstanceOf(Regressor.class)
                .isNotInstanceOf(ExplainableModel.class);
    }
}
