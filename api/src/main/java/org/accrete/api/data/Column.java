package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;

/**
 * What one raw column is and how it becomes numbers.
 *
 * <p>Its text is what users write to override what would be inferred: {@code NAME=KIND} or
 * {@code NAME=KIND(key=value,…)}. In names, labels and settings {@code %XX} stands for a byte of UTF-8. The kinds that
 * read cells have the settings {@code missing}, texts joined by {@code |}, and {@code decimal}: see {@link CellFormat}.
 * Numbers have {@code thousands} and {@code unit}, what may stand in them beside digits. Features have
 * {@code if-missing} too, what becomes of a missing value, and {@code indicator}, whether a numeric column
 * {@code NAME.missing} says which are.
 */
public sealed interface Column {
    /** {@return the name in the header} */
    String name();

    /** {@return the kind and settings, {@code categorical(width=1024)}} */
    String kind();

    /** {@return how its cells are written} */
    default CellFormat cells() {
        return CellFormat.standard();
    }

    /**
     * {@return the same column with cells of another format; the column itself where cells are not interpreted}
     *
     * @param cells how its cells are written
     */
    default Column withCells(CellFormat cells) {
        return this;
    }

    /**
     * A number, one numeric column; missing is NaN.
     *
     * @param name name in the header
     * @param cells how its cells are written
     */
    record Numeric(String name, CellFormat cells) implements Column {
        /**
         * Makes a column of the standard format.
         *
         * @param name name in the header
         */
        public Numeric(String name) {
            this(name, CellFormat.standard());
        }

        @Override
        public String kind() {
            return Texts.kind("numeric", cells);
        }

        @Override
        public Column withCells(CellFormat other) {
            return new Numeric(name, other);
        }
    }

    /**
     * {@code true/yes} or {@code false/no}, one numeric column of 1 or 0; missing is NaN.
     *
     * @param name name in the header
     * @param cells how its cells are written
     */
    record Bool(String name, CellFormat cells) implements Column {
        /**
         * Makes a column of the standard format.
         *
         * @param name name in the header
         */
        public Bool(String name) {
            this(name, CellFormat.standard());
        }

        @Override
        public String kind() {
            return Texts.kind("boolean", cells);
        }

        @Override
        public Column withCells(CellFormat other) {
            return new Bool(name, other);
        }
    }

    /**
     * Text, one-hot; missing has no entry. The place of a text is its unsigned murmur3_x86_32 (seed 0, UTF-8) modulo
     * the width, or, where values are kept, its place among them; all others share the place behind these.
     *
     * @param name name in the header
     * @param width number of places, when inferred a power of two between 2^10 and 2^18, or one more than values are
     *     kept; 0 asks for inference
     * @param minCount how often a value must occur in the rows that the plan is inferred from to be kept; 0 if that
     *     does not matter
     * @param values the values that are kept, all different; empty if there are none, or if all are hashed
     * @param cells how its cells are written
     */
    record Categorical(String name, int width, int minCount, List<String> values, CellFormat cells) implements Column {
        // Copies the values and checks the numbers.
        public Categorical {
            values = List.copyOf(values);
            if (width < 0) {
                throw AccreteException.badArgument("width of '" + name + "' must be >= 1 but was " + width);
            }
            if (Set.copyOf(values).size() < values.size()) {
                throw AccreteException.badArgument("values of '" + name + "' must differ but were " + values);
            }
            if (width > 0 && (minCount > 0 || !values.isEmpty()) && width != values.size() + 1) {
                throw AccreteException.badArgument("width of '" + name + "' follows from its values; leave it out");
            }
        }

        /**
         * Makes a column whose values are hashed.
         *
         * @param name name in the header
         * @param width number of buckets, or 0
         * @param cells how its cells are written
         */
        public Categorical(String name, int width, CellFormat cells) {
            this(name, width, 0, List.of(), cells);
        }

        /**
         * Makes a column of the standard format whose values are hashed.
         *
         * @param name name in the header
         * @param width number of buckets, or 0
         */
        public Categorical(String name, int width) {
            this(name, width, CellFormat.standard());
        }

        /** {@return whether values have places of their own, instead of being hashed} */
        public boolean keepsValues() {
            return minCount > 0 || !values.isEmpty();
        }

        @Override
        public String kind() {
            List<String> settings = new ArrayList<>();
            if (minCount > 0) {
                settings.add("min-count=" + minCount);
            }
            if (keepsValues() && width > 0) {
                settings.add("values="
                        + String.join(
                                "|", values.stream().map(Escapes::escapeLegibly).toList()));
            } else if (width > 0) {
                settings.add("width=" + width);
            }
            return Texts.kind("categorical", cells, settings.toArray(String[]::new));
        }

