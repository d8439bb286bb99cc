package org.accrete.core.source;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Position;

/**
 * The rows of a source in random order.
 *
 * <p>Rows are read in blocks, eight of which fill the buffer, and handed out in rounds. Round r reads up to block r +
 * 7. A row of block b is handed out in round b − d, but not before round 0, where d is drawn from 0 … 7 by the row's
 * number: so all rows of block r are out after round r. Once the source has ended, one last round has all that is left.
 * The rows of a round are permuted.
 *
 * <p>All draws are functions of the seed and a row's or a round's number. So a mark is the round, how many of its rows
 * are out, and where the source stood before block r; the buffer is read again from there.
 */
final class Shuffle extends OneSource {
    private static final int BLOCKS = 8;

    private final int blockRows;
    private final long seed;
    private final List<ChunkBuffer> blocks = new ArrayList<>();
    /** The round of each row of each block, relative to the block: how much earlier it is. */
    private final byte[][] draws = new byte[BLOCKS][0];

    private final Position[] before = new Position[BLOCKS];
    private long blocksRead;
    private long round;
    private boolean begun;
    private boolean ended;
    /** Rows of the round: block in the ring × rows of a block + row. */
    private int[] order = {};

    private int count;
    private int handed;
    /** Rows of later rounds. */
    private long later;

    private double share;
    /** Rows of the source, in a mark behind its end; −1 otherwise. */
    private long markedRows = -1;

    private boolean restored;

    Shuffle(ChunkSource source, int bufferRows, long seed) {
        super("shuffle(" + bufferRows + "/" + seed, source);
        if (bufferRows < 1 || bufferRows > Integer.MAX_VALUE - BLOCKS) {
            throw AccreteException.badArgument(
                    "rows to shuffle must be >= 1 and <= " + (Integer.MAX_VALUE - BLOCKS) + " but was " + bufferRows);
        }
        // One more row than fits, so that a source of as many rows as asked for ends within the first eight blocks.
        this.blockRows = bufferRows / BLOCKS + 1;
        this.seed = seed;
    }

    @Override
    void fill(ChunkBuffer buffer) {
        while (buffer.room() > 0) {
            if (!begun) {
                begun = true;
                beginRound(buffer);
                handed = Math.min(handed, count);
            } else if (handed < count) {
                handOut(buffer);
            } else if (ended) {
                return;
            } else {
                round++;
                handed = 0;
                beginRound(buffer);
            }
        }
    }

    private void handOut(ChunkBuffer buffer) {
        int end = (int) Math.min(count, (long) handed + buffer.room());
        for (; handed < end; handed++) {
            ChunkBuffer block = blocks.get(order[handed] / blockRows);
            int row = order[handed] % blockRows;
            buffer.append(block, row, row + 1);
        }
    }

    private void beginRound(ChunkBuffer buffer) {
        while (blocks.size() < BLOCKS) {
            blocks.add(new ChunkBuffer(schema(), blockRows, buffer.keyCount()));
        }
        while (!ended && blocksRead < round + BLOCKS) {
            readBlock(buffer);
        }
        if (restored && endRows() != markedRows) {
            throw AccreteException.badState(
                    name() + " must end " + (markedRows < 0 ? "later" : "after " + markedRows + " rows")
                            + ", as it did when its rows were shuffled, but "
                            + (ended ? "ends after " + endRows() : "goes on") + "; begin anew");
        }
        restored = false;
        collect();
        permute();
    }

    /** Reads the next block, the last one if it is not full. */
    private void readBlock(ChunkBuffer buffer) {
        int slot = (int) (blocksRead % BLOCKS);
        before[slot] = feed.position();
        ChunkBuffer block = blocks.get(slot);
        boolean more = feed.read(block, blockRows);
        countDropped(buffer);
        while (more && block.rows() < blockRows) {
            ChunkBuffer rest = new ChunkBuffer(schema(), blockRows - block.rows(), buffer.keyCount());
            more = feed.read(rest, rest.capacity());
            countDropped(buffer);
            if (more) {
                block.append(rest, 0, rest.rows());
            }
        }
        ended = !more;
        if (draws[slot].length < block.rows()) {
            draws[slot] = new byte[block.rows()];
        }
        SeededRandom random = new SeededRandom(seed, blocksRead * blockRows);
        for (int row = 0; row < block.rows(); row++) {
            draws[slot][row] = (byte) (random.nextLong() & (BLOCKS - 1));
        }
        blocksRead++;
    }

    /** After a restore, the rows dropped among those that are read again were counted before. */
    private void countDropped(ChunkBuffer buffer) {
        DroppedRows dropped = feed.takeDropped();
        if (!restored) {
            buffer.dropped(dropped);
        }
    }

    /** {@return how many rows the source has, if it has told; −1 otherwise} */
    private long endRows() {
        return ended
                ? (blocksRead - 1) * blockRows
                        + blocks.get((int) ((blocksRead - 1) % BLOCKS)).rows()
                : -1;
    }

    /** Finds the rows of this round, in the order of the source. */
    private void collect() {
        count = 0;
        later = 0;
        for (long block = round; block < blocksRead; block++) {
            int slot = (int) (block % BLOCKS);
            int rows = blocks.get(slot).rows();
            if (order.length < count + rows) {
                order = Arrays.copyOf(order, Math.max(count + rows, 2 * order.length));
            }
            for (int row = 0; row < rows; row++) {
                long of = Math.max(0, block - draws[slot][row]);
                if (of == round || (ended && of > round)) {
                    order[count++] = slot * blockRows + row;
                } else if (of > round) {
                    later++;
                }
            }
        }
    }

    /** {@inheritDoc} Here rows that wait in the buffer are taken to be as long as those read so far. */
    @Override
    public OptionalDouble share() {
        OptionalDouble read = super.share();
        if (read.isEmpty()) {
            return read;
        }
        long rows = ended ? endRows() : blocksRead * blockRows;
        long waiting = later + count - handed;
        share = Math.max(share, rows == 0 ? 0 : read.getAsDouble() * (rows - waiting) / rows);
        return OptionalDouble.of(ended && waiting == 0 ? 1 : share);
    }

    private void permute() {
        SeededRandom random = new SeededRandom(new SeededRandom(~seed, round).nextLong());
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int one = order[i];
            order[i] = order[j];
            order[j] = one;
        }
    }

    @Override
    String state() {
        return round + "," + handed + "," + endRows();
    }

    @Override
    String inner() {
        return before[(int) (round % BLOCKS)].toText();
    }

    @Override
    void restore(Mark to) {
        List<String> numbers = to.parts();
        round = Long.parseLong(numbers.get(0));
        handed = Integer.parseInt(numbers.get(1));
        markedRows = Long.parseLong(numbers.get(2));
        blocksRead = round;
        restored = true;
        super.restore(to);
    }
}
