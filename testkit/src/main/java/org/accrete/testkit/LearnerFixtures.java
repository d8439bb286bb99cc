package org.accrete.testkit;

import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/** Rows, learners, chunkings and damaged states for the tests of learners and steps. */
final class LearnerFixtures {
    /** Number of training rows: two chunks of 100 and a shorter one. */
    static final int TRAINING_ROWS = 230;

    private LearnerFixtures() {}

    /** {@return the rows that a learner is trained on} */
    static Chunk trainingRows(LearnerUnderTest test) {
        return test.rows(TRAINING_ROWS, RunSeed.random("rows").nextLong());
    }

    /** {@return 23 further rows} */
    static Chunk otherRows(LearnerUnderTest test) {
        return test.rows(23, RunSeed.random("other rows").nextLong());
    }

    static Learner untrained(LearnerUnderTest test) {
        return test.provider().create(test.schema(), test.params());
    }

    /** {@return the parameters of the test, one of them changed} */
    static Params paramsWith(LearnerUnderTest test, ParamSpec<?> spec, String value) {
        Map<String, String> changed = new HashMap<>(test.params().toMap());
        changed.put(spec.name(), value);
        return Params.parse(test.provider().params(), changed);
    }

    static boolean hasParam(LearnerUnderTest test, ParamSpec<?> wanted) {
        return test.provider().params().stream().anyMatch(spec -> spec.name().equals(wanted.name()));
    }

    /** {@return a new learner trained on the rows in chunks of 50} */
    static Learner trained(LearnerUnderTest test, Chunk rows) {
        Learner learner = untrained(test);
        fitInChunks(learner, rows, 0, rows.rows());
        return learner;
    }

    /** Trains a learner on rows {@code from} to {@code to} (exclusive) in chunks of 50. */
    static void fitInChunks(Learner learner, Chunk rows, int from, int to) {
        for (int row = from; row < to; row += 50) {
            learner.partialFit(rows.slice(row, Math.min(to, row + 50)));
        }
    }

    /** {@return ways to cut that many rows into chunks: a name and the lengths of the chunks, which may be 0} */
    static Map<String, int[]> chunkings(int rows) {
        Map<String, int[]> chunkings = new LinkedHashMap<>();
        chunkings.put("chunks of 1 row", equal(rows, 1));
        chunkings.put("chunks of 7 rows", equal(rows, 7));
        chunkings.put("chunks of 100 rows", equal(rows, 100));
        chunkings.put("one chunk", equal(rows, rows));
        SeededRandom random = RunSeed.random("chunkings");
        for (int times = 0; times < 3; times++) {
            List<Integer> lengths = new ArrayList<>();
            for (int left = rows; left > 0; left -= lengths.get(lengths.size() - 1)) {
                lengths.add(Math.min(left, random.nextInt(random.nextInt(4) == 0 ? 80 : 9)));
            }
            chunkings.put(
                    "chunks of " + lengths, lengths.stream().mapToInt(i -> i).toArray());
        }
        return chunkings;
    }

    private static int[] equal(int rows, int length) {
        int[] lengths = new int[(rows + length - 1) / length];
        Arrays.fill(lengths, length);
        lengths[lengths.length - 1] = rows - length * (lengths.length - 1);
        return lengths;
    }

    /** Fails when a learner's state depends on how the rows are cut into chunks. */
    static void assertAnyChunking(LearnerUnderTest test, Chunk rows) {
        Learner whole = untrained(test);
        whole.partialFit(rows);
        chunkings(rows.rows()).forEach((name, lengths) -> {
            Learner learner = untrained(test);
            int from = 0;
            for (int length : lengths) {
                learner.partialFit(rows.slice(from, from + length));
                from += length;
            }
            assertSameState("the learner after " + name, learner.state(), whole.state(), test.tolerance());
            assertThat(learner.rowsSeen()).as("rows seen after %s", name).isEqualTo(whole.rowsSeen());
        });
    }