        @Override
        public Column withCells(CellFormat other) {
            return new Categorical(name, width, minCount, values, other);
        }
    }

    /**
     * Many numbers of which most are 0, in one cell: pairs {@code index:value} with ascending indices, separated by
     * blanks, as in LibSVM files. What is not there is 0; missing is all 0.
     *
     * @param name name in the header
     * @param width how many numbers there are, at least 1
     * @param first the index of the first of them, 0 or 1
     */
    record Sparse(String name, int width, int first) implements Column {
        // Checks the numbers.
        public Sparse {
            if (width < 1 || width > 1 << 28) {
                throw AccreteException.badArgument(
                        "width of '" + name + "' must be >= 1 and <= " + (1 << 28) + " but was " + width);
            }
            if (first != 0 && first != 1) {
                throw AccreteException.badArgument("first of '" + name + "' must be 0 or 1 but was " + first);
            }
        }

        @Override
        public String kind() {
            return Texts.kind("sparse", CellFormat.standard(), "width=" + width, "first=" + first);
        }
    }

    /**
     * Text in words: how often each n-gram occurs, hashed into a sparse block; missing is all 0. N-grams are of words
     * in a row, joined by blanks, or of characters.
     *
     * @param name name in the header
     * @param width number of buckets
     * @param least words or characters of the shortest n-grams, at least 1
     * @param most words or characters of the longest n-grams, at most 10
     * @param ofCharacters whether n-grams are of characters, blanks included, instead of words
     * @param keepsCase whether upper and lower case differ
     * @param cells how its cells are written
     */
    record Text(String name, int width, int least, int most, boolean ofCharacters, boolean keepsCase, CellFormat cells)
            implements Column {
        /** Number of buckets unless another is given. */
        public static final int WIDTH = 1 << 18;

        // Checks the numbers.
        public Text {
            if (width < 1 || width > 1 << 28) {
                throw AccreteException.badArgument(
                        "width of '" + name + "' must be >= 1 and <= " + (1 << 28) + " but was " + width);
            }
            if (least < 1 || most < least || most > MOST_UNITS) {
                throw AccreteException.badArgument("n-grams of '" + name + "' must be of 1 to " + MOST_UNITS
                        + " words or characters but were of " + least + " to " + most);
            }
        }

        private static final int MOST_UNITS = 10;

        @Override
        public String kind() {
            List<String> settings = new ArrayList<>();
            settings.add((ofCharacters ? "chars=" : "ngrams=") + least + "-" + most);
            if (keepsCase) {
                settings.add("case=keep");
            }
            settings.add("width=" + width);
            return Texts.kind("text", cells, settings.toArray(String[]::new));
        }

        @Override
        public Column withCells(CellFormat other) {
            return new Text(name, width, least, most, ofCharacters, keepsCase, other);
        }
    }

    /**
     * A block of the combinations of other columns' texts, one-hot by hash; a row in which one of them is missing has
     * no entry. It is no raw column and comes after those in a plan.
     *
     * @param name name of the block, which no raw column may have
     * @param columns names of at least two categorical, boolean, key or ignored columns, all different
     * @param width number of buckets; 0 asks for inference
     */
    record Cross(String name, List<String> columns, int width) implements Column {
        // Copies the names and checks them.
        public Cross {
            columns = List.copyOf(columns);
            if (columns.size() < 2 || Set.copyOf(columns).size() < columns.size()) {
                throw AccreteException.badArgument(
                        "a cross must be of at least two columns, all different, but was of " + columns);
            }
        }

        /**
         * {@return the cross of columns whose width is inferred}
         *
         * @param columns their names
         */
        public static Cross of(List<String> columns) {
            return new Cross(String.join("*", columns), columns, 0);
        }

        @Override
        public String kind() {
            String names = "columns="
                    + String.join(
                            "|", columns.stream().map(Escapes::escapeLegibly).toList());
            return width == 0
                    ? Texts.kind("cross", cells(), names)
                    : Texts.kind("cross", cells(), names, "width=" + width);
        }
    }

