package org.accrete.api.data;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.ChronoLocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;

/**
 * Turns named values into rows of a chunk, by a column plan: the twin of {@link RowEncoder} for data that is not text.
 * The plan's columns are resolved once, so that a record costs time in proportion to its columns. Not thread-safe.
 *
 * <p>A record is a map from column name to value, or a Java {@code record} whose components have the columns' names.
 * Values that a column does not name are ignored.
 *
 * <ul>
 *   <li>A numeric column takes any {@link Number} and text that is a number; a boolean column a {@link Boolean} and the
 *       texts {@code true}, {@code yes}, {@code false}, {@code no}.
 *   <li>A date column takes {@link LocalDate}, {@link LocalDateTime} (read as UTC), {@link Instant},
 *       {@link OffsetDateTime}, {@link ZonedDateTime}, and text as {@link RowEncoder} does.
 *   <li>A text column takes the text of any value; of an enum constant its name.
 *   <li>A sparse column takes text of pairs {@code index:value}.
 *   <li>{@code null}, NaN and text that {@link RowEncoder} reads as a missing cell are missing.
 * </ul>
 */
public final class RecordEncoder {
    /** What a column's value becomes. */
    private enum Use {
        NUMBER,
        BOOLEAN,
        DAYS,
        /** 1 if the value is missing. */
        MISSING,
        /** A one-hot or sparse block. */
        BLOCK,
        /** A part of a cross. */
        PART,
        WEIGHT,
        KEY,
        TARGET
    }

    private final ColumnPlan plan;
    private final Schema schema;
    private final boolean targetNeeded;
    private final String[] names;
    private final Use[] uses;
    /** First column of a value in the chunk, or the number of a key. */
    private final int[] columns;
    /** What reads the texts that have a block, by the number of the value. */
    private final Map<Integer, BlockCell> blocks = new HashMap<>();
    /**
     * Width of a one-hot or sparse block, the day that a date column counts from, or 1 where missing values of a
     * numeric column are told.
     */
    private final long[] extents;

    /** How many of the values are numbers, booleans or dates; they come first. */
    private final int amounts;

    /** How many of the values are features. */
    private final int features;

    private final CrossCell[] crosses;
    private final int[] crossColumns;

    /** The readers of date columns, by the number of the value. */
    private final Map<Integer, DateCell> dates = new HashMap<>();

    private final LabelIndex labels;
    private final CellFormat[] formats;
    private final boolean labelsAsWritten;
    /** Whether all labels so far are whole numbers that were taken for labels without being asked. */
    private boolean wholeLabelsOnly;

    private final Object[] values;
    private byte[] text = new byte[64];

    private Optional<Class<?>> recordType = Optional.empty();
    private MethodHandle[] accessors = {};
    /** Which of them give a number that is not boxed. */
    private boolean[] primitive = {};

    /**
     * Makes an encoder. Labels begin with those of the plan.
     *
     * @param plan how columns become numbers
     * @param targetNeeded whether the target is read, where it may be missing; when false, target and weight are not
     *     read
     */
    public RecordEncoder(ColumnPlan plan, boolean targetNeeded) {
        this(plan, targetNeeded, new LabelIndex(plan.schema().target().classes()));
    }

