package org.accrete.api.data;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;

/**
 * What one raw column is and how it becomes numbers.
 *
 * <p>Its text is what users write to override what would be inferred: {@code NAME=KIND} or
 * {@code NAME=KIND(key=value,…)}. In names and labels {@code %XX} stands for a byte of UTF-8.
 */
public sealed interface Column {
    /** {@return the name in the header} */
    String name();

    /** {@return the kind and settings, {@code categorical(width=1024)}} */
    String kind();

    /**
     * A number, one numeric column; missing is NaN.
     *
     * @param name name in the header
     */
    record Numeric(String name) implements Column {
        @Override
        public String kind() {
            return "numeric";
        }
    }

    /**
     * {@code true/yes} or {@code false/no}, one numeric column of 1 or 0; missing is NaN.
     *
     * @param name name in the header
     */
    record Bool(String name) implements Column {
        @Override
        public String kind() {
            return "boolean";
        }
    }

    /**
     * Text, one-hot by unsigned murmur3_x86_32 (seed 0, UTF-8) modulo the width; missing has no entry.
     *
     * @param name name in the header
     * @param width number of buckets, a power of two between 2^10 and 2^18 when inferred; 0 asks for inference
     */
    record Categorical(String name, int width) implements Column {
        // Checks the width.
        public Categorical {
            if (width < 0) {
                throw AccreteException.badArgument("width of '" + name + "' must be >= 1 but was " + width);
            }
        }

        @Override
        public String kind() {
            return width == 0 ? "categorical" : "categorical(width=" + width + ")";
        }
    }

    /**
     * A UTC date or date and time: days since the first day as a numeric column (missing is NaN), then sine and cosine
     * of hour of day, day of week and day of year (missing is six zeros).
     *
     * @param name name in the header
     * @param firstDay the day counted from; empty asks for inference
     */
    record DateTime(String name, Optional<LocalDate> firstDay) implements Column {
        @Override
        public String kind() {
            return firstDay.map(day -> "datetime(first-day=" + day + ")").orElse("datetime");
        }
    }

    /**
     * The weight of a row, a number of at least 0; missing is 1.
     *
     * @param name name in the header
     */
    record Weight(String name) implements Column {
        @Override
        public String kind() {
            return "weight";
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
     */
    record Label(String name, Target target) implements Column {
        @Override
        public String kind() {
            if (target.kind() == Target.Kind.NUMERIC) {
                return "target(kind=numeric)";
            }
            List<String> labels =
                    target.classes().stream().map(Escapes::escapeLegibly).toList();
            return labels.isEmpty()
                    ? "target(kind=categorical)"
                    : "target(kind=categorical,classes=" + String.join("|", labels) + ")";
        }
    }

    /** {@return the column as text, which {@link #parse} takes back} */
    default String toText() {
        return Escapes.escapeLegibly(name()) + "=" + kind();
    }

    /**
     * {@return the column that a text describes}
     *
     * @param text {@code NAME=KIND} or {@code NAME=KIND(key=value,…)}
     * @throws AccreteException bad argument: not such a text, an unknown kind or setting
     */
    static Column parse(String text) {
        Matcher matcher = Texts.FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw AccreteException.badArgument(
                    "a column must be NAME=KIND or NAME=KIND(key=value,...), with KIND one of " + Texts.KINDS
                            + ", but was '" + text + "'");
        }
        String name = Texts.unescape(matcher.group("name"));
        Map<String, String> settings = new LinkedHashMap<>();
        String inside = Optional.ofNullable(matcher.group("settings")).orElse("");
        for (String pair : inside.isEmpty() ? new String[0] : inside.split(",", -1)) {
            int equals = pair.indexOf('=');
            settings.put(
                    pair.substring(0, Math.max(equals, 0)).strip().replace('_', '-'),
                    pair.substring(equals + 1).strip());
        }
        Column column = Texts.make(name, String.valueOf(matcher.group("kind")), settings);
        if (!settings.isEmpty()) {
            throw AccreteException.badArgument("column '" + name + "' has no setting '"
                    + settings.keySet().iterator().next() + "' in '" + text + "'");
        }
        return column;
    }

    /** Reading of the text form. */
    final class Texts {
        private static final String KINDS = "numeric, categorical, datetime, boolean, weight, key, ignore, target";
        private static final Pattern FORM =
                Pattern.compile("(?<name>.+)=(?<kind>[a-z]+)(\\((?<settings>[^()]*)\\))?", Pattern.DOTALL);

        private Texts() {}

        private static Column make(String name, String kind, Map<String, String> settings) {
            return switch (kind) {
                case "numeric" -> new Numeric(name);
                case "boolean" -> new Bool(name);
                case "categorical" -> new Categorical(name, width(name, settings));
                case "datetime" ->
                    new DateTime(name, take(settings, "first-day").map(day -> day(name, day)));
                case "weight" -> new Weight(name);
                case "key" -> new Key(name);
                case "ignore" -> new Ignore(name);
                case "target" -> new Label(name, target(name, settings));
                default ->
                    throw AccreteException.badArgument(
                            "kind of column '" + name + "' must be one of " + KINDS + " but was '" + kind + "'");
            };
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

        private static Target target(String name, Map<String, String> settings) {
            String kind = take(settings, "kind").orElse("categorical");
            List<String> labels = new ArrayList<>();
            for (String label :
                    take(settings, "classes").map(all -> all.split("\\|", -1)).orElse(new String[0])) {
                labels.add(unescape(label));
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

        private static String unescape(String text) {
            try {
                return Escapes.unescape(text);
            } catch (IllegalArgumentException e) {
                return text;
            }
        }
    }
}
