package org.accrete.core.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.IntToDoubleFunction;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/**
 * The weights of a linear model, one per function and column: the tensor {@code coef}. They are of the columns as the
 * learner sees them, so after {@code standard-scaler} of a standard deviation of a number.
 */
public final class Weights {
    private static final String COEF = "coef";

    private final double[] coef;
    private final int width;
    private final List<String> functions;
    private final boolean isOfSchema;

    private Weights(double[] coef, int width, List<String> functions, boolean isOfSchema) {
        this.coef = coef;
        this.width = width;
        this.functions = functions;
        this.isOfSchema = isOfSchema;
    }

    /**
     * A weight.
     *
     * @param name of its column
     * @param function what it speaks for: a class, or the target where that is a number
     * @param value the weight
     */
    public record Named(String name, String function, double value) {}

    /**
     * A weight of two versions.
     *
     * @param name of its column
     * @param function what it speaks for
     * @param first in the first version
     * @param second in the second version
     */
    public record Moved(String name, String function, double first, double second) {}

    /**
     * {@return the weights of a stored model; empty if it has none by column}
     *
     * @param state what is stored
     */
    public static Optional<Weights> of(State state) {
        Tensor tensor = state.tensors().get(COEF);
        if (tensor == null || tensor.type() == Tensor.Type.I64 || tensor.shape().length != 2) {
            return Optional.empty();
        }
        Schema schema = Schema.parse(state.text("schema"));
        int count = (int) tensor.shape()[0];
        int width = (int) tensor.shape()[1];
        return Optional.of(
                new Weights(tensor.doubles(), width, functions(schema.target(), count), width == schema.width()));
    }

    private static List<String> functions(Target target, int count) {
        List<String> classes = target.classes();
        if (target.kind() != Target.Kind.CATEGORICAL) {
            return names(List.of(target.name()), count);
        }
        return names(count == 1 && classes.size() == 2 ? classes.subList(1, 2) : classes, count);
    }

    private static List<String> names(List<String> known, int count) {
        List<String> names = new ArrayList<>(known.subList(0, Math.min(known.size(), count)));
        while (names.size() < count) {
            names.add("function " + names.size());
        }
        return names;
    }

    /** {@return what the weights speak for: classes, or the target} */
    public List<String> functions() {
        return functions;
    }

    private String name(WeightNames names, int at) {
        return isOfSchema ? names.name(at % width) : "component " + at % width;
    }

    /**
     * {@return the weights of the largest size, the largest first, zeros left out}
     *
     * @param most how many at most
     * @param names of the columns
     */
    public List<Named> largest(int most, WeightNames names) {
        return largest(coef.length, most, at -> coef[at]).stream()
                .map(at -> new Named(name(names, at), functions.get(at / width), coef[at]))
                .toList();
    }

    /**
     * {@return the weights that moved most, the farthest first; none where the functions or columns differ}
     *
     * @param to the weights of the second version
     * @param most how many at most
     * @param names of the columns
     */
    public List<Moved> moved(Weights to, int most, WeightNames names) {
        if (width != to.width || !functions.equals(to.functions)) {
            return List.of();
        }
        return largest(coef.length, most, at -> to.coef[at] - coef[at]).stream()
                .map(at -> new Moved(name(names, at), functions.get(at / width), coef[at], to.coef[at]))
                .toList();
    }

    /** {@return places of the numbers of the largest size, the largest first, the first of equals first} */
    private static List<Integer> largest(int length, int most, IntToDoubleFunction numbers) {
        Comparator<Integer> bySize = Comparator.comparingDouble((Integer at) -> Math.abs(numbers.applyAsDouble(at)))
                .thenComparing(Comparator.reverseOrder());
        PriorityQueue<Integer> kept = new PriorityQueue<>(Math.max(1, most + 1), bySize);
        double least = 0;
        for (int at = 0; at < length && most > 0; at++) {
            double size = Math.abs(numbers.applyAsDouble(at));
            if (size > least || (size > 0 && kept.size() < most)) {
                kept.add(at);
                if (kept.size() > most) {
                    kept.poll();
                }
                least = kept.size() < most ? 0 : Math.abs(numbers.applyAsDouble(kept.element()));
            }
        }
        List<Integer> found = new ArrayList<>(kept);
        found.sort(bySize.reversed());
        return found;
    }
}
