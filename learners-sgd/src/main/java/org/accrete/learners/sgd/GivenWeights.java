package org.accrete.learners.sgd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.learners.sgd.weights.LinearWeights;

/**
 * Linear functions that somebody else trained: {@code coef} and {@code intercept}, or scikit-learn's attributes
 * {@code coef_}, {@code intercept_}, {@code classes_} and {@code t_}.
 *
 * @param coef functions × columns
 * @param intercept one per function
 * @param t number of the next row in a learning-rate schedule, from 1
 */
record GivenWeights(double[] coef, double[] intercept, double t) {
    private static final String T = "t_";
    private static final int MOST_NAMES = 8;

    /**
     * {@return the functions for the classes or the number of a schema}
     *
     * @param schema what the columns are, and all classes
     * @param weights tensors by name; where the classes are named, they may be in another order
     * @param learner name of the learner, for messages
     * @param head whether the weights of the target are taken: all are
     * @throws AccreteException bad argument: nothing is found, or it does not fit
     */
    static GivenWeights of(Schema schema, State weights, String learner, boolean head) {
        if (!head) {
            throw AccreteException.badArgument(
                    "all weights of " + learner + " are of its target, so none can be kept for"
                            + " another one; begin from one of its versions, or anew");
        }
        List<String> classes = schema.target().classes();
        if (classes.isEmpty() && schema.target().kind() == Target.Kind.CATEGORICAL) {
            throw AccreteException.badArgument("weights say nothing while no class of the target is known; name them");
        }
        List<String> named = classes(weights).orElse(classes);
        if (named.size() != classes.size() || !new HashSet<>(named).containsAll(classes)) {
            throw AccreteException.badArgument("the weights are of the classes " + named + " but the target has so far "
                    + classes + "; the classes of a column plan may name them all");
        }
        int functions = LinearWeights.functions(classes.size());
        int width = schema.width();
        double[] coef = numbers(weights, "coef", functions, width);
        double[] intercept = numbers(weights, "intercept", functions, 0);
        double t = weights.tensors().containsKey(T) ? weights.number(T) : 1;
        if (!(t >= 1 && t <= Double.MAX_VALUE)) {
            throw AccreteException.badArgument("'t_' must be a number >= 1 but was " + t);
        }
        GivenWeights given = new GivenWeights(coef, intercept, t);
        return named.equals(classes) ? given : given.ordered(named, classes);
    }

    /** {@return the tensor of a name, with or without scikit-learn's underscore} */
    private static Optional<String> find(State weights, String name) {
        return List.of(name + "_", name).stream()
                .filter(one ->
                        weights.tensors().containsKey(one) || weights.texts().containsKey(one))
                .findFirst();
    }

    /** {@return numbers per function; a dimension of 1 may be missing} */
    private static double[] numbers(State weights, String name, int functions, int width) {
        String found = find(weights, name)
                .filter(one -> weights.tensors().containsKey(one))
                .orElseThrow(
                        () -> AccreteException.badArgument("no weights to begin with: expected coef_ and intercept_,"
                                + " or coef and intercept, but found " + some(weights)));
        Tensor tensor = weights.tensor(found);
        long[] shape = width > 0 ? new long[] {functions, width} : new long[] {functions};
        boolean isFlat = width > 0 && functions == 1 && Arrays.equals(tensor.shape(), new long[] {width});
        if (!(isFlat || Arrays.equals(tensor.shape(), shape)) || tensor.type() == Tensor.Type.I64) {
            throw AccreteException.badArgument("'" + found + "' must be floating numbers of shape "
                    + Arrays.toString(shape) + " (" + functions + (functions == 1 ? " function" : " classes")
                    + (width > 0 ? " × " + width + " columns" : "") + ") but is " + tensor);
        }
        double[] numbers = tensor.doubles();
        for (double number : numbers) {
            if (!Double.isFinite(number)) {
                throw AccreteException.badArgument(
                        "'" + found + "' must hold finite numbers only but one is " + number);
            }
        }
        return numbers;
    }

    private static String some(State weights) {
        List<String> names = new ArrayList<>(weights.tensors().keySet());
        List<String> first = names.subList(0, Math.min(MOST_NAMES, names.size()));
        return first.isEmpty() ? "none" : String.join(", ", first) + (names.size() > first.size() ? ", …" : "");
    }

    /** {@return the labels that the file names, as the data writes them} */
    private static Optional<List<String>> classes(State weights) {
        return find(weights, "classes").map(name -> {
            if (weights.texts().containsKey(name)) {
                return weights.list(name).stream().map(String::strip).toList();
            }
            Tensor tensor = weights.tensor(name);
            return Arrays.stream(tensor.doubles())
                    .mapToObj(label -> label == Math.rint(label) && Math.abs(label) < 1L << 53
                            ? Long.toString((long) label)
                            : Double.toString(label))
                    .toList();
        });
    }

    /** {@return the same functions for the same classes in another order} */
    private GivenWeights ordered(List<String> from, List<String> to) {
        int functions = intercept.length;
        int width = coef.length / functions;
        double[] ordered = new double[coef.length];
        double[] intercepts = new double[functions];
        if (functions == 1) {
            // Of two classes the function speaks for the second.
            Arrays.setAll(ordered, j -> -coef[j]);
            intercepts[0] = -intercept[0];
        } else {
            for (int c = 0; c < functions; c++) {
                int was = from.indexOf(to.get(c));
                System.arraycopy(coef, was * width, ordered, c * width, width);
                intercepts[c] = intercept[was];
            }
        }
        return new GivenWeights(ordered, intercepts, t);
    }
}
