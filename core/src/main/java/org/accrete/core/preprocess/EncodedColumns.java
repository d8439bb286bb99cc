package org.accrete.core.preprocess;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.param.Params;

/** Which one-hot blocks are replaced by numeric ones of a few columns, and where they are. Immutable. */
final class EncodedColumns {
    private final Schema schema;
    private final Schema output;
    private final int outputs;
    private final int categories;

    /**
     * Stretches of columns, from left to right: where each begins and ends, where it begins in the output, and the
     * number of its first category, or −1 where columns stay as they are.
     */
    private final int[] from;

    private final int[] to;
    private final int[] out;
    private final int[] first;
    private final int blocks;

    EncodedColumns(Schema schema, Params params, int outputs) {
        this.schema = schema;
        this.outputs = outputs;
        Set<String> chosen = chosen(schema, params.get(TargetEncoderProvider.COLUMNS));
        List<Block> made = new ArrayList<>();
        List<int[]> stretches = new ArrayList<>();
        int column = 0;
        int outColumn = 0;
        int known = 0;
        int encoded = 0;
        for (Block block : schema.blocks()) {
            int end = column + block.width();
            if (block.kind() == Block.Kind.ONE_HOT && chosen.contains(block.name())) {
                stretches.add(new int[] {column, end, outColumn, known});
                made.add(new Block(block.name(), Block.Kind.NUMERIC, outputs));
                known += block.width();
                outColumn += outputs;
                encoded++;
            } else {
                int[] last = stretches.isEmpty() ? new int[] {0, 0, 0, 0} : stretches.get(stretches.size() - 1);
                if (last[3] < 0) {
                    last[1] = end;
                } else {
                    stretches.add(new int[] {column, end, outColumn, -1});
                }
                made.add(block);
                outColumn += block.width();
            }
            column = end;
        }
        this.output = new Schema(made, schema.target());
        this.categories = known;
        this.blocks = encoded;
        this.from = stretches.stream().mapToInt(stretch -> stretch[0]).toArray();
        this.to = stretches.stream().mapToInt(stretch -> stretch[1]).toArray();
        this.out = stretches.stream().mapToInt(stretch -> stretch[2]).toArray();
        this.first = stretches.stream().mapToInt(stretch -> stretch[3]).toArray();
    }

    /** {@return how many columns a block becomes when nothing is stored} */
    static int outputs(Schema schema, Params params) {
        schemaMustHaveTarget(schema);
        long asked = params.get(TargetEncoderProvider.CLASS_COLUMNS);
        if (schema.target().kind() != Target.Kind.CATEGORICAL) {
            return 1;
        }
        int known = schema.target().classes().size();
        return asked > 0 ? (int) asked : known <= 2 ? 1 : known;
    }

    private static void schemaMustHaveTarget(Schema schema) {
        if (schema.target().kind() == Target.Kind.NONE) {
            throw AccreteException.badArgument(
                    "target-encoder needs a target but there is none; name one, or leave out the step");
        }
    }

    private static Set<String> chosen(Schema schema, String text) {
        List<String> oneHot = schema.blocks().stream()
                .filter(block -> block.kind() == Block.Kind.ONE_HOT)
                .map(Block::name)
                .toList();
        if (text.strip().equals("all")) {
            return new LinkedHashSet<>(oneHot);
        }
        Set<String> names = new LinkedHashSet<>();
        Stream.of(text.split(",", -1)).map(String::strip).forEach(names::add);
        for (String name : names) {
            if (!oneHot.contains(name)) {
                throw AccreteException.badArgument("columns must be names of one-hot columns or all but '" + name
                        + "' is none; there are: " + (oneHot.isEmpty() ? "none" : String.join(", ", oneHot)));
            }
        }
        return names;
    }

    Schema schema() {
        return schema;
    }

    Schema output() {
        return output;
    }

    /** {@return how many columns each encoded block becomes} */
    int outputs() {
        return outputs;
    }

    /** {@return how many categories all encoded blocks have} */
    int categories() {
        return categories;
    }

    /** {@return how many blocks are encoded} */
    int blocks() {
        return blocks;
    }