    /** Implements {@link LearnerUnderTest#outputs} for the known kinds of models. */
    static double[] modelOutputs(Model model, Chunk rows) {
        int count = rows.rows();
        if (model instanceof Classifier classifier) {
            double[] decisions = new double[count * classifier.decisions()];
            classifier.decide(rows, decisions);
            if (!(model instanceof ProbabilisticClassifier probabilistic)) {
                return decisions;
            }
            double[] probabilities = new double[count * classifier.classes().size()];
            probabilistic.probabilities(rows, probabilities);
            return sideBySide(count, decisions, probabilities);
        }
        if (model instanceof Regressor regressor) {
            double[] predictions = new double[count];
            regressor.predict(rows, predictions);
            return predictions;
        }
        if (model instanceof AnomalyScorer scorer) {
            double[] scores = new double[count];
            scorer.score(rows, scores);
            assertThat(Arrays.stream(scores).allMatch(score -> score >= 0 && score <= 1))
                    .as("anomaly scores %s are from 0 to 1", Arrays.toString(scores))
                    .isTrue();
            return scores;
        }
        if (model instanceof Clusterer clusterer) {
            double[] distances = new double[count * clusterer.clusters()];
            clusterer.distances(rows, distances);
            return distances;
        }
        if (model instanceof Transformer transformer) {
            ChunkBuffer out = new ChunkBuffer(transformer.outputSchema(), Math.max(1, count));
            transformer.transform(rows, out);
            assertThat(out.rows()).as("rows of a transformed chunk").isEqualTo(count);
            return ChunkCopy.cells(out.chunk());
        }
        throw new AssertionError("override outputs(): the kit does not know the kind of model of " + model.getClass());
    }

    private static double[] sideBySide(int rows, double[] left, double[] right) {
        double[] both = new double[left.length + right.length];
        for (int row = 0; row < rows; row++) {
            int leftWidth = left.length / rows;
            int rightWidth = right.length / rows;
            int at = row * (leftWidth + rightWidth);
            System.arraycopy(left, row * leftWidth, both, at, leftWidth);
            System.arraycopy(right, row * rightWidth, both, at + leftWidth, rightWidth);
        }
        return both;
    }

    /**
     * {@return a state that a store might give back: equal tensors and texts as new objects in another order, and
     * entries of another component}
     */
    static State reloaded(State state) {
        State.Builder builder = State.builder();
        builder.doubles("another-part.numbers", new double[] {1, 2, 3});
        List<Map.Entry<String, Tensor>> tensors =
                new ArrayList<>(state.tensors().entrySet());
        Collections.reverse(tensors);
        tensors.forEach(entry -> builder.tensor(entry.getKey(), copyOf(entry.getValue())));
        List<Map.Entry<String, String>> texts = new ArrayList<>(state.texts().entrySet());
        Collections.reverse(texts);
        texts.forEach(entry ->
                builder.text(entry.getKey(), String.valueOf(entry.getValue().toCharArray())));
        return builder.text("another-part.text", "unrelated").build();
    }

    private static Tensor copyOf(Tensor tensor) {
        ByteBuffer raw = ByteBuffer.allocate(tensor.size() * tensor.type().bytes());
        tensor.write(0, tensor.size(), raw);
        return Tensor.read(tensor.type(), raw.flip(), tensor.shape());
    }

    /** {@return the state without one tensor} */
    static State withoutTensor(State state, String name) {
        State.Builder builder = State.builder();
        state.tensors().forEach((other, tensor) -> {
            if (!other.equals(name)) {
                builder.tensor(other, tensor);
            }
        });
        state.texts().forEach(builder::text);
        return builder.build();
    }

    /** {@return the state with one more number in a tensor, which becomes one-dimensional} */
    static State withLongerTensor(State state, String name) {
        Tensor tensor = state.tensor(name);
        int size = tensor.size() + 1;
        Tensor longer = switch (tensor.type()) {
            case F64 -> Tensor.of(Arrays.copyOf(tensor.doubles(), size));
            case F32 -> Tensor.of(Arrays.copyOf(tensor.floats(), size));
            case I64 -> Tensor.of(Arrays.copyOf(tensor.longs(), size));
        };
        return State.builder()
                .all(withoutTensor(state, name))
                .tensor(name, longer)
                .build();
    }

    /** {@return the schema with one more column at its end} */
    static Schema withExtraColumn(Schema schema) {
        List<Block> blocks = new ArrayList<>(schema.blocks());
        blocks.add(new Block("extra", Block.Kind.NUMERIC, 1));
        return new Schema(blocks, schema.target());
    }

    /** {@return the schema with another name for its last column} */
    static Schema withRenamedColumn(Schema schema) {
        List<Block> blocks = new ArrayList<>(schema.blocks());
        Block last = blocks.remove(blocks.size() - 1);
        blocks.add(new Block(last.name() + " of another table", last.kind(), last.width()));
        return new Schema(blocks, schema.target());
    }

    static boolean isNumeric(Schema schema, int column) {
        int from = 0;
        for (Block block : schema.blocks()) {
            if (column < from + block.width()) {
                return block.kind() == Block.Kind.NUMERIC;
            }
            from += block.width();
        }
        return false;
    }

    /** {@return the first numeric column, or the last column when none is numeric} */
    static int firstNumericColumn(Schema schema) {
        int column = 0;
        int last = schema.width() - 1;
        while (column < last && !isNumeric(schema, column)) {
            column++;
        }
        return column;
    }
}
