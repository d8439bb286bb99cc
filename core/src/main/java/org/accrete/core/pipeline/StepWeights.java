package org.accrete.core.pipeline;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** The part of weights from elsewhere that belongs to the steps of a pipeline. */
final class StepWeights {
    private static final String NAMES = "feature_names_in_";
    /** An attribute of a step of scikit-learn's pipelines. */
    private static final Pattern OF_STEP = Pattern.compile("([a-z]+)__[a-z_]+_");

    private final State weights;

    /**
     * Refuses weights of other steps.
     *
     * @param steps names of the pipeline's steps
     * @throws AccreteException bad argument: a step is missing
     */
    StepWeights(State weights, List<String> steps) {
        this.weights = weights;
        Set<String> names = new LinkedHashSet<>(weights.tensors().keySet());
        names.addAll(weights.texts().keySet());
        List<String> words = steps.stream().map(StepWeights::word).toList();
        for (String name : names) {
            Matcher ofStep = OF_STEP.matcher(name);
            if (ofStep.matches() && !words.contains(ofStep.group(1))) {
                throw AccreteException.badArgument("the weights are of columns behind a step '" + ofStep.group(1)
                        + "', which has '" + name + "', but the steps are "
                        + (steps.isEmpty() ? "none" : String.join(", ", steps)));
            }
        }
    }

    /** {@return what scikit-learn calls a step} */
    private static String word(String step) {
        return step.replace("-", "");
    }

    /** {@return a step that begins with its part of the weights, or with nothing where there is none} */
    Step step(StepProvider provider, Schema columns, Params params) {
        State part = weights.part(word(provider.name()) + "__");
        boolean isNamed = isPresent(part);
        boolean isStored = isPresent(weights.part(provider.name() + "."));
        boolean canBegin = provider instanceof WarmStartProvider;
        if ((isNamed || isStored) && provider instanceof WarmStartProvider warm) {
            requireColumns(part, columns);
            return (Step) warm.createWithWeights(columns, params, isNamed ? part : weights, true);
        }
        if (isNamed) {
            throw AccreteException.badArgument("it cannot begin with what another tool trained");
        }
        if (canBegin
                && (weights.tensors().containsKey("coef_") || weights.tensors().containsKey("coef"))) {
            // A weight of a column as it is means another thing behind the step.
            throw AccreteException.badArgument("the weights are of columns as they are, because there is no '"
                    + word(provider.name()) + "__mean_'; set steps to none, or add the step's arrays");
        }
        return provider.create(columns, params);
    }

    private static boolean isPresent(State part) {
        return !part.tensors().isEmpty() || !part.texts().isEmpty();
    }

    /**
     * Refuses weights that say that they are of other columns.
     *
     * @throws AccreteException bad argument: the first difference
     */
    static void requireColumns(State weights, Schema columns) {
        if (!weights.texts().containsKey(NAMES)) {
            return;
        }
        List<String> names = weights.list(NAMES);
        int width = columns.width();
        for (int j = 0; j < Math.max(width, names.size()); j++) {
            String theirs = j < names.size() ? "'" + names.get(j) + "'" : "none";
            String mine = j < width ? "'" + columns.columnName(j) + "'" : "none";
            if (!theirs.equals(mine)) {
                throw AccreteException.badArgument(
                        "column " + (j + 1) + " of the weights is " + theirs + " but that of the data is " + mine);
            }
        }
    }
}