    /**
     * A UTC date or date and time: days since the first day as a numeric column (missing is NaN), then sine and cosine
     * of hour of day, day of week and day of year (missing is six zeros).
     *
     * @param name name in the header
     * @param firstDay the day counted from; empty asks for inference
     * @param cells how its cells are written
     */
    record DateTime(String name, Optional<LocalDate> firstDay, CellFormat cells) implements Column {
        /**
         * Makes a column of the standard format.
         *
         * @param name name in the header
         * @param firstDay the day counted from, or empty
         */
        public DateTime(String name, Optional<LocalDate> firstDay) {
            this(name, firstDay, CellFormat.standard());
        }

        @Override
        public String kind() {
            return firstDay.map(day -> Texts.kind("datetime", cells, "first-day=" + day))
                    .orElse(Texts.kind("datetime", cells));
        }

        @Override
        public Column withCells(CellFormat other) {
            return new DateTime(name, firstDay, other);
        }
    }

    /**
     * The weight of a row, a number of at least 0; missing is 1.
     *
     * @param name name in the header
     * @param cells how its cells are written
     */
    record Weight(String name, CellFormat cells) implements Column {
        /**
         * Makes a column of the standard format.
         *
         * @param name name in the header
         */
        public Weight(String name) {
            this(name, CellFormat.standard());
        }

        @Override
        public String kind() {
            return Texts.kind("weight", cells);
        }

        @Override
        public Column withCells(CellFormat other) {
            return new Weight(name, other);
        }
    }

    /**
     * Text that is passed through beside predictions.
     *
     * @param name name in the header
     */
    record Key(String name) implements Column {
        @Override
        public String kind() {
            return "key";
        }
    }

    /**
     * A column that is not read.
     *
     * @param name name in the header
     */
    record Ignore(String name) implements Column {
        @Override
        public String kind() {
            return "ignore";
        }
    }

    /**
     * The column to be predicted.
     *
     * @param name name in the header
     * @param target kind and known classes, of the same name
     * @param asWritten whether labels are the cells' text as it is; when false, a whole number is written canonically:
     *     {@code 007} and {@code 7.0} are {@code 7}
     * @param cells how its cells are written
     */
    record Label(String name, Target target, boolean asWritten, CellFormat cells) implements Column {
        // Numbers have no labels.
        public Label {
            asWritten = asWritten && target.kind() == Target.Kind.CATEGORICAL;
        }

        /**
         * Makes a column of the standard format whose whole numbers are written canonically.
         *
         * @param name name in the header
         * @param target kind and known classes, of the same name
         */
        public Label(String name, Target target) {
            this(name, target, false, CellFormat.standard());
        }

        @Override
        public String kind() {
            if (target.kind() == Target.Kind.NUMERIC) {
                return Texts.kind("target", cells, "kind=numeric");
            }
            List<String> settings = new ArrayList<>(List.of("kind=categorical"));
            if (asWritten) {
                settings.add("labels=" + Texts.AS_WRITTEN);
            }
            if (!target.classes().isEmpty()) {
                settings.add("classes="
                        + String.join(
                                "|",
                                target.classes().stream()
                                        .map(Escapes::escapeLegibly)
                                        .toList()));
            }
            return Texts.kind("target", cells, settings.toArray(String[]::new));
        }

        @Override
        public Column withCells(CellFormat other) {
            return new Label(name, target, asWritten, other);
        }

        /** What a label must be where {@link #takesWholeNumbersOnly}. */
        static final String WHOLE_NUMBER = "a whole number, as all classes so far,";

        /** {@return what to do when a label is a fraction where {@link #takesWholeNumbersOnly}} */
        static String fractionAdvice(String name) {
            return "; if the target is a number, say " + Notation.option(name, "numeric")
                    + ", and if each value is a class, " + Notation.option(name, "categorical");
        }

        /**
         * {@return whether the known classes are whole numbers that were taken for labels without being asked: a
         * fraction then means that the target is a number after all}
         */
        boolean takesWholeNumbersOnly() {
            return !asWritten
                    && !target.classes().isEmpty()
                    && target.classes().stream().allMatch(Cells::isWhole);
        }

        /**
         * {@return the same column with another target}
         *
         * @param other kind and known classes, of the same name
         */
        public Label withTarget(Target other) {
            return new Label(name, other, asWritten, cells);
        }
    }

    /**
     * {@return whether this column is of another one's kind and has all of its settings, and perhaps more}
     *
     * @param given a column as the user gives it, where what is inferred is left out
     */
    default boolean says(Column given) {
        return Texts.kindOf(this).equals(Texts.kindOf(given))
                && Texts.settingsOf(this).containsAll(Texts.settingsOf(given));
    }

