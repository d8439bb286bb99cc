package org.accrete.api.data;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Encodes a row by the letter of the documentation, with strings and maps: an oracle for both encoders. */
final class SlowEncoder {
    private SlowEncoder() {}

    /** A column as a user describes it: kind and settings, which are not escaped here. */
    record Spec(String name, String kind, Map<String, String> settings) {
        Column column() {
            String inside = settings.entrySet().stream()
                    .map(setting -> setting.getKey() + "=" + escape(setting.getKey(), setting.getValue()))
                    .collect(Collectors.joining(","));
            return Column.parse(name + "=" + kind + (inside.isEmpty() ? "" : "(" + inside + ")"));
        }

        private static String escape(String key, String value) {
            return key.equals("values")
                    ? value
                    : value.replace("%", "%25").replace(",", "%2C").replace(" ", "%20");
        }

        String setting(String key) {
            return settings.getOrDefault(key, "");
        }
    }

    /** A row that is not learned; the message is the policies that say so. */
    static final class NoRow extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoRow(String why) {
            super(why);
        }
    }

    /** {@return the numbers of a row that are not 0, by block and index within it} */
    static Map<String, Double> encode(List<Spec> columns, Map<String, String> row) {
        Map<String, Double> numbers = new TreeMap<>();
        String policies = columns.stream()
                .filter(column -> given(row.getOrDefault(column.name(), "")).isEmpty())
                .map(column -> column.setting("if-missing"))
                .filter(policy -> policy.equals("reject") || policy.equals("skip"))
                .distinct()
                .collect(Collectors.joining(" "));
        if (!policies.isEmpty()) {
            throw new NoRow(policies);
        }
        for (Spec column : columns) {
            Optional<String> cell = cell(column, row);
            if (column.setting("indicator").equals("yes")
                    && given(row.getOrDefault(column.name(), "")).isEmpty()) {
                numbers.put(column.name() + ".missing 0", 1.0);
            }
            switch (column.kind()) {
                case "numeric" ->
                    numbers.put(
                            column.name() + " 0",
                            cell.map(text -> number(column, text)).orElse(Double.NaN));
                case "boolean" ->
                    numbers.put(
                            column.name() + " 0",
                            cell.map(text -> List.of("true", "yes").contains(text.toLowerCase(Locale.ROOT)) ? 1.0 : 0.0)
                                    .orElse(Double.NaN));
                case "categorical" ->
                    cell.ifPresent(text -> numbers.put(column.name() + " " + slot(column, text), 1.0));
                case "datetime" -> date(column, cell, numbers);
                case "cross" ->
                    cross(columns, column, row).ifPresent(place -> numbers.put(column.name() + " " + place, 1.0));
                case "text" ->
                    cell.ifPresent(text -> nGrams(column, text)
                            .forEach(one -> numbers.merge(column.name() + " " + slot(column, one), 1.0, Double::sum)));
                case "ignore" -> {}
                default -> throw new AssertionError(column);
            }
        }
        numbers.values().removeIf(value -> value == 0);
        return numbers;
    }

    private static Optional<String> given(String text) {
        String cell = text.strip();
        return List.of("", "NA", "na", "NaN", "nan", "NAN", "null", "NULL").contains(cell)
                ? Optional.empty()
                : Optional.of(cell);
    }

    private static Optional<String> cell(Spec column, Map<String, String> row) {
        Optional<String> cell = given(row.getOrDefault(column.name(), ""));
        String policy = column.setting("if-missing");
        if (cell.isPresent() || policy.isEmpty() || policy.equals("mean")) {
            return cell;
        }
        return Optional.of(policy);
    }

    private static double number(Spec column, String text) {
        String plain = text;
        for (String unit : column.setting("unit").split("\\|")) {
            plain = plain.replace(unit, "").replace('\u00A0', ' ').strip();
        }
        String separator = Map.of("", "", "comma", ",", "point", ".", "space", " ", "apostrophe", "'")
                .get(column.setting("thousands"));
        boolean comma = column.setting("decimal").equals("comma");
        return new BigDecimal(plain.replace(separator, "").replace(comma ? "," : ".", ".")).doubleValue();
    }

    private static int slot(Spec column, String text) {
        if (column.settings().containsKey("values")) {
            List<String> values =
                    List.of(column.setting("values").replace("%20", " ").split("\\|"));
            int place = values.indexOf(text);
            return place < 0 ? values.size() : place;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Integer.remainderUnsigned(
                Murmur3.hash(bytes, 0, bytes.length), Integer.parseInt(column.setting("width")));
    }

    /** {@return the n-grams of a text, for the characters of these tests: no letters beyond the Greek ones} */
    private static List<String> nGrams(Spec column, String text) {
        boolean ofCharacters = column.settings().containsKey("chars");
        String[] range = column.settings()
                .getOrDefault("chars", column.settings().getOrDefault("ngrams", "1"))
                .split("-");
        // Character by character: as a String, Σ at the end of a word has another lower case.
        int[] lower = text.codePoints().map(Character::toLowerCase).toArray();
        String cased = column.settings().containsKey("case") ? text : new String(lower, 0, lower.length);
        List<String> units = new ArrayList<>();
        if (ofCharacters) {
            cased.replaceAll("\\s+", " ").codePoints().forEach(c -> units.add(Character.toString(c)));
        } else {
            Matcher words = Pattern.compile("(?U)[\\w🙂]{2,}").matcher(cased);
            while (words.find()) {
                units.add(words.group());
            }
        }
        List<String> found = new ArrayList<>();
        for (int n = Integer.parseInt(range[0]); n <= Integer.parseInt(range[range.length - 1]); n++) {
            for (int i = 0; i + n <= units.size(); i++) {
                found.add(String.join(ofCharacters ? "" : " ", units.subList(i, i + n)));
            }
        }
        return found;
    }

    private static Optional<Integer> cross(List<Spec> columns, Spec cross, Map<String, String> row) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (String name : cross.setting("columns").split("\\|")) {
            Spec part = columns.stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            Optional<String> cell = cell(part, row);
            if (cell.isEmpty()) {
                return Optional.empty();
            }
            byte[] bytes = cell.get().getBytes(StandardCharsets.UTF_8);
            int length = bytes.length;
            if (part.kind().equals("boolean")) {
                bytes = new byte[] {(byte) (cell.get().toLowerCase(Locale.ROOT).matches("true|yes") ? 1 : 0)};
                length = 1;
            } else if (part.settings().containsKey("values")
                    && !List.of(part.setting("values").replace("%20", " ").split("\\|"))
                            .contains(cell.get())) {
                bytes = new byte[0];
                length = -1;
            }
            joined.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(length)
                    .array());
            joined.writeBytes(bytes);
        }
        return Optional.of(Integer.remainderUnsigned(
                Murmur3.hash(joined.toByteArray(), 0, joined.size()), Integer.parseInt(cross.setting("width"))));
    }

    private static void date(Spec column, Optional<String> cell, Map<String, Double> numbers) {
        if (cell.isEmpty()) {
            numbers.put(column.name() + ".days 0", Double.NaN);
            return;
        }
        LocalDateTime time = time(column, cell.get());
        LocalDate first = LocalDate.parse(column.setting("first-day"));
        double days = ChronoUnit.DAYS.between(first, time.toLocalDate())
                + (double) time.toLocalTime().toSecondOfDay() / 86_400;
        numbers.put(column.name() + ".days 0", days);
        circle(column.name(), 0, time.getHour() * 60 + time.getMinute(), 1_440, numbers);
        circle(column.name(), 2, time.getDayOfWeek().getValue() - 1, 7, numbers);
        circle(column.name(), 4, time.getDayOfYear() - 1, time.toLocalDate().lengthOfYear(), numbers);
    }

    private static void circle(String name, int index, int step, int steps, Map<String, Double> numbers) {
        double angle = 2.0 * Math.PI * step / steps;
        numbers.put(name + " " + index, StrictMath.sin(angle));
        numbers.put(name + " " + (index + 1), StrictMath.cos(angle));
    }

    private static LocalDateTime time(Spec column, String text) {
        String[] parts = text.split("[ T]");
        String format = parts[0].matches("\\d{4}-.*") ? "yyyy-MM-dd" : column.setting("format");
        LocalDate day = LocalDate.parse(
                parts[0],
                DateTimeFormatter.ofPattern(
                                format.replace("dd", "d").replace("MM", "M").replace("yyyy", "uuuu"))
                        .withResolverStyle(ResolverStyle.STRICT));
        return day.atTime(parts.length == 1 ? LocalTime.MIDNIGHT : LocalTime.parse(parts[1]));
    }
}
