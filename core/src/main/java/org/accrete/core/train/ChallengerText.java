package org.accrete.core.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;

/** The text of a learner with its steps and settings, such as {@code mlp-classifier?hidden=32&steps=none}. */
public final class ChallengerText {
    static final String STEPS = "steps";

    private ChallengerText() {}

    /**
     * {@return what a text describes}
     *
     * @param plugIns where the learner is found
     * @param text its name, then after {@code ?} pairs {@code key=value} joined by {@code &}: parameters of the
     *     learner, {@code step.key=value} of a step, {@code target.transform}, and {@code steps=a,b} or
     *     {@code steps=none} in place of those that the learner recommends
     * @throws AccreteException unknown plug-in; bad argument: not such a text
     */
    public static PipelineSpec parse(PlugIns plugIns, String text) {
        DriftText parsed = DriftText.parse(text);
        Map<String, String> settings = new LinkedHashMap<>(parsed.settings());
        String steps = settings.remove(STEPS);
        return new PipelineSpec(
                plugIns.learners().find(parsed.name()).name(),
                steps == null
                        ? plugIns.learner(parsed.name(), settings).likedSteps()
                        : steps.equals("none")
                                ? List.of()
                                : Arrays.stream(steps.split(",", -1))
                                        .map(ParamSpec::word)
                                        .toList(),
                settings);
    }
}
