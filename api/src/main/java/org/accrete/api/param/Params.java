package org.accrete.api.param;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.accrete.api.AccreteException;

/**
 * The values of all of a plug-in's parameters, defaults included, each inside its domain. Immutable.
 *
 * <p>A default may depend on another parameter. It is resolved here, once, so that {@link #toMap} holds values only.
 */
public final class Params {
    private final List<ParamSpec<?>> specs;
    private final Map<String, Object> given;
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Params(List<ParamSpec<?>> specs, Map<String, Object> given) {
        this.specs = List.copyOf(specs);
        this.given = given;
        for (ParamSpec<?> spec : specs) {
            if (values.put(spec.name(), spec.defaultValue()) != null) {
                throw AccreteException.badArgument("parameter '" + spec.name() + "' is declared twice");
            }
        }
        for (ParamSpec<?> spec : specs) {
            values.put(spec.name(), value(spec, specs.size()));
        }
    }

    /** {@return the given value, or the default, which may depend on parameters that depend on others} */
    private <T> Object value(ParamSpec<T> spec, int depth) {
        Object set = given.get(spec.name());
        if (set != null) {
            return set;
        }
        for (ParamSpec.OtherDefault<T> one : spec.otherDefaults()) {
            ParamSpec<?> other = find(one.other());
            if (depth == 0) {
                throw AccreteException.badArgument(
                        "the default of parameter '" + spec.name() + "' depends on itself by way of others");
            }
            boolean fits = one.word().isEmpty()
                    ? given.containsKey(other.name())
                    : one.word().equals(word(other, depth - 1));
            if (fits) {
                return one.value();
            }
        }
        return spec.defaultValue();
    }

    private <T> String word(ParamSpec<T> spec, int depth) {
        return spec.format(spec.type().cast(value(spec, depth)));
    }

    /**
     * {@return every parameter at its default}
     *
     * @param specs the parameters
     */
    public static Params of(List<ParamSpec<?>> specs) {
        return new Params(specs, Map.of());
    }

    /**
     * {@return the given values over the defaults}
     *
     * @param specs the parameters
     * @param given name to text; hyphens and underscores are the same
     * @throws AccreteException bad argument: every unknown name and every value outside its domain, on one line
     */
    public static Params parse(List<ParamSpec<?>> specs, Map<String, String> given) {
        Params defaults = of(specs);
        Map<String, Object> parsed = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        given.forEach((name, text) -> {
            try {
                ParamSpec<?> spec = defaults.find(name);
                parsed.put(spec.name(), spec.parse(text));
            } catch (AccreteException e) {
                problems.add(e.getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw AccreteException.badArgument(String.join("; ", problems));
        }
        return new Params(specs, parsed);
    }

    /**
     * {@return a copy with one value given; defaults that depend on it are resolved again}
     *
     * @param <T> the parameter's type
     * @param spec the parameter, one of {@link #specs()}
     * @param value the new value
     * @throws AccreteException bad argument: outside the domain, or not one of these parameters
     */
    public <T> Params with(ParamSpec<T> spec, T value) {
        get(spec);
        Map<String, Object> changed = new LinkedHashMap<>(given);
        changed.put(spec.name(), spec.check(value));
        return new Params(specs, changed);
    }

    /**
     * {@return the value of a parameter}
     *
     * @param <T> its type
     * @param spec the parameter
     * @throws AccreteException bad argument: not one of these parameters
     */
    public <T> T get(ParamSpec<T> spec) {
        return spec.type()
                .cast(Objects.requireNonNull(values.get(find(spec.name()).name())));
    }

    /** {@return the parameters} */
    public List<ParamSpec<?>> specs() {
        return specs;
    }

    /** {@return every name with its value as text, in declared order; {@link #parse} takes it back} */
    public Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (ParamSpec<?> spec : specs) {
            map.put(spec.name(), text(spec));
        }
        return map;
    }

    /**
     * Refuses other values, naming each that differs.
     *
     * @param found the parameters of a learner that is to be merged
     * @throws AccreteException bad state: they differ
     */
    public void requireSame(Params found) {
        Map<String, String> mine = toMap();
        Map<String, String> theirs = found.toMap();
        List<String> differences = new ArrayList<>();
        mine.forEach((name, text) -> {
            if (!text.equals(theirs.get(name))) {
                differences.add(name + " is " + text + " here but " + theirs.getOrDefault(name, "absent") + " there");
            }
        });
        if (!differences.isEmpty()) {
            throw AccreteException.badState(
                    "parameters must be the same in both learners but " + String.join(", ", differences));
        }
    }

    private <T> String text(ParamSpec<T> spec) {
        return spec.format(get(spec));
    }

    private ParamSpec<?> find(String name) {
        for (ParamSpec<?> spec : specs) {
            if (spec.name().equals(ParamSpec.word(name))) {
                return spec;
            }
        }
        throw AccreteException.badArgument("no parameter named '" + name + "'"
                + (specs.isEmpty() ? "; there are none" : "; there are: " + String.join(", ", ParamSpec.names(specs))));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Params params && toMap().equals(params.toMap());
    }

    @Override
    public int hashCode() {
        return toMap().hashCode();
    }

    @Override
    public String toString() {
        return toMap().toString();
    }
}