    /**
     * Appends a row with its categories encoded.
     *
     * @param means of the categories
     * @param found receives the number of the category of each encoded block, −1 where the row has none
     */
    void write(Chunk chunk, int row, TargetMeans means, int[] found, ChunkBuffer to) {
        find(chunk, row, found);
        to.beginRow(chunk, row);
        int entry = chunk instanceof SparseChunk sparse ? sparse.start(row) : 0;
        for (int i = 0, block = 0; i < from.length; i++) {
            if (first[i] >= 0) {
                int category = found[block++];
                for (int k = 0; k < outputs; k++) {
                    to.put(out[i] + k, means.mean(category, k));
                }
            } else if (chunk instanceof SparseChunk sparse) {
                int[] indices = sparse.indices();
                while (entry < sparse.end(row) && indices[entry] < from[i]) {
                    entry++;
                }
                for (; entry < sparse.end(row) && indices[entry] < this.to[i]; entry++) {
                    to.put(out[i] + indices[entry] - from[i], sparse.values()[entry]);
                }
            } else if (chunk instanceof DenseChunk dense) {
                to.put(out[i], dense.values(), dense.offset(row) + from[i], this.to[i] - from[i]);
            }
        }
        to.endRow();
    }

    /** {@return rows of a graph with their categories encoded} */
    List<Value> export(ModelGraph graph, List<Value> rows, TargetMeans means) {
        List<Value> numbers = new ArrayList<>();
        List<Value> result = new ArrayList<>();
        int column = 0;
        int block = 1;
        int dense = 0;
        int i = 0;
        for (Block one : schema.blocks()) {
            while (to[i] <= column) {
                i++;
            }
            if (one.kind() != Block.Kind.ONE_HOT) {
                numbers.add(graph.columns(
                        rows.get(0),
                        LongStream.range(dense, dense + one.width()).toArray()));
                dense += one.width();
            } else if (first[i] < 0) {
                result.add(rows.get(block++));
            } else {
                double[] table = new double[one.width() * outputs];
                double[] none = new double[outputs];
                for (int k = 0; k < outputs; k++) {
                    none[k] = means.mean(-1, k);
                    for (int category = 0; category < one.width(); category++) {
                        table[category * outputs + k] = means.mean(first[i] + category, k);
                    }
                }
                numbers.add(graph.lookUp(rows.get(block++), table, none));
            }
            column += one.width();
        }
        result.add(0, numbers.isEmpty() ? rows.get(0) : graph.beside(numbers));
        return result;
    }

    /** Writes the number of the category of each encoded block, that of its first entry. */
    void find(Chunk chunk, int row, int[] found) {
        int entry = chunk instanceof SparseChunk sparse ? sparse.start(row) : 0;
        for (int i = 0, block = 0; i < from.length; i++) {
            if (first[i] < 0) {
                continue;
            }
            int category = -1;
            if (chunk instanceof SparseChunk sparse) {
                int[] indices = sparse.indices();
                while (entry < sparse.end(row)
                        && (indices[entry] < from[i] || (indices[entry] < to[i] && sparse.values()[entry] == 0))) {
                    entry++;
                }
                if (entry < sparse.end(row) && indices[entry] < to[i]) {
                    category = first[i] + indices[entry] - from[i];
                }
            } else if (chunk instanceof DenseChunk dense) {
                int offset = dense.offset(row);
                for (int column = from[i]; column < to[i] && category < 0; column++) {
                    category = dense.values()[offset + column] != 0 ? first[i] + column - from[i] : -1;
                }
            }
            found[block++] = category;
        }
    }

    /**
     * Gives what the mean of a category contributed to the column of the category; to the block's first column where
     * the row has none. Columns that pass through keep theirs.
     */
    void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs) {
        int[] found = new int[blocks];
        find(chunk, row, found);
        inputs.clear(outputs.base());
        for (int k = 0; k < outputs.size(); k++) {
            int column = outputs.column(k);
            int i = from.length - 1;
            int block = blocks - 1;
            while (out[i] > column) {
                block -= first[i] >= 0 ? 1 : 0;
                i--;
            }
            int within = first[i] < 0 ? column - out[i] : Math.max(0, found[block] - first[i]);
            inputs.add(from[i] + within, outputs.amount(k));
        }
    }
}
