package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.accrete.api.Provider;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.core.pipeline.TargetTransform;

/** The facts about a plug-in, for {@code describe} and the reference page. */
final class Descriptions {
    private Descriptions() {}

    /** {@return {@code learner}, {@code step}, {@code source}, {@code store} or {@code detector}} */
    static String kind(Provider provider) {
        if (provider instanceof StepProvider) {
            return "step";
        }
        if (provider instanceof LearnerProvider) {
            return "learner";
        }
        if (provider instanceof DriftDetectorProvider) {
            return "detector";
        }
        return provider instanceof ChunkSourceProvider ? "source" : "store";
    }

    /** {@return the facts other than parameters, by snake-case name} */
    static Map<String, List<String>> traits(Provider provider) {
        Map<String, List<String>> traits = new LinkedHashMap<>();
        if (provider instanceof LearnerProvider learner && !(provider instanceof StepProvider)) {
            traits.put(
                    "targets",
                    learner.targets().stream()
                            .sorted()
                            .map(kind -> ParamSpec.word(kind))
                            .toList());
            traits.put("steps", learner.likedSteps());
        }
        if (provider instanceof ChunkSourceProvider source) {
            traits.put("endings", List.copyOf(new TreeSet<>(source.endings())));
        }
        if (provider instanceof DriftDetectorProvider detector) {
            traits.put("input", List.of(ParamSpec.word(detector.input())));
        }
        return traits;
    }

    /** {@return what {@code --set} takes for a plug-in, also that of the target of a learner of numbers} */
    static List<Map<String, ?>> params(Provider provider) {
        List<Map<String, ?>> params = new ArrayList<>();
        for (ParamSpec<?> spec : provider.params()) {
            params.add(param(spec.name(), spec));
        }
        if (provider instanceof LearnerProvider learner && TargetTransform.fits(learner)) {
            params.add(param(TargetTransform.KEY, TargetTransform.PARAM));
        }
        return params;
    }

    private static Map<String, ?> param(String name, ParamSpec<?> spec) {
        Map<String, Object> param = new LinkedHashMap<>();
        param.put("name", name);
        param.put("type", type(spec));
        param.put("default", spec.defaultText());
        param.put("domain", spec.domain().text());
        param.put("tunable", spec.isTunable());
        param.put("summary", spec.summary());
        return param;
    }

    /** {@return {@code number}, {@code whole number}, {@code switch}, {@code text} or {@code word}} */
    static String type(ParamSpec<?> spec) {
        Class<?> type = spec.type();
        if (type == Double.class) {
            return "number";
        }
        if (type == Long.class) {
            return "whole number";
        }
        if (type == Boolean.class) {
            return "switch";
        }
        return type == String.class ? "text" : "word";
    }
}
