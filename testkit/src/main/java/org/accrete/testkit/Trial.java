package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Transformer;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/** The moves that the laws of learners and of steps are made of. */
final class Trial {
    /** Rows of a stream: enough for chunks of 100 and a rest. */
    static final int ROWS = 230;

    private Trial() {}

    static Chunk stream(LearnerContract contract) {
        return contract.rows(ROWS, RunSeed.random("rows").nextLong());
    }

    /** A few more rows, which are no part of {@link #stream}. */
    static Chunk others(LearnerContract contract) {
        return contract.rows(23, RunSeed.random("other rows").nextLong());
    }

    static Learner fresh(LearnerContract contract) {
        return contract.provider().create(contract.schema(), contract.params());
    }

    /** {@return a fresh learner that learned the rows, in chunks of 50} */
    static Learner trained(LearnerContract contract, Chunk rows) {
        Learner learner = fresh(contract);
        fit(learner, rows, 0, rows.rows());
        return learner;
    }

    /** Learns some of the rows, in chunks of 50. */
    static void fit(Learner learner, Chunk rows, int from, int to) {
        for (int row = from; row < to; row += 50) {
            learner.partialFit(rows.slice(row, Math.min(to, row + 50)));
        }
    }

    /** {@return ways to cut so many rows, by name: lengths of chunks, which may be 0} */
    static Map<String, int[]> cuts(int rows) {
        Map<String, int[]> cuts = new LinkedHashMap<>();
        cuts.put("chunks of 1 row", even(rows, 1));
        cuts.put("chunks of 7 rows", even(rows, 7));
        cuts.put("chunks of 100 rows", even(rows, 100));
        cuts.put("one chunk", even(rows, rows));
        SeededRandom random = RunSeed.random("cuts");
        for (int times = 0; times < 3; times++) {
            List<Integer> lengths = new ArrayList<>();
            for (int left = rows; left > 0; left -= lengths.get(lengths.size() - 1)) {
                lengths.add(Math.min(left, random.nextInt(random.nextInt(4) == 0 ? 80 : 9)));
            }
            cuts.put("chunks of " + lengths, lengths.stream().mapToInt(i -> i).toArray());
        }
        return cuts;
    }

    private static int[] even(int rows, int length) {
        int[] cuts = new int[(rows + length - 1) / length];
        Arrays.fill(cuts, length);
        cuts[cuts.length - 1] = rows - length * (cuts.length - 1);
        return cuts;
    }

