package org.accrete.api.param;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.accrete.api.AccreteException;

/** The values of all of a plug-in's parameters, defaults included, each inside its domain. Immutable. */
public final class Params {
    private final List<ParamSpec<?>> specs;
    private final Map<String, Object> values;

    private Params(List<ParamSpec<?>> specs, Map<String, Object> values) {
        this.specs = specs;
        this.values = values;
    }

    /**
     * {@return every parameter at its default}
     *
     * @param specs the parameters
     */
    public static Params of(List<ParamSpec<?>> specs) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (ParamSpec<?> spec : specs) {
            if (values.put(spec.name(), spec.defaultValue()) != null) {
                throw AccreteException.badArgument("parameter '" + spec.name() + "' is declared twice");
            }
        }
        return new Params(List.copyOf(specs), values);
    }

    /**
     * {@return the given values over the defaults}
     *
     * @param specs the parameters
     * @param given name to text; hyphens and underscores are the same
     * @throws AccreteException bad argument: every unknown name and every value outside its domain, on one line
     */
    public static Params parse(List<ParamSpec<?>> specs, Map<String, String> given) {
        Params params = of(specs);
        List<String> problems = new ArrayList<>();
        given.forEach((name, text) -> {
            try {
                ParamSpec<?> spec = params.find(name);
                params.values.put(spec.name(), spec.parse(text));
            } catch (AccreteException e) {
                problems.add(e.getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw AccreteException.badArgument(String.join("; ", problems));
        }
        return params;
    }

    /**
     * {@return a copy with one value changed}
     *
     * @param <T> the parameter's type
     * @param spec the parameter, one of {@link #specs()}
     * @param value the new value
     * @throws AccreteException bad argument: outside the domain, or not one of these parameters
     */
    public <T> Params with(ParamSpec<T> spec, T value) {
        get(spec);
        Map<String, Object> changed = new LinkedHashMap<>(values);
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
