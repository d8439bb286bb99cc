package org.accrete.export.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.CellFormat;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;

/**
 * The inputs of a graph, one for each raw column, and the operations that encode them as the column plan does.
 *
 * <p>Numbers and booleans (1 or 0) are doubles, NaN where missing; dates are seconds since 1970-01-01 UTC, as doubles;
 * texts of categorical columns are strings without blanks around them, or, where they are hashed outside, whole
 * numbers. Words and sparse columns are the numbers of their block. What a plan does with a missing value is asked of
 * the encoder.
 */
final class InputColumns {
    private static final long SECONDS_PER_DAY = 86_400;
    private static final long DAYS_BEFORE_1970 = 719_528;
    private static final long DAYS_IN_400_YEARS = 146_097;

    /** What a cell is that is missing in any format. */
    private static final List<String> MISSING = List.of("", "NA", "na", "NaN", "nan", "NAN", "null", "NULL");

    private final OnnxGraph graph;
    private final Hashing hashing;

    /** By name of a block, its columns; of a one-hot block, one index per row. */
    private final Map<String, Value> blocks = new LinkedHashMap<>();

    InputColumns(OnnxGraph graph, Hashing hashing) {
        this.graph = graph;
        this.hashing = hashing;
    }

    /** {@return the rows of a schema whose raw columns are not known} */
    static List<Value> rows(OnnxGraph graph, Schema schema) {
        List<Value> rows = new ArrayList<>();
        int numbers = ModelGraph.numbers(schema);
        rows.add(numbers > 0 ? graph.input("X", OnnxGraph.DOUBLE, numbers) : graph.constant(0));
        for (Block block : schema.blocks()) {
            if (block.kind() == Block.Kind.ONE_HOT) {
                rows.add(flat(graph, graph.input(block.name(), OnnxGraph.INT64, 1)));
            }
        }
        return rows;
    }

    /** {@return a matrix of one column as a list} */
    static Value flat(OnnxGraph graph, Value column) {
        return graph.apply("Reshape", column, graph.constant(new long[] {-1}, 1));
    }

    /** {@return the rows of a schema whose raw columns a plan encodes} */
    List<Value> rows(ColumnPlan plan, Schema schema) {
        plan.columns().forEach(this::add);
        List<Value> numbers = new ArrayList<>();
        List<Value> categories = new ArrayList<>();
        for (Block block : schema.blocks()) {
            Value value = Optional.ofNullable(blocks.get(block.name() + "/" + block.kind()))
                    .orElseThrow(() -> AccreteException.badArgument(
                            "the model cannot be exported: its column plan has no column '" + block.name() + "'"));
            (block.kind() == Block.Kind.ONE_HOT ? categories : numbers).add(value);
        }
        categories.add(0, numbers.isEmpty() ? graph.constant(0) : graph.beside(numbers));
        return categories;
    }

    private void put(String block, Block.Kind kind, Value value) {
        blocks.put(block + "/" + kind, value);
    }

    private void add(Column column) {
        String name = column.name();
        if (column instanceof Column.Numeric || column instanceof Column.Bool) {
            addNumber(column);
        } else if (column instanceof Column.DateTime date) {
            addDate(date);
        } else if (column instanceof Column.Categorical categorical) {
            put(name, Block.Kind.ONE_HOT, category(categorical));
        } else if (column instanceof Column.Cross) {
            put(name, Block.Kind.ONE_HOT, flat(graph, graph.input(name, OnnxGraph.INT64, 1)));
        } else if (column instanceof Column.Sparse sparse) {
            put(name, Block.Kind.SPARSE, graph.input(name, OnnxGraph.DOUBLE, sparse.width()));
        } else if (column instanceof Column.Text text) {
            put(name, Block.Kind.SPARSE, graph.input(name, OnnxGraph.DOUBLE, text.width()));
        }
    }

