package org.accrete.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.core.Toys;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OneThreadTest {
    private static final Schema SCHEMA = Schema.numeric(1, Target.numeric("y"));
    private static final Chunk CHUNK =
            new DenseChunk(SCHEMA, new double[] {1, 2}, new double[] {3, 4}, new double[0], List.of());

    private static Pipeline pipeline() {
        return Pipeline.create(Toys.plugIns(), SCHEMA, new PipelineSpec("sum", List.of("standard-scaler"), Map.of()));
    }

    @Test
    void aSecondThreadIsRefusedWithASentenceWhileOneLearns() throws Exception {
        Pipeline pipeline = pipeline();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> learning = other.submit(() -> pipeline.fit(CHUNK, (learner, rows) -> {
                inside.countDown();
                await(refused);
                learner.partialFit(rows);
            }));
            await(inside);
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> pipeline.partialFit(CHUNK),
                    pipeline::view,
                    pipeline::snapshot,
                    pipeline::state,
                    () -> pipeline.merge(pipeline()))) {
                assertThatThrownBy(call)
                        .isInstanceOfSatisfying(
                                AccreteException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                        .hasMessageContaining("one thread at a time");
            }
            refused.countDown();
            learning.get();
        } finally {
            other.shutdownNow();
        }
        assertThat(pipeline.rowsSeen()).isEqualTo(2);
        pipeline.partialFit(CHUNK);
        assertThat(pipeline.rowsSeen()).isEqualTo(4);
    }

    @Test
    void anIndexErrorThatASecondThreadCausedIsASentence() {
        Pipeline pipeline = pipeline();
        assertThatThrownBy(() -> pipeline.fit(CHUNK, (learner, rows) -> {
                    // Another thread that began at the same time has ended its call.
                    pipeline.fit(CHUNK, (same, again) -> {});
                    throw new IndexOutOfBoundsException("7");
                }))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("one thread at a time");
        assertThatThrownBy(() -> pipeline.fit(CHUNK, (learner, rows) -> {
                    throw new IndexOutOfBoundsException("8");
                }))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