    /** {@return the column as text, which {@link #parse} takes back} */
    default String toText() {
        return Escapes.escapeLegibly(name()) + "=" + kind();
    }

    /** {@return the column as {@link #toText}, without escapes: for people to read, not to be parsed} */
    default String toPlainText() {
        return Cells.oneLine(name() + "=" + Escapes.unescapeOrKeep(kind()));
    }

    /**
     * {@return this column if its name is in a header; else the column whose name has its {@code %XX} decoded, if that
     * name is; else this column}
     *
     * @param header names of raw columns
     */
    default Column namedAsIn(Collection<String> header) {
        if (header.contains(name()) || name().indexOf('%') < 0) {
            return this;
        }
        Column decoded = parse(name() + "=" + kind());
        return header.contains(decoded.name()) ? decoded : this;
    }

    /**
     * {@return the column that a text describes}
     *
     * @param text {@code NAME=KIND} or {@code NAME=KIND(key=value,…)}
     * @throws AccreteException bad argument: not such a text, an unknown kind or setting
     */
    static Column parse(String text) {
        return Texts.parse(text, true);
    }

    /**
     * {@return the column that a text describes, with the name as it is written: in it {@code %} means itself}
     *
     * @param text {@code NAME=KIND} or {@code NAME=KIND(key=value,…)}
     * @throws AccreteException bad argument: not such a text, an unknown kind or setting
     */
    static Column parseAsWritten(String text) {
        return Texts.parse(text, false);
    }

    /** Reading of the text form. */
    final class Texts {
        private static final String KINDS =
                "numeric, categorical, datetime, boolean, text, sparse, cross, weight, key, ignore, target";
        private static final Pattern FORM =
                Pattern.compile("(?<name>.+)=(?<kind>[a-z]+)(\\((?<settings>[^()]*)\\))?", Pattern.DOTALL);

        /** Kinds of features whose values can be missing. */
        private static final Set<String> FEATURES = Set.of("numeric", "boolean", "categorical", "datetime", "text");

        /** Kinds whose cells are numbers, or may be. */
        private static final Set<String> NUMBERS = Set.of("numeric", "weight", "target");

        private static final Pattern RANGE = Pattern.compile("(?<least>\\d{1,4})(-(?<most>\\d{1,4}))?");

        private static final String AS_WRITTEN = "as-written";

        private Texts() {}

        /** {@return the text of a kind with its settings and those of its cells} */
        private static String kind(String kind, CellFormat cells, String... settings) {
            List<String> all = new ArrayList<>(List.of(settings));
            all.addAll(cells.settings());
            return all.isEmpty() ? kind : kind + "(" + String.join(",", all) + ")";
        }

        private static Column parse(String text, boolean escaped) {
            Matcher matcher = FORM.matcher(text.strip());
            if (!matcher.matches()) {
                throw AccreteException.badArgument(
                        "a column must be NAME=KIND or NAME=KIND(key=value,...), with KIND one of " + KINDS
                                + ", but was '" + text + "'");
            }
            String name = escaped ? Escapes.unescapeOrKeep(matcher.group("name")) : matcher.group("name");
            Map<String, String> settings = new LinkedHashMap<>();
            String inside = Optional.ofNullable(matcher.group("settings")).orElse("");
            for (String pair : inside.isEmpty() ? new String[0] : inside.split(",", -1)) {
                int equals = pair.indexOf('=');
                settings.put(
                        pair.substring(0, Math.max(equals, 0)).strip().replace('_', '-'),
                        pair.substring(equals + 1).strip());
            }
            Column column = make(name, String.valueOf(matcher.group("kind")), settings);
            requireFill(column);
            if (!settings.isEmpty()) {
                throw AccreteException.badArgument("column '" + name + "' has no setting '"
                        + settings.keySet().iterator().next() + "' in '" + text + "'");
            }
            return column;
        }

        /** Refuses a value for missing cells that a cell of the column cannot have. */
        private static void requireFill(Column column) {
            Optional<String> fill = column.cells().fillText();
            if (fill.isEmpty()) {
                return;
            }
            byte[] text = fill.get().getBytes(StandardCharsets.UTF_8);
            CellFormat cells = column.cells();
            boolean fits = true;
            if (column instanceof Numeric) {
                fits = Double.isFinite(cells.number(text, 0, text.length));
            } else if (column instanceof Bool) {
                fits = !Double.isNaN(Cells.parseBoolean(text, 0, text.length));
            } else if (column instanceof DateTime) {
                fits = cells.dateCell().read(text, 0, text.length);
            }
            if (!fits || cells.isMissing(text, 0, text.length)) {
                throw AccreteException.badArgument("if-missing of column '" + column.name()
                        + "' must be reject, skip, mean or a cell that can be read as "
                        + kindOf(column) + ", but was '" + fill.get() + "'");
            }
        }

