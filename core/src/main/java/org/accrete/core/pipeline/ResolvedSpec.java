package org.accrete.core.pipeline;

import com.google.common.math.LongMath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.learn.WrapperProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.plugin.NearestWord;
import org.accrete.core.plugin.PlugIns;

/**
 * A {@link PipelineSpec} with names resolved to providers and settings to values.
 *
 * @param steps the steps, in order
 * @param learner the learner
 * @param transform of the target; {@link TargetTransform#NONE} unless the learner learns numbers
 */
record ResolvedSpec(List<Part<StepProvider>> steps, Part<LearnerProvider> learner, TargetTransform transform) {
    /**
     * {@return the specification with its names and settings resolved}
     *
     * @throws AccreteException unknown plug-in; bad argument: settings outside their domains or of no part, a part that
     *     occurs twice, a step that is only a learner
     */
    static ResolvedSpec of(PlugIns plugIns, PipelineSpec spec) {
        LearnerProvider learner = plugIns.learner(spec.learner(), spec.settings());
        List<String> learnersOwn =
                learner.params().stream().map(ParamSpec::name).toList();
        List<StepProvider> steps = new ArrayList<>();
        Map<String, Map<String, String>> settings = new LinkedHashMap<>();
        settings.put("", new LinkedHashMap<>());
        for (String word : spec.steps()) {
            StepProvider step = step(plugIns, word);
            if (step.name().equals(TargetTransform.OWNER)) {
                throw AccreteException.badArgument(
                        "a step cannot be named '" + step.name() + "': that is what settings of the target begin with");
            }
            if (step.name().equals(learner.name()) || settings.put(step.name(), new LinkedHashMap<>()) != null) {
                throw AccreteException.badArgument(
                        "'" + step.name() + "' must occur once in a pipeline but occurs twice");
            }
            steps.add(step);
        }
        settings.put(TargetTransform.OWNER, new LinkedHashMap<>());
        List<String> problems = new ArrayList<>();
        spec.settings().forEach((key, value) -> {
            boolean isLearners = learnersOwn.contains(ParamSpec.word(key));
            String owner = isLearners ? "" : owner(key);
            Map<String, String> own = settings.get(owner);
            if (own == null) {
                problems.add(
                        learner instanceof WrapperProvider && (owner + ".").equals(WrapperProvider.PREFIX)
                                ? "no parameter named '" + key + "'; there are: " + String.join(", ", learnersOwn)
                                : noSuchStep(
                                        key,
                                        owner,
                                        steps.stream().map(StepProvider::name).toList()));
            } else {
                own.put(isLearners ? ParamSpec.word(key) : plain(key), value);
            }
        });
        List<Part<StepProvider>> parts = new ArrayList<>();
        for (StepProvider step : steps) {
            parts.add(part(step, settings.getOrDefault(step.name(), Map.of()), problems));
        }
        TargetTransform transform =
                transform(learner, settings.getOrDefault(TargetTransform.OWNER, Map.of()), problems);
        ResolvedSpec resolved =
                new ResolvedSpec(parts, part(learner, settings.getOrDefault("", Map.of()), problems), transform);
        refuse(problems);
        return resolved;
    }

    private static TargetTransform transform(
            LearnerProvider learner, Map<String, String> settings, List<String> problems) {
        if (!settings.isEmpty() && !TargetTransform.fits(learner)) {
            problems.add(learner.name() + " does not predict numbers, which settings of the target are for; leave out "
                    + String.join(
                            ", ",
                            settings.keySet().stream()
                                    .map(key -> TargetTransform.OWNER + "." + key)
                                    .toList()));
            return TargetTransform.NONE;
        }
        try {
            return Params.parse(List.of(TargetTransform.PARAM), settings).get(TargetTransform.PARAM);
        } catch (AccreteException e) {
            problems.add(TargetTransform.OWNER + ": " + e.getMessage());
            return TargetTransform.NONE;
        }
    }

