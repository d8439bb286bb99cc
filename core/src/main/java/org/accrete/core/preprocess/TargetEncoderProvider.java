package org.accrete.core.preprocess;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** The plug-in {@code target-encoder}: categories to the mean target of the rows before that had them. */
public final class TargetEncoderProvider implements StepProvider {
    static final ParamSpec<Double> SMOOTHING = ParamSpec.real(
                    "smoothing",
                    20,
                    Range.atLeast(0),
                    "weight of the mean of all rows so far beside the rows of a category; in rows")
            .asTunable();

    static final ParamSpec<String> COLUMNS = ParamSpec.text(
            "columns",
            "all",
            "names of one-hot columns with commas between them, or all",
            "which columns are encoded; the others stay one-hot");

    static final ParamSpec<Long> CLASS_COLUMNS = ParamSpec.whole(
            "class-columns",
            0,
            Range.between(0, 1_000),
            "classes whose share is a column; 0: for at most two classes at the start one column, the share of the"
                    + " second class, else one for each. Later classes have none");

    /** Makes the provider. */
    public TargetEncoderProvider() {}

    @Override
    public String name() {
        return "target-encoder";
    }

    @Override
    public String summary() {
        return "replaces one-hot columns by the mean target, or share of each class, of the rows before with that category";
    }

    @Override
    public Set<Target.Kind> targets() {
        return EnumSet.of(Target.Kind.NUMERIC, Target.Kind.CATEGORICAL);
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(SMOOTHING, COLUMNS, CLASS_COLUMNS);
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        EncodedColumns columns = new EncodedColumns(schema, params, EncodedColumns.outputs(schema, params));
        // Counts and sums; the same in a snapshot, in a state and in the file's copy of it.
        return 4L * Double.BYTES * (columns.categories() + 1L) * (columns.outputs() + 1L) + 4_096;
    }

    @Override
    public Step create(Schema schema, Params params) {
        return new TargetEncoder(schema, params, EncodedColumns.outputs(schema, params));
    }

    @Override
    public Step restore(Schema schema, Params params, State state) {
        return TargetEncoder.restored(schema, params, state);
    }
}
