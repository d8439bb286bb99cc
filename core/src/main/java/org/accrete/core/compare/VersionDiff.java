package org.accrete.core.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/**
 * What two versions of the same columns hold, compared without any rows. Immutable.
 *
 * @param first facts about the first version
 * @param second facts about the second version
 * @param params what they are made of and by which parameters, as far as it differs
 * @param tensors trained numbers that both have in the same shape
 * @param weights the weights that moved most, the farthest first; empty if they are not both linear models of one
 *     learner and the same classes
 */
public record VersionDiff(
        ModelVersion first,
        ModelVersion second,
        List<Param> params,
        List<Trained> tensors,
        List<Weights.Moved> weights) {
    /**
     * A difference in how the versions are made.
     *
     * @param name {@code learner}, {@code steps}, {@code classes}, {@code column NAME} or the key of a parameter
     * @param first in the first version; empty if it is not there
     * @param second in the second version
     */
    public record Param(String name, String first, String second) {}

    /**
     * A tensor of trained numbers.
     *
     * @param name its name
     * @param size how many numbers it has
     * @param first its Euclidean norm in the first version
     * @param second its norm in the second version
     * @param distance norm of the difference
     * @param angle between both in degrees, from 0 to 180; NaN if one is zero
     */
    public record Trained(String name, long size, double first, double second, double distance, double angle) {}

    // Copies the collections.
    public VersionDiff {
        params = List.copyOf(params);
        tensors = List.copyOf(tensors);
        weights = List.copyOf(weights);
    }

    /**
     * {@return what differs between two versions}
     *
     * @param first facts about the first version
     * @param firstState what it holds
     * @param second facts about the second version
     * @param secondState what it holds
     * @param names of the columns
     * @param most the most weights to tell
     * @throws AccreteException bad argument: their columns or targets differ
     */
    public static VersionDiff of(
            ModelVersion first, State firstState, ModelVersion second, State secondState, WeightNames names, int most) {
        requireSameColumns(first, firstState, second, secondState);
        boolean isOneLearner = firstState.text("learner").equals(secondState.text("learner"));
        Optional<Weights> before = isOneLearner ? Weights.of(firstState) : Optional.empty();
        Optional<Weights> after = isOneLearner ? Weights.of(secondState) : Optional.empty();
        return new VersionDiff(
                first,
                second,
                params(firstState, secondState),
                isOneLearner ? tensors(firstState, secondState) : List.of(),
                before.isPresent() && after.isPresent() ? before.get().moved(after.get(), most, names) : List.of());
    }

    /** {@return whether both are made by one learner, so that weights can be compared} */
    public boolean isOneLearner() {
        return params.stream().noneMatch(param -> param.name().equals("learner"));
    }

    private static void requireSameColumns(
            ModelVersion first, State firstState, ModelVersion second, State secondState) {
        try {
            Schema.parse(firstState.text("schema")).require(Schema.parse(secondState.text("schema")));
        } catch (AccreteException e) {
            if (e.kind() != AccreteException.Kind.BAD_STATE) {
                throw e;
            }
            String message = String.valueOf(e.getMessage());
            int at = message.indexOf("(first difference: ");
            throw new AccreteException(
                    AccreteException.Kind.BAD_ARGUMENT,
                    "versions must have the same columns and target to be compared, but those of " + second.reference()
                            + " differ from those of " + first.reference()
                            + (at < 0 ? "" : " " + message.substring(at)),
                    e);
        }
    }

    private static List<Param> params(State first, State second) {
        Map<String, String> before = facts(first);
        Map<String, String> after = facts(second);
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        List<Param> differ = new ArrayList<>();
        for (String name : names) {
            String mine = before.getOrDefault(name, "");
            String theirs = after.getOrDefault(name, "");
            if (!mine.equals(theirs)) {
                differ.add(new Param(name, mine, theirs));
            }
        }
        return differ;
    }

    private static Map<String, String> facts(State state) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("learner", state.text("learner"));
        facts.put("steps", String.join(", ", state.list("steps")));
        for (String pair : state.list("params")) {
            int equals = pair.indexOf('=');
            facts.put(pair.substring(0, Math.max(0, equals)), pair.substring(equals + 1));
        }
        facts.put(
                "classes",
                String.join(", ", Schema.parse(state.text("schema")).target().classes()));
        plan(state)
                .ifPresent(plan -> plan.withClasses(List.of()).columns().stream()
                        .filter(column -> !(column instanceof Column.Label))
                        .forEach(column -> facts.put("column " + column.name(), column.kind())));
        return facts;
    }

    private static Optional<ColumnPlan> plan(State state) {
        return Optional.ofNullable(state.texts().get("plan")).map(ColumnPlan::parse);
    }

    private static List<Trained> tensors(State first, State second) {
        List<Trained> tensors = new ArrayList<>();
        first.tensors().forEach((name, before) -> {
            Tensor after = second.tensors().get(name);
            if (isTrained(name)
                    && after != null
                    && before.type() != Tensor.Type.I64
                    && before.type() == after.type()
                    && Arrays.equals(before.shape(), after.shape())) {
                tensors.add(trained(name, before, after));
            }
        });
        return tensors;
    }

    /** {@return whether a tensor is for readers, by its name; see docs/format.md} */
    private static boolean isTrained(String name) {
        boolean isOfAnother = List.of("challenger.", "drift.", "run.").stream().anyMatch(name::startsWith);
        return name.indexOf('.') < 0 || (!isOfAnother && (name.endsWith(".weight") || name.endsWith(".bias")));
    }

    private static Trained trained(String name, Tensor before, Tensor after) {
        double first = 0;
        double second = 0;
        double product = 0;
        double distance = 0;
        double[] mine = before.doubles();
        double[] theirs = after.doubles();
        for (int i = 0; i < mine.length; i++) {
            first += mine[i] * mine[i];
            second += theirs[i] * theirs[i];
            product += mine[i] * theirs[i];
            distance += (theirs[i] - mine[i]) * (theirs[i] - mine[i]);
        }
        double cosine = product / Math.sqrt(first * second);
        return new Trained(
                name,
                mine.length,
                Math.sqrt(first),
                Math.sqrt(second),
                Math.sqrt(distance),
                Math.toDegrees(Math.acos(Math.max(-1, Math.min(1, cosine)))));
    }
}
