package org.accrete.api.data;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;

/**
 * Finds the {@link ColumnPlan} of a source from its header, its first rows and the kinds that the user gives for some
 * columns.
 *
 * <ul>
 *   <li>A column whose cells are numbers, or dates, gets that kind. With a warning it also does when up to one cell in
 *       twenty is neither of that kind nor missing: those rows are refused later, which is easier to notice than
 *       numbers learned as text.
 *   <li>A column of only {@code true}, {@code yes}, {@code false} and {@code no} is boolean. Any other is text, hashed
 *       into buckets; their number is the power of two ≥ 64 × the distinct values, between 2^10 and 2^18.
 *   <li>A column without values, and text of which more than half is unique, is ignored, with a warning.
 *   <li>A target is numeric when its values are numbers of which some are not whole or more than 20 differ, and
 *       categorical otherwise. Its classes are sorted: numbers by value, then text by code point.
 * </ul>
 */
public final class PlanInference {
    /** How many rows a source should add, when it has so many. */
    public static final int ROWS = 1_000;

    private static final int ONE_ODD_IN = 20;
    private static final int CLASSES_OF_NUMBERS = 20;
    private static final int BUCKETS_PER_VALUE = 64;
    private static final int LEAST_BUCKETS = 1 << 10;
    private static final int MOST_BUCKETS = 1 << 18;
    private static final int LISTED = 50;

    private final List<String> header;
    private final Optional<String> target;
    private final Map<String, Column> given = new HashMap<>();
    private final List<Row> sample = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /**
     * Makes an inference that has seen no row.
     *
     * @param header names of the raw columns
     * @param target name of the column to be predicted, if there is one
     * @param given columns whose kind is not to be inferred, and kinds {@code numeric} or {@code categorical} for the
     *     target
     * @throws AccreteException bad argument: the target or a given column is not in the header, or given twice
     */
    public PlanInference(List<String> header, Optional<String> target, List<Column> given) {
        this.header = List.copyOf(header);
        requireDistinct(header);
        for (Column column : given) {
            if (!header.contains(column.name())) {
                throw absent(column.name());
            }
            if (this.given.put(column.name(), column) != null) {
                throw AccreteException.badArgument("column " + Cells.quote(column.name()) + " is given twice");
            }
        }
        if (target.isPresent() && !header.contains(target.get())) {
            throw absent(target.get());
        }
        this.target = target.or(() -> given.stream()
                .filter(Column.Label.class::isInstance)
                .map(Column::name)
                .findFirst());
    }

    private AccreteException absent(String name) {
        return AccreteException.badArgument(
                "there is no column " + Cells.quote(name) + "; " + columnsBeside(name, header));
    }

    /**
     * {@return names of the columns for a message about a missing one, the one that differs only in case first}
     *
     * @param missing a name that is not among them
     * @param header names of the columns
     */
    static String columnsBeside(String missing, List<String> header) {
        return header.stream()
                        .filter(name -> name.strip().equalsIgnoreCase(missing.strip()))
                        .findFirst()
                        .map(name -> "did you mean " + Cells.quote(name) + "? ")
                        .orElse("")
                + "columns: " + list(header);
    }

    /**
     * {@return names for a message}
     *
     * @param names any number of names
     */
    static String list(List<String> names) {
        String listed = names.stream().limit(LISTED).collect(Collectors.joining(", "));
        return names.size() > LISTED ? listed + " and " + (names.size() - LISTED) + " more" : listed;
    }

    /**
     * Refuses a header that has a name twice.
     *
     * @param header names of the raw columns
     */
    static void requireDistinct(List<String> header) {
        Set<String> names = new HashSet<>();
        for (String name : header) {
            if (!names.add(name)) {
                throw AccreteException.badData("column " + Cells.quote(name) + " occurs twice in the header");
            }
        }
    }

    /**
     * Adds a row; one whose number of fields differs from the header's is ignored.
     *
     * @param fields the cells
     */
    public void add(List<String> fields) {
        if (fields.size() == header.size()) {
            sample.add(new Row(fields));
        }
    }

    /** A row as one string, because a string per cell would take several times the memory. */
    private static final class Row {
        private final String text;
        private final int[] ends;

        Row(List<String> fields) {
            text = String.join("", fields);
            ends = new int[fields.size()];
            int end = 0;
            for (int i = 0; i < ends.length; i++) {
                end += fields.get(i).length();
                ends[i] = end;
            }
        }

        String cell(int field) {
            return text.substring(field == 0 ? 0 : ends[field - 1], ends[field]).trim();
        }
    }

