package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.pipeline.WarmStart;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.source.Peeked;
import org.accrete.core.source.Sources;

/** The start of a new model, untrained or with weights from a file. */
final class NewModelStart extends TrainingStart {
    /** Rows at the start that the check for leaks sees; the plan is inferred from the same number. */
    private static final int SAMPLE_ROWS = 1_000;

    private Optional<Peeked> peeked = Optional.empty();

    NewModelStart(
            TrainOptions options,
            PlugIns plugIns,
            SourceAddress address,
            ChosenRows chosen,
            BadRows badRows,
            int epochs) {
        super(options, plugIns, address, chosen, badRows, epochs);
    }

    @Override
    ChunkSource open() {
        // An unknown learner or step is reported before any data is read.
        Optional<Target.Kind> targetKind = options.learner
                .map(name -> plugIns.learner(name, options.settings()))
                .flatMap(NewModelStart::onlyTargetKind);
        options.steps().ifPresent(names -> names.forEach(plugIns.learners()::find));
        SourceRequest request = options.delay
                .in(options.plan.in(options.columns.request(address, badRows)))
                .withTargetKind(targetKind)
                .withMayGrow(options.resume)
                .withFollow(options.follow)
                .withMaxWait(options.maxWait());
        Peeked first = Sources.peek(address.open(request), SAMPLE_ROWS);
        Optional<ColumnPlan> plan = first.plan();
        peeked = Optional.of(first);
        return repeated(
                first,
                from -> from.open(plan.map(known -> request.withPlan(known, true))
                        .orElse(request)
                        .withLocation(from.location())));
    }

    /** {@return the kind of target that a learner needs, if it learns one kind only} */
    private static Optional<Target.Kind> onlyTargetKind(LearnerProvider learner) {
        return learner.targets().stream()
                .filter(kind -> learner.targets().size() == 1 && kind != Target.Kind.NONE)
                .findFirst();
    }

    @Override
    Pipeline pipeline(ChunkSource source) {
        Schema schema = source.schema();
        LearnerProvider learner =
                plugIns.learner(options.learner.orElseGet(() -> byTarget(source)), options.settings());
        List<String> steps = options.steps().orElse(learner.likedSteps());
        PipelineSpec spec = new PipelineSpec(learner.name(), steps, options.settings());
        if (options.learner.isEmpty()) {
            note("target '" + schema.target().name() + "' is " + words(schema.target()) + ": learning with "
                    + learner.name() + (steps.isEmpty() ? "" : " behind " + String.join(", ", steps))
                    + "; --learner chooses another");
        }
        // Before the steps are made, which the exact number of bytes needs.
        VectorModule.resolveIfItPays(learnerBytes(learner, schema), schema, rows(schema));
        Memory.require(spec.memoryBytes(plugIns, schema), "the model");
        Pipeline made = options.initialWeights()
                .map(weights -> WarmStart.fromWeights(plugIns, schema, spec, weights))
                .orElseGet(() -> Pipeline.create(plugIns, schema, spec));
        requireUse(made, schema.target());
        source.warnings().forEach(this::warn);
        leaks(source).forEach(this::warn);
        return made;
    }

    /** {@return about how many bytes the learner takes; 0 if its parameters are wrong, which is reported later} */
    private long learnerBytes(LearnerProvider learner, Schema schema) {
        Map<String, String> own = options.settings();
        List<String> known = learner.params().stream().map(ParamSpec::name).toList();
        own.keySet().removeIf(key -> key.indexOf('.') >= 0 && !known.contains(ParamSpec.word(key)));
        try {
            return learner.memoryBytes(schema, Params.parse(learner.params(), own));
        } catch (AccreteException e) {
            return 0;
        }
    }

    /** Warns that a step in the place of the learner predicts nothing; refuses it if its rows cannot be written. */
    private void requireUse(Pipeline made, Target target) {
        if (target.kind() == Target.Kind.NONE || !(made.view() instanceof Transformer transformer)) {
            return;
        }
        List<String> steps = new ArrayList<>(made.steps());
        steps.add(made.learner());
        String useless = made.learner() + " transforms rows and does not predict '" + target.name()
                + "'; to predict it behind this step, leave out --learner and give --steps " + String.join(",", steps);
        if (!Answers.canWrite(transformer)) {
            throw AccreteException.badArgument(useless);
        }
        warn(useless);
    }

    private static String byTarget(ChunkSource source) {
        return switch (source.schema().target().kind()) {
            case CATEGORICAL -> "sgd-classifier";
            case NUMERIC -> "sgd-regressor";
            case NONE ->
                throw AccreteException.badArgument(
                        "no target: name the column to be predicted with --target COL; columns: "
                                + columnNames(source));
        };
    }

    /** {@return names of the raw columns, for messages} */
    private static String columnNames(ChunkSource source) {
        return source.plan().map(ColumnPlan::columns).orElse(List.of()).stream()
                .map(Column::name)
                .reduce((one, other) -> one + ", " + other)
                .orElse("none");
    }

    private static String words(Target target) {
        if (target.kind() == Target.Kind.NUMERIC) {
            return "a number";
        }
        List<String> classes = target.classes();
        return (classes.size() == 1 ? "of one class so far (" : "one of " + classes.size() + " classes (")
                + String.join(", ", classes.subList(0, Math.min(5, classes.size())))
                + (classes.size() > 5 ? ", ..." : "") + ")";
    }

    private List<String> leaks(ChunkSource source) {
        return source.schema().target().kind() == Target.Kind.CATEGORICAL
                ? LeakCheck.warnings(
                        labelled(peeked.orElseThrow().sample()), source.plan().orElse(new ColumnPlan(List.of())))
                : List.of();
    }

    /** {@return the rows that have a target} */
    private static Chunk labelled(Chunk sample) {
        ChunkBuffer rows = new ChunkBuffer(sample.schema(), Math.max(1, sample.rows()));
        for (int row = 0; row < sample.rows(); row++) {
            if (!Double.isNaN(sample.target(row))) {
                rows.append(sample, row, row + 1);
            }
        }
        return rows.chunk();
    }
}
