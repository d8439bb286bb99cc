package org.accrete.engine.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;

/**
 * One row of a chunk as bytes, which travel between executors. Little-endian: a byte of flags; the weight, if there is
 * one; the target, or the length and the UTF-8 text of the label; then for each column that is not 0 its number and its
 * value. The same row has the same bytes wherever it was encoded, and whatever labels were known by then.
 */
final class EncodedRow {
    private static final int WEIGHT = 1;
    private static final int TARGET = 2;
    private static final int LABEL = 4;

    private final boolean isCategorical;
    private ByteBuffer bytes = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * Makes a writer.
     *
     * @param target of the rows
     */
    EncodedRow(Target target) {
        isCategorical = target.kind() == Target.Kind.CATEGORICAL;
    }

    /** {@return the first row of a chunk} */
    byte[] write(Chunk chunk) {
        double target = chunk.hasTargets() ? chunk.target(0) : Double.NaN;
        int kind = Double.isNaN(target) ? 0 : isCategorical ? LABEL : TARGET;
        bytes.clear();
        bytes.put((byte) ((chunk.hasWeights() ? WEIGHT : 0) | kind));
        if (chunk.hasWeights()) {
            bytes.putDouble(chunk.weight(0));
        }
        if (kind == LABEL) {
            byte[] label = chunk.classes().get((int) target).getBytes(StandardCharsets.UTF_8);
            room(label.length + Integer.BYTES);
            bytes.putInt(label.length).put(label);
        } else if (kind == TARGET) {
            bytes.putDouble(target);
        }
        if (chunk instanceof SparseChunk sparse) {
            for (int k = sparse.start(0); k < sparse.end(0); k++) {
                entry(sparse.indices()[k], sparse.values()[k]);
            }
        } else if (chunk instanceof DenseChunk dense) {
            for (int j = 0; j < dense.width(); j++) {
                double value = dense.values()[dense.offset(0) + j];
                if (value != 0) {
                    entry(j, value);
                }
            }
        }
        byte[] row = new byte[bytes.position()];
        bytes.flip().get(row);
        return row;
    }

    private void entry(int column, double value) {
        room(Integer.BYTES + Double.BYTES);
        bytes.putInt(column).putDouble(value);
    }

    private void room(int more) {
        if (bytes.remaining() < more) {
            ByteBuffer larger =
                    ByteBuffer.allocate(2 * (bytes.capacity() + more)).order(ByteOrder.LITTLE_ENDIAN);
            bytes = larger.put(bytes.flip());
        }
    }

    /**
     * Appends a row to a chunk.
     *
     * @param row what {@link #write} gave
     * @param labels numbers the labels
     * @param out not full
     */
    static void read(byte[] row, LabelIndex labels, ChunkBuffer out) {
        ByteBuffer in = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
        int flags = in.get();
        out.beginRow();
        if ((flags & WEIGHT) != 0) {
            out.weight(in.getDouble());
        }
        if ((flags & LABEL) != 0) {
            byte[] label = new byte[in.getInt()];
            in.get(label);
            out.target(labels.add(new String(label, StandardCharsets.UTF_8)));
        } else if ((flags & TARGET) != 0) {
            out.target(in.getDouble());
        }
        while (in.hasRemaining()) {
            out.put(in.getInt(), in.getDouble());
        }
        List<String> known = labels.labels();
        out.classes(known);
        out.endRow();
    }
}
