package org.accrete.core.pipeline;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.learn.ScalingTransformer;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.Transformer;

/**
 * Merges the parts of one pipeline into those of another. Both are copies; a refused merge may leave them half merged.
 *
 * <p>Each part was trained on the columns that the steps of its own pipeline made; afterwards it gets those of the
 * merged steps. If every step is a scaling, all of these are scalings of the same columns, so both parts are first
 * rescaled to the merged columns and then merged. A step that is not a scaling must do the same in both pipelines and
 * after merging.
 */
final class PipelineMerge {
    /**
     * The scalings from the pipeline's columns to those of the next part: in this, the other and the merged pipeline.
     */
    private Scaling mine;

    private Scaling theirs;
    private Scaling merged;

    private PipelineMerge(int width) {
        restart(width);
    }

    private void restart(int width) {
        mine = Scaling.identity(width);
        theirs = mine;
        merged = mine;
    }

    /**
     * Merges one part after the other.
     *
     * @param names of the steps
     * @param mySteps the others are merged into these
     * @param theirSteps not to be used afterwards
     * @param learner name of the learner
     * @param myLearner the other is merged into this
     * @param theirLearner not to be used afterwards
     */
    static void merge(
            List<String> names,
            Step[] mySteps,
            Step[] theirSteps,
            String learner,
            Learner myLearner,
            Learner theirLearner) {
        PipelineMerge merge = new PipelineMerge(
                (mySteps.length > 0 ? mySteps[0] : myLearner).schema().width());
        for (int i = 0; i < mySteps.length; i++) {
            merge.step(names.get(i), mySteps[i], theirSteps[i]);
        }
        merge.part(learner, myLearner, theirLearner);
    }

    private void step(String name, Step mySteps, Step theirSteps) {
        Transformer my = mySteps.snapshot();
        Transformer their = theirSteps.snapshot();
        part(name, mySteps, theirSteps);
        Transformer both = mySteps.snapshot();
        if (my instanceof ScalingTransformer m
                && their instanceof ScalingTransformer t
                && both instanceof ScalingTransformer b) {
            mine = mine.then(m.scaling());
            theirs = theirs.then(t.scaling());
            merged = merged.then(b.scaling());
        } else if (my.equals(both) && their.equals(both) && isUnchanged()) {
            restart(both.outputSchema().width());
        } else {
            throw AccreteException.badState(
                    name + " makes other columns in each pipeline, by more than a scale, so that"
                            + " what was learned behind it cannot be merged");
        }
    }

    private boolean isUnchanged() {
        return mine.to(merged).isIdentity() && theirs.to(merged).isIdentity();
    }

    private void part(String name, Learner my, Learner their) {
        try {
            rescale(my, mine.to(merged));
            rescale(their, theirs.to(merged));
            if (my instanceof MergeableLearner mergeable) {
                mergeable.merge(their);
            }
        } catch (AccreteException e) {
            throw Part.named(e, name, 0);
        }
    }

    private static void rescale(Learner learner, Scaling change) {
        if (change.isIdentity()) {
            return;
        }
        if (!(learner instanceof RescalableLearner rescalable)) {
            throw AccreteException.badState("it cannot be merged behind a step that scales columns; train it without");
        }
        rescalable.rescale(change);
    }
}
