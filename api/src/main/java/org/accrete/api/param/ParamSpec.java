package org.accrete.api.param;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;

/**
 * One parameter: its name, type, default, domain and summary, written once. Immutable.
 *
 * <p>Names and words are kebab-case; underscores are accepted for hyphens when a value or a name is parsed. A name may
 * have parts with points between them: see {@link #under}.
 *
 * @param <T> {@code Double}, {@code Long}, {@code Boolean}, {@code String} or an enum
 */
public final class ParamSpec<T> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*");

    private final String name;
    private final Class<T> type;
    private final T defaultValue;
    private final List<OtherDefault<T>> otherDefaults;
    private final Domain domain;
    private final String summary;
    private final boolean tunable;
    private final Function<String, T> parser;

    /**
     * A default that holds only where another parameter has a value, or where it was given one at all.
     *
     * @param <T> as of the parameter
     * @param value the default
     * @param other name of the other parameter
     * @param word the other one's value, as text; empty for any value that was given
     */
    record OtherDefault<T>(T value, String other, String word) {}

    private ParamSpec(
            String name,
            Class<T> type,
            T defaultValue,
            List<OtherDefault<T>> otherDefaults,
            Domain domain,
            String summary,
            boolean tunable,
            Function<String, T> parser) {
        if (!NAME.matcher(name).matches()) {
            throw AccreteException.badArgument("a parameter's name must match " + NAME + " but was '" + name + "'");
        }
        this.name = name;
        this.type = type;
        this.defaultValue = Objects.requireNonNull(defaultValue, name);
        this.otherDefaults = List.copyOf(otherDefaults);
        this.domain = domain;
        this.summary = summary;
        this.tunable = tunable;
        this.parser = parser;
    }

    /**
     * {@return a real number}
     *
     * @param name kebab-case name
     * @param defaultValue value when nothing is set
     * @param domain the values allowed
     * @param summary one line for help
     */
    public static ParamSpec<Double> real(String name, double defaultValue, Domain.Range domain, String summary) {
        return checked(
                new ParamSpec<>(name, Double.class, defaultValue, List.of(), domain, summary, false, Double::valueOf));
    }

    /**
     * {@return a whole number; {@code 1e6} and {@code 1000000.0} are read as well}
     *
     * @param name kebab-case name
     * @param defaultValue value when nothing is set
     * @param domain the values allowed
     * @param summary one line for help
     */
    public static ParamSpec<Long> whole(String name, long defaultValue, Domain.Range domain, String summary) {
        return checked(new ParamSpec<>(
                name, Long.class, defaultValue, List.of(), domain, summary, false, ParamSpec::parseWhole));
    }

    /**
     * {@return a switch, {@code true} or {@code false}}
     *
     * @param name kebab-case name
     * @param defaultValue value when nothing is set
     * @param summary one line for help
     */
    public static ParamSpec<Boolean> flag(String name, boolean defaultValue, String summary) {
        Domain domain = new Domain.Choice(List.of("true", "false"));
        return new ParamSpec<>(name, Boolean.class, defaultValue, List.of(), domain, summary, false, text -> {
            String word = word(text);
            if (!word.equals("true") && !word.equals("false")) {
                throw new IllegalArgumentException(text);
            }
            return word.equals("true");
        });
    }

    /**
     * {@return one constant of an enum, spelled as kebab-case: {@code LOG_LOSS} is {@code log-loss}}
     *
     * @param <E> the enum
     * @param name kebab-case name
     * @param type the enum's class
     * @param defaultValue value when nothing is set
     * @param summary one line for help
     */
    public static <E extends Enum<E>> ParamSpec<E> choice(String name, Class<E> type, E defaultValue, String summary) {
        return choice(name, type, List.of(type.getEnumConstants()), defaultValue, summary);
    }

    /**
     * {@return one of some constants of an enum}
     *
     * @param <E> the enum
     * @param name kebab-case name
     * @param type the enum's class
     * @param allowed the constants that may be chosen
     * @param defaultValue value when nothing is set, one of them
     * @param summary one line for help
     */
    public static <E extends Enum<E>> ParamSpec<E> choice(
            String name, Class<E> type, List<E> allowed, E defaultValue, String summary) {
        List<E> constants = List.copyOf(allowed);
        Domain domain =
                new Domain.Choice(constants.stream().map(ParamSpec::word).toList());
        return new ParamSpec<>(name, type, defaultValue, List.of(), domain, summary, false, text -> {
            for (E constant : constants) {
                if (word(constant).equals(word(text))) {
                    return constant;
                }
            }
            throw new IllegalArgumentException(text);
        });
    }

    /**
     * {@return any text}
     *
     * @param name kebab-case name
     * @param defaultValue value when nothing is set
     * @param expected what the text should be, in words
     * @param summary one line for help
     */
    public static ParamSpec<String> text(String name, String defaultValue, String expected, String summary) {
        return new ParamSpec<>(
                name,
                String.class,
                defaultValue,
                List.of(),
                new Domain.Text(expected),
                summary,
                false,
                Function.identity());
    }

    /** {@return the same parameter, which may be changed when training continues from a stored version} */
    public ParamSpec<T> asTunable() {
        return new ParamSpec<>(name, type, defaultValue, otherDefaults, domain, summary, true, parser);
    }

    /**
     * {@return the same parameter with a prefix before its name and before those of parameters that its defaults depend
     * on, for a plug-in that hands its values on}
     *
     * @param prefix ends in a point, such as {@code base.}
     */
    public ParamSpec<T> under(String prefix) {
        List<OtherDefault<T>> others = new ArrayList<>();
        for (OtherDefault<T> one : otherDefaults) {
            others.add(new OtherDefault<>(one.value(), prefix + one.other(), one.word()));
        }
        return new ParamSpec<>(prefix + name, type, defaultValue, others, domain, summary, tunable, parser);
    }

    /**
     * {@return the same parameter with another default and no others, for a plug-in that shares it}
     *
     * @param value the default
     */
    public ParamSpec<T> withDefault(T value) {
        return checked(new ParamSpec<>(name, type, value, List.of(), domain, summary, tunable, parser));
    }

    /**
     * {@return the same parameter with a default of its own where another parameter has a certain value; the first
     * default added that fits is taken}
     *
     * @param value the default there
     * @param other name of the other parameter
     * @param word the other one's value, as its own spec writes it
     */
    public ParamSpec<T> withDefaultWhere(T value, String other, String word) {
        List<OtherDefault<T>> more = new ArrayList<>(otherDefaults);
        more.add(new OtherDefault<>(check(value), other, word));
        return new ParamSpec<>(name, type, defaultValue, more, domain, summary, tunable, parser);
    }

    /**
     * {@return the same parameter with a default of its own where another parameter was given any value}
     *
     * @param value the default there
     * @param other name of the other parameter
     */
    public ParamSpec<T> withDefaultWhereGiven(T value, String other) {
        return withDefaultWhere(value, other, "");
    }

    /** {@return the kebab-case name} */
    public String name() {
        return name;
    }

    /** {@return the type of a value} */
    public Class<T> type() {
        return type;
    }

    /** {@return the value when nothing is set} */
    public T defaultValue() {
        return defaultValue;
    }

    /** {@return the defaults that depend on other parameters, in order of precedence} */
    List<OtherDefault<T>> otherDefaults() {
        return otherDefaults;
    }

    /** {@return all defaults as users read them, such as {@code 0.1; 1.35 with loss=huber}} */
    public String defaultText() {
        StringBuilder text = new StringBuilder(format(defaultValue));
        for (OtherDefault<T> one : otherDefaults) {
            text.append("; ").append(format(one.value())).append(" with ").append(one.other());
            text.append(one.word().isEmpty() ? " given" : "=" + one.word());
        }
        return text.toString();
    }

    /** {@return the values allowed} */
    public Domain domain() {
        return domain;
    }

    /** {@return one line for help} */
    public String summary() {
        return summary;
    }

    /** {@return whether a new value may be given when training continues from a stored version} */
    public boolean isTunable() {
        return tunable;
    }

    /**
     * {@return the value that a text stands for}
     *
     * @param text as a user wrote it; blanks around it count only for a parameter that takes any text
     * @throws AccreteException bad argument: not of the type, or outside the domain
     */
    public T parse(String text) {
        T value;
        try {
            value = parser.apply(domain instanceof Domain.Text ? text : text.strip());
        } catch (IllegalArgumentException e) {
            throw refuse(text);
        }
        return check(value);
    }

    /**
     * {@return the value itself when it lies in the domain}
     *
     * @param value any value of the type
     * @throws AccreteException bad argument: outside the domain
     */
    public T check(T value) {
        boolean inside = true;
        if (domain instanceof Domain.Range range && value instanceof Number number) {
            inside = range.contains(number.doubleValue());
        } else if (domain instanceof Domain.Choice choice) {
            inside = choice.words().contains(format(value));
        }
        if (!inside) {
            throw refuse(format(value));
        }
        return value;
    }

    /**
     * {@return the text that {@link #parse} turns into the same value}
     *
     * @param value any value of the type
     */
    public String format(T value) {
        return value instanceof Enum<?> constant ? word(constant) : value.toString();
    }

    private AccreteException refuse(String found) {
        String kind = type == Double.class ? "a number " : type == Long.class ? "a whole number " : "";
        String must = domain instanceof Domain.Choice ? "one of " : kind;
        return AccreteException.badArgument(name + " must be " + must + domain.text() + " but was " + quoted(found));
    }

    private String quoted(String found) {
        return Number.class.isAssignableFrom(type) && !found.isBlank() ? found : "'" + found + "'";
    }

    private static <T> ParamSpec<T> checked(ParamSpec<T> spec) {
        spec.check(spec.defaultValue);
        return spec;
    }

    private static Long parseWhole(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            double value = Double.parseDouble(text);
            if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
                throw e;
            }
            return (long) value;
        }
    }

    /**
     * {@return a constant as users see it: lower case, hyphens for underscores}
     *
     * @param constant of any enum
     */
    public static String word(Enum<?> constant) {
        return word(constant.name());
    }

    /**
     * {@return a name or word as it is compared: lower case, hyphens for underscores}
     *
     * @param text as a user wrote it
     */
    public static String word(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * {@return the names of some parameters, for messages}
     *
     * @param specs the parameters
     */
    static List<String> names(List<ParamSpec<?>> specs) {
        List<String> names = new ArrayList<>();
        for (ParamSpec<?> spec : specs) {
            names.add(spec.name());
        }
        return names;
    }

    @Override
    public String toString() {
        return name + " (" + domain.text() + ", default " + defaultText() + ")";
    }
}
