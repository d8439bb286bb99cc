package org.accrete.learners.pca;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.accrete.api.data.Chunk;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After warm-up, training allocates nothing per row. */
@ExtendWith(RunSeed.class)
class AllocationTest {
    private static final int ROWS = 500;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void trainingAllocatesNothingPerRow(boolean scatter) {
        double[][] x = Batch.rows(ROWS, 40, 0.9, RunSeed.random("rows"));
        Chunk chunk = Pca.chunk(x, 0, ROWS);
        PcaLearner learner = scatter
                ? Pca.covariance(40, "n-components=5")
                : Pca.incremental(40, "n-components=5", "batch-size=200");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double perRow = Double.MAX_VALUE;
        for (int attempt = 0; attempt < 400 && perRow > 1; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < 20; call++) {
                learner.partialFit(chunk);
            }
            perRow = (threads.getCurrentThreadAllocatedBytes() - before) / (20.0 * ROWS);
        }
        // A block may allocate a few objects.
        assertThat(perRow).as("bytes per row").isLessThan(1);
    }
}