    /**
     * {@return the specification of a stored pipeline}
     *
     * @throws AccreteException corrupt file: it is not there or cannot be read; else as {@link #of}
     */
    static ResolvedSpec stored(PlugIns plugIns, State state) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : state.list("params")) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw AccreteException.corruptFile("a stored parameter must be key=value but was '" + pair + "'");
            }
            settings.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return of(plugIns, new PipelineSpec(state.text("learner"), state.list("steps"), settings));
    }

    /** Writes what {@link #stored} reads; a target that is learned as it is says nothing. */
    void writeTo(State.Builder state) {
        Map<String, String> settings = settings();
        if (transform == TargetTransform.NONE) {
            settings.remove(TargetTransform.KEY);
        }
        List<String> params = new ArrayList<>();
        settings.forEach((key, value) -> params.add(key + "=" + value));
        state.text("learner", learner.name()).list("steps", stepNames()).list("params", params);
    }

    /** Refuses values that differ from those before in more than tunable parameters. */
    void requireTunable(ResolvedSpec before) {
        List<String> tunable = new ArrayList<>(learner.tunable());
        for (Part<StepProvider> step : steps) {
            step.tunable().forEach(name -> tunable.add(step.name() + "." + name));
        }
        Map<String, String> old = before.settings();
        List<String> problems = new ArrayList<>();
        settings().forEach((key, value) -> {
            if (!value.equals(old.get(key)) && !tunable.contains(key)) {
                problems.add(key + " was " + old.get(key) + " and cannot become " + value + " when training goes on");
            }
        });
        if (!problems.isEmpty()) {
            problems.add(
                    tunable.isEmpty() ? "nothing can be changed" : "can be changed: " + String.join(", ", tunable));
        }
        refuse(problems);
    }

    /** Refuses the same parts with other values of their parameters. */
    void requireSame(ResolvedSpec other) {
        for (int i = 0; i < steps.size(); i++) {
            requireSame(steps.get(i), other.steps.get(i));
        }
        requireSame(learner, other.learner);
        if (transform != other.transform) {
            throw AccreteException.badState("parameters must be the same in both pipelines but " + TargetTransform.KEY
                    + " is " + ParamSpec.word(transform) + " here but " + ParamSpec.word(other.transform) + " there");
        }
    }

    private static void requireSame(Part<?> mine, Part<?> theirs) {
        mine.named("params", () -> {
            mine.params().requireSame(theirs.params());
            return mine;
        });
    }

    /** Refuses steps that differ from those before in more than tunable parameters. */
    void requireTunableSteps(ResolvedSpec before) {
        new ResolvedSpec(steps, before.learner, before.transform).requireTunable(before);
    }

    /**
     * {@return the learner's provider}
     *
     * @throws AccreteException bad argument: its learners cannot begin with weights from elsewhere
     */
    WarmStartProvider requireWarmStart() {
        if (learner.provider() instanceof WarmStartProvider provider) {
            return provider;
        }
        throw AccreteException.badArgument(
                learner.name() + " cannot begin with weights from elsewhere; begin from one of its versions instead");
    }

    /** {@return every parameter as in {@link PipelineSpec#settings}, the learner's first, the target's last} */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(learner.params().toMap());
        for (Part<StepProvider> step : steps) {
            step.params().toMap().forEach((key, value) -> settings.put(step.name() + "." + key, value));
        }
        if (TargetTransform.fits(learner.provider())) {
            settings.put(TargetTransform.KEY, ParamSpec.word(transform));
        }
        return settings;
    }

    /** {@return a step by its index, or the learner behind the last step} */
    Part<?> part(int index) {
        return index < steps.size() ? steps.get(index) : learner;
    }

    List<String> stepNames() {
        return steps.stream().map(Part::name).toList();
    }

    /** Refuses a target that the learner does not learn, and says which learner does; one that has no transform. */
    void requireTarget(PlugIns plugIns, Target target) {
        if (learner.provider().targets().contains(target.kind())) {
            if (transform != TargetTransform.NONE && target.kind() != Target.Kind.NUMERIC) {
                throw AccreteException.badArgument(TargetTransform.KEY + "=" + ParamSpec.word(transform)
                        + " needs a target that is a number but "
                        + (target.kind() == Target.Kind.NONE
                                ? "there is none"
                                : "'" + target.name() + "' is " + ParamSpec.word(target.kind())));
            }
            return;
        }
        List<String> kinds = learner.provider().targets().stream()
                .sorted()
                .map(ResolvedSpec::describe)
                .toList();
        List<String> others = plugIns.learners().all().stream()
                .filter(other -> other.targets().contains(target.kind()) && !(other instanceof StepProvider))
                .map(LearnerProvider::name)
                .toList();
        String found = target.kind() == Target.Kind.NONE
                ? "the data has none; name the column to be predicted"
                : "'" + target.name() + "' is " + ParamSpec.word(target.kind());
        throw AccreteException.badArgument(learner.name() + " learns " + String.join(" or ", kinds) + " but " + found
                + (others.isEmpty() ? "" : "; use " + String.join(" or ", others)) + otherKind(target));
    }

    /** {@return how to give a target the kind that the learner learns, in case it was inferred wrongly} */
    private String otherKind(Target target) {
        return learner.provider().targets().stream()
                .filter(kind -> kind != Target.Kind.NONE && target.kind() != Target.Kind.NONE)
                .map(kind -> ", or, if it is " + (kind == Target.Kind.NUMERIC ? "a number" : "a class")
                        + ", say --column " + target.name() + "=" + ParamSpec.word(kind))
                .findFirst()
                .orElse("");
    }

    /**
     * {@return about how many bytes of heap the parts take; each step is made once, because only it knows its output}
     */
    long memoryBytes(Schema schema) {
        Schema columns = schema;
        long bytes = 0;
        for (Part<StepProvider> step : steps) {
            bytes = LongMath.saturatedAdd(bytes, memoryBytes(step, columns));
            if (bytes > Runtime.getRuntime().maxMemory()) {
                return bytes;
            }
            Schema in = columns;
            columns = step.named("create", () -> step.provider().create(in, step.params()))
                    .outputSchema();
        }
        return LongMath.saturatedAdd(bytes, memoryBytes(learner, columns));
    }

    private static long memoryBytes(Part<?> part, Schema columns) {
        return part.named("memoryBytes", () -> part.provider().memoryBytes(columns, part.params()));
    }

    private static StepProvider step(PlugIns plugIns, String word) {
        LearnerProvider provider = plugIns.learners().find(word);
        if (provider instanceof StepProvider step) {
            return step;
        }
        List<String> steps = plugIns.learners().all().stream()
                .filter(StepProvider.class::isInstance)
                .map(LearnerProvider::name)
                .toList();
        throw AccreteException.badArgument(
                "'" + provider.name() + "' is a learner and cannot be a step; steps: " + String.join(", ", steps));
    }

    private static <P extends LearnerProvider> Part<P> part(
            P provider, Map<String, String> settings, List<String> problems) {
        try {
            return new Part<>(provider, Params.parse(provider.params(), settings));
        } catch (AccreteException e) {
            problems.add(provider.name() + ": " + e.getMessage());
            return new Part<>(provider, Params.of(provider.params()));
        }
    }

    private static String noSuchStep(String key, String owner, List<String> steps) {
        return "'" + key + "' is for a step '" + owner + "' that is not in the pipeline"
                + NearestWord.to(
                                owner,
                                Stream.concat(steps.stream(), Stream.of(TargetTransform.OWNER))
                                        .toList())
                        .map(near -> " (did you mean '" + near + "'?)")
                        .orElse("")
                + (steps.isEmpty() ? "; there are no steps" : "; steps: " + String.join(", ", steps));
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw AccreteException.badArgument(String.join("; ", problems));
        }
    }

    private static String owner(String key) {
        return ParamSpec.word(key.substring(0, Math.max(0, key.indexOf('.'))));
    }

    private static String plain(String key) {
        return ParamSpec.word(key.substring(key.indexOf('.') + 1));
    }

    private static String describe(Target.Kind kind) {
        return kind == Target.Kind.NONE ? "without a target" : "a " + ParamSpec.word(kind) + " target";
    }
}
