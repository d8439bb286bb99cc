package org.accrete.core.preprocess;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableTransformer;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.param.Params;

/** Puts products of the numeric and cycle columns behind these columns. Immutable. */
final class PolynomialTerms implements ExplainableTransformer, ExportableModel {
    /*
     * Terms are numbered: first the columns themselves, then the products of two, then those of three, each in
     * lexicographic order as in scikit-learn. Each product is that of an earlier term and a column. Columns of the
     * output: the bias if there is one, the columns of the input up to the last numeric one or cycle, the products, the
     * other columns of the input.
     */
    private final Schema schema;
    private final Params params;
    private final Schema output;
    /** The type of doubles. */
    private static final long DOUBLE = 11;

    private final NumericColumns columns;
    private final int n;
    private final int bias;
    private final int split;
    private final int[] left;
    private final int[] right;

    /** Memory for one row, kept for the thread that transforms; others make their own at the same time. */
    private final AtomicReference<Optional<double[]>> idle = new AtomicReference<>(Optional.empty());

    PolynomialTerms(Schema schema, Params params) {
        this.schema = schema;
        this.params = params;
        this.columns = factors(schema);
        this.n = columns.count();
        this.split = columns.end();
        this.bias = params.get(PolynomialFeaturesProvider.INCLUDE_BIAS) ? 1 : 0;
        int products = Math.toIntExact(requireFew(schema, params));
        this.left = new int[products];
        this.right = new int[products];
        int[][] powers = new int[n + products][];
        for (int j = 0; j < n; j++) {
            powers[j] = new int[] {j};
        }
        boolean only = params.get(PolynomialFeaturesProvider.INTERACTION_ONLY);
        int from = 0;
        int to = n;
        for (int degree = 2, made = 0; degree <= params.get(PolynomialFeaturesProvider.DEGREE); degree++) {
            for (int term = from; term < to; term++) {
                int last = powers[term][degree - 2];
                for (int j = only ? last + 1 : last; j < n; j++, made++) {
                    left[made] = term;
                    right[made] = j;
                    int[] power = Arrays.copyOf(powers[term], degree);
                    power[degree - 1] = j;
                    powers[n + made] = power;
                }
            }
            from = to;
            to = n + made;
        }
        this.output = output(powers);
    }

    /** {@return the columns that are multiplied} */
    private static NumericColumns factors(Schema schema) {
        return new NumericColumns(schema, EnumSet.of(Block.Kind.NUMERIC, Block.Kind.CYCLE));
    }

    /**
     * {@return how many products there are; refuses more columns than allowed, before memory is taken for them}
     *
     * @throws AccreteException bad argument: there are more columns than {@code max-columns}
     */
    static long requireFew(Schema schema, Params params) {
        long n = factors(schema).count();
        long degree = params.get(PolynomialFeaturesProvider.DEGREE);
        boolean only = params.get(PolynomialFeaturesProvider.INTERACTION_ONLY);
        // As doubles, which do not overflow and are exact as far as matters.
        double pairs = only ? n * (n - 1.0) / 2 : n * (n + 1.0) / 2;
        double triples = degree < 3 ? 0 : only ? pairs * (n - 2.0) / 3 : pairs * (n + 2.0) / 3;
        double all = schema.width() + pairs + triples;
        long most = params.get(PolynomialFeaturesProvider.MAX_COLUMNS);
        if (pairs + triples > most) {
            throw AccreteException.badArgument(String.format(
                    Locale.ROOT,
                    "degree=%d makes %.0f products of %d columns, %.0f columns in all, but max-columns is %d; leave out"
                            + " columns, say interaction-only=true or a lower degree, or allow more",
                    degree,
                    pairs + triples,
                    n,
                    all,
                    most));
        }
        return (long) (pairs + triples);
    }

    private Schema output(int[][] powers) {
        List<Block> blocks = new ArrayList<>();
        if (bias == 1) {
            blocks.add(new Block("1", Block.Kind.NUMERIC, 1));
        }
        int column = 0;
        boolean added = split == 0;
        for (Block block : schema.blocks()) {
            blocks.add(block);
            column += block.width();
            if (column == split && !added) {
                for (int term = n; term < powers.length; term++) {
                    blocks.add(new Block(name(powers[term]), Block.Kind.NUMERIC, 1));
                }
                added = true;
            }
        }
        return new Schema(blocks, schema.target());
    }

