package org.accrete.cli;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.Column;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.Target;

/** What the cells of one column are: how many are missing, their range, moments, distinct values and examples. */
final class ColumnSummary {
    private static final int EXAMPLES = 10;
    private static final int SHOWN = 24;
    private static final int LONGEST = 100;
    private static final double EXACT = 1e15;

    private final Column column;
    private final int mostDistinct;
    private final Map<String, Long> values = new LinkedHashMap<>();
    private final Histogram histogram = new Histogram();
    private boolean hasMore;
    private long rows;
    private long missing;
    private long odd;
    private String firstOdd = "";

    // Of numbers; of dates, in days.
    private long count;
    private double mean;
    private double squares;
    private double least = Double.POSITIVE_INFINITY;
    private double largest = Double.NEGATIVE_INFINITY;
    private String earliest = "";
    private String latest = "";

    /**
     * Makes a summary of no cells.
     *
     * @param column what the column is
     * @param mostDistinct distinct values are counted up to this
     */
    ColumnSummary(Column column, int mostDistinct) {
        this.column = column;
        this.mostDistinct = mostDistinct;
    }

    Column column() {
        return column;
    }

    /** Counts a cell as a file has it. */
    void add(String raw) {
        String cell = raw.trim();
        rows++;
        if (isNumber()) {
            double number = column.cells().number(cell);
            if (column.cells().isMissingNumber(cell)) {
                missing++;
            } else if (!Double.isFinite(number)) {
                addOdd(cell);
            } else {
                addNumber(number);
                addValue(text(number));
            }
        } else if (column.cells().isMissing(cell)) {
            missing++;
        } else if (column instanceof Column.Bool) {
            addBoolean(cell);
        } else if (column instanceof Column.DateTime) {
            addDate(cell);
        } else {
            boolean isCanonical = column instanceof Column.Label label && !label.asWritten();
            addValue(isCanonical ? LabelIndex.canonical(cell) : cell);
        }
    }

    private boolean isNumber() {
        return column instanceof Column.Numeric
                || column instanceof Column.Weight
                || column instanceof Column.Label label && label.target().kind() == Target.Kind.NUMERIC;
    }

    private void addBoolean(String cell) {
        switch (cell.toLowerCase(Locale.ROOT)) {
            case "true", "yes" -> addNumber(1);
            case "false", "no" -> addNumber(0);
            default -> {
                addOdd(cell);
                return;
            }
        }
        addValue(cell.toLowerCase(Locale.ROOT));
    }

    private void addDate(String cell) {
        Optional<LocalDate> day = column.cells().day(cell);
        if (day.isEmpty()) {
            addOdd(cell);
            return;
        }
        addNumber(day.get().toEpochDay());
        // In the order of the calendar, whatever that of the cell is.
        String[] parts = cell.split("[ T]", 2);
        String date = day.get() + (parts.length > 1 ? " " + parts[1] : "");
        earliest = earliest.isEmpty() || date.compareTo(earliest) < 0 ? date : earliest;
        latest = date.compareTo(latest) > 0 ? date : latest;
        addValue(cell);
    }

    private void addOdd(String cell) {
        odd++;
        firstOdd = firstOdd.isEmpty() ? cell : firstOdd;
    }

    /** Counts a number of a row that is encoded; NaN for a missing one. */
    void add(double number) {
        rows++;
        if (Double.isNaN(number)) {
            missing++;
        } else {
            addNumber(number);
            addValue(text(number));
        }
    }

    /** Counts a row of a sparse column, whose numbers that are not 0 follow. */
    void addRow() {
        rows++;
    }

    /** Counts a number that is not 0, of a sparse column. */
    void addEntry(double number) {
        addNumber(number);
    }

    private void addNumber(double number) {
        count++;
        double difference = number - mean;
        mean += difference / count;
        squares += difference * (number - mean);
        least = Math.min(least, number);
        largest = Math.max(largest, number);
        histogram.add(number);
    }

    private void addValue(String value) {
        String key = value.length() > LONGEST
                ? value.substring(0, LONGEST) + "…" + Integer.toHexString(value.hashCode())
                : value;
        if (values.containsKey(key) || values.size() < mostDistinct) {
            values.merge(key, 1L, Long::sum);
        } else {
            hasMore = true;
        }
    }

    /** {@return what is wrong with cells that are not of the column's kind; empty if all are} */
    Optional<String> warning() {
        return odd == 0
                ? Optional.empty()
                : Optional.of("column '" + column.name() + "' has " + Console.count(odd, "cell") + " that "
                        + (odd == 1 ? "is" : "are") + " not " + word() + ", such as '" + firstOdd
                        + "'; such a row is bad");
    }

