package org.accrete.serve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.accrete.core.serve.Predictions;
import tools.jackson.core.JsonGenerator;

/** An output of the Open Inference Protocol: the values of all rows of a request. */
abstract class TensorOutput {
    private final String name;
    private final Datatype datatype;
    /** Values of a row, where the shape says so; 0 where the shape is that of the rows only. */
    private final int width;

    private TensorOutput(String name, Datatype datatype, int width) {
        this.name = name;
        this.datatype = datatype;
        this.width = width;
    }

    /** {@return the outputs of a model, empty} */
    static List<TensorOutput> of(Predictions predictions) {
        return switch (predictions.kind()) {
            case CLASS -> {
                List<TensorOutput> outputs = new ArrayList<>();
                outputs.add(new Labels(predictions.labels()));
                if (predictions.hasProbabilities()) {
                    outputs.add(new Probabilities(predictions.labels().size()));
                }
                yield outputs;
            }
            case CLUSTER -> List.of(new Clusters(), new Values("distance"));
            case NUMBER -> List.of(new Values("prediction"));
            case SCORE -> List.of(new Values("score"));
        };
    }

    String name() {
        return name;
    }

    Datatype datatype() {
        return datatype;
    }

    int width() {
        return width;
    }

    /** Takes what is said of further rows. */
    abstract void add(Predictions predictions);

    /** Writes the values as JSON. */
    abstract void write(JsonGenerator json);

    /** {@return the values as bytes, little-endian} */
    abstract ByteBuffer binary();

    /** Numbers that grow. */
    private static final class Numbers {
        private final Bytes bytes = new Bytes(64);
        private final ByteBuffer one = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);

        void add(double value) {
            one.putDouble(0, value);
            bytes.write(one.array(), 0, 8);
        }

        void add(long value) {
            one.putLong(0, value);
            bytes.write(one.array(), 0, 8);
        }

        ByteBuffer binary() {
            return bytes.buffer().order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static final class Labels extends TensorOutput {
        private final List<String> labels;
        private final Bytes winners = new Bytes(64);
        private final ByteBuffer one = ByteBuffer.allocate(4);

        Labels(List<String> labels) {
            super("prediction", Datatype.BYTES, 0);
            this.labels = labels;
        }

        @Override
        void add(Predictions predictions) {
            for (int row = 0; row < predictions.rows(); row++) {
                one.putInt(0, predictions.winner(row));
                winners.write(one.array(), 0, 4);
            }
        }

        @Override
        void write(JsonGenerator json) {
            for (ByteBuffer all = winners.buffer(); all.hasRemaining(); ) {
                json.writeString(labels.get(all.getInt()));
            }
        }

        @Override
        ByteBuffer binary() {
            List<byte[]> texts = labels.stream()
                    .map(label -> label.getBytes(StandardCharsets.UTF_8))
                    .toList();
            Bytes bytes = new Bytes(winners.length() * 4 + 16);
            ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            for (ByteBuffer all = winners.buffer(); all.hasRemaining(); ) {
                byte[] text = texts.get(all.getInt());
                length.putInt(0, text.length);
                bytes.write(length.array(), 0, 4);
                bytes.write(text, 0, text.length);
            }
            return bytes.buffer();
        }
    }

    private static final class Clusters extends TensorOutput {
        private final Numbers numbers = new Numbers();

        Clusters() {
            super("cluster", Datatype.INT64, 0);
        }

        @Override
        void add(Predictions predictions) {
            for (int row = 0; row < predictions.rows(); row++) {
                numbers.add((long) predictions.winner(row));
            }
        }

        @Override
        void write(JsonGenerator json) {
            for (ByteBuffer all = numbers.binary(); all.hasRemaining(); ) {
                json.writeNumber(all.getLong());
            }
        }

        @Override
        ByteBuffer binary() {
            return numbers.binary();
        }
    }

    /** Outputs of numbers. */
    private abstract static class Doubles extends TensorOutput {
        private final Numbers numbers = new Numbers();

        Doubles(String name, int width) {
            super(name, Datatype.FP64, width);
        }

        final void add(int count, IntToDoubleFunction values) {
            for (int i = 0; i < count; i++) {
                numbers.add(values.applyAsDouble(i));
            }
        }

        @Override
        void write(JsonGenerator json) {
            for (ByteBuffer all = numbers.binary(); all.hasRemaining(); ) {
                Json.number(json, all.getDouble());
            }
        }

        @Override
        ByteBuffer binary() {
            return numbers.binary();
        }
    }

    private static final class Values extends Doubles {
        Values(String name) {
            super(name, 0);
        }

        @Override
        void add(Predictions predictions) {
            add(predictions.rows(), predictions::number);
        }
    }

    private static final class Probabilities extends Doubles {
        Probabilities(int classes) {
            super("probabilities", classes);
        }

        @Override
        void add(Predictions predictions) {
            for (int row = 0; row < predictions.rows(); row++) {
                int at = row;
                add(width(), label -> predictions.probability(at, label));
            }
        }
    }
}
