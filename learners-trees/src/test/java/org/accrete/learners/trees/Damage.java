package org.accrete.learners.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/** Stored models in which a number is not what it was. */
final class Damage {
    private Damage() {}

    /** Requires that each damage is refused as that, or read, and never anything else. */
    static void requireRefusedOrRead(LearnerProvider provider, Params params, Chunk rows, SeededRandom random) {
        OnlineLearner learner = (OnlineLearner) provider.create(rows.schema(), params);
        learner.partialFit(rows);
        State state = learner.state();
        List<String> names = new ArrayList<>(state.tensors().keySet());
        for (String name : names) {
            Tensor tensor = state.tensor(name);
            State.Builder shorter = without(name, state);
            int size = Math.max(0, tensor.size() - 1);
            if (tensor.type() == Tensor.Type.I64) {
                shorter.longs(name, Arrays.copyOf(tensor.longs(), size));
            } else {
                shorter.doubles(name, Arrays.copyOf(tensor.doubles(), size));
            }
            // The linear model's own tests say what it makes of its tensors.
            if (tensor.size() > 0 && !name.startsWith("linear.")) {
                assertThatThrownBy(() -> provider.restore(rows.schema(), params, shorter.build()))
                        .as("a shorter " + name)
                        .isInstanceOf(AccreteException.class)
                        .matches(e -> ((AccreteException) e).kind() == AccreteException.Kind.CORRUPT_FILE);
            }
        }
        for (int times = 0; times < 300; times++) {
            String name = names.get(random.nextInt(names.size()));
            Tensor tensor = state.tensor(name);
            if (tensor.size() == 0) {
                continue;
            }
            int at = random.nextInt(tensor.size());
            State.Builder damaged = without(name, state);
            if (tensor.type() == Tensor.Type.I64) {
                long[] values = tensor.longs().clone();
                values[at] = random.nextInt(2) == 0 ? random.nextLong() : random.nextInt(40) - 20;
                damaged.longs(name, values);
            } else {
                double[] values = tensor.doubles().clone();
                values[at] = random.nextInt(2) == 0 ? Double.NaN : TreesTest.number(random);
                damaged.doubles(name, values);
            }
            try {
                provider.restore(rows.schema(), params, damaged.build()).snapshot();
            } catch (AccreteException e) {
                assertThat(e.kind()).as(e.line()).isEqualTo(AccreteException.Kind.CORRUPT_FILE);
            }
        }
    }

    private static State.Builder without(String name, State state) {
        State.Builder others = State.builder();
        state.tensors().forEach((other, tensor) -> {
            if (!other.equals(name)) {
                others.tensor(other, tensor);
            }
        });
        state.texts().forEach(others::text);
        return others;
    }
}
