package org.accrete.testkit;

import static org.accrete.testkit.SourceFixtures.appendRows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The fault-injecting wrappers and the generator of random rows. */
@ExtendWith(RunSeed.class)
class WrappersTest {
    private static final Schema SCHEMA = Schema.numeric(3, Target.numeric("y"));
    private static final Chunk ROWS = RandomChunks.of(SCHEMA).rows(40, RunSeed.value());

    /** The asserting wrapper keeps all laws of the learner that it wraps. */
    @Nested
    class OfWrappedCentroids implements ClassifierContract {
        @Override
        public LearnerProvider provider() {
            return new WrappedProvider();
        }
    }

    /** Provides correct learners in an asserting wrapper. */
    public static class WrappedProvider extends CentroidsProvider {
        /** Called by a test. */
        public WrappedProvider() {}

        @Override
        Learner finished(Centroids learner) {
            return new AssertingLearner(learner);
        }
    }

    @Test
    void viewIsUsedUntilTheNextFitOnly() {
        Learner learner = new AssertingLearner(new Means(SCHEMA));
        Regressor view = (Regressor) learner.view();
        Regressor snapshot = (Regressor) learner.snapshot();
        view.predict(ROWS, new double[40]);
        learner.partialFit(ROWS);
        snapshot.predict(ROWS, new double[40]);
        assertThatThrownBy(() -> view.predict(ROWS, new double[40]))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("after the next partialFit");
    }

    @Test
    void viewIsUsedOnItsThreadOnly() throws InterruptedException {
        Learner learner = new AssertingLearner(new Means(SCHEMA));
        Model view = learner.view();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread other = new Thread(view::schema);
        other.setUncaughtExceptionHandler((thread, e) -> thrown.set(e));
        other.start();
        other.join();
        assertThat(thrown.get()).isInstanceOf(AssertionError.class).hasMessageContaining("used on");
    }

    @Test
    void twoThreadsAtOnceAreNoticed() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch tried = new CountDownLatch(1);
        Learner learner = new AssertingLearner(new Means(SCHEMA) {
            @Override
            public void partialFit(Chunk chunk) {
                inside.countDown();
                try {
                    tried.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                super.partialFit(chunk);
            }
        });
        Thread other = new Thread(() -> learner.partialFit(ROWS));
        other.start();
        inside.await();
        assertThatThrownBy(learner::rowsSeen)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("two threads at once");
        tried.countDown();
        other.join();
        assertThat(learner.rowsSeen()).isEqualTo(40);
    }

    @Test
    void learnerThatWritesToItsChunkIsNoticed() {
        Learner learner = new AssertingLearner(new Means(SCHEMA) {
            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                ((DenseChunk) chunk).values()[2]++;
            }
        });
        assertThatThrownBy(() -> learner.partialFit(ChunkCopy.dense(ROWS).chunk()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("wrote to the chunk");
    }

    @Test
    void learnerThatRefusesAndChangesIsNoticed() {
        Learner learner = new AssertingLearner(new Means(SCHEMA) {
            @Override
            public void partialFit(Chunk chunk) {
                weight++;
                throw AccreteException.badData("no");
            }
        });
        assertThatThrownBy(() -> learner.partialFit(ROWS))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("changed the state");
    }

    @Test
    void learnerThatMiscountsIsNoticed() {
        Learner learner = new AssertingLearner(new Means(SCHEMA) {
            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                rows++;
            }
        });
        assertThatThrownBy(() -> learner.partialFit(ROWS))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("rowsSeen");
    }

    @Test
    void crankySourceHandsOutAllRowsInShortChunks() {
        ChunkBuffer buffer = new ChunkBuffer(SCHEMA, 16);
        List<String> lines = new ArrayList<>();
        int chunks = 0;
        try (ChunkSource source = new CrankySource(new MemorySource(ROWS), RunSeed.value())) {
            source.seek(Position.start().plus(3));
            while (source.next(buffer)) {
                chunks++;
                assertThat(buffer.room()).isEqualTo(16 - buffer.rows());
                appendRows(buffer, lines, true);
            }
        }
        List<String> expected = new ArrayList<>();
        ChunkBuffer rest = new ChunkBuffer(SCHEMA, 37);
        rest.append(ROWS, 3, 40);
        appendRows(rest, expected, true);
        assertThat(lines).isEqualTo(expected);
        assertThat(chunks).isGreaterThan(2);
    }

    @Test
    void crankySourceFailsAtTheChosenRow() {
        ChunkBuffer buffer = new ChunkBuffer(SCHEMA, 16);
        ChunkSource source = new CrankySource(new MemorySource(ROWS), 5, 21);
        int rows = 0;
        while (rows < 21) {
            assertThat(source.next(buffer)).isTrue();
            rows += buffer.rows();
        }
        assertThat(rows).isEqualTo(21);
        for (int times = 0; times < 2; times++) {
            assertThatThrownBy(() -> source.next(buffer))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.IO));
        }
    }

    @Test
    void refusingLearnerRefusesTheChosenCall() {
        RefusingLearnerProvider provider = RefusingLearnerProvider.call(2);
        Params params = Params.of(provider.params());
        Learner learner = provider.create(SCHEMA, params);
        learner.partialFit(ROWS.slice(0, 10));
        State before = learner.state();
        assertThatThrownBy(() -> learner.partialFit(ROWS.slice(10, 20))).isInstanceOf(AccreteException.class);
        assertThat(learner.state()).isEqualTo(before);
        learner.partialFit(ROWS.slice(10, 40));
        Learner whole = RefusingLearnerProvider.never().create(SCHEMA, params);
        whole.partialFit(ChunkCopy.sparse(ROWS).chunk());
        assertThat(learner.state()).isEqualTo(whole.state());
        assertThat(provider.restore(SCHEMA, params, before).rowsSeen()).isEqualTo(10);
    }

    @Test
    void randomChunksAreTheSameForASeed() {
        for (Schema schema : List.of(SCHEMA, CorrectPartsTest.SPARSE)) {
            RandomChunks random =
                    RandomChunks.of(schema).withClasses(4).withWeights().withMissing(0.1);
            ChunkCopy rows = ChunkCopy.of(random.rows(100, 9));
            assertThat(ChunkCopy.of(random.rows(100, 9)).contents()).isEqualTo(rows.contents());
            assertThat(ChunkCopy.of(random.rows(100, 10)).contents()).isNotEqualTo(rows.contents());
            assertThat(rows.chunk() instanceof SparseChunk).isEqualTo(schema.isSparse());
        }
    }

    @Test
    void randomClassesComeUpInTheOrderOfTheirLabels() {
        Chunk rows = RandomChunks.of(CorrectPartsTest.SPARSE).withClasses(4).rows(100, 9);
        assertThat(rows.classes()).containsExactly("known", "new 3", "new 2", "new 1");
        int seen = 1;
        for (int row = 0; row < 100; row++) {
            assertThat((int) rows.target(row)).isLessThanOrEqualTo(seen);
            seen = Math.max(seen, (int) rows.target(row) + 1);
        }
        assertThat(seen).isEqualTo(4);
    }
}
