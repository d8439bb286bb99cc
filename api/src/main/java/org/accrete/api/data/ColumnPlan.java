package org.accrete.api.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.accrete.api.AccreteException;

/**
 * How the raw columns of a source become the columns of a chunk. Immutable and complete: nothing in it is still to be
 * inferred, so that prediction encodes exactly as training did.
 *
 * <p>The schema has the numeric blocks first (numbers, booleans, days, indicators of missing values), then the cycles,
 * then the one-hot and the sparse blocks, each group in the order of the raw columns.
 *
 * <p>A {@link Column.Key} may have the name of another column, whose text then is passed through beside its encoding.
 *
 * @param columns the raw columns, in the order of the header they were inferred from, then the crosses
 * @param seen by name of a categorical column whose values are hashed, the values in the rows that it was inferred
 *     from, so that people can be told what a column of a chunk stands for; nothing is encoded by it. Plans that differ
 *     in nothing else are equal
 */
public record ColumnPlan(List<Column> columns, Map<String, List<String>> seen) {
    /** Width of the cycle block of a date: sine and cosine of hour of day, day of week, day of year. */
    public static final int CYCLES = 6;

    /** What follows the name of a column in the name of the block that says which of its values are missing. */
    public static final String MISSING = ".missing";

    /** How a line of {@link #toText} begins that lists values seen. No name has a blank there. */
    private static final String SEEN = "seen ";

    // Copies the collections and checks that names differ, that there is at most one target and weight, and that it is
    // complete.
    public ColumnPlan {
        columns = List.copyOf(columns);
        Map<String, List<String>> values = new LinkedHashMap<>();
        seen.forEach((name, texts) -> values.put(name, List.copyOf(texts)));
        seen = Collections.unmodifiableMap(values);
        Set<String> names = new HashSet<>();
        Set<String> keys = new HashSet<>();
        for (Column column : columns) {
            column.cells().requireClear(column.name());
            if (!(column instanceof Column.Key ? keys : names).add(column.name())) {
                throw AccreteException.badArgument("column '" + column.name() + "' occurs twice");
            }
            if ((column instanceof Column.Categorical categorical && categorical.width() == 0)
                    || (column instanceof Column.Cross cross && cross.width() == 0)
                    || (column instanceof Column.DateTime date
                            && date.firstDay().isEmpty())) {
                throw AccreteException.badArgument("a plan must be complete but '" + column.toText() + "' is not");
            }
        }
        atMostOne(columns, Column.Label.class, "target");
        atMostOne(columns, Column.Weight.class, "weight");
        for (Column column : columns) {
            if (column instanceof Column.Cross cross) {
                requireTexts(cross, columns);
            }
        }
    }

    /**
     * Makes a plan that says nothing of the values seen.
     *
     * @param columns as above
     */
    public ColumnPlan(List<Column> columns) {
        this(columns, Map.of());
    }

    /** Equal when the columns are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ColumnPlan plan && columns.equals(plan.columns);
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    private static void requireTexts(Column.Cross cross, List<Column> columns) {
        for (String name : cross.columns()) {
            Column part = columns.stream()
                    .filter(column -> column.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> AccreteException.badArgument(
                            "cross '" + cross.name() + "' needs column '" + name + "', which is not there"));
            if (!(part instanceof Column.Categorical
                    || part instanceof Column.Bool
                    || part instanceof Column.Key
                    || part instanceof Column.Ignore)) {
                throw AccreteException.badArgument("cross '" + cross.name() + "' must be of texts but column '" + name
                        + "' is " + part.kind().replaceFirst("\\(.*", "") + "; "
                        + Notation.option(name, "categorical") + " reads it as text");
            }
        }
    }

    /** {@return names of the raw columns that it is about: all of its columns but crosses} */
    public List<String> rawNames() {
        return columns.stream()
                .filter(column -> !(column instanceof Column.Cross))
                .map(Column::name)
                .distinct()
                .toList();
    }

    /** {@return those of its columns that cross others} */
    List<Column.Cross> crosses() {
        return columns.stream()
                .filter(Column.Cross.class::isInstance)
                .map(Column.Cross.class::cast)
                .toList();
    }

