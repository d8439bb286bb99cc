package org.accrete.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.LeastSquares;
import org.accrete.core.ListSource;
import org.accrete.core.Toys;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pipeline does with the setting; {@code integration-tests} has the laws, with the real learners. */
class TargetTransformTest {
    private static final PlugIns PLUG_INS =
            PlugIns.of(new LeastSquares.Provider(), Toys.SUM, Toys.SHARES, Toys.WAIT, new StandardScalerProvider());
    private static final Schema SCHEMA = Schema.numeric(2, Target.numeric("y"));

    private static Pipeline pipeline(Map<String, String> settings, String... steps) {
        return Pipeline.create(PLUG_INS, SCHEMA, new PipelineSpec("least-squares", List.of(steps), settings));
    }

    private static DenseChunk rows(int count, double... targets) {
        double[] values = new double[2 * count];
        Arrays.setAll(values, i -> ListSource.noise(i, 1));
        double[] all = new double[count];
        Arrays.setAll(all, i -> targets[i % targets.length]);
        return new DenseChunk(SCHEMA, values, all, new double[0], List.of());
    }

    @ParameterizedTest
    @EnumSource
    void theInverseUndoesIt(TargetTransform transform) {
        for (double target : new double[] {Double.MIN_NORMAL, 1e-9, 0.5, 1, 2, 12_345.678, 1e12, Double.MAX_VALUE}) {
            double seen = transform.forward(target);
            assertThat(Double.isFinite(seen)).isTrue();
            // A logarithm of 700 has 10 bits fewer behind the point than one below 1.
            assertThat(transform.inverse(seen)).isCloseTo(target, within(target * 3e-13));
        }
        assertThat(transform.forward(Double.NaN)).isNaN();
        assertThat(TargetTransform.LOG1P.inverse(TargetTransform.LOG1P.forward(-0.75)))
                .isCloseTo(-0.75, within(1e-15));
        assertThat(TargetTransform.LOG1P.inverse(TargetTransform.LOG1P.forward(0)))
                .isZero();
    }

    @Test
    void aTargetThatIsLearnedAsItIsLeavesNoTraceInTheState() {
        State none =
                pipeline(Map.of("target.transform", "none"), "standard-scaler").state();
        assertThat(none).isEqualTo(pipeline(Map.of(), "standard-scaler").state());
        assertThat(none.text("params")).doesNotContain("target");
        State log =
                pipeline(Map.of("TARGET.Transform", "LOG"), "standard-scaler").state();
        assertThat(log.list("params")).contains("target.transform=log");
        assertThat(Pipeline.restore(PLUG_INS, log).settings()).containsEntry("target.transform", "log");
        assertThat(Pipeline.restore(PLUG_INS, none).settings()).containsEntry("target.transform", "none");
    }

    @Test
    void theModelOfALearnerWithoutStepsIsTurnedBackToo() {
        DenseChunk rows = rows(100, 1, 10, 100);
        Pipeline pipeline = pipeline(Map.of("target.transform", "log"));
        pipeline.partialFit(rows);
        double[] logs = new double[100];
        Arrays.setAll(logs, i -> StrictMath.log(rows.target(i)));
        LeastSquares oracle = (LeastSquares) new LeastSquares.Provider().create(SCHEMA, Params.of(List.of()));
        oracle.partialFit(new DenseChunk(SCHEMA, rows.values(), logs, new double[0], List.of()));

        assertThat(pipeline.state().doubles("coef", 3)).isEqualTo(oracle.weights());
        double[] expected =
                Arrays.stream(oracle.predict(rows)).map(StrictMath::exp).toArray();
        assertThat(((Regressor) pipeline.view()).predict(rows)).isEqualTo(expected);
        double[] longer = new double[101];
        longer[100] = 7;
        ((Regressor) pipeline.snapshot()).predict(rows, longer);
        assertThat(longer).startsWith(expected).endsWith(7);
        assertThat(pipeline.snapshot().describe()).contains("learned: log of the target, exp of it is the prediction");
        assertThat(rows.target(2)).as("the caller's own array").isEqualTo(100);
    }

    @Test
    void rowsInWarmUpAreHeldToTheDomainTooSoThatChunksDoNotMatter() {
        Pipeline pipeline = pipeline(Map.of("target.transform", "log", "wait.rows", "5"), "wait");
        State before = pipeline.state();
        assertThatThrownBy(() -> pipeline.partialFit(rows(3, 1, 0)))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.chunkRow()).hasValue(1))
                .hasMessage("the target must be > 0 with target.transform=log but was 0.0");
        assertThat(pipeline.state()).isEqualTo(before);
    }

    @Test
    void itIsForTargetsThatAreNumbers() {
        Schema labels = Schema.numeric(2, Target.categorical("late", List.of("no", "yes")));
        for (String value : List.of("log", "none")) {
            assertThatThrownBy(() -> Pipeline.create(
                            PLUG_INS, labels, new PipelineSpec("shares", List.of(), Map.of("target.transform", value))))
                    .hasMessage("shares does not predict numbers, which settings of the target are for; leave out"
                            + " target.transform");
        }
        assertThatThrownBy(() -> Pipeline.create(
                        PLUG_INS,
                        SCHEMA,
                        new PipelineSpec("standard-scaler", List.of(), Map.of("target.transform", "log"))))
                .hasMessageContaining("standard-scaler does not predict numbers");
    }

    @Test
    void nothingIsAllocatedPerRow() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int count = 5_000;
        DenseChunk rows = rows(count, 1, Double.NaN, 3);
        double[] out = new double[count];
        for (String[] steps : new String[][] {{}, {"standard-scaler"}}) {
            // Least squares ask the schema for its width, which makes objects.
            PipelineSpec spec = new PipelineSpec("sum", List.of(steps), Map.of("target.transform", "log1p"));
            Pipeline pipeline = Pipeline.create(PLUG_INS, SCHEMA, spec);
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 50; i++) {
                long before =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                pipeline.partialFit(rows);
                ((Regressor) pipeline.view()).predict(rows, out);
                least = Math.min(
                        least,
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
            }
            assertThat(least).as("bytes of a chunk").isLessThan(count);
        }
    }
}
