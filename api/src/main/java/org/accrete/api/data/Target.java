package org.accrete.api.data;

import java.util.HashSet;
import java.util.List;
import org.accrete.api.AccreteException;

/**
 * What a model predicts.
 *
 * @param name name of the raw column; empty for {@link Kind#NONE}
 * @param kind what a target's value is
 * @param classes labels known before the first row, in class order; empty unless categorical
 */
public record Target(String name, Kind kind, List<String> classes) {
    /** What a target's value is. */
    public enum Kind {
        /** There is no target. */
        NONE,
        /** A finite number. */
        NUMERIC,
        /** The index of a class in {@link Chunk#classes()}. */
        CATEGORICAL
    }

    private static final Target NOTHING = new Target("", Kind.NONE, List.of());

    // Copies and checks the classes.
    public Target {
        classes = List.copyOf(classes);
        if (kind != Kind.CATEGORICAL && !classes.isEmpty()) {
            throw AccreteException.badArgument("only a categorical target has classes but '" + name + "' is " + kind);
        }
        if (new HashSet<>(classes).size() != classes.size()) {
            throw AccreteException.badArgument("classes of target '" + name + "' must differ but were " + classes);
        }
    }

    /** {@return no target} */
    public static Target none() {
        return NOTHING;
    }

    /**
     * {@return a numeric target}
     *
     * @param name name of the raw column
     */
    public static Target numeric(String name) {
        return new Target(name, Kind.NUMERIC, List.of());
    }

    /**
     * {@return a categorical target}
     *
     * @param name name of the raw column
     * @param classes labels known so far, in class order; may be empty
     */
    public static Target categorical(String name, List<String> classes) {
        return new Target(name, Kind.CATEGORICAL, classes);
    }

    /**
     * {@return the same target with other known classes}
     *
     * @param labels labels in class order
     */
    public Target withClasses(List<String> labels) {
        return new Target(name, kind, labels);
    }
}
