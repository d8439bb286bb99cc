package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
 *   <li>Dates of another order are found where the cells leave only one, as {@code 13/01/2024} does. Where day and
 *       month could be either, the column is text, with a warning that names both formats.
 *   <li>A column of only {@code true}, {@code yes}, {@code false} and {@code no} is boolean. Any other is text, hashed
 *       into buckets; their number is the power of two ≥ 64 × the distinct values, between 2^10 and 2^18. Of a column
 *       with {@code min-count} the values that are seen that often are kept, and the others share a place. The number
 *       of buckets of a cross follows in the same way from the product of the distinct values of its columns.
 *   <li>A column without values, and text of which more than half is unique, is ignored, with a warning.
 *   <li>Text of which most cells are numbers, or look like numbers or dates that are written in a way that is not read,
 *       gets a warning that says how to have them read.
 *   <li>A target is numeric when its values are numbers of which some are not whole or more than 20 differ, and
 *       categorical otherwise; a learner of one kind of target makes whole numbers that kind. Classes are sorted:
 *       numbers by value, then text by code point. A target of which most cells look like numbers without being read as
 *       such is refused, because a class for each number is never wanted.
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
    private static final int SHORTEST_DATE = "1/1/2000".length();
    private static final int LONGEST_DATE = "01/01/2000T00:00:00.000000000Z".length();
    /** Formats of dates that are found where the cells leave one of them. */
    private static final List<String> DATE_FORMATS = List.of(
            "dd/MM/yyyy",
            "MM/dd/yyyy",
            "yyyy/MM/dd",
            "dd.MM.yyyy",
            "MM.dd.yyyy",
            "yyyy.MM.dd",
            "dd-MM-yyyy",
            "MM-dd-yyyy");

    private final List<String> header;
    private final Optional<String> target;
    private final Optional<Target.Kind> targetKind;
    private final CellFormat cells;
    private final Map<String, Column> given = new HashMap<>();
    private final List<Column.Key> keys = new ArrayList<>();
    private final List<Column.Cross> crosses = new ArrayList<>();
    private final Optional<CellFilter> filter;
    private final List<Row> sample = new ArrayList<>();
    /** Rows that do not pass the condition. */
    private final List<Row> others = new ArrayList<>();

    private final List<String> warnings = new ArrayList<>();
    private int otherFields = -1;

    /**
     * Makes an inference of columns in the standard format that has seen no row.
     *
     * @param header names of the raw columns
     * @param target name of the column to be predicted, if there is one
     * @param given columns whose kind is not to be inferred, and kinds {@code numeric} or {@code categorical} for the
     *     target
     * @throws AccreteException bad argument: the target or a given column is not in the header, or given twice
     */
    public PlanInference(List<String> header, Optional<String> target, List<Column> given) {
        this(header, target, given, List.of(), Optional.empty(), CellFormat.standard(), Optional.empty());
    }

    /**
     * Makes an inference that has seen no row.
     *
     * @param header names of the raw columns
     * @param request the target, its kind if the learner needs one, and the columns that are given: those of the
     *     header, or names whose {@code %XX} stands for a byte
     * @param cells how cells are written, where a given column does not say otherwise
     * @throws AccreteException bad argument: the target or a given column is not in the header, or given twice
     */
    public PlanInference(List<String> header, SourceRequest request, CellFormat cells) {
        this(header, request.target(), request.columns(), request.keys(), request.targetKind(), cells, request.where());
    }

    private PlanInference(
            List<String> header,
            Optional<String> target,
            List<Column> given,
            List<String> keys,
            Optional<Target.Kind> targetKind,
            CellFormat cells,
            Optional<RowFilter> where) {
        this.header = List.copyOf(header);
        this.targetKind = targetKind;
        this.cells = cells;
        requireDistinct(header);
        Set<String> names = Set.copyOf(header);
        for (Column asGiven : given) {
            Column column = asGiven.namedAsIn(names);
            if (column instanceof Column.Cross cross) {
                crosses.add(cross);
                cross.columns().stream()
                        .filter(part -> !names.contains(part))
                        .findFirst()
                        .ifPresent(part -> {
                            throw absent(part);
                        });
                continue;
            }
            if (!names.contains(column.name())) {
                throw absent(column.name());
            }
            if (this.given.put(column.name(), column) != null) {
                throw AccreteException.badArgument("column " + Cells.quote(column.name()) + " is given twice");
            }
        }
        for (String key : keys) {
            if (!names.contains(key)) {
                throw absent(key);
            }
            if (!(this.given.get(key) instanceof Column.Key)) {
                this.keys.add(new Column.Key(key));
            }
        }
        if (target.isPresent() && !names.contains(target.get())) {
            throw absent(target.get());
        }
        this.target = target.or(() -> given.stream()
                .filter(Column.Label.class::isInstance)
                .map(column -> column.namedAsIn(names).name())
                .findFirst());
        this.filter = where.map(condition -> new CellFilter(condition, header, List.copyOf(this.given.values())));
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
        String listed = names.stream().limit(LISTED).map(Cells::oneLine).collect(Collectors.joining(", "));
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
     * Adds a row; one whose number of fields differs from the header's is ignored as long as others have that number,
     * and one that does not pass the request's condition as long as others do.
     *
     * @param fields the cells
     */
    public void add(List<String> fields) {
        if (fields.size() == header.size()) {
            boolean isWanted = filter.isEmpty() || filter.get().accepts(fields);
            (isWanted ? sample : others).add(new Row(fields));
        } else if (otherFields < 0) {
            otherFields = fields.size();
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
     * @throws AccreteException bad data: no row has as many fields as the header, the target is always missing or is
     *     numbers in a notation that is not read, or no column is left to learn from; bad argument: a kind that a
     *     target cannot have
     */
    public ColumnPlan plan() {
        warnings.clear();
        if (sample.isEmpty() && !others.isEmpty()) {
            warnings.add(
                    "none of the first rows passes the condition, so the columns and classes are those of all of them");
            sample.addAll(others);
        }
        if (sample.isEmpty() && otherFields >= 0) {
            throw AccreteException.badData(
                    "a row must have " + header.size() + " fields, as the header has, but has " + otherFields);
        }
        List<Column> columns = new ArrayList<>();
        Map<String, List<String>> hashed = new LinkedHashMap<>();
        for (int i = 0; i < header.size(); i++) {
            String name = header.get(i);
            Optional<Column> wanted = Optional.ofNullable(given.get(name))
                    .map(column -> column.withCells(column.cells().or(cells)));
            if (wanted.isPresent() && isComplete(wanted.get()) && !target.equals(Optional.of(name))) {
                columns.add(wanted.get());
                continue;
            }
            Facts seen = new Facts(wanted.map(Column::cells).orElse(cells));
            for (Row row : sample) {
                seen.add(row.cell(i));
            }
            if (target.equals(Optional.of(name))) {
                columns.add(target(name, seen, wanted));
            } else {
                Column column = wanted.isPresent() ? complete(wanted.get(), seen) : infer(name, seen);
                columns.add(column);
                if (column instanceof Column.Categorical texts && !texts.keepsValues() && seen.present > 0) {
                    hashed.put(name, seen.values.keySet().stream().sorted().toList());
                }
            }
        }
        for (Column.Cross cross : crosses) {
            columns.add(new Column.Cross(
                    cross.name(), cross.columns(), cross.width() > 0 ? cross.width() : buckets(combinations(cross))));
        }
        columns.addAll(keys);
        ColumnPlan plan = new ColumnPlan(columns, hashed);
        if (plan.schema().blocks().isEmpty()) {
            String why = warnings.stream().limit(3).map(line -> "; " + line).collect(Collectors.joining());
            throw AccreteException.badData("no column is left to learn from; columns: " + list(header) + why);
        }
        return plan;
    }

    /** {@return how many combinations there are of the texts that were seen, as far as it matters} */
    private long combinations(Column.Cross cross) {
        long combinations = 1;
        for (String name : cross.columns()) {
            int field = header.indexOf(name);
            Facts seen = new Facts(Optional.ofNullable(given.get(name))
                    .map(Column::cells)
                    .orElse(CellFormat.standard())
                    .or(cells));
            sample.forEach(row -> seen.add(row.cell(field)));
            combinations = Math.min(MOST_BUCKETS, combinations * Math.max(1, seen.values.size()));
        }
        return combinations;
    }

    /** {@return how many buckets so many texts are hashed into} */
    private static int buckets(long texts) {
        long wanted = BUCKETS_PER_VALUE * Math.max(1, texts);
        return (int) Math.min(MOST_BUCKETS, Math.max(LEAST_BUCKETS, Long.highestOneBit(2 * wanted - 1)));
    }

    /** {@return whether nothing about a given column follows from its cells} */
    private static boolean isComplete(Column column) {
        return !(column instanceof Column.Categorical categorical && categorical.width() == 0)
                && !(column instanceof Column.DateTime date && date.firstDay().isEmpty())
                && !(column instanceof Column.Label);
    }

    private static Column complete(Column column, Facts seen) {
        if (column instanceof Column.Categorical categorical && categorical.width() == 0) {
            if (categorical.minCount() == 0) {
                return new Column.Categorical(column.name(), seen.buckets(), column.cells());
            }
            List<String> kept = seen.commonValues(categorical.minCount());
            return new Column.Categorical(column.name(), kept.size() + 1, categorical.minCount(), kept, column.cells());
        }
        if (column instanceof Column.DateTime date && date.firstDay().isEmpty()) {
            return new Column.DateTime(column.name(), Optional.of(seen.firstDay()), column.cells());
        }
        return column;
    }

    private Column infer(String name, Facts seen) {
        if (seen.present == 0) {
            warnings.add("column " + Cells.quote(name) + " is ignored: it is empty in the first " + sample.size()
                    + " rows; " + Notation.option(name, "KIND") + " reads it all the same");
            return new Column.Ignore(name);
        }
        if (seen.isMostly(seen.numbers)) {
            warnOfOdd(name, "numbers", "numeric", seen.numbers, seen);
            return new Column.Numeric(name, cells);
        }
        if (seen.booleans == seen.present) {
            return new Column.Bool(name, cells);
        }
        if (seen.isMostly(seen.dates)) {
            warnOfOdd(name, "dates", "datetime", seen.dates, seen);
            return new Column.DateTime(name, Optional.of(seen.firstDay()), cells);
        }
        List<Facts.OtherDates> formats = seen.possibleDates();
        if (formats.size() == 1 && seen.isMostly(seen.dates + formats.get(0).count())) {
            Facts.OtherDates only = formats.get(0);
            warnOfOdd(name, "dates " + only.format(), "datetime", seen.dates + only.count(), seen);
            return new Column.DateTime(
                    name, Optional.of(LocalDate.ofEpochDay(only.firstDay())), cells.withDates(only.format()));
        }
        boolean ignored = 2L * seen.unique() > sample.size();
        String fate = ignored
                ? " is ignored: it is text that is unique in over half of the first " + sample.size() + " rows"
                : " is read as text";
        Optional<String> doubt = seen.doubt(name);
        if (doubt.isPresent()) {
            warnings.add("column " + Cells.quote(name) + fate + ", although " + doubt.get() + "; "
                    + Notation.option(name, "categorical") + " reads it as text, " + Notation.option(name, "ignore")
                    + " leaves it out");
        } else if (ignored) {
            warnings.add("column " + Cells.quote(name) + fate + "; " + Notation.option(name, "categorical")
                    + " reads it all the same");
        }
        return ignored ? new Column.Ignore(name) : new Column.Categorical(name, seen.buckets(), cells);
    }

    private void warnOfOdd(String name, String what, String kind, int good, Facts seen) {
        if (good < seen.present) {
            String odd = seen.commonestOdd();
            warnings.add("column " + Cells.quote(name) + " is read as " + what + " although " + (seen.present - good)
                    + " of the first " + sample.size() + " rows have something else there, such as "
                    + Cells.quote(odd) + Notation.hint(name, kind, odd) + "; " + Notation.option(name, "categorical")
                    + " reads it as text");
        }
    }

    private Column.Label target(String name, Facts seen, Optional<Column> wanted) {
        CellFormat format = wanted.map(Column::cells).orElse(cells);
        if (wanted.isPresent() && wanted.get() instanceof Column.Label label) {
            boolean inferred = label.target().kind() == Target.Kind.CATEGORICAL
                    && label.target().classes().isEmpty();
            return !inferred && label.target().kind() == Target.Kind.NUMERIC
                    ? label
                    : label.withTarget(
                            Target.categorical(name, inferred ? seen.labels(label.asWritten()) : sorted(label)));
        }
        if (seen.present == 0 && wanted.isEmpty()) {
            throw AccreteException.badData(
                    "column " + Cells.quote(name) + ", the target, is empty in the first " + sample.size()
                            + " rows; say what it is with " + Notation.option(name, "numeric") + " or "
                            + Notation.option(name, "categorical"));
        }
        if (format.replacesMissing() || format.hasIndicator()) {
            throw AccreteException.badArgument("column " + Cells.quote(name)
                    + " is the target, for which if-missing and indicator mean nothing: a row without it is"
                    + " unlabelled; leave them out");
        }
        if (wanted.isPresent() && wanted.get() instanceof Column.Categorical texts && texts.keepsValues()) {
            throw AccreteException.badArgument("column " + Cells.quote(name)
                    + " is the target, for which min-count and values mean nothing; name its classes with "
                    + Notation.option(name, "target(classes=a|b)"));
        }
        boolean numeric;
        if (wanted.isEmpty()) {
            numeric = isNumericTarget(name, seen);
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
            warnOfOdd(name, "numbers", "numeric", seen.numbers, seen);
            return new Column.Label(name, Target.numeric(name), false, format);
        }
        boolean asWritten = wanted.filter(Column.Categorical.class::isInstance).isPresent();
        return new Column.Label(name, Target.categorical(name, seen.labels(asWritten)), asWritten, format);
    }

    private static List<String> sorted(Column.Label label) {
        List<String> declared = label.target().classes();
        return label.asWritten() ? LabelIndex.sortedAsWritten(declared) : LabelIndex.sorted(declared);
    }

    private boolean isNumericTarget(String name, Facts seen) {
        int distinct = seen.labels(false).size();
        if (seen.isMostly(seen.numbers)) {
            boolean whole = seen.whole == seen.numbers;
            return targetKind
                    .map(kind -> !whole || kind == Target.Kind.NUMERIC)
                    .orElse(!whole || distinct > CLASSES_OF_NUMBERS);
        }
        Optional<String> doubt = seen.doubt(name);
        if (doubt.isPresent()
                && (distinct > CLASSES_OF_NUMBERS || seen.commonestNotation().isPresent())) {
            throw AccreteException.badData("column " + Cells.quote(name)
                    + ", the target, is neither numbers nor classes: " + doubt.get() + "; "
                    + Notation.option(name, "categorical") + " makes each text a class");
        }
        doubt.ifPresent(why ->
                warnings.add("column " + Cells.quote(name) + ", the target, is read as classes, although " + why + "; "
                        + Notation.option(name, "categorical") + " makes each text a class without this warning"));
        if (doubt.isEmpty()) {
            seen.values.keySet().stream()
                    .filter(Notation::isMissingSymbol)
                    .findFirst()
                    .ifPresent(cell -> warnings.add("column " + Cells.quote(name) + ", the target, has the class "
                            + Cells.quote(cell) + "; " + Notation.missingRemedy(name, "target", cell)));
        }
        return false;
    }

    /** What was seen of one column. */
    private static final class Facts {
        private final DateCell date;
        private final CellFormat cells;
        private final Map<String, Integer> values = new HashMap<>();
        private final Map<String, Integer> odd = new LinkedHashMap<>();
        private int present;
        private int numbers;
        private int whole;
        private int booleans;
        private int dates;
        private long firstDay;
        /** Dates in other orders or with other separators than ISO, by format. */
        private final Map<String, OtherDates> otherDates = new LinkedHashMap<>();

        /** Cells that are neither numbers nor ISO dates but can be read as dates in another format. */
        private int likeOtherDates;

        /**
         * Dates in a format.
         *
         * @param reader reads them
         * @param count how many were seen
         * @param firstDay the first of them, or the first ISO date before it
         */
        record OtherDates(String format, DateCell reader, int count, long firstDay) {}

        Facts(CellFormat cells) {
            this.cells = cells;
            this.date = cells.dateCell();
            for (String format : DATE_FORMATS) {
                otherDates.put(format, new OtherDates(format, new DateCell(format), 0, 0));
            }
        }

        private void addOtherDate(byte[] text) {
            int before = likeOtherDates;
            otherDates.replaceAll((format, one) -> {
                if (!one.reader().read(text, 0, text.length)) {
                    return one;
                }
                likeOtherDates = before + 1;
                long first = dates > 0 ? firstDay : one.reader().epochDay();
                return new OtherDates(format, one.reader(), one.count() + 1, one.count() == 0 ? first : one.firstDay());
            });
        }

        /** {@return the formats in which all cells are dates that are in any of them} */
        List<OtherDates> possibleDates() {
            return otherDates.values().stream()
                    .filter(one -> one.count() > 0 && one.count() == likeOtherDates)
                    .toList();
        }

        void add(String cell) {
            byte[] text = cell.getBytes(StandardCharsets.UTF_8);
            double number = cells.number(text, 0, text.length);
            if (Double.isNaN(number) && cells.isMissingNumber(text, 0, text.length)) {
                return;
            }
            present++;
            values.merge(cell, 1, Integer::sum);
            if (!Double.isNaN(number)) {
                numbers++;
                whole += number == Math.rint(number) ? 1 : 0;
            } else if (date.read(text, 0, text.length)) {
                firstDay = dates == 0 ? date.epochDay() : firstDay;
                dates++;
            } else {
                if (text.length >= SHORTEST_DATE && text.length <= LONGEST_DATE) {
                    addOtherDate(text);
                }
                booleans += Double.isNaN(Cells.parseBoolean(text, 0, text.length)) ? 0 : 1;
                odd.merge(cell, 1, Integer::sum);
            }
        }

        /** {@return the sorted classes that the values are} */
        List<String> labels(boolean asWritten) {
            return LabelIndex.sortedAsWritten(values.keySet().stream()
                    .map(cell -> asWritten ? cell : Cells.label(cell, number(cell)))
                    .toList());
        }

        private double number(String cell) {
            byte[] text = cell.getBytes(StandardCharsets.UTF_8);
            return cells.number(text, 0, text.length);
        }

        /** {@return the commonest cell that is neither a number nor a date; empty if there is none} */
        String commonestOdd() {
            return odd.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse("");
        }

        private Map<Notation, Integer> notations() {
            Map<Notation, Integer> counts = new EnumMap<>(Notation.class);
            odd.forEach((cell, count) ->
                    Notation.of(cell).ifPresent(notation -> counts.merge(notation, count, Integer::sum)));
            return counts;
        }

        /** {@return the notation of most numbers that are not read, if there are more of them than of other cells} */
        Optional<Notation> commonestNotation() {
            Map<Notation, Integer> counts = notations();
            int unread = counts.values().stream().mapToInt(Integer::intValue).sum();
            int others = odd.entrySet().stream()
                    .filter(entry -> !Notation.isLikeMissing(entry.getKey()))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
            return counts.entrySet().stream()
                    .filter(entry -> 2 * unread > others)
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey);
        }

        /** {@return why text may be numbers or dates after all, and what to do then; empty if it is text} */
        Optional<String> doubt(String name) {
            int missing = odd.entrySet().stream()
                    .filter(entry -> Notation.isLikeMissing(entry.getKey()))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
            int likeDates = dates + notations().getOrDefault(Notation.DATE, 0);
            int likeNumbers = numbers
                    + notations().entrySet().stream()
                            .filter(entry -> entry.getKey().isNumber())
                            .mapToInt(Map.Entry::getValue)
                            .sum();
            boolean isNumbers = 2 * likeNumbers > present - missing;
            if (!isNumbers && 2 * likeDates <= present - missing) {
                return Optional.empty();
            }
            Optional<Notation> notation = commonestNotation();
            if (notation.isPresent()) {
                String example = odd.keySet().stream()
                        .filter(cell -> Notation.of(cell).equals(notation))
                        .findFirst()
                        .orElse("");
                List<String> formats =
                        possibleDates().stream().map(OtherDates::format).toList();
                return Optional.of(
                        "most of its cells look like " + notation.get().words() + ", such as "
                                + Cells.quote(example) + ": "
                                + (notation.get() == Notation.DATE && formats.size() > 1
                                        ? "they can be " + String.join(" or ", formats) + "; say which, as in "
                                                + Notation.option(name, "datetime(format=" + formats.get(0) + ")")
                                        : notation.get().remedy(name, "numeric")));
            }
            String kind = isNumbers ? "numeric" : "datetime";
            String cell = odd.isEmpty() ? "" : commonestOdd();
            return Optional.of("most of its cells are " + (isNumbers ? "numbers" : "dates")
                    + (cell.isEmpty()
                            ? ""
                            : "; others are not, such as " + Cells.quote(cell) + ": "
                                    + Notation.missingRemedy(name, kind, cell)));
        }

        boolean isMostly(int some) {
            return some > 0 && ONE_ODD_IN * (present - some) <= present;
        }

        /** {@return the values that were seen at least some number of times, sorted} */
        List<String> commonValues(int times) {
            return LabelIndex.sortedAsWritten(values.entrySet().stream()
                    .filter(entry -> entry.getValue() >= times)
                    .map(Map.Entry::getKey)
                    .toList());
        }

        long unique() {
            return values.values().stream().filter(count -> count == 1).count();
        }

        int buckets() {
            return PlanInference.buckets(values.size());
        }

        /** {@return the first date in the format of the column} */
        LocalDate firstDay() {
            return LocalDate.ofEpochDay(firstDay);
        }
    }
}