    private String word() {
        return isNumber() ? "numeric" : column.kind().replaceFirst("\\(.*", "");
    }

    /** {@return the kind in few words} */
    private String kind() {
        if (column instanceof Column.Label label) {
            return label.target().kind() == Target.Kind.NUMERIC
                    ? "target, numeric"
                    : "target, " + Console.count(label.target().classes().size())
                            + (label.target().classes().size() == 1 ? " class" : " classes");
        }
        if (column instanceof Column.Categorical categorical) {
            return "categorical, " + Console.count(categorical.width());
        }
        if (column instanceof Column.Text text) {
            return "text, " + Console.count(text.width());
        }
        return column instanceof Column.Sparse sparse ? "sparse, " + Console.count(sparse.width()) : word();
    }

    /** {@return the names of the cells of {@link #line}} */
    static Table table() {
        return new Table("llrrrrrrll")
                .head("column", "kind", "missing", "distinct", "min", "max", "mean", "std", "histogram", "values");
    }

    /** Adds a line to a table. */
    void line(Table table) {
        boolean isDate = column instanceof Column.DateTime;
        boolean hasMoments = count > 0 && !isDate;
        table.line(
                shortened(column.name()),
                kind(),
                column instanceof Column.Sparse || rows == 0 ? "" : percent((double) missing / rows),
                column instanceof Column.Sparse ? "" : (hasMore ? ">" : "") + Console.count(values.size()),
                isDate ? earliest : hasMoments ? brief(least) : "",
                isDate ? latest : hasMoments ? brief(largest) : "",
                hasMoments ? brief(mean) : "",
                hasMoments ? brief(deviation()) : "",
                histogram.bars(),
                shortened(examples()));
    }

    private String examples() {
        if (column instanceof Column.Sparse) {
            return brief((double) count / Math.max(1, rows)) + " not 0 in a row";
        }
        // Numbers are examples as they come; of texts the most frequent ones say more.
        boolean withShares = !hasMore && count == 0 && !values.isEmpty() && values.size() < rows - missing;
        List<String> texts = new ArrayList<>();
        (withShares ? frequent() : List.copyOf(values.entrySet()))
                .stream()
                        .limit(EXAMPLES)
                        .forEach(entry -> texts.add(entry.getKey()
                                + (withShares ? " " + percent((double) entry.getValue() / (rows - missing)) : "")));
        return String.join(", ", texts);
    }

    private List<Map.Entry<String, Long>> frequent() {
        return values.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .toList();
    }

    private static String shortened(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN - 1) + "…" : text;
    }

    /** {@return the standard deviation of all numbers, as of a population} */
    private double deviation() {
        return Math.sqrt(squares / count);
    }

    private static String percent(double share) {
        if (share > 0 && share < 0.01) {
            return "<1%";
        }
        return share > 0.99 && share < 1 ? ">99%" : String.format(Locale.ROOT, "%.0f%%", 100 * share);
    }

    private static String text(double number) {
        return number == Math.rint(number) && Math.abs(number) < EXACT
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private static String brief(double number) {
        boolean isWhole = number == Math.rint(number) && Math.abs(number) < 1e7;
        return isWhole ? Console.count((long) number) : String.format(Locale.ROOT, "%.4g", number);
    }

    /** {@return all that was seen} */
    Map<String, Object> document() {
        boolean isDate = column instanceof Column.DateTime;
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", column.name());
        document.put("kind", column.kind());
        document.put("missing", missing);
        document.put("odd", odd);
        document.put("distinct", values.size());
        document.put("distinct_is_exact", !hasMore);
        document.put("min", isDate ? earliest : present(least));
        document.put("max", isDate ? latest : present(largest));
        document.put("mean", isDate ? Optional.empty() : present(mean));
        document.put("std", isDate ? Optional.empty() : present(count == 0 ? 0 : deviation()));
        Map<String, Object> bins = new LinkedHashMap<>();
        bins.put("begin", histogram.begin());
        bins.put("bin_width", histogram.width());
        List<Long> counts = new ArrayList<>();
        for (long one : histogram.counts()) {
            counts.add(one);
        }
        bins.put("counts", counts);
        document.put("histogram", count == 0 ? Optional.empty() : Optional.of(bins));
        List<Map<String, Object>> examples = new ArrayList<>();
        frequent().stream().limit(EXAMPLES).forEach(entry -> {
            Map<String, Object> example = new LinkedHashMap<>();
            example.put("value", entry.getKey());
            example.put("rows", entry.getValue());
            examples.add(example);
        });
        document.put("values", examples);
        return document;
    }

    private Optional<Double> present(double value) {
        return count == 0 ? Optional.empty() : Optional.of(value);
    }
}
