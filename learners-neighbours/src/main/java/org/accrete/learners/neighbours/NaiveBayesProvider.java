package org.accrete.learners.neighbours;

import java.util.List;
import java.util.Set;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Makes naive Bayes classifiers: Gaussian for numbers, categorical for one-hot blocks, multinomial for texts, in one
 * model. Their statistics merge exactly.
 */
public final class NaiveBayesProvider implements LearnerProvider {
    static final ParamSpec<Double> ALPHA = ParamSpec.real(
                    "alpha",
                    1,
                    Domain.Range.above(0),
                    "added to each count of a category or word (Laplace or Lidstone smoothing)")
            .asTunable();

    static final ParamSpec<Double> VAR_SMOOTHING = ParamSpec.real(
                    "var-smoothing",
                    1e-9,
                    Domain.Range.between(0, 1),
                    "share of the largest variance of a numeric column over all rows so far, added to every variance")
            .asTunable();

    static final ParamSpec<Boolean> CALIBRATE = ParamSpec.flag(
            "calibrate",
            true,
            "whether probabilities are taken to a power, learned from the rows, that makes up for columns that repeat"
                    + " each other");

    private static final List<ParamSpec<?>> PARAMS =
            List.of(ALPHA, VAR_SMOOTHING, CALIBRATE, ClassList.NEW_CLASSES, ClassList.MAX_CLASSES);

    private static final long FIXED_BYTES = 4096;

    /** Makes the provider. */
    public NaiveBayesProvider() {}

    @Override
    public String name() {
        return "naive-bayes";
    }

    @Override
    public String summary() {
        return "naive Bayes: Gaussian numbers, categories and word counts, in one classifier that merges";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return PARAMS;
    }

    @Override
    public Set<Target.Kind> targets() {
        return Set.of(Target.Kind.CATEGORICAL);
    }

    /** {@inheritDoc} The statistics, a snapshot, a state and the file's copy of it. */
    @Override
    public long memoryBytes(Schema schema, Params params) {
        long perClass = 4 * (1 + Calibration.CHOICES);
        for (Block block : schema.blocks()) {
            perClass += block.kind().isSparse() ? 4L * block.width() + 4 : 20L * block.width();
        }
        long classes = Math.max(2, schema.target().classes().size());
        return Double.BYTES * (classes * perClass + 2L * schema.width()) + FIXED_BYTES;
    }

    @Override
    public Learner create(Schema schema, Params params) {
        schema.requireTarget(Target.Kind.CATEGORICAL, name());
        return new NaiveBayesLearner(schema, params);
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        schema.requireTarget(Target.Kind.CATEGORICAL, name());
        return new NaiveBayesLearner(schema, params, state);
    }
}