    private void addNumber(Column column) {
        String name = column.name();
        Value x = graph.input(name, OnnxGraph.DOUBLE, 1);
        for (String text : column.cells().missing()) {
            double number = new CellFormat(List.of(), column.cells().decimal()).number(text);
            if (column instanceof Column.Numeric && !Double.isNaN(number)) {
                x = where(graph.apply("Equal", x, graph.constant(number)), graph.constant(Double.NaN), x);
            }
        }
        Value isMissing = graph.apply("IsNaN", x);
        double fill = ofMissing(column)[0];
        put(name, Block.Kind.NUMERIC, Double.isNaN(fill) ? x : where(isMissing, graph.constant(fill), x));
        addIndicator(column, isMissing);
    }

    private void addIndicator(Column column, Value isMissing) {
        if (column.cells().hasIndicator()) {
            put(column.name() + ColumnPlan.MISSING, Block.Kind.NUMERIC, cast(isMissing, OnnxGraph.DOUBLE));
        }
    }

    /**
     * {@return the columns that a column's missing value becomes, dense; NaN first if it makes its row useless, since a
     * graph cannot refuse one}
     */
    private static double[] ofMissing(Column column) {
        RecordEncoder encoder = new RecordEncoder(new ColumnPlan(List.of(column)), false);
        double[] values = new double[encoder.schema().width()];
        ChunkBuffer buffer = new ChunkBuffer(encoder.schema(), 1);
        Map<String, String> record = new LinkedHashMap<>();
        record.put(column.name(), "");
        try {
            encoder.encode(record, buffer);
        } catch (AccreteException e) {
            values[0] = column instanceof Column.Categorical ? 0 : Double.NaN;
            return values;
        }
        if (buffer.chunk() instanceof DenseChunk dense) {
            System.arraycopy(dense.values(), dense.offset(0), values, 0, values.length);
        } else if (buffer.chunk() instanceof SparseChunk sparse) {
            for (int k = sparse.start(0); k < sparse.end(0); k++) {
                values[sparse.indices()[k]] = sparse.values()[k];
            }
        }
        return values;
    }

    private Value category(Column.Categorical column) {
        String name = column.name();
        long width = column.width();
        if (!column.keepsValues() && hashing == Hashing.OUTSIDE) {
            return flat(graph, graph.input(name, OnnxGraph.INT64, 1));
        }
        Value text = flat(graph, graph.input(name, OnnxGraph.STRING, 1));
        int fill = -1;
        double[] missing = ofMissing(column);
        for (int k = 0; k < missing.length; k++) {
            fill = missing[k] == 0 ? fill : k;
        }
        Set<String> keys = new LinkedHashSet<>(MISSING);
        keys.addAll(column.cells().missing());
        long[] places = new long[keys.size() + column.values().size()];
        Arrays.fill(places, 0, keys.size(), fill);
        for (int k = 0; k < column.values().size(); k++) {
            places[keys.size() + k] = k;
        }
        List<String> all = new ArrayList<>(keys);
        all.addAll(column.values());
        // What stands for a text that is in no list: the place behind the kept values, or a mark for the hash.
        long other = column.keepsValues() ? width - 1 : width;
        Value listed = graph.apply(
                "ai.onnx.ml.LabelEncoder",
                Map.of("keys_strings", all.toArray(String[]::new), "values_int64s", places, "default_int64", other),
                text);
        if (column.keepsValues()) {
            return listed;
        }
        Value hash = cast(
                graph.apply("com.microsoft.MurmurHash3", Map.of("positive", 1L, "seed", 0L), text), OnnxGraph.INT64);
        return where(graph.apply("Equal", listed, whole(width)), graph.apply("Mod", hash, whole(width)), listed);
    }