        private static Column make(String name, String kind, Map<String, String> settings) {
            boolean reads =
                    !kind.equals("key") && !kind.equals("ignore") && !kind.equals("sparse") && !kind.equals("cross");
            CellFormat cells = reads ? cells(name, kind, settings) : CellFormat.standard();
            return switch (kind) {
                case "numeric" -> new Numeric(name, cells);
                case "boolean" -> new Bool(name, cells);
                case "categorical" -> categorical(name, settings, cells);
                case "sparse" ->
                    new Sparse(
                            name,
                            width(name, settings),
                            take(settings, "first")
                                    .map(text -> first(name, text))
                                    .orElse(1));
                case "text" -> text(name, settings, cells);
                case "cross" ->
                    new Cross(
                            name,
                            Stream.of(take(settings, "columns").orElse("").split("\\|"))
                                    .filter(column -> !column.isEmpty())
                                    .map(Escapes::unescapeOrKeep)
                                    .toList(),
                            width(name, settings));
                case "datetime" ->
                    new DateTime(name, take(settings, "first-day").map(day -> day(name, day)), cells);
                case "weight" -> new Weight(name, cells);
                case "key" -> new Key(name);
                case "ignore" -> new Ignore(name);
                case "target" -> new Label(name, target(name, settings), asWritten(name, settings), cells);
                default ->
                    throw AccreteException.badArgument(
                            "kind of column '" + name + "' must be one of " + KINDS + " but was '" + kind + "'");
            };
        }

        private static String kindOf(Column column) {
            return column.kind().replaceFirst("\\(.*", "");
        }

        private static List<String> settingsOf(Column column) {
            String settings = column.kind().substring(kindOf(column).length());
            return settings.isEmpty()
                    ? List.of()
                    : List.of(settings.substring(1, settings.length() - 1).split(","));
        }

        private static CellFormat cells(String name, String kind, Map<String, String> settings) {
            CellFormat cells = CellFormat.parse(
                    take(settings, "missing").orElse(""),
                    Escapes.unescapeOrKeep(take(settings, "decimal").orElse(".")));
            if (NUMBERS.contains(kind)) {
                cells = cells.withMarks(NumberMarks.parse(
                        take(settings, "thousands").orElse(""),
                        take(settings, "unit").orElse("")));
            }
            if (kind.equals("datetime")) {
                Optional<String> format = take(settings, "format");
                format.filter(text -> !DateCell.isFormat(text)).ifPresent(text -> {
                    throw AccreteException.badArgument("format of column '" + name
                            + "' must be dd, MM and yyyy, the year"
                            + " first or last, joined by one of / . -, as in dd/MM/yyyy, but was '" + text + "'");
                });
                cells = cells.withDates(format.orElse(""));
            }
            if (!FEATURES.contains(kind)) {
                return cells;
            }
            boolean indicator = flag(name, "indicator", settings);
            Optional<String> policy = take(settings, "if-missing").map(Escapes::unescapeOrKeep);
            if (policy.isPresent() && policy.get().isEmpty()) {
                throw AccreteException.badArgument(
                        "if-missing of column '" + name + "' must be reject, skip, mean or a value, but was ''");
            }
            return cells.withIfMissing(policy.orElse(CellFormat.MEAN), indicator);
        }

        private static boolean flag(String name, String key, Map<String, String> settings) {
            Optional<String> given = take(settings, key);
            given.filter(text -> !text.equals("yes") && !text.equals("no")).ifPresent(text -> {
                throw AccreteException.badArgument(
                        key + " of column '" + name + "' must be yes or no but was '" + text + "'");
            });
            return given.equals(Optional.of("yes"));
        }

        private static int first(String name, String text) {
            if (!text.equals("0") && !text.equals("1")) {
                throw AccreteException.badArgument(
                        "first of column '" + name + "' must be 0 or 1 but was '" + text + "'");
            }
            return text.charAt(0) - '0';
        }

