package org.accrete.core.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.drift.DriftInput;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;

/**
 * A detector of drift that a run feeds.
 *
 * @param provider makes the detector
 * @param params values of its parameters
 * @param metric what it is fed
 */
public record DriftWatch(DriftDetectorProvider provider, Params params, DriftMetric metric) {
    private static final ParamSpec<DriftMetric> METRIC =
            ParamSpec.choice("metric", DriftMetric.class, DriftMetric.LOSS, "what the detector is fed");
    private static final String SIDE = "side";

    // Refuses what the detector does not take.
    public DriftWatch {
        boolean isOfErrors = provider.input() == DriftInput.ERROR;
        if (isOfErrors && metric != DriftMetric.ERROR) {
            throw AccreteException.badArgument(provider.name() + " watches errors, so its metric must be error but was "
                    + ParamSpec.word(metric) + "; leave it out");
        }
    }

    /**
     * {@return what a text describes}
     *
     * @param plugIns where the detector is found
     * @param text its name, and its parameters and {@code metric} if they are not at their defaults, such as
     *     {@code adwin?metric=error&delta=0.01}
     * @throws AccreteException unknown plug-in; bad argument: not such a text, a value outside its domain
     */
    public static DriftWatch parse(PlugIns plugIns, String text) {
        DriftText parsed = DriftText.parse(text);
        DriftDetectorProvider provider = plugIns.detectors().find(parsed.name());
        Map<String, String> settings = new LinkedHashMap<>(parsed.settings());
        String given = settings.remove(METRIC.name());
        DriftMetric metric = given == null ? DriftMetric.of(provider.input()) : METRIC.parse(given);
        boolean hasSide =
                provider.params().stream().anyMatch(spec -> spec.name().equals(SIDE));
        if (metric == DriftMetric.COLUMNS && hasSide) {
            // A column may change in any direction.
            settings.putIfAbsent(SIDE, "both");
        }
        Params params;
        try {
            params = Params.parse(provider.params(), settings);
        } catch (AccreteException e) {
            throw AccreteException.badArgument(provider.name() + ": " + e.getMessage());
        }
        provider.create(params);
        return new DriftWatch(provider, params, metric);
    }

    /** {@return the text that {@link #parse} reads, with every parameter} */
    public String toText() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(METRIC.name(), ParamSpec.word(metric));
        settings.putAll(params.toMap());
        return new DriftText(provider.name(), settings).toString();
    }

    /**
     * {@return the texts of what the run of a state watched; empty if it watched nothing}
     *
     * @param state what a version holds
     */
    public static List<String> stored(State state) {
        return DriftRun.isIn(state) ? state.list(DriftRun.WATCHES) : List.of();
    }

    /**
     * {@return about how many bytes of heap it takes}
     *
     * @param schema the columns of the source
     */
    public long memoryBytes(Schema schema) {
        return provider.memoryBytes(params) * (isOfLoss() ? 1 : DriftRun.numeric(schema).length);
    }

    boolean isOfLoss() {
        return metric != DriftMetric.COLUMNS;
    }
}