    /** Computes with whole numbers what the encoder does, and looks points on circles up in its own tables. */
    private void addDate(Column.DateTime column) {
        String name = column.name();
        Value seconds = graph.input(name, OnnxGraph.DOUBLE, 1);
        Value isMissing = graph.apply("IsNaN", seconds);
        Value known = graph.apply("Floor", where(isMissing, graph.constant(0), seconds));
        // Counted from the year 0, so that nothing is negative.
        Value sinceYear0 = graph.apply("Add", cast(known, OnnxGraph.INT64), whole(DAYS_BEFORE_1970 * SECONDS_PER_DAY));
        Value day = graph.apply("Div", sinceYear0, whole(SECONDS_PER_DAY));
        Value second = graph.apply("Mod", sinceYear0, whole(SECONDS_PER_DAY));
        long firstDay = column.firstDay().orElseThrow().toEpochDay() + DAYS_BEFORE_1970;
        Value days = graph.apply(
                "Add",
                cast(graph.apply("Sub", day, whole(firstDay)), OnnxGraph.DOUBLE),
                graph.apply("Div", cast(second, OnnxGraph.DOUBLE), graph.constant((double) SECONDS_PER_DAY)));

        Value year = graph.apply("Div", graph.apply("Mul", day, whole(400)), whole(DAYS_IN_400_YEARS));
        year = graph.apply("Sub", year, isAfter(daysBefore(year), day));
        Value next = graph.apply("Add", year, whole(1));
        year = graph.apply("Add", year, isAfter(graph.apply("Add", day, whole(1)), daysBefore(next)));
        Value begin = daysBefore(year);
        Value length = graph.apply("Sub", daysBefore(graph.apply("Add", year, whole(1))), begin);
        // The table of 366 days comes behind that of 365.
        Value dayOfYear = graph.apply(
                "Add",
                graph.apply("Sub", day, begin),
                graph.apply("Mul", graph.apply("Sub", length, whole(365)), whole(365)));
        // 1970-01-01 was a Thursday, and a week begins on Monday.
        Value dayOfWeek = graph.apply("Mod", graph.apply("Add", day, whole(7 - (DAYS_BEFORE_1970 - 3) % 7)), whole(7));
        Value cycles = graph.beside(List.of(
                circle(graph.apply("Div", second, whole(60)), 1_440),
                circle(dayOfWeek, 7),
                circle(dayOfYear, 365, 366)));

        double[] missing = ofMissing(column);
        int indicator = column.cells().hasIndicator() ? 1 : 0;
        put(name + ".days", Block.Kind.NUMERIC, where(isMissing, graph.constant(missing[0]), days));
        addIndicator(column, isMissing);
        put(
                name,
                Block.Kind.CYCLE,
                where(
                        isMissing,
                        graph.constant(
                                Arrays.copyOfRange(missing, 1 + indicator, 1 + indicator + ColumnPlan.CYCLES),
                                1,
                                ColumnPlan.CYCLES),
                        cycles));
    }

    private Value daysBefore(Value year) {
        Value days = graph.apply("Mul", year, whole(365));
        days = graph.apply("Add", days, graph.apply("Div", graph.apply("Add", year, whole(3)), whole(4)));
        days = graph.apply("Sub", days, graph.apply("Div", graph.apply("Add", year, whole(99)), whole(100)));
        return graph.apply("Add", days, graph.apply("Div", graph.apply("Add", year, whole(399)), whole(400)));
    }

    /** {@return 1 where one number is greater than another, else 0} */
    private Value isAfter(Value one, Value other) {
        return cast(graph.apply("Greater", one, other), OnnxGraph.INT64);
    }

    /** {@return sine and cosine of a step on a circle; circles of other numbers of steps follow} */
    private Value circle(Value step, int... steps) {
        double[] points = new double[2 * Arrays.stream(steps).sum()];
        int at = 0;
        for (int count : steps) {
            for (int i = 0; i < count; i++, at += 2) {
                double angle = 2.0 * Math.PI * i / count;
                points[at] = StrictMath.sin(angle);
                points[at + 1] = StrictMath.cos(angle);
            }
        }
        return graph.apply("Gather", graph.constant(points, points.length / 2, 2), flat(graph, step));
    }

    private Value where(Value condition, Value yes, Value no) {
        return graph.apply("Where", condition, yes, no);
    }

    private Value cast(Value value, int type) {
        return graph.apply("Cast", Map.of("to", (long) type), value);
    }

    private Value whole(long number) {
        return graph.constant(new long[] {number});
    }
}
