package org.accrete.core.serve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.Schema;

/** Turns one named record into a chunk of one row. Thread-safe: what is written to belongs to one call. */
interface RecordEncoder {
    /**
     * {@return the record as a chunk of one row}
     *
     * @param record column name to text; what the columns are not called is ignored
     * @throws AccreteException bad data: a column is not in the record, or its text cannot be used
     */
    Chunk encode(Map<String, String> record);

    /** {@return an encoder of raw columns, as training encoded them} */
    static RecordEncoder of(ColumnPlan plan) {
        Schema schema = plan.schema();
        List<String> header = new ArrayList<>();
        for (Column column : plan.columns()) {
            if (!(column instanceof Column.Label
                    || column instanceof Column.Weight
                    || column instanceof Column.Ignore)) {
                header.add(column.name());
            }
        }
        List<String> keys = plan.keys();
        return record -> {
            List<String> fields = new ArrayList<>(header.size());
            for (String name : header) {
                String absent = keys.contains(name) ? "" : null;
                fields.add(
                        Optional.ofNullable(record.getOrDefault(name, absent)).orElseThrow(() -> missing(name)));
            }
            ChunkBuffer buffer = new ChunkBuffer(schema, 1);
            new RowEncoder(plan, header, false).encode(fields, buffer);
            return buffer.chunk();
        };
    }

    /**
     * {@return an encoder of numbers by {@linkplain Schema#columnName names of columns}; only one-hot ones may be
     * absent}
     */
    static RecordEncoder of(Schema schema) {
        Map<String, Integer> firsts = new HashMap<>();
        Map<String, Block> blocks = new HashMap<>();
        List<Integer> needed = new ArrayList<>();
        int first = 0;
        for (Block block : schema.blocks()) {
            firsts.put(block.name(), first);
            blocks.put(block.name(), block);
            for (int i = 0; block.kind() != Block.Kind.ONE_HOT && i < block.width(); i++) {
                needed.add(first + i);
            }
            first += block.width();
        }
        return record -> {
            SortedMap<Integer, Double> values = new TreeMap<>();
            record.forEach((name, text) -> {
                int bracket = name.endsWith("]") ? name.lastIndexOf('[') : -1;
                String blockName = blocks.containsKey(name) || bracket < 0 ? name : name.substring(0, bracket);
                Optional.ofNullable(blocks.get(blockName)).ifPresent(block -> {
                    int index = index(name.substring(blockName.length()), block.width());
                    if (index >= 0) {
                        values.put(firsts.getOrDefault(blockName, 0) + index, number(name, text));
                    }
                });
            });
            for (int column : needed) {
                if (!values.containsKey(column)) {
                    throw missing(schema.columnName(column));
                }
            }
            ChunkBuffer buffer = new ChunkBuffer(schema, 1);
            buffer.beginRow();
            values.forEach(buffer::put);
            buffer.endRow();
            return buffer.chunk();
        };
    }

    private static int index(String brackets, int width) {
        if (brackets.isEmpty() || width == 1) {
            return brackets.isEmpty() && width == 1 ? 0 : -1;
        }
        try {
            int index = Integer.parseInt(brackets.substring(1, brackets.length() - 1));
            return index < width ? index : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static double number(String name, String text) {
        try {
            double value = text.isBlank() ? Double.NaN : Double.parseDouble(text.strip());
            if (!Double.isInfinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, as for an infinite value.
        }
        throw AccreteException.badData("column '" + name + "' must be a finite number but was '" + text + "'");
    }

    private static AccreteException missing(String name) {
        return AccreteException.badData(
                "the record has no '" + name + "'; give it an empty text where the value is not known");
    }
}