    /**
     * {@return a column}
     *
     * @param name its name
     */
    Column column(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void atMostOne(List<Column> columns, Class<? extends Column> kind, String word) {
        List<String> names =
                columns.stream().filter(kind::isInstance).map(Column::name).toList();
        if (names.size() > 1) {
            throw AccreteException.badArgument("at most one column can be the " + word + " but there are " + names);
        }
    }

    /**
     * {@return the plan of raw columns that are all numbers, named as the schema's columns; empty when the schema has a
     * column of another kind, from which raw columns cannot be told}
     *
     * @param schema what the columns of a chunk are
     */
    public static Optional<ColumnPlan> ofNumbers(Schema schema) {
        List<Column> columns = new ArrayList<>();
        for (Block block : schema.blocks()) {
            if (block.kind() != Block.Kind.NUMERIC || block.width() != 1) {
                return Optional.empty();
            }
            columns.add(new Column.Numeric(block.name()));
        }
        if (schema.target().kind() != Target.Kind.NONE) {
            columns.add(new Column.Label(schema.target().name(), schema.target()));
        }
        return Optional.of(new ColumnPlan(columns));
    }

    /** {@return what the columns of a chunk are} */
    public Schema schema() {
        List<Block> blocks = new ArrayList<>();
        for (Column column : columns) {
            if (column instanceof Column.Numeric || column instanceof Column.Bool) {
                blocks.add(new Block(column.name(), Block.Kind.NUMERIC, 1));
            } else if (column instanceof Column.DateTime) {
                blocks.add(new Block(column.name() + ".days", Block.Kind.NUMERIC, 1));
            }
            if (column.cells().hasIndicator()) {
                blocks.add(new Block(column.name() + MISSING, Block.Kind.NUMERIC, 1));
            }
        }
        for (Column column : columns) {
            if (column instanceof Column.DateTime) {
                blocks.add(new Block(column.name(), Block.Kind.CYCLE, CYCLES));
            }
        }
        for (Column column : columns) {
            if (column instanceof Column.Categorical categorical) {
                blocks.add(new Block(column.name(), Block.Kind.ONE_HOT, categorical.width()));
            } else if (column instanceof Column.Sparse sparse) {
                blocks.add(new Block(column.name(), Block.Kind.SPARSE, sparse.width()));
            } else if (column instanceof Column.Text text) {
                blocks.add(new Block(column.name(), Block.Kind.SPARSE, text.width()));
            }
        }
        crosses().forEach(cross -> blocks.add(new Block(cross.name(), Block.Kind.ONE_HOT, cross.width())));
        return new Schema(blocks, label().map(Column.Label::target).orElse(Target.none()));
    }

    /** {@return the column to be predicted, if there is one} */
    public Optional<Column.Label> label() {
        return columns.stream()
                .filter(Column.Label.class::isInstance)
                .map(Column.Label.class::cast)
                .findFirst();
    }

    /** {@return names of the columns that are passed through, in order} */
    public List<String> keys() {
        return columns.stream()
                .filter(Column.Key.class::isInstance)
                .map(Column::name)
                .toList();
    }

    /**
     * {@return the same plan whose categorical target has other known classes}
     *
     * @param labels labels in class order
     */
    public ColumnPlan withClasses(List<String> labels) {
        List<Column> changed = new ArrayList<>();
        for (Column column : columns) {
            changed.add(
                    column instanceof Column.Label label && label.target().kind() == Target.Kind.CATEGORICAL
                            ? label.withTarget(label.target().withClasses(labels))
                            : column);
        }
        return new ColumnPlan(changed, seen);
    }

    /**
     * {@return the same plan with changed formats of cells}
     *
     * @param change gives each column's new format
     */
    public ColumnPlan withCells(UnaryOperator<CellFormat> change) {
        return new ColumnPlan(
                columns.stream()
                        .map(column -> column.withCells(change.apply(column.cells())))
                        .toList(),
                seen);
    }

    /**
     * {@return one column a line, each as {@link Column#toText}, then a line for each column with values seen;
     * {@link #parse} takes it back}
     */
    public String toText() {
        List<String> lines =
                new ArrayList<>(columns.stream().map(Column::toText).toList());
        seen.forEach((name, values) -> lines.add(SEEN + Escapes.escapeLegibly(name) + "="
                + String.join("|", values.stream().map(Escapes::escapeLegibly).toList())));
        return String.join("\n", lines);
    }

    /**
     * {@return the plan that {@link #toText} wrote}
     *
     * @param text one column a line, and values seen
     * @throws AccreteException corrupt file: not such a text
     */
    public static ColumnPlan parse(String text) {
        try {
            List<Column> columns = new ArrayList<>();
            Map<String, List<String>> seen = new LinkedHashMap<>();
            text.lines().forEach(line -> {
                if (line.startsWith(SEEN) && line.indexOf('=') > 0) {
                    int equals = line.indexOf('=');
                    seen.put(
                            Escapes.unescape(line.substring(SEEN.length(), equals)),
                            Arrays.stream(line.substring(equals + 1).split("\\|", -1))
                                    .map(Escapes::unescape)
                                    .toList());
                } else {
                    columns.add(Column.parse(line));
                }
            });
            return new ColumnPlan(columns, seen);
        } catch (AccreteException | IllegalArgumentException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE, "a stored column plan cannot be read: " + e.getMessage(), e);
        }
    }
}
