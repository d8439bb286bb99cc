package org.accrete.core.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;

/**
 * What the columns of a chunk are called where people read it: {@code distance}, {@code date hour-of-day sine},
 * {@code origin=JFK}. A hashed category has the name of those values that are known and hashed there, joined by
 * {@code |}, else the number of its bucket, {@code origin #517}. Values are known from the plan, which keeps those of
 * the rows that it was inferred from, and from whoever calls {@link #know}.
 */
public final class WeightNames {
    private static final List<String> CYCLES = List.of(
            "hour-of-day sine",
            "hour-of-day cosine",
            "day-of-week sine",
            "day-of-week cosine",
            "day-of-year sine",
            "day-of-year cosine");

    /** Further values in one bucket are not told. */
    private static final int MOST_VALUES = 3;

    private final Schema schema;
    private final Map<String, Column.Categorical> texts = new LinkedHashMap<>();
    private final Map<Integer, TreeSet<String>> values = new HashMap<>();
    private final Map<String, Integer> begins = new HashMap<>();

    /**
     * Makes the names of the columns of a schema.
     *
     * @param schema what the columns of a chunk are
     * @param plan how raw columns become those, if that is known
     */
    public WeightNames(Schema schema, Optional<ColumnPlan> plan) {
        this.schema = schema;
        int begin = 0;
        for (Block block : schema.blocks()) {
            if (block.kind() == Block.Kind.ONE_HOT) {
                begins.put(block.name(), begin);
            }
            begin += block.width();
        }
        plan.ifPresent(some -> {
            for (Column column : some.columns()) {
                if (column instanceof Column.Categorical categorical && begins.containsKey(column.name())) {
                    texts.put(column.name(), categorical);
                    know(column.name(), categorical.values());
                }
            }
            some.seen().forEach(this::know);
        });
    }

    /** {@return names of the columns whose hashed values can be told} */
    public List<String> hashedColumns() {
        return texts.values().stream()
                .filter(column -> !column.keepsValues())
                .map(Column::name)
                .toList();
    }

    /**
     * Learns values of a column.
     *
     * @param column name of a categorical column; others are passed over
     * @param some values
     */
    public void know(String column, Iterable<String> some) {
        Column.Categorical categorical = texts.get(column);
        if (categorical == null) {
            return;
        }
        RowEncoder encoder = new RowEncoder(new ColumnPlan(List.of(categorical)), List.of(column), false);
        ChunkBuffer one = new ChunkBuffer(encoder.schema(), 1);
        int begin = begins.getOrDefault(column, 0);
        for (String value : some) {
            one.clear();
            encoder.encode(List.of(value), one);
            Chunk row = one.chunk();
            if (row instanceof SparseChunk sparse && sparse.end(0) > sparse.start(0)) {
                values.computeIfAbsent(begin + sparse.indices()[sparse.start(0)], at -> new TreeSet<>())
                        .add(value);
            }
        }
    }

    /**
     * {@return the name of a column of a chunk}
     *
     * @param column from 0
     */
    public String name(int column) {
        int begin = 0;
        for (Block block : schema.blocks()) {
            if (column < begin + block.width()) {
                return name(block, column - begin, column);
            }
            begin += block.width();
        }
        return "column " + column;
    }

    private String name(Block block, int place, int column) {
        if (block.kind() == Block.Kind.CYCLE && block.width() == CYCLES.size()) {
            return block.name() + " " + CYCLES.get(place);
        }
        if (block.kind() != Block.Kind.ONE_HOT) {
            return schema.columnName(column);
        }
        TreeSet<String> known = values.get(column);
        Column.Categorical categorical = texts.get(block.name());
        if (categorical != null && categorical.keepsValues() && place == block.width() - 1) {
            return block.name() + "=(others)";
        }
        if (known == null) {
            return block.name() + " #" + place;
        }
        List<String> told = new ArrayList<>(known);
        return block.name() + "="
                + String.join("|", told.subList(0, Math.min(MOST_VALUES, told.size())))
                + (told.size() > MOST_VALUES ? "|…" : "");
    }
}
