package org.accrete.api.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;

/**
 * Everything needed to continue: named tensors and named texts. Immutable; the only thing a learner gives to a store.
 *
 * <p>Tensors that a reader of the file wants have plain snake-case names ({@code coef}, {@code intercept}); what only
 * training needs has a prefix ({@code sgd.scale}, {@code standard-scaler.mean}, {@code run.auc}).
 */
public final class State {
    private final Map<String, Tensor> tensors;
    private final Map<String, String> texts;

    private State(Map<String, Tensor> tensors, Map<String, String> texts) {
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        this.texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /** {@return a builder of a state} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the tensors by name, in the order they were put} */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** {@return the texts by name, in the order they were put} */
    public Map<String, String> texts() {
        return texts;
    }

    /**
     * {@return the part that {@link Builder#all(String, State)} put under a prefix, without it; empty if there is none}
     *
     * @param prefix how the names of the part begin
     */
    public State part(String prefix) {
        Builder part = builder();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                part.tensor(name.substring(prefix.length()), tensor);
            }
        });
        texts.forEach((name, text) -> {
            if (name.startsWith(prefix)) {
                part.text(name.substring(prefix.length()), text);
            }
        });
        return part.build();
    }

    /**
     * {@return a tensor}
     *
     * @param name its name
     * @throws AccreteException corrupt file: there is none
     */
    public Tensor tensor(String name) {
        return Optional.ofNullable(tensors.get(name)).orElseThrow(() -> missing("tensor", name));
    }

    /**
     * {@return a copy of a tensor's numbers}
     *
     * @param name its name
     * @param shape the shape it must have
     * @throws AccreteException corrupt file: there is none, or none of this shape
     */
    public double[] doubles(String name, long... shape) {
        return shaped(name, shape).doubles();
    }

    /**
     * {@return a copy of a tensor's numbers in single precision}
     *
     * @param name its name
     * @param shape the shape it must have
     * @throws AccreteException corrupt file: there is none, none of this shape, or not in single precision
     */
    public float[] floats(String name, long... shape) {
        Tensor tensor = shaped(name, shape);
        if (tensor.type() != Tensor.Type.F32) {
            throw AccreteException.corruptFile("tensor '" + name + "' must be F32 but is " + tensor.type());
        }
        return tensor.floats();
    }

    /**
     * {@return a copy of a tensor's whole numbers}
     *
     * @param name its name
     * @param shape the shape it must have
     * @throws AccreteException corrupt file: there is none, or none of this shape
     */
    public long[] longs(String name, long... shape) {
        return shaped(name, shape).longs();
    }

    /**
     * {@return the only number of a tensor of shape [1]}
     *
     * @param name its name
     * @throws AccreteException corrupt file: there is none, or none of this shape
     */
    public double number(String name) {
        return doubles(name, 1)[0];
    }

    /**
     * {@return the only whole number of a tensor of shape [1]}
     *
     * @param name its name
     * @throws AccreteException corrupt file: there is none, or none of this shape
     */
    public long whole(String name) {
        return longs(name, 1)[0];
    }

    /**
     * {@return a text}
     *
     * @param name its name
     * @throws AccreteException corrupt file: there is none
     */
    public String text(String name) {
        return Optional.ofNullable(texts.get(name)).orElseThrow(() -> missing("text", name));
    }

    /**
     * {@return a list of texts that {@link Builder#list} put}
     *
     * @param name its name
     * @throws AccreteException corrupt file: there is none
     */
    public List<String> list(String name) {
        String joined = text(name);
        List<String> items = new ArrayList<>();
        StringBuilder item = new StringBuilder();
        for (int i = 0; i < joined.length(); i++) {
            char c = joined.charAt(i);
            if (c == '\n') {
                items.add(item.toString());
                item.setLength(0);
            } else if (c == '\\' && i + 1 < joined.length()) {
                i++;
                item.append(joined.charAt(i) == 'n' ? '\n' : joined.charAt(i));
            } else {
                item.append(c);
            }
        }
        return items;
    }

    private Tensor shaped(String name, long... shape) {
        Tensor tensor = tensor(name);
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw AccreteException.corruptFile("tensor '" + name + "' must have shape " + Arrays.toString(shape)
                    + " but has " + Arrays.toString(tensor.shape()));
        }
        return tensor;
    }

    private static AccreteException missing(String kind, String name) {
        return AccreteException.corruptFile("a stored state has no " + kind + " '" + name + "'");
    }

    /** Equal when all tensors and texts are, whatever their order. */
    @Override
    public boolean equals(Object other) {
        return other instanceof State state && tensors.equals(state.tensors) && texts.equals(state.texts);
    }

    @Override
    public int hashCode() {
        return 31 * tensors.hashCode() + texts.hashCode();
    }

    @Override
    public String toString() {
        return tensors + " " + texts;
    }

    /** Collects tensors and texts; a name can be put once. */
    public static final class Builder {
        private final Map<String, Tensor> tensors = new LinkedHashMap<>();
        private final Map<String, String> texts = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Puts a tensor.
         *
         * @param name its name
         * @param tensor the tensor
         * @return this
         */
        public Builder tensor(String name, Tensor tensor) {
            if (tensors.putIfAbsent(name, tensor) != null) {
                throw AccreteException.badState("two parts of one model both have a tensor '" + name + "'");
            }
            return this;
        }

        /**
         * Puts a copy of some numbers.
         *
         * @param name the tensor's name
         * @param data the numbers
         * @param shape lengths of the dimensions; none means one dimension
         * @return this
         */
        public Builder doubles(String name, double[] data, long... shape) {
            return tensor(name, Tensor.of(data, shape));
        }

        /**
         * Puts a copy of some whole numbers.
         *
         * @param name the tensor's name
         * @param data the numbers
         * @param shape lengths of the dimensions; none means one dimension
         * @return this
         */
        public Builder longs(String name, long[] data, long... shape) {
            return tensor(name, Tensor.of(data, shape));
        }

        /**
         * Puts one number as a tensor of shape [1].
         *
         * @param name the tensor's name
         * @param value the number
         * @return this
         */
        public Builder number(String name, double value) {
            return doubles(name, new double[] {value});
        }

        /**
         * Puts one whole number as a tensor of shape [1].
         *
         * @param name the tensor's name
         * @param value the number
         * @return this
         */
        public Builder whole(String name, long value) {
            return longs(name, new long[] {value});
        }

        /**
         * Puts a text.
         *
         * @param name its name
         * @param value the text
         * @return this
         */
        public Builder text(String name, String value) {
            if (texts.putIfAbsent(name, value) != null) {
                throw AccreteException.badState("two parts of one model both have a text '" + name + "'");
            }
            return this;
        }

        /**
         * Puts a list of texts as one text, each item ended by a line feed, with {@code \n} and {@code \\} escaped.
         *
         * @param name its name
         * @param items the texts
         * @return this
         */
        public Builder list(String name, List<String> items) {
            StringBuilder joined = new StringBuilder();
            for (String item : items) {
                joined.append(item.replace("\\", "\\\\").replace("\n", "\\n")).append('\n');
            }
            return text(name, joined.toString());
        }

        /**
         * Puts all that another state holds.
         *
         * @param state the other state
         * @return this
         */
        public Builder all(State state) {
            state.tensors.forEach(this::tensor);
            state.texts.forEach(this::text);
            return this;
        }

        /**
         * Puts all that another state holds under a prefix.
         *
         * @param prefix put before each name, such as {@code drift.0.}
         * @param state the other state
         * @return this
         */
        public Builder all(String prefix, State state) {
            state.tensors.forEach((name, tensor) -> tensor(prefix + name, tensor));
            state.texts.forEach((name, text) -> text(prefix + name, text));
            return this;
        }

        /** {@return the state} */
        public State build() {
            return new State(tensors, texts);
        }
    }
}
