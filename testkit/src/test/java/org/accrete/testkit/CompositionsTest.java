package org.accrete.testkit;

import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Any composition of sources goes on after any row as if it had not stopped. */
@ExtendWith(RunSeed.class)
class CompositionsTest {
    private static final int COMPOSITIONS = Integer.getInteger("accrete.compositions", 500);

    private static final Target GROWING = Target.categorical("y", List.of("a", "b"));

    /** The plan of dense rows with a key and a weight. */
    private static final ColumnPlan PLAN = new ColumnPlan(List.of(
            new Column.Key("id"),
            new Column.Numeric("x0"),
            new Column.Numeric("x1"),
            new Column.Weight("w"),
            new Column.Label("y", GROWING)));

    @Test
    void sparseRowsWithNewLabels() {
        Schema schema = CorrectPartsTest.SPARSE;
        checkAll("sparse", seed -> RandomChunks.of(schema).withClasses(6).rows(90, seed), Optional.empty());
    }

    @Test
    void denseRowsWithKeysWeightsAndNewLabels() {
        checkAll(
                "dense",
                seed -> RandomChunks.of(PLAN.schema())
                        .withClasses(7)
                        .withWeights()
                        .rows(90, seed),
                Optional.of(PLAN));
    }

    @Test
    void rowsWithNumbersAsTargets() {
        Schema schema = Schema.numeric(3, Target.numeric("y"));
        checkAll("numbers", seed -> RandomChunks.of(schema).rows(90, seed), Optional.empty());
    }

    /** Makes rows of a seed. */
    private interface Making {
        Chunk rows(long seed);
    }

    private void checkAll(String purpose, Making making, Optional<ColumnPlan> plan) {
        SeededRandom random = RunSeed.random(purpose);
        for (int i = 0; i < COMPOSITIONS / 3; i++) {
            Chunk rows = making.rows(random.nextLong());
            int refusedEvery = 3 + random.nextInt(20);
            Compositions.Opening leaf = (classes, epoch) -> new Leaf(rows, plan, classes, refusedEvery);
            try (Compositions compositions = new Compositions(random, leaf, true)) {
                compositions.check(1 + random.nextInt(4));
            }
        }
    }

    /**
     * Rows of a chunk, with keys and places. Bad rows come in between and at the end; labels come with the rows, after
     * those that are known.
     */
    private static final class Leaf implements ChunkSource {
        private final Chunk rows;
        private final Optional<ColumnPlan> plan;
        private final Schema schema;
        private final LabelIndex labels;
        private final int refusedEvery;
        private int next;
        private int mark;
        private boolean ended;

        Leaf(Chunk rows, Optional<ColumnPlan> plan, List<String> classes, int refusedEvery) {
            this.rows = rows;
            List<String> known = classes.isEmpty() ? rows.schema().target().classes() : classes;
            this.schema = rows.schema().withClasses(known);
            this.plan = plan.map(some -> some.withClasses(known));
            this.labels = new LabelIndex(known);
            this.refusedEvery = refusedEvery;
        }

        @Override
        public String name() {
            return "leaf";
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Optional<ColumnPlan> plan() {
            return plan;
        }

        @Override
        public void seek(Position position) {
            if (!position.mark().matches("(leaf[0-9]+)?")) {
                throw AccreteException.badState("not a leaf: " + position.mark());
            }
            mark = position.mark().isEmpty()
                    ? 0
                    : Integer.parseInt(position.mark().substring(4));
            int to = (int) (mark + position.rows());
            for (; next < to; next++) {
                index(next);
            }
        }

        private double index(int row) {
            if (schema.target().kind() != Target.Kind.CATEGORICAL) {
                return rows.target(row);
            }
            return labels.add(rows.classes().get((int) rows.target(row)));
        }

        @Override
        public boolean next(ChunkBuffer buffer) {
            buffer.clear();
            while (!buffer.isFull() && next < rows.rows()) {
                if (next % refusedEvery == refusedEvery - 1) {
                    buffer.refused(1);
                }
                buffer.beginRow();
                double[] cells = ChunkCopy.cells(rows, next);
                for (int j = 0; j < cells.length; j++) {
                    if (cells[j] != 0) {
                        buffer.put(j, cells[j]);
                    }
                }
                buffer.target(index(next));
                if (rows.hasWeights()) {
                    buffer.weight(rows.weight(next));
                }
                if (buffer.keyCount() > 0) {
                    buffer.key(0, "key " + next);
                }
                buffer.endRow();
                buffer.place(buffer.rows() - 1, next + 1);
                next++;
                mark = next % 7 == 0 ? next : mark;
            }
            buffer.classes(labels.labels());
            buffer.position(new Position("leaf" + mark, next - mark));
            if (buffer.rows() == 0 && !ended) {
                buffer.dropped(new DroppedRows(1, 2, 0));
                ended = true;
            }
            return buffer.rows() > 0;
        }

        @Override
        public Optional<RowPlace> place(long place) {
            return Optional.of(new RowPlace("leaf", RowPlace.Unit.ROW, place));
        }

        @Override
        public void close() {}
    }
}
