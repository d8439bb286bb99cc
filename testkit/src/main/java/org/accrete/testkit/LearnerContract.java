package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.paramsWith;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.untrained;
import static org.assertj.core.api.Assertions.assertThat;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.TargetStep;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;

/**
 * The laws of a {@link Learner}. A test class implements this interface, names the provider and inherits all laws:
 *
 * <pre>{@code
 * class LeastSquaresTest implements LearnerContract {
 *     @Override
 *     public LearnerProvider provider() {
 *         return new LeastSquaresProvider();
 *     }
 * }
 * }</pre>
 *
 * <p>One class tests one setting. For others, implement the interface again (for example in {@code @Nested} classes)
 * with other {@link #settings()} and another {@link #schema()}. A learner whose model is a classifier implements
 * {@link ClassifierContract}, a step {@link StepContract}; both include these laws.
 */
public interface LearnerContract extends ChunkingLaws, StateLaws, ModelLaws, RefusalLaws {
    /** A capability is a type, and each such type has a contract that the test must implement too. */
    @Test
    default void everyContractOfItsKindIsTested() {
        if (untrained(this).snapshot() instanceof Classifier) {
            assertThat(this).as("the model is a classifier").isInstanceOf(ClassifierContract.class);
        }
        if (provider() instanceof StepProvider) {
            assertThat(this).as("the plug-in is a step").isInstanceOf(StepContract.class);
        }
        if (untrained(this) instanceof TargetStep) {
            assertThat(this).as("the step learns from targets").isInstanceOf(TargetStepContract.class);
        }
        if (untrained(this) instanceof MergeableLearner) {
            assertThat(this).as("the learner can be merged").isInstanceOf(MergeContract.class);
        }
    }

    /** The provider supports at least one kind of target, and the steps it suggests are valid names. */
    @Test
    default void targetsAndLikedStepsAreValid() {
        assertThat(provider().targets()).isNotEmpty().contains(schema().target().kind());
        assertThat(provider().likedSteps())
                .allSatisfy(step -> assertThat(step).matches("[a-z][a-z0-9-]*"))
                .doesNotHaveDuplicates()
                .doesNotContain(provider().name());
    }

    /**
     * Each value that a choice lists can be trained with. Creating a learner may refuse a combination with other
     * parameters.
     */
    @Test
    default void everyChoiceOfAParameterWorks() {
        Chunk rows = trainingRows(this);
        for (ParamSpec<?> spec : provider().params()) {
            if (!(spec.domain() instanceof Domain.Choice choice)) {
                continue;
            }
            for (String word : choice.words()) {
                Params params = paramsWith(this, spec, word);
                Learner learner;
                try {
                    learner = provider().create(schema(), params);
                } catch (AccreteException e) {
                    assertThat(e.kind())
                            .as("kind of the refusal of %s=%s: %s", spec.name(), word, e.line())
                            .isEqualTo(AccreteException.Kind.BAD_ARGUMENT);
                    assertThat(e).as("refusal of %s=%s", spec.name(), word).hasMessageContaining(spec.name());
                    continue;
                } catch (RuntimeException e) {
                    throw new AssertionError(spec.name() + "=" + word + " cannot be used: " + e, e);
                }
                learner.snapshot();
                learner.state();
                try {
                    learner.partialFit(rows);
                } catch (AccreteException e) {
                    // A value may make the learner stricter, as new-classes=reject does.
                    assertThat(e.kind())
                            .as("kind of the refusal of rows with %s=%s: %s", spec.name(), word, e.line())
                            .isEqualTo(AccreteException.Kind.BAD_DATA);
                } catch (RuntimeException e) {
                    throw new AssertionError(spec.name() + "=" + word + " cannot be trained with: " + e, e);
                }
            }
        }
    }
}
