package org.accrete.io;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.Target;

/**
 * What an ARFF file says of one column.
 *
 * @param name its name
 * @param kind its type
 * @param values the values of a nominal attribute, in the order in which they are declared
 * @param pattern how dates are written; empty if as in any other file
 */
record ArffAttribute(String name, Kind kind, List<String> values, Optional<DateTimeFormatter> pattern) {
    enum Kind {
        NUMERIC,
        NOMINAL,
        STRING,
        DATE
    }

    /** Patterns of dates that are read as they are. */
    private static final Set<String> USUAL =
            Set.of("", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd");

    private static final Set<String> BOOLEANS = Set.of("true", "yes", "false", "no");

    /**
     * {@return the attribute that a line declares}
     *
     * @param text what follows {@code @attribute}
     * @throws AccreteException bad data: not such a declaration
     */
    static ArffAttribute parse(String text) {
        ArffTokens tokens = new ArffTokens(text);
        String name = tokens.next(" \t{");
        if (name.isEmpty()) {
            throw AccreteException.badData("an attribute must have a name, as in @attribute age numeric");
        }
        if (tokens.startsWith('{')) {
            return new ArffAttribute(name, Kind.NOMINAL, values(name, tokens), Optional.empty());
        }
        String type = tokens.next(" \t");
        switch (type.toLowerCase(Locale.ROOT)) {
            case "numeric", "real", "integer" -> {
                return new ArffAttribute(name, Kind.NUMERIC, List.of(), Optional.empty());
            }
            case "string" -> {
                return new ArffAttribute(name, Kind.STRING, List.of(), Optional.empty());
            }
            case "date" -> {
                return new ArffAttribute(name, Kind.DATE, List.of(), pattern(name, tokens.next("")));
            }
            default ->
                throw AccreteException.badData("the type of attribute '" + name
                        + "' must be numeric, real, integer, string, date or {values} but was '" + type + "'");
        }
    }

    private static List<String> values(String name, ArffTokens tokens) {
        List<String> values = new ArrayList<>();
        tokens.skip();
        while (!tokens.startsWith('}')) {
            values.add(tokens.next(",}"));
            if (tokens.startsWith(',')) {
                tokens.skip();
            } else if (!tokens.startsWith('}')) {
                throw AccreteException.badData("the values of attribute '" + name + "' must end with }");
            }
        }
        return List.copyOf(values);
    }

    private static Optional<DateTimeFormatter> pattern(String name, String text) {
        if (USUAL.contains(text)) {
            return Optional.empty();
        }
        try {
            return Optional.of(DateTimeFormatter.ofPattern(text, Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw AccreteException.badData(
                    "the format of attribute '" + name + "' is no format of dates: '" + text + "'");
        }
    }

    /**
     * {@return the column that this declares; empty where its cells decide, as in other files}
     *
     * @param column name of the column
     * @param isTarget whether it is to be predicted
     */
    Optional<Column> column(String column, boolean isTarget) {
        return switch (kind) {
            case NOMINAL ->
                Optional.of(
                        isTarget
                                ? new Column.Label(column, Target.categorical(column, LabelIndex.sorted(values)))
                                : values.stream().allMatch(value -> BOOLEANS.contains(value.toLowerCase(Locale.ROOT)))
                                        ? new Column.Bool(column)
                                        : new Column.Categorical(column, 0));
            case NUMERIC -> isTarget ? Optional.empty() : Optional.of(new Column.Numeric(column));
            case DATE -> isTarget ? Optional.empty() : Optional.of(new Column.DateTime(column, Optional.empty()));
            case STRING -> Optional.empty();
        };
    }

    /** {@return what a sparse row means that does not mention this attribute} */
    String absent() {
        return switch (kind) {
            case NUMERIC -> "0";
            case NOMINAL -> values.isEmpty() ? "" : values.get(0);
            default -> "";
        };
    }

    /**
     * {@return a date as other files have it}
     *
     * @param text as it is written
     * @throws AccreteException bad data: it does not fit the pattern
     */
    String date(String text) {
        DateTimeFormatter format = pattern.orElseThrow();
        try {
            TemporalAccessor date = format.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            LocalDateTime time = date instanceof OffsetDateTime offset
                    ? offset.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()
                    : date instanceof LocalDateTime local
                            ? local
                            : LocalDate.from(date).atStartOfDay();
            return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time.truncatedTo(ChronoUnit.SECONDS));
        } catch (DateTimeException e) {
            throw AccreteException.badData(
                    "attribute '" + name + "' must be a date as its format says but was '" + text + "'");
        }
    }
}