    private String name(int[] factors) {
        StringBuilder name = new StringBuilder();
        for (int i = 0, to; i < factors.length; i = to) {
            to = i + 1;
            while (to < factors.length && factors[to] == factors[i]) {
                to++;
            }
            name.append(name.isEmpty() ? "" : "*").append(columns.name(factors[i]));
            if (to - i > 1) {
                name.append('^').append(to - i);
            }
        }
        return name.toString();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Schema outputSchema() {
        return output;
    }

    @Override
    public void transform(Chunk chunk, ChunkBuffer out) {
        schema.require(chunk.schema());
        columns.check(chunk);
        NumericColumns.clear(chunk, out);
        eachRow(chunk, Optional.of(out));
    }

    /** Shares what a product contributed equally among its factors, a square counting twice. */
    @Override
    public void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs) {
        inputs.clear(outputs.base());
        for (int k = 0; k < outputs.size(); k++) {
            int column = outputs.column(k) - bias;
            double amount = outputs.amount(k);
            if (column < 0) {
                inputs.addToBase(amount);
            } else if (column < split) {
                inputs.add(column, amount);
            } else if (column >= split + left.length) {
                inputs.add(column - left.length, amount);
            } else {
                int degree = 1;
                for (int term = n + column - split; term >= n; term = left[term - n]) {
                    degree++;
                }
                int term = n + column - split;
                for (; term >= n; term = left[term - n]) {
                    inputs.add(columns.column(right[term - n]), amount / degree);
                }
                inputs.add(columns.column(term), amount / degree);
            }
        }
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        if (n == 0 && bias == 0) {
            return rows;
        }
        List<Value> result = new ArrayList<>(rows);
        Value numbers = rows.get(0);
        int all = ModelGraph.numbers(schema);
        int before = ModelGraph.numbers(new Schema(blocksBefore(split), schema.target()));
        List<Value> parts = new ArrayList<>();
        if (bias == 1) {
            // 1 for each row, made of any value of it.
            Value any = all > 0
                    ? graph.columns(numbers, 0)
                    : graph.apply("Unsqueeze", rows.get(1), graph.constant(new long[] {1}, 1));
            Value same = graph.apply("Equal", any, any);
            Value isThere = graph.apply("Or", same, graph.apply("Not", same));
            parts.add(graph.apply("Cast", Map.of("to", DOUBLE), isThere));
        }
        if (before > 0) {
            parts.add(graph.columns(numbers, LongStream.range(0, before).toArray()));
        }
        // The products of one degree are made of those of the one before.
        Value terms = n > 0 ? graph.columns(numbers, factorPlaces()) : numbers;
        int known = n;
        int made = 0;
        while (made < left.length) {
            int to = made;
            while (to < left.length && left[to] < known) {
                to++;
            }
            long[] one = new long[to - made];
            long[] other = new long[to - made];
            for (int i = made; i < to; i++) {
                one[i - made] = left[i];
                other[i - made] = right[i];
            }
            Value products = graph.apply("Mul", graph.columns(terms, one), graph.columns(terms, other));
            parts.add(products);
            terms = graph.beside(List.of(terms, products));
            known += to - made;
            made = to;
        }
        if (before < all) {
            parts.add(graph.columns(numbers, LongStream.range(before, all).toArray()));
        }
        result.set(0, graph.beside(parts));
        return result;
    }

    /** {@return the blocks that end up to a column} */
    private List<Block> blocksBefore(int column) {
        List<Block> blocks = new ArrayList<>();
        int end = 0;
        for (Block block : schema.blocks()) {
            end += block.width();
            if (end <= column) {
                blocks.add(block);
            }
        }
        return blocks;
    }

    /** {@return where the columns that are multiplied are among all numbers of a row} */
    private long[] factorPlaces() {
        double[] places = new double[schema.width()];
        for (int j = 0; j < n; j++) {
            places[columns.column(j)] = 1;
        }
        double[] isFactor = ModelGraph.numbers(schema, places, 0);
        return LongStream.range(0, isFactor.length)
                .filter(j -> isFactor[(int) j] == 1)
                .toArray();
    }

    /** Refuses what {@link #transform} refuses. */
    void check(Chunk chunk) {
        schema.require(chunk.schema());
        columns.check(chunk);
        eachRow(chunk, Optional.empty());
    }

    private void eachRow(Chunk chunk, Optional<ChunkBuffer> out) {
        Optional<double[]> taken = idle.getAndSet(Optional.empty());
        if (taken.isEmpty()) {
            taken = Optional.of(new double[n + left.length]);
        }
        try {
            for (int row = 0; row < chunk.rows(); row++) {
                multiply(chunk, row, taken.get());
                if (out.isPresent()) {
                    write(chunk, row, taken.get(), out.get());
                }
            }
        } finally {
            idle.set(taken);
        }
    }

    private void multiply(Chunk chunk, int row, double[] terms) {
        columns.take(chunk, row, terms);
        int n = this.n;
        for (int i = 0; i < left.length; i++) {
            double product = terms[left[i]] * terms[right[i]];
            terms[n + i] = product;
            if (Double.isInfinite(product)) {
                throw AccreteException.badRow(
                        row,
                        "column '" + output.columnName(bias + split + i) + "' is too large, as column '"
                                + columns.name(right[i]) + "' is " + terms[right[i]]
                                + "; scale columns before this step");
            }
        }
    }

    private void write(Chunk chunk, int row, double[] terms, ChunkBuffer out) {
        out.beginRow(chunk, row);
        if (bias == 1) {
            out.put(0, 1);
        }
        int moved = bias + left.length;
        if (chunk instanceof SparseChunk sparse) {
            int i = sparse.start(row);
            int end = sparse.end(row);
            int[] indices = sparse.indices();
            for (; i < end && indices[i] < split; i++) {
                out.put(bias + indices[i], sparse.values()[i]);
            }
            out.put(bias + split, terms, n, left.length);
            for (; i < end; i++) {
                out.put(moved + indices[i], sparse.values()[i]);
            }
        } else if (chunk instanceof DenseChunk dense) {
            int offset = dense.offset(row);
            out.put(bias, dense.values(), offset, split);
            out.put(bias + split, terms, n, left.length);
            out.put(moved + split, dense.values(), offset + split, schema.width() - split);
        }
        out.endRow();
    }

    /** Equal if the same columns are made of the same columns, so that pipelines can be merged. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PolynomialTerms terms && schema.matches(terms.schema) && params.equals(terms.params);
    }

    @Override
    public int hashCode() {
        return Objects.hash(schema.blocks(), params);
    }
}