    /**
     * Makes an encoder whose labels somebody else numbers too.
     *
     * @param plan how columns become numbers
     * @param targetNeeded whether the target is read, where it may be missing; when false, target and weight are not
     *     read
     * @param labels numbers the labels; new ones are added to it
     */
    public RecordEncoder(ColumnPlan plan, boolean targetNeeded, LabelIndex labels) {
        this.plan = plan;
        this.schema = plan.schema();
        this.targetNeeded = targetNeeded;
        this.labels = labels;
        List<String> read = new ArrayList<>();
        List<Use> kinds = new ArrayList<>();
        List<Long> sizes = new ArrayList<>();
        List<CellFormat> cells = new ArrayList<>();
        // In the order of the schema: numbers, then one-hot blocks. What is no feature comes last, the target at the
        // very end, because it may add a label, which a refused row must not.
        for (Column column : plan.columns()) {
            if (column instanceof Column.Numeric) {
                add(column, Use.NUMBER, 0, read, kinds, sizes, cells);
            } else if (column instanceof Column.Bool) {
                add(column, Use.BOOLEAN, 0, read, kinds, sizes, cells);
            } else if (column instanceof Column.DateTime days) {
                dates.put(read.size(), column.cells().dateCell());
                add(column, Use.DAYS, days.firstDay().orElseThrow().toEpochDay(), read, kinds, sizes, cells);
            }
            if (column.cells().hasIndicator()) {
                add(column, Use.MISSING, column instanceof Column.Numeric ? 1 : 0, read, kinds, sizes, cells);
            }
        }
        amounts = read.size();
        for (Column column : plan.columns()) {
            if (RowEncoder.hasBlock(column)) {
                blocks.put(read.size(), RowEncoder.blockCell(column));
                add(column, Use.BLOCK, RowEncoder.width(column), read, kinds, sizes, cells);
            }
        }
        features = read.size();
        List<CrossCell> crossed = new ArrayList<>();
        for (Column.Cross cross : plan.crosses()) {
            int[] parts = new int[cross.columns().size()];
            for (int part = 0; part < parts.length; part++) {
                parts[part] = read.size();
                add(plan.column(cross.columns().get(part)), Use.PART, 0, read, kinds, sizes, cells);
            }
            crossed.add(new CrossCell(cross, plan, parts));
        }
        crosses = crossed.toArray(CrossCell[]::new);
        for (Column column : plan.columns()) {
            if (column instanceof Column.Key) {
                add(column, Use.KEY, 0, read, kinds, sizes, cells);
            } else if (column instanceof Column.Weight && targetNeeded) {
                add(column, Use.WEIGHT, 0, read, kinds, sizes, cells);
            }
        }
        if (targetNeeded && plan.label().isPresent()) {
            add(plan.label().get(), Use.TARGET, 0, read, kinds, sizes, cells);
        }
        names = read.toArray(String[]::new);
        uses = kinds.toArray(Use[]::new);
        extents = sizes.stream().mapToLong(Long::longValue).toArray();
        columns = new int[uses.length];
        formats = cells.toArray(CellFormat[]::new);
        labelsAsWritten = plan.label().filter(Column.Label::asWritten).isPresent();
        wholeLabelsOnly =
                plan.label().filter(Column.Label::takesWholeNumbersOnly).isPresent();
        values = new Object[uses.length];
        long dates = kinds.stream().filter(Use.DAYS::equals).count();
        int next = 0;
        int keys = 0;
        for (int i = 0; i < uses.length; i++) {
            if (i == amounts) {
                next += (int) dates * ColumnPlan.CYCLES;
            }
            if (i < features) {
                columns[i] = next;
                next += i < amounts ? 1 : (int) extents[i];
            } else if (uses[i] == Use.KEY) {
                columns[i] = keys++;
            }
        }
        crossColumns = new int[crosses.length];
        for (int i = 0; i < crossColumns.length; i++) {
            crossColumns[i] = next;
            next += plan.crosses().get(i).width();
        }
    }

    private static void add(
            Column column,
            Use use,
            long extent,
            List<String> names,
            List<Use> uses,
            List<Long> extents,
            List<CellFormat> formats) {
        names.add(column.name());
        uses.add(use);
        extents.add(extent);
        formats.add(column.cells());
    }

    /** {@return how columns become numbers} */
    public ColumnPlan plan() {
        return plan;
    }

    /** {@return what the columns of a chunk are} */
    public Schema schema() {
        return schema;
    }

    /**
     * Appends a record with its target, weight and keys.
     *
     * @param record a {@code Map} from column name to value, or a Java {@code record}; not kept
     * @param out a buffer of this schema that is not full; unchanged when the record is refused
     * @throws AccreteException bad data: a column is not in the record, or its value cannot be used; left out: the plan
     *     leaves such rows out; bad argument: neither a map nor a record
     */
    public void encode(Object record, ChunkBuffer out) {
        out.beginRow();
        if (record instanceof Map<?, ?> map) {
            read(map, out);
        } else if (record instanceof Record java) {
            read(java, out);
        } else {
            throw notARecord(record);
        }
        encode(out);
    }

    private void read(Map<?, ?> map, ChunkBuffer out) {
        for (int i = 0; i < uses.length; i++) {
            String name = names[i];
            values[i] = map.get(name);
            if (values[i] == null && uses[i] != Use.KEY && !map.containsKey(name)) {
                throw missing(name);
            }
            read(i, values[i], out);
        }
    }

