package org.accrete.core.explain;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.Block;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;

/**
 * Which raw column each column of a chunk was made of. Columns of one raw column have the same representative, the
 * first of them. Without a plan, a block is one column, unless it is of many numbers. Immutable.
 */
final class RawColumns {
    private static final String DAYS = ".days";

    private final Schema schema;
    /** Where each block begins. */
    private final int[] begins;
    /** The representative of the columns of each block; −1 where each column is its own. */
    private final int[] representatives;

    private final Map<Integer, String> names = new HashMap<>();
    private final Map<String, Column> columns = new HashMap<>();

    RawColumns(Schema schema, Optional<ColumnPlan> plan) {
        this.schema = schema;
        plan.ifPresent(some -> some.columns().forEach(column -> {
            if (!(column instanceof Column.Key)) {
                columns.put(column.name(), column);
            }
        }));
        List<Block> blocks = schema.blocks();
        this.begins = new int[blocks.size()];
        this.representatives = new int[blocks.size()];
        Map<String, Integer> first = new HashMap<>();
        int begin = 0;
        for (int b = 0; b < begins.length; b++) {
            Block block = blocks.get(b);
            begins[b] = begin;
            representatives[b] = -1;
            if (isOne(block)) {
                String name = rawName(block.name());
                first.putIfAbsent(name, begin);
                representatives[b] = first.getOrDefault(name, begin);
                names.put(representatives[b], name);
            }
            begin += block.width();
        }
    }

    private boolean isOne(Block block) {
        return block.width() == 1
                || block.kind() == Block.Kind.ONE_HOT
                || block.kind() == Block.Kind.CYCLE
                || columns.get(block.name()) instanceof Column.Text;
    }

    private String rawName(String block) {
        for (String ending : List.of(DAYS, ColumnPlan.MISSING)) {
            String name = block.endsWith(ending) ? block.substring(0, block.length() - ending.length()) : "";
            if (!columns.containsKey(block) && columns.containsKey(name)) {
                return name;
            }
        }
        return block;
    }

    private int block(int column) {
        int at = Arrays.binarySearch(begins, column);
        return at >= 0 ? at : -2 - at;
    }

    /** {@return the first column that was made of the same raw column} */
    int representative(int column) {
        int first = representatives[block(column)];
        return first < 0 ? column : first;
    }

    /** {@return the name of the raw column} */
    String name(int representative) {
        return Optional.ofNullable(names.get(representative)).orElseGet(() -> schema.columnName(representative));
    }

    /** {@return what is known of a raw column; empty without a plan} */
    Optional<Column> column(String name) {
        return Optional.ofNullable(columns.get(name));
    }

    /** {@return the block of a column} */
    Block blockOf(int column) {
        return schema.blocks().get(block(column));
    }

    /** {@return the first column of the block of a column} */
    int begin(int column) {
        return begins[block(column)];
    }
}
