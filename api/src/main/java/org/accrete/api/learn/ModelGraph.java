package org.accrete.api.learn;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;

/**
 * Where an {@link ExportableModel} writes what it computes: operations on tensors whose first dimension is the rows. An
 * operation has the name and the meaning that it has in ONNX, operator set 21 and, after {@code ai.onnx.ml.}, 5.
 * Numbers are doubles unless a model makes them something else.
 */
public interface ModelGraph {
    /** A tensor of one graph. */
    interface Value {}

    /**
     * Binary trees in arrays. Each tree has at least one node that asks and two leaves; no leaf is reached from two
     * nodes.
     *
     * @param roots the first node of each tree
     * @param columns per node the column that it asks for
     * @param splits per node what the column's number is compared with
     * @param isBelow whether a number equal to the split means no
     * @param yes per node where a row goes whose number is below the split, or equal: a node or a leaf
     * @param yesIsLeaf per node 1 where that is a leaf, else 0
     * @param no per node where other rows go
     * @param noIsLeaf per node 1 where that is a leaf, else 0
     * @param missingIsYes per node 1 where a row whose number is missing goes where {@code yes} says, else 0
     * @param targets per leaf the sum that it counts for
     * @param leaves per leaf what it adds to that sum
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed on once, and never compared.
    record Trees(
            long[] roots,
            long[] columns,
            double[] splits,
            boolean isBelow,
            long[] yes,
            long[] yesIsLeaf,
            long[] no,
            long[] noIsLeaf,
            long[] missingIsYes,
            long[] targets,
            double[] leaves) {}

    /**
     * {@return a tensor of the same numbers for every call}
     *
     * @param values row-major; not kept
     * @param shape the dimensions; none for a single number
     */
    Value constant(double[] values, long... shape);

    /**
     * {@return a tensor of the same numbers for every call}
     *
     * @param values row-major; not kept
     * @param shape the dimensions; none for a single number
     */
    Value constant(float[] values, long... shape);

    /**
     * {@return a tensor of the same whole numbers for every call}
     *
     * @param values row-major; not kept
     * @param shape the dimensions; none for a single number
     */
    Value constant(long[] values, long... shape);

    /**
     * {@return the result of an operation}
     *
     * @param operator its name, as {@code MatMul} or {@code ai.onnx.ml.TreeEnsemble}
     * @param attributes its attributes by name, each a {@link Long}, a {@link String}, a {@code long[]}, a
     *     {@code String[]}, or, as a tensor, a {@code double[]} or a {@code byte[]} of unsigned numbers
     * @param inputs its inputs, in order
     */
    default Value apply(String operator, Map<String, ?> attributes, Value... inputs) {
        return apply(1, operator, attributes, inputs).get(0);
    }

    /**
     * {@return the results of an operation, in order}
     *
     * @param results how many it has
     * @param operator its name
     * @param attributes its attributes by name, as above
     * @param inputs its inputs, in order
     */
    List<Value> apply(int results, String operator, Map<String, ?> attributes, Value... inputs);

    /**
     * {@return the result of an operation without attributes}
     *
     * @param operator its name
     * @param inputs its inputs, in order
     */
    default Value apply(String operator, Value... inputs) {
        return apply(operator, Map.of(), inputs);
    }

    /**
     * {@return a single number}
     *
     * @param value the number
     */
    default Value constant(double value) {
        return constant(new double[] {value});
    }

    /**
     * {@return some columns of a matrix, rows × as many}
     *
     * @param matrix rows × columns
     * @param columns which, in order
     */
    default Value columns(Value matrix, long... columns) {
        return apply("Gather", Map.of("axis", 1L), matrix, constant(columns, columns.length));
    }

    /**
     * {@return the same number for every row, rows × 1}
     *
     * @param schema of the rows
     * @param rows as {@link ExportableModel} says
     * @param number the number
     */
    default Value everywhere(Schema schema, List<Value> rows, double number) {
        Value any = rows.get(numbers(schema) > 0 ? 0 : 1);
        Value count = apply("Shape", Map.of("start", 0L, "end", 1L), any);
        Value shape = apply("Concat", Map.of("axis", 0L), count, constant(new long[] {1}, 1));
        return apply("ConstantOfShape", Map.of("value", new double[] {number}), shape);
    }

    /**
     * {@return matrices beside each other, rows × all of their columns}
     *
     * @param matrices at least one, rows × columns each
     */
    default Value beside(List<Value> matrices) {
        return matrices.size() == 1
                ? matrices.get(0)
                : apply("Concat", Map.of("axis", 1L), matrices.toArray(Value[]::new));
    }