        private static Categorical categorical(String name, Map<String, String> settings, CellFormat cells) {
            int width = width(name, settings);
            int minCount = wholeNumber(name, "min-count", settings);
            Optional<String> given = take(settings, "values");
            List<String> values = given.filter(text -> !text.isEmpty()).stream()
                    .flatMap(text -> Stream.of(text.split("\\|", -1)))
                    .map(Escapes::unescapeOrKeep)
                    .map(String::trim)
                    .toList();
            if (given.isPresent() && values.isEmpty() && minCount == 0) {
                throw AccreteException.badArgument(
                        "values of column '" + name + "' must be texts joined by |, but was ''");
            }
            if (width > 0 && (given.isPresent() || minCount > 0)) {
                throw AccreteException.badArgument("width of '" + name + "' follows from its values; leave it out");
            }
            return new Categorical(name, given.isPresent() ? values.size() + 1 : width, minCount, values, cells);
        }

        private static Text text(String name, Map<String, String> settings, CellFormat cells) {
            Optional<String> words = take(settings, "ngrams");
            Optional<String> characters = take(settings, "chars");
            if (words.isPresent() && characters.isPresent()) {
                throw AccreteException.badArgument(
                        "ngrams and chars of column '" + name + "' exclude each other; choose one");
            }
            String range = words.or(() -> characters).orElse("1-1");
            Matcher ends = RANGE.matcher(range);
            if (!ends.matches()) {
                throw AccreteException.badArgument((characters.isPresent() ? "chars" : "ngrams") + " of column '" + name
                        + "' must be a number or a range such as 1-2, but was '" + range + "'");
            }
            int least = Integer.parseInt(String.valueOf(ends.group("least")));
            int most = Optional.ofNullable(ends.group("most"))
                    .map(Integer::valueOf)
                    .orElse(least);
            Optional<String> letters = take(settings, "case");
            letters.filter(text -> !text.equals("keep")).ifPresent(text -> {
                throw AccreteException.badArgument(
                        "case of column '" + name + "' must be keep, or left out, but was '" + text + "'");
            });
            int width = width(name, settings);
            return new Text(
                    name,
                    width == 0 ? Text.WIDTH : width,
                    least,
                    most,
                    characters.isPresent(),
                    letters.isPresent(),
                    cells);
        }

        private static int wholeNumber(String name, String key, Map<String, String> settings) {
            Optional<String> text = take(settings, key);
            try {
                int number = text.map(Integer::valueOf).orElse(0);
                if (text.isPresent() && number < 1) {
                    throw new NumberFormatException();
                }
                return number;
            } catch (NumberFormatException e) {
                throw AccreteException.badArgument(key + " of column '" + name
                        + "' must be a whole number >= 1 but was '" + text.orElse("") + "'");
            }
        }

        private static int width(String name, Map<String, String> settings) {
            Optional<String> text = take(settings, "width");
            try {
                int width = text.map(Integer::valueOf).orElse(0);
                if (text.isPresent() && (width < 1 || width > 1 << 28)) {
                    throw new NumberFormatException();
                }
                return width;
            } catch (NumberFormatException e) {
                throw AccreteException.badArgument("width of column '" + name
                        + "' must be a whole number >= 1 and <= 268435456 but was '" + text.orElse("") + "'");
            }
        }

        private static LocalDate day(String name, String text) {
            try {
                return LocalDate.parse(text);
            } catch (DateTimeException e) {
                throw AccreteException.badArgument(
                        "first-day of column '" + name + "' must be a date yyyy-MM-dd but was '" + text + "'");
            }
        }

        private static boolean asWritten(String name, Map<String, String> settings) {
            Optional<String> labels = take(settings, "labels");
            labels.filter(text -> !text.equals(AS_WRITTEN)).ifPresent(text -> {
                throw AccreteException.badArgument("labels of target '" + name + "' must be " + AS_WRITTEN
                        + ", or left out, but was '" + text + "'");
            });
            return labels.isPresent();
        }

        private static Target target(String name, Map<String, String> settings) {
            String kind = take(settings, "kind").orElse("categorical");
            List<String> labels = new ArrayList<>();
            for (String label :
                    take(settings, "classes").map(all -> all.split("\\|", -1)).orElse(new String[0])) {
                labels.add(Escapes.unescapeOrKeep(label));
            }
            return switch (kind) {
                case "numeric" -> Target.numeric(name);
                case "categorical" -> Target.categorical(name, labels);
                default ->
                    throw AccreteException.badArgument(
                            "kind of target '" + name + "' must be one of numeric, categorical but was '" + kind + "'");
            };
        }

        private static Optional<String> take(Map<String, String> settings, String key) {
            return Optional.ofNullable(settings.remove(key));
        }
    }
}
