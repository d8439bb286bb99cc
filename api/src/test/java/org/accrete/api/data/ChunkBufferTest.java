package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkBufferTest {
    private static final Schema DENSE = Schema.numeric(2, Target.numeric("y"));
    private static final Schema SPARSE = new Schema(
            List.of(new Block("n", Block.Kind.NUMERIC, 1), new Block("c", Block.Kind.ONE_HOT, 8)),
            Target.categorical("y", List.of("a")));

    private static void row(ChunkBuffer buffer, double first, double second) {
        buffer.beginRow();
        buffer.put(0, first);
        buffer.put(1, second);
        buffer.target(10 * first);
        buffer.endRow();
    }

    private static ChunkBuffer filled(Schema schema, int rows) {
        ChunkBuffer buffer = new ChunkBuffer(schema, Math.max(rows, 1), 1);
        for (int i = 0; i < rows; i++) {
            buffer.beginRow();
            buffer.put(0, i);
            if (i % 2 == 1) {
                buffer.put(1, -i);
            }
            buffer.target(i);
            buffer.key(0, "k" + i);
            buffer.endRow();
        }
        return buffer;
    }

    @Test
    void growsUpToItsCapacityAndKeepsRows() {
        for (Schema schema : List.of(DENSE, SPARSE)) {
            ChunkBuffer buffer = filled(schema, 1_000);
            Chunk chunk = buffer.chunk();
            assertThat(chunk.rows()).isEqualTo(1_000);
            assertThat(buffer.isFull()).isTrue();
            for (int i : new int[] {0, 15, 16, 17, 33, 999}) {
                assertThat(chunk.target(i)).isEqualTo(i);
                assertThat(buffer.key(i, 0)).isEqualTo("k" + i);
            }
            assertThatThrownBy(buffer::beginRow).hasMessage("a chunk buffer of 1000 rows is full");
        }
    }

    @Test
    void aRowThatIsBegunAgainLeavesNoTrace() {
        for (Schema schema : List.of(DENSE, SPARSE)) {
            ChunkBuffer buffer = new ChunkBuffer(schema, 4, 1);
            buffer.beginRow();
            buffer.put(0, 7);
            buffer.put(1, 7);
            buffer.target(7);
            buffer.key(0, "gone");
            buffer.beginRow();
            buffer.endRow();
            Chunk chunk = buffer.chunk();
            assertThat(chunk.rows()).isEqualTo(1);
            assertThat(chunk.target(0)).isNaN();
            assertThat(buffer.key(0, 0)).isEmpty();
            if (chunk instanceof DenseChunk dense) {
                assertThat(Arrays.copyOf(dense.values(), 2)).containsOnly(0.0);
            } else if (chunk instanceof SparseChunk sparse) {
                assertThat(sparse.end(0)).isZero();
            }
        }
    }

    @Test
    void isFullAtItsLimit() {
        ChunkBuffer buffer = new ChunkBuffer(DENSE, 3);
        buffer.limit(1);
        assertThat(buffer.isFull()).isFalse();
        row(buffer, 1, 2);
        assertThat(buffer.isFull()).isTrue();
        buffer.clear();
        assertThat(buffer.isFull()).isFalse();
        buffer.limit(0);
        assertThat(buffer.isFull()).isTrue();
        assertThatThrownBy(() -> buffer.limit(4)).hasMessage("limit must be >= 0 and <= 3 but was 4");
        assertThatThrownBy(() -> new ChunkBuffer(DENSE, 0)).hasMessage("capacity must be >= 1 but was 0");
        assertThat(buffer.capacity()).isEqualTo(3);
        assertThat(buffer.keyCount()).isZero();
        assertThat(buffer.schema()).isSameAs(DENSE);
    }

    @Test
    void rowsWeigh1UnlessOneSaysOtherwise() {
        ChunkBuffer buffer = new ChunkBuffer(DENSE, 3);
        row(buffer, 1, 2);
        assertThat(buffer.chunk().hasWeights()).isFalse();
        buffer.beginRow();
        buffer.weight(0.5);
        buffer.endRow();
        row(buffer, 3, 4);
        assertThat(buffer.chunk().hasWeights()).isTrue();
        assertThat(buffer.chunk().weight(0)).isEqualTo(1.0);
        assertThat(buffer.chunk().weight(1)).isEqualTo(0.5);
        assertThat(buffer.chunk().weight(2)).isEqualTo(1.0);
        buffer.clear();
        row(buffer, 1, 2);
        assertThat(buffer.chunk().hasWeights()).isFalse();
        assertThat(buffer.chunk().weight(0)).isEqualTo(1.0);
    }

    @Test
    void clearDropsRowsAndRefusedOnesButKeepsClasses() {
        ChunkBuffer buffer = new ChunkBuffer(SPARSE, 3);
        assertThat(buffer.chunk().classes()).containsExactly("a");
        buffer.classes(List.of("a", "b"));
        buffer.refused(2);
        buffer.refused(1);
        buffer.position(new Position("m", 3));
        assertThat(buffer.refusedRows()).isEqualTo(3);
        assertThat(buffer.position()).isEqualTo(new Position("m", 3));
        buffer.clear();
        assertThat(buffer.rows()).isZero();
        assertThat(buffer.refusedRows()).isZero();
        assertThat(buffer.chunk().classes()).containsExactly("a", "b");
        assertThat(buffer.chunk().hasTargets()).isFalse();
    }

    @Test
    void slicesAreViewsOnSomeRows() {
        for (Schema schema : List.of(DENSE, SPARSE)) {
            ChunkBuffer buffer = filled(schema, 20);
            Chunk slice = buffer.chunk().slice(3, 12).slice(2, 5);
            assertThat(slice.rows()).isEqualTo(3);
            assertThat(slice.schema()).isSameAs(schema);
            assertThat(slice.classes()).isEqualTo(buffer.chunk().classes());
            assertThat(slice.target(0)).isEqualTo(5);
            assertThat(slice.weight(2)).isEqualTo(1.0);
            if (slice instanceof DenseChunk dense) {
                assertThat(dense.values()[dense.offset(2) + 1]).isEqualTo(-7);
            } else if (slice instanceof SparseChunk sparse) {
                assertThat(sparse.end(2) - sparse.start(2)).isEqualTo(2);
                assertThat(sparse.values()[sparse.start(2) + 1]).isEqualTo(-7);
            }
            assertThat(buffer.chunk().slice(20, 20).rows()).isZero();
            assertThatThrownBy(() -> slice.slice(1, 4)).hasMessage("a slice must lie within 0 … 3 but was 1 … 4");
            assertThatThrownBy(() -> slice.slice(-1, 2)).hasMessageContaining("-1 … 2");
            assertThatThrownBy(() -> slice.slice(2, 1)).hasMessageContaining("2 … 1");
        }
    }

    @Test
    void appendsRowsOfEitherForm() {
        Schema schema = SPARSE;
        ChunkBuffer sparse = filled(schema, 9);
        DenseChunk dense =
                new DenseChunk(schema, new double[9 * 2], new double[] {1, 2}, new double[] {3, 4}, List.of("a"));
        dense.values()[9] = 5;
        dense.values()[17] = 6;
        ChunkBuffer into = new ChunkBuffer(schema, 10, 1);
        into.append(sparse, 3, 6);
        into.append(dense, 1, 2);
        SparseChunk result = (SparseChunk) into.chunk();
        assertThat(result.rows()).isEqualTo(4);
        assertThat(result.target(0)).isEqualTo(3);
        assertThat(into.key(2, 0)).isEqualTo("k5");
        assertThat(into.key(3, 0)).isEmpty();
        assertThat(result.weight(2)).isEqualTo(1.0);
        assertThat(result.weight(3)).isEqualTo(4.0);
        assertThat(Arrays.copyOfRange(result.indices(), result.start(3), result.end(3)))
                .containsExactly(0, 8);
        assertThat(Arrays.copyOfRange(result.values(), result.start(3), result.end(3)))
                .containsExactly(5, 6);

        ChunkBuffer denseInto = new ChunkBuffer(DENSE, 3);
        denseInto.append(filled(DENSE, 5).chunk(), 2, 5);
        assertThat(Arrays.copyOf(((DenseChunk) denseInto.chunk()).values(), 6)).containsExactly(2, 0, 3, -3, 4, 0);
    }

    @Test
    void swapExchangesContents() {
        for (Schema schema : List.of(DENSE, SPARSE)) {
            ChunkBuffer one = filled(schema, 3);
            ChunkBuffer two = new ChunkBuffer(schema, 3, 1);
            Chunk filled = one.chunk();
            Chunk empty = two.chunk();
            one.position(new Position("m", 3));
            one.refused(4);
            one.swap(two);
            assertThat(two.position()).isEqualTo(new Position("m", 3));
            assertThat(two.refusedRows()).isEqualTo(4);
            assertThat(two.key(2, 0)).isEqualTo("k2");
            assertThat(one.position()).isEqualTo(Position.start());
            assertThat(one.refusedRows()).isZero();
            assertThat(one.chunk()).isSameAs(empty);
            assertThat(two.chunk()).isSameAs(filled);
            assertThat(two.rows()).isEqualTo(3);
            two.clear();
            two.beginRow();
            two.put(0, 9);
            two.target(9);
            two.endRow();
            assertThat(two.chunk().target(0)).isEqualTo(9);
            one.beginRow();
            one.weight(2);
            one.endRow();
            one.swap(two);
            assertThat(two.chunk().weight(0)).isEqualTo(2);
            ChunkBuffer other = new ChunkBuffer(schema, 4, 1);
            assertThatThrownBy(() -> one.swap(other)).hasMessageContaining("can be swapped");
        }
    }

    @Test
    void aTargetOfNoneIsNotHandedOut() {
        ChunkBuffer buffer = new ChunkBuffer(Schema.numeric(1, Target.none()), 1);
        buffer.beginRow();
        buffer.target(3);
        buffer.endRow();
        assertThat(buffer.chunk().hasTargets()).isFalse();
    }

    @Test
    void chunksOfACallersArraysAreChecked() {
        assertThatThrownBy(() -> new DenseChunk(DENSE, new double[3], new double[0], new double[0], List.of()))
                .hasMessage("values must be rows × 2 numbers but were 3");
        assertThatThrownBy(() -> new DenseChunk(DENSE, new double[4], new double[1], new double[0], List.of()))
                .hasMessage("targets must be one per row, 2, or none but were 1");
        assertThatThrownBy(() -> new SparseChunk(
                        SPARSE,
                        new int[] {0, 2},
                        new int[] {3, 3},
                        new double[] {1, 1},
                        new double[0],
                        new double[0],
                        List.of()))
                .hasMessage("column numbers must ascend within 0 … 8 but 3 follows 3");
        SparseChunk good = new SparseChunk(
                SPARSE,
                new int[] {0, 1, 3},
                new int[] {3, 0, 8},
                new double[] {1, 2, 3},
                new double[] {0, 0},
                new double[0],
                List.of("a"));
        assertThat(good.rows()).isEqualTo(2);
        assertThat(good.classes()).containsExactly("a");
    }

    @Test
    void placesGoWithTheirRows() {
        Schema schema = Schema.numeric(1, Target.none());
        ChunkBuffer one = new ChunkBuffer(schema, 4);
        for (int row = 0; row < 3; row++) {
            one.beginRow();
            one.endRow();
            one.place(row, 10 + row);
        }
        ChunkBuffer other = new ChunkBuffer(schema, 4);
        other.append(one, 1, 3);
        assertThat(new long[] {other.place(0), other.place(1)}).containsExactly(11, 12);
        other.swap(one);
        assertThat(new long[] {one.place(0), other.place(0)}).containsExactly(11, 10);
        one.clear();
        one.beginRow();
        one.endRow();
        assertThat(one.place(0)).isZero();
    }

    @Test
    void weightsOfEndedRowsCanBeSet() {
        Schema schema = Schema.numeric(1, Target.none());
        ChunkBuffer buffer = new ChunkBuffer(schema, 3);
        for (int row = 0; row < 3; row++) {
            buffer.beginRow();
            buffer.endRow();
        }
        assertThat(buffer.chunk().hasWeights()).isFalse();
        buffer.weight(1, 0.5);
        assertThat(buffer.chunk().weight(0)).isEqualTo(1);
        assertThat(buffer.chunk().weight(1)).isEqualTo(0.5);
        assertThat(buffer.chunk().weight(2)).isEqualTo(1);
        buffer.clear();
        buffer.beginRow();
        buffer.endRow();
        assertThat(buffer.chunk().hasWeights()).isFalse();
    }
}
