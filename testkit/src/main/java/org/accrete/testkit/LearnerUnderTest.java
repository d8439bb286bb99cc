package org.accrete.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The learner that a {@link LearnerContract} tests: its provider, parameters, rows and promises. All methods but
 * {@link #provider()} have defaults. Override those that describe what the learner does not promise (such as exact
 * chunking) or promises in addition (such as weights).
 */
@ExtendWith(RunSeed.class)
public interface LearnerUnderTest extends ProviderContract {
    /** {@return the plug-in under test} */
    @Override
    LearnerProvider provider();

    /**
     * {@return the columns and the target of the rows} The default has four numeric columns, a cycle of two columns,
     * and the first kind of target that the learner supports: categorical (without known classes), numeric, none. Keep
     * one-hot blocks narrow, because some laws use dense copies of the rows.
     */
    default Schema schema() {
        List<Block> blocks = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            blocks.add(new Block(name, Block.Kind.NUMERIC, 1));
        }
        blocks.add(new Block("hour", Block.Kind.CYCLE, 2));
        Target target = provider().targets().contains(Target.Kind.CATEGORICAL)
                ? Target.categorical("y", List.of())
                : provider().targets().contains(Target.Kind.NUMERIC) ? Target.numeric("y") : Target.none();
        return new Schema(blocks, target);
    }

    /** {@return the parameters to set, as in {@code --set}; the others have their defaults} */
    default Map<String, String> settings() {
        return Map.of();
    }

    /** {@return all parameters, resolved} */
    default Params params() {
        return Params.parse(provider().params(), settings());
    }

    /**
     * {@return rows that the learner can learn from; equal seeds give equal rows}
     *
     * @param count number of rows
     * @param seed any value
     */
    default Chunk rows(int count, long seed) {
        return RandomChunks.of(schema()).rows(count, seed);
    }

    /**
     * {@return the largest difference of two numbers of the state, relative above 1, when the rows are cut into other
     * chunks} The default 0 requires equal bits and is right for a learner that learns row by row.
     */
    default double tolerance() {
        return 0;
    }

    /**
     * {@return the largest difference of two outputs, relative above 1, between training on sparse and on dense copies
     * of the same rows; infinite if the learner treats them differently on purpose}
     */
    default double formTolerance() {
        return 1e-9;
    }

    /**
     * {@return the most bytes per row that training may allocate on average, once buffers exist} The default 4 leaves
     * room for a small object per block of rows, but not for one per row. Override it for a learner that keeps rows or
     * trains on very small blocks.
     */
    default double bytesPerRow() {
        return 4;
    }

    /** {@return whether the learner reads targets and refuses a row without one} */
    default boolean readsTarget() {
        return !(provider() instanceof StepProvider) && schema().target().kind() != Target.Kind.NONE;
    }

    /** {@return whether the learner accepts NaN in a numeric column as a missing value} */
    default boolean takesMissing() {
        return false;
    }

    /** {@return whether a step that accepts missing values hands on NaN for what it makes of them} */
    default boolean passesMissing() {
        return false;
    }

    /** {@return whether the learner uses row weights} */
    default boolean takesWeights() {
        return false;
    }

    /**
     * {@return the complete output of a model for some rows, row-major, with the same count of numbers for each row}
     * Override it for a new kind of model.
     *
     * @param model a view or a snapshot of the learner
     * @param rows the rows
     */
    default double[] outputs(Model model, Chunk rows) {
        return LearnerFixtures.modelOutputs(model, rows);
    }
}