    /** Encodes a number while it is at hand, which spares a second pass over wide records; keeps any other value. */
    private void read(int i, Object given, ChunkBuffer out) {
        Object value = given;
        if (formats[i].replacesMissing() && uses[i] != Use.MISSING && isMissing(given, i)) {
            value = new String(formats[i].fill(names[i], targetNeeded), StandardCharsets.UTF_8);
        }
        if (uses[i] != Use.NUMBER) {
            values[i] = value;
            if (i >= amounts) {
                return;
            }
        }
        double amount = switch (uses[i]) {
            case NUMBER -> number(value, i);
            case BOOLEAN -> bool(value, i);
            case MISSING -> isMissing(value, i) ? 1.0 : 0.0;
            default -> readDate(value, i) ? date(i).daysSince(extents[i]) : Double.NaN;
        };
        if (amount != 0.0) {
            out.put(i, amount);
        }
    }

    /** Encodes a number that is not boxed. */
    private void read(int i, double amount, ChunkBuffer out) {
        if (Double.isInfinite(amount)) {
            throw refuse(amount, i, "a finite number or missing");
        }
        double known = formats[i].isMissing(amount) ? Double.NaN : amount;
        if (known != 0.0) {
            out.put(i, known);
        }
    }

    private void read(Record record, ChunkBuffer out) {
        if (recordType.isEmpty() || recordType.get() != record.getClass()) {
            boolean[] numbers = new boolean[names.length];
            accessors = accessors(record.getClass(), numbers);
            primitive = numbers;
            recordType = Optional.of(record.getClass());
        }
        try {
            for (int i = 0; i < uses.length; i++) {
                if (primitive[i]) {
                    read(i, (double) accessors[i].invokeExact((Object) record), out);
                } else {
                    read(i, (Object) accessors[i].invokeExact((Object) record), out);
                }
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw AccreteException.badData("a component of " + record.getClass().getName() + " cannot be read: " + e);
        }
    }

    /**
     * {@return the value of a component of a Java record}
     *
     * @param record the record
     * @param component one of its class
     */
    public static Object value(Record record, RecordComponent component) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw unreadable(record.getClass(), e);
        }
    }

    private static AccreteException unreadable(Class<?> type, Exception cause) {
        return new AccreteException(
                AccreteException.Kind.BAD_ARGUMENT,
                "record " + type.getName() + " cannot be read; make it public, or open its package to org.accrete.api",
                cause);
    }

    /**
     * {@return the accessors of the values of a class of records}
     *
     * @param numbers is told which of them give a {@code double}; the others give an object
     */
    private MethodHandle[] accessors(Class<?> type, boolean[] numbers) {
        MethodHandle[] found = new MethodHandle[names.length];
        for (int i = 0; i < found.length; i++) {
            String name = names[i];
            Method accessor = null;
            for (RecordComponent component : type.getRecordComponents()) {
                if (component.getName().equals(name)) {
                    accessor = component.getAccessor();
                }
            }
            if (accessor == null) {
                if (uses[i] != Use.KEY) {
                    throw missing(name);
                }
                found[i] = MethodHandles.dropArguments(MethodHandles.constant(Object.class, null), 0, Object.class);
                continue;
            }
            try {
                accessor.setAccessible(true);
                Class<?> given = accessor.getReturnType();
                numbers[i] = uses[i] == Use.NUMBER
                        && !formats[i].replacesMissing()
                        && given.isPrimitive()
                        && given != boolean.class
                        && given != char.class;
                found[i] = MethodHandles.lookup()
                        .unreflect(accessor)
                        .asType(MethodType.methodType(numbers[i] ? double.class : Object.class, Object.class));
            } catch (IllegalAccessException | RuntimeException e) {
                throw unreadable(type, e);
            }
        }
        return found;
    }

    private boolean isMissing(Object value, int field) {
        boolean isNumber = uses[field] == Use.NUMBER || (uses[field] == Use.MISSING && extents[field] == 1);
        if (isNumber && value instanceof Number number) {
            return Double.isNaN(number.doubleValue()) || formats[field].isMissing(number.doubleValue());
        }
        int length = copy(text(value));
        int from = first(length);
        int to = last(from, length);
        return isNumber ? formats[field].isMissingNumber(text, from, to) : formats[field].isMissing(text, from, to);
    }

    private void encode(ChunkBuffer out) {
        int cycle = amounts;
        for (int i = 0; i < amounts; i++) {
            if (uses[i] == Use.DAYS) {
                if (readDate(values[i], i)) {
                    date(i).putCycles(out, cycle);
                }
                cycle += ColumnPlan.CYCLES;
            }
        }
        for (int i = amounts; i < features; i++) {
            putBlock(out, i, values[i]);
        }
        for (int i = 0; i < crosses.length; i++) {
            putCross(out, crosses[i], crossColumns[i]);
        }
        for (int i = features; i < uses.length; i++) {
            switch (uses[i]) {
                case PART -> {
                    // Read by the crosses.
                }
                case WEIGHT -> out.weight(weight(values[i], i));
                case TARGET -> out.target(target(values[i], i));
                default -> {
                    if (columns[i] < out.keyCount()) {
                        out.key(columns[i], text(values[i]));
                    }
                }
            }
        }
        out.classes(labels.labels());
        out.endRow();
    }

    private void putBlock(ChunkBuffer out, int field, Object value) {
        if (value == null) {
            return;
        }
        int length = copy(text(value));
        int from = first(length);
        int to = last(from, length);
        if (!formats[field].isMissing(text, from, to)) {
            Optional.ofNullable(blocks.get(field)).orElseThrow().put(text, from, to, columns[field], out);
        }
    }

    private void putCross(ChunkBuffer out, CrossCell cross, int column) {
        cross.begin();
        for (int part = 0; part < cross.parts(); part++) {
            int length = copy(text(values[cross.field(part)]));
            int from = first(length);
            if (!cross.add(part, text, from, last(from, length))) {
                return;
            }
        }
        cross.put(column, out);
    }

    private double number(Object value, int field) {
        if (value instanceof Number number) {
            double amount = number.doubleValue();
            if (Double.isInfinite(amount)) {
                throw refuse(value, field, "a finite number or missing");
            }
            return formats[field].isMissing(amount) ? Double.NaN : amount;
        }
        if (value == null) {
            return Double.NaN;
        }
        if (!(value instanceof CharSequence)) {
            throw refuse(value, field, "a number or missing");
        }
        int length = copy(value.toString());
        int from = first(length);
        int to = last(from, length);
        double amount = formats[field].number(text, from, to);
        if (!Double.isFinite(amount) && !formats[field].isMissingNumber(text, from, to)) {
            throw refuse(value, field, Double.isNaN(amount) ? "a number or missing" : "a finite number or missing");
        }
        return amount;
    }

    private double bool(Object value, int field) {
        if (value instanceof Boolean truth) {
            return truth ? 1.0 : 0.0;
        }
        if (value == null) {
            return Double.NaN;
        }
        int length = copy(value.toString());
        int from = first(length);
        int to = last(from, length);
        double truth = Cells.parseBoolean(text, from, to);
        if (Double.isNaN(truth) && !formats[field].isMissing(text, from, to)) {
            throw refuse(value, field, "true, yes, false, no or missing");
        }
        return truth;
    }

    private DateCell date(int field) {
        return Optional.ofNullable(dates.get(field)).orElseThrow();
    }

    /** Reads a date into {@link #date}; false where it is missing. */
    private boolean readDate(Object value, int field) {
        if (value == null) {
            return false;
        }
        int length = copy(dateText(value));
        int from = first(length);
        int to = last(from, length);
        if (date(field).read(text, from, to)) {
            return true;
        }
        if (!formats[field].isMissing(text, from, to)) {
            throw refuse(value, field, formats[field].datesInWords() + " or missing");
        }
        return false;
    }

    private double weight(Object value, int field) {
        double weight = number(value, field);
        if (weight < 0) {
            throw AccreteException.badCell(names[field], refusal(value, field, "a weight >= 0 or missing"));
        }
        return Double.isNaN(weight) ? 1.0 : weight;
    }

    private double target(Object value, int field) {
        if (schema.target().kind() == Target.Kind.NUMERIC) {
            return number(value, field);
        }
        String label = value == null ? "" : text(value);
        int length = copy(label);
        int from = first(length);
        int to = last(from, length);
        if (formats[field].isMissing(text, from, to)) {
            return Double.NaN;
        }
        double number = wholeLabelsOnly ? formats[field].number(text, from, to) : Double.NaN;
        if (number != Math.rint(number) && !Double.isNaN(number)) {
            throw AccreteException.badCell(
                    names[field],
                    refusal(value, field, Column.Label.WHOLE_NUMBER) + Column.Label.fractionAdvice(names[field]));
        }
        wholeLabelsOnly &= !Double.isNaN(number);
        return labelsAsWritten ? labels.indexAsWritten(label) : labels.index(label);
    }

    /**
     * {@return a value as the text that a file would hold, from which a plan is inferred; empty for {@code null}}
     *
     * @param value a record's value
     */
    public static String text(Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return isDate(value) ? dateText(value) : value.toString();
    }

    /**
     * {@return the column that values of a type make, where the type says so} Numbers are numeric, booleans boolean,
     * dates and times datetime, enum constants categorical; text says nothing, it may stand for any of these.
     *
     * @param name name of the column
     * @param type type of its values
     */
    public static Optional<Column> column(String name, Class<?> type) {
        Class<?> boxed = MethodType.methodType(type).wrap().returnType();
        if (Number.class.isAssignableFrom(boxed)) {
            return Optional.of(new Column.Numeric(name));
        }
        if (boxed == Boolean.class) {
            return Optional.of(new Column.Bool(name));
        }
        if (boxed.isEnum() || boxed == Character.class) {
            return Optional.of(new Column.Categorical(name, 0));
        }
        return java.time.temporal.Temporal.class.isAssignableFrom(boxed)
                ? Optional.of(new Column.DateTime(name, Optional.empty()))
                : Optional.empty();
    }

    private static boolean isDate(Object value) {
        return value instanceof LocalDate
                || value instanceof ChronoLocalDateTime<?>
                || value instanceof Instant
                || value instanceof OffsetDateTime
                || value instanceof ZonedDateTime;
    }

    private static String dateText(Object value) {
        LocalDateTime time;
        if (value instanceof Instant instant) {
            time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        } else if (value instanceof OffsetDateTime offset) {
            time = offset.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
        } else if (value instanceof ZonedDateTime zoned) {
            time = zoned.withZoneSameInstant(ZoneOffset.UTC).toLocalDateTime();
        } else if (value instanceof LocalDateTime local) {
            time = local;
        } else {
            return value.toString();
        }
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Copies a text to {@link #text} as UTF-8; returns how many bytes it has. */
    private int copy(String value) {
        int length = value.length();
        if (length > text.length) {
            text = new byte[2 * length];
        }
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                text = value.getBytes(StandardCharsets.UTF_8);
                return text.length;
            }
            text[i] = (byte) c;
        }
        return length;
    }

    private int first(int length) {
        int first = 0;
        while (first < length && Cells.isBlank(text[first])) {
            first++;
        }
        return first;
    }

    private int last(int first, int length) {
        int last = length;
        while (first < last && Cells.isBlank(text[last - 1])) {
            last--;
        }
        return last;
    }

    private AccreteException refuse(Object value, int field, String expected) {
        String kind = switch (uses[field]) {
            case DAYS -> "datetime";
            case WEIGHT -> "weight";
            case BOOLEAN -> "boolean";
            default -> "numeric";
        };
        return Notation.advise(
                AccreteException.badCell(names[field], refusal(value, field, expected)),
                names[field],
                kind,
                text(value).trim());
    }

    private String refusal(Object value, int field, String expected) {
        return "column " + Cells.quote(names[field]) + (uses[field] == Use.TARGET ? ", the target," : "") + " must be "
                + expected + " but was " + Cells.quote(text(value));
    }

    private static AccreteException missing(String name) {
        return AccreteException.badData("the record has no " + Cells.quote(name)
                + "; give it a null or an empty text where the value is not known");
    }

    /**
     * {@return the refusal of what is neither a map nor a Java record}
     *
     * @param record what was given
     */
    public static AccreteException notARecord(Object record) {
        return AccreteException.badArgument("a record must be a java.util.Map or a Java record but was "
                + record.getClass().getName());
    }
}