    /** {@return warnings about the plan, one line each; complete after {@link #plan} was called} */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * {@return the plan that follows from the rows added so far}
     *
     * @throws AccreteException bad data: the target is always missing, or no column is left to learn from; bad
     *     argument: a kind that a target cannot have
     */
    public ColumnPlan plan() {
        warnings.clear();
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < header.size(); i++) {
            String name = header.get(i);
            Facts seen = new Facts();
            for (Row row : sample) {
                seen.add(row.cell(i));
            }
            Optional<Column> wanted = Optional.ofNullable(given.get(name));
            if (target.equals(Optional.of(name))) {
                columns.add(new Column.Label(name, target(name, seen, wanted)));
            } else {
                columns.add(wanted.isPresent() ? complete(wanted.get(), seen) : infer(name, seen));
            }
        }
        ColumnPlan plan = new ColumnPlan(columns);
        if (plan.schema().blocks().isEmpty()) {
            throw AccreteException.badData("no column is left to learn from; columns: " + list(header));
        }
        return plan;
    }

    private static Column complete(Column column, Facts seen) {
        if (column instanceof Column.Categorical categorical && categorical.width() == 0) {
            return new Column.Categorical(column.name(), seen.buckets());
        }
        if (column instanceof Column.DateTime date && date.firstDay().isEmpty()) {
            return new Column.DateTime(column.name(), Optional.of(seen.firstDay()));
        }
        return column;
    }

    private Column infer(String name, Facts seen) {
        if (seen.present == 0) {
            warnings.add("column " + Cells.quote(name) + " is ignored: it is empty in the first " + sample.size()
                    + " rows; --column " + name + "=KIND reads it all the same");
            return new Column.Ignore(name);
        }
        if (seen.isMostly(seen.numbers)) {
            warnOfOdd(name, "numbers", seen.numbers, seen);
            return new Column.Numeric(name);
        }
        if (seen.booleans == seen.present) {
            return new Column.Bool(name);
        }
        if (seen.isMostly(seen.dates)) {
            warnOfOdd(name, "dates", seen.dates, seen);
            return new Column.DateTime(name, Optional.of(seen.firstDay()));
        }
        if (2L * seen.unique() > sample.size()) {
            warnings.add(
                    "column " + Cells.quote(name) + " is ignored: it is text that is unique in over half of the first "
                            + sample.size() + " rows; --column " + name + "=categorical reads it all the same");
            return new Column.Ignore(name);
        }
        return new Column.Categorical(name, seen.buckets());
    }

    private void warnOfOdd(String name, String what, int good, Facts seen) {
        if (good < seen.present) {
            warnings.add("column " + Cells.quote(name) + " is read as " + what + " although " + (seen.present - good)
                    + " of the first " + sample.size() + " rows have something else there, such as "
                    + Cells.quote(seen.lastText)
                    + "; --column " + name + "=categorical reads it as text");
        }
    }

    private Target target(String name, Facts seen, Optional<Column> wanted) {
        if (wanted.isPresent() && wanted.get() instanceof Column.Label label) {
            boolean declared = !label.target().classes().isEmpty();
            return label.target().kind() == Target.Kind.CATEGORICAL
                    ? Target.categorical(
                            name, LabelIndex.sorted(declared ? label.target().classes() : seen.values.keySet()))
                    : label.target();
        }
        if (seen.present == 0 && wanted.isEmpty()) {
            throw AccreteException.badData(
                    "column " + Cells.quote(name) + ", the target, is empty in the first " + sample.size()
                            + " rows; say what it is with --column " + name + "=numeric or " + name + "=categorical");
        }
        boolean numeric;
        if (wanted.isEmpty()) {
            numeric = seen.isMostly(seen.numbers)
                    && (seen.whole < seen.numbers
                            || LabelIndex.sorted(seen.values.keySet()).size() > CLASSES_OF_NUMBERS);
        } else if (wanted.get() instanceof Column.Numeric) {
            numeric = true;
        } else if (wanted.get() instanceof Column.Categorical || wanted.get() instanceof Column.Bool) {
            numeric = false;
        } else {
            throw AccreteException.badArgument("column " + Cells.quote(name)
                    + " is the target, whose kind must be numeric or categorical but was "
                    + wanted.get().kind());
        }
        if (numeric) {
            warnOfOdd(name, "numbers", seen.numbers, seen);
            return Target.numeric(name);
        }
        return Target.categorical(name, LabelIndex.sorted(seen.values.keySet()));
    }

    /** What was seen of one column. */
    private static final class Facts {
        private final DateCell date = new DateCell();
        private final Map<String, Integer> values = new HashMap<>();
        private int present;
        private int numbers;
        private int whole;
        private int booleans;
        private int dates;
        private long firstDay;
        private String lastText = "";

        void add(String cell) {
            char[] text = cell.toCharArray();
            if (Cells.isMissing(text, 0, text.length)) {
                return;
            }
            present++;
            values.merge(cell, 1, Integer::sum);
            double number = Numbers.parse(text, 0, text.length);
            if (!Double.isNaN(number)) {
                numbers++;
                whole += number == Math.rint(number) ? 1 : 0;
            } else if (date.read(text, 0, text.length)) {
                firstDay = dates == 0 ? date.epochDay() : firstDay;
                dates++;
            } else {
                booleans += Double.isNaN(Cells.parseBoolean(text, 0, text.length)) ? 0 : 1;
                lastText = cell;
            }
        }

        boolean isMostly(int some) {
            return some > 0 && ONE_ODD_IN * (present - some) <= present;
        }

        long unique() {
            return values.values().stream().filter(count -> count == 1).count();
        }

        int buckets() {
            int wanted = BUCKETS_PER_VALUE * Math.max(1, values.size());
            return Math.min(MOST_BUCKETS, Math.max(LEAST_BUCKETS, Integer.highestOneBit(2 * wanted - 1)));
        }

        LocalDate firstDay() {
            return LocalDate.ofEpochDay(firstDay);
        }
    }
}