    /** {@return what {@link LearnerContract#outputs} says of the kinds of model there are} */
    static double[] outputs(Model model, Chunk rows) {
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
        if (model instanceof Transformer transformer) {
            ChunkBuffer out = new ChunkBuffer(transformer.outputSchema(), Math.max(1, count));
            transformer.transform(rows, out);
            assertThat(out.rows()).as("rows of a transformed chunk").isEqualTo(count);
            return cells(out.chunk());
        }
        throw new AssertionError("override outputs(): no law knows what a " + model.getClass() + " can do");
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

    /** {@return every cell of some rows, row-major} */
    static double[] cells(Chunk rows) {
        int width = rows.width();
        double[] cells = new double[rows.rows() * width];
        for (int row = 0; row < rows.rows(); row++) {
            System.arraycopy(Rows.cells(rows, row), 0, cells, row * width, width);
        }
        return cells;
    }

    /** {@return the refusal, after checking that the call was refused and changed nothing} */
    static AccreteException refused(String what, Learner learner, AccreteException.Kind kind, Runnable call) {
        State before = learner.state();
        long seen = learner.rowsSeen();
        AccreteException thrown = catchThrowableOfType(AccreteException.class, call::run);
        assertThat(thrown).as("%s must be refused", what).isNotNull();
        assertThat(thrown.kind())
                .as("kind of the refusal of %s: %s", what, thrown.line())
                .isEqualTo(kind);
        assertThat(learner.rowsSeen())
                .as("rows seen after %s was refused", what)
                .isEqualTo(seen);
        Same.state("a learner that refused " + what, learner.state(), before, 0);
        return thrown;
    }

    /**
     * Gives a bad chunk to an untrained learner and between good chunks: it is refused, changes nothing, and learning
     * goes on as if it had never come.
     *
     * @param row the row that must be told, if one is to blame
     * @param names what the message must name
     */
    static void refuses(
            LearnerContract contract,
            String what,
            AccreteException.Kind kind,
            OptionalInt row,
            String names,
            Chunk bad) {
        Chunk rows = stream(contract);
        Learner expected = trained(contract, rows);
        Learner learner = fresh(contract);
        for (int from = 0; from < rows.rows(); from += 50) {
            AccreteException refusal = refused(what, learner, kind, () -> learner.partialFit(bad));
            assertThat(refusal)
                    .as("refusal of %s", what)
                    .hasMessageContaining(names)
                    .hasMessageNotContaining("\n");
            if (row.isPresent()) {
                assertThat(refusal.chunkRow())
                        .as("row told by the refusal of %s: %s", what, refusal.line())
                        .isEqualTo(row);
            }
            learner.partialFit(rows.slice(from, Math.min(rows.rows(), from + 50)));
        }
        Same.state("a learner that had refused " + what, learner.state(), expected.state(), 0);
        Same.numbers(
                "the output of a learner that had refused " + what,
                contract.outputs(learner.view(), others(contract)),
                contract.outputs(expected.view(), others(contract)),
                0);
    }

    /**
     * {@return a state of the same bytes, as another store might give it back: other objects, other order, more in it}
     */
    static State fromBytes(State state) {
        State.Builder builder = State.builder();
        builder.doubles("another-part.numbers", new double[] {1, 2, 3});
        List<Map.Entry<String, Tensor>> tensors =
                new ArrayList<>(state.tensors().entrySet());
        Collections.reverse(tensors);
        tensors.forEach(entry -> builder.tensor(entry.getKey(), fromBytes(entry.getValue())));
        List<Map.Entry<String, String>> texts = new ArrayList<>(state.texts().entrySet());
        Collections.reverse(texts);
        texts.forEach(entry ->
                builder.text(entry.getKey(), String.valueOf(entry.getValue().toCharArray())));
        return builder.text("another-part.text", "of no use here").build();
    }

    private static Tensor fromBytes(Tensor tensor) {
        ByteBuffer raw = ByteBuffer.allocate(tensor.size() * tensor.type().bytes());
        tensor.write(0, tensor.size(), raw);
        return Tensor.read(tensor.type(), raw.flip(), tensor.shape());
    }

    /** {@return the state with one tensor left out} */
    static State without(State state, String name) {
        State.Builder builder = State.builder();
        state.tensors().forEach((other, tensor) -> {
            if (!other.equals(name)) {
                builder.tensor(other, tensor);
            }
        });
        state.texts().forEach(builder::text);
        return builder.build();
    }

    /** {@return the state with one number too many in a tensor} */
    static State stretched(State state, String name) {
        Tensor tensor = state.tensor(name);
        int size = tensor.size() + 1;
        Tensor longer = switch (tensor.type()) {
            case F64 -> Tensor.of(Arrays.copyOf(tensor.doubles(), size));
            case F32 -> Tensor.of(Arrays.copyOf(tensor.floats(), size));
            case I64 -> Tensor.of(Arrays.copyOf(tensor.longs(), size));
        };
        return State.builder().all(without(state, name)).tensor(name, longer).build();
    }

    /** {@return the schema with one more column at its end} */
    static Schema wider(Schema schema) {
        List<Block> blocks = new ArrayList<>(schema.blocks());
        blocks.add(new Block("one too many", Block.Kind.NUMERIC, 1));
        return new Schema(blocks, schema.target());
    }

    /** {@return the schema with another name for its last column} */
    static Schema renamed(Schema schema) {
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

    /** {@return the first numeric column; the last of all when none is} */
    static int numericColumn(Schema schema) {
        int column = 0;
        int last = schema.width() - 1;
        while (column < last && !isNumeric(schema, column)) {
            column++;
        }
        return column;
    }
}