    /**
     * {@return linear functions of rows, rows × functions}
     *
     * @param schema of the rows
     * @param rows as {@link ExportableModel} says
     * @param weights functions × columns of the schema
     * @param intercepts one per function
     */
    default Value linear(Schema schema, List<Value> rows, double[] weights, double[] intercepts) {
        int functions = intercepts.length;
        int width = schema.width();
        int numbers = numbers(schema);
        Value sum = constant(intercepts, 1, functions);
        if (numbers > 0) {
            double[] factors = new double[numbers * functions];
            for (int f = 0; f < functions; f++) {
                double[] row = numbers(schema, weights, f * width);
                for (int j = 0; j < numbers; j++) {
                    factors[j * functions + f] = row[j];
                }
            }
            sum = apply("Add", apply("MatMul", rows.get(0), constant(factors, numbers, functions)), sum);
        }
        int column = 0;
        int block = 1;
        for (Block one : schema.blocks()) {
            if (one.kind() == Block.Kind.ONE_HOT) {
                double[] table = new double[one.width() * functions];
                for (int k = 0; k < one.width(); k++) {
                    for (int f = 0; f < functions; f++) {
                        table[k * functions + f] = weights[f * width + column + k];
                    }
                }
                sum = apply("Add", sum, lookUp(rows.get(block++), table, new double[functions]));
            }
            column += one.width();
        }
        return sum;
    }

    /**
     * {@return the row of a table for each row, rows × columns of the table}
     *
     * @param indices one per row, −1 for none
     * @param table rows of the table, one after the other
     * @param none the row for −1
     */
    default Value lookUp(Value indices, double[] table, double[] none) {
        double[] whole = new double[table.length + none.length];
        System.arraycopy(table, 0, whole, 0, table.length);
        System.arraycopy(none, 0, whole, table.length, none.length);
        // An index of -1 is the last row.
        return apply("Gather", constant(whole, whole.length / none.length, none.length), indices);
    }

    /**
     * {@return sums over the leaves that rows reach, rows × sums}
     *
     * @param numbers rows × columns
     * @param trees which reach them
     * @param sums how many sums
     */
    default Value trees(Value numbers, Trees trees, int sums) {
        byte[] modes = new byte[trees.columns.length];
        Arrays.fill(modes, (byte) (trees.isBelow ? 1 : 0));
        return apply(
                "ai.onnx.ml.TreeEnsemble",
                Map.ofEntries(
                        Map.entry("n_targets", (long) sums),
                        Map.entry("tree_roots", trees.roots),
                        Map.entry("nodes_featureids", trees.columns),
                        Map.entry("nodes_splits", trees.splits),
                        Map.entry("nodes_modes", modes),
                        Map.entry("nodes_truenodeids", trees.yes),
                        Map.entry("nodes_trueleafs", trees.yesIsLeaf),
                        Map.entry("nodes_falsenodeids", trees.no),
                        Map.entry("nodes_falseleafs", trees.noIsLeaf),
                        Map.entry("nodes_missing_value_tracks_true", trees.missingIsYes),
                        Map.entry("leaf_targetids", trees.targets),
                        Map.entry("leaf_weights", trees.leaves),
                        Map.entry("aggregate_function", 1L),
                        Map.entry("post_transform", 0L)),
                numbers);
    }

    /**
     * {@return the probabilities of classes by the logistic function of one decision value, up to two classes, or by
     * the softmax of one for each; rows × classes}
     *
     * @param decisions rows × 1, or rows × classes
     * @param classes how many classes
     */
    default Value probabilities(Value decisions, int classes) {
        if (classes > 2) {
            return apply("Softmax", Map.of("axis", 1L), decisions);
        }
        return ofTwo(apply("Sigmoid", apply("Neg", decisions)), apply("Sigmoid", decisions), classes);
    }

    /**
     * {@return the probabilities of up to two classes, rows × classes: 1 where there is only one}
     *
     * @param first probabilities of the first class, rows × 1
     * @param second probabilities of the second, rows × 1
     * @param classes how many classes
     */
    default Value ofTwo(Value first, Value second, int classes) {
        return classes == 2 ? beside(List.of(first, second)) : apply("Add", first, second);
    }

    /**
     * {@return how many columns of a schema are not in a one-hot block}
     *
     * @param schema of the rows
     */
    static int numbers(Schema schema) {
        return schema.blocks().stream()
                .filter(block -> block.kind() != Block.Kind.ONE_HOT)
                .mapToInt(Block::width)
                .sum();
    }

    /**
     * {@return the numbers of those columns that are not in a one-hot block}
     *
     * @param schema of the rows
     * @param perColumn a number for each column of the schema, not changed
     * @param from where the first is
     */
    static double[] numbers(Schema schema, double[] perColumn, int from) {
        double[] kept = new double[numbers(schema)];
        int column = from;
        int to = 0;
        for (Block block : schema.blocks()) {
            if (block.kind() != Block.Kind.ONE_HOT) {
                System.arraycopy(perColumn, column, kept, to, block.width());
                to += block.width();
            }
            column += block.width();
        }
        return kept;
    }
}
