package org.accrete.io;

import java.io.IOException;
import java.util.List;
import org.accrete.api.file.Input;

/** The least and the largest index of the features of LibSVM files, found by reading them once. */
final class LibSvmIndices {
    private long least = Long.MAX_VALUE;
    private long largest = -1;

    /**
     * Reads files.
     *
     * @param inputs the files
     */
    LibSvmIndices(List<Input> inputs) {
        for (Input input : inputs) {
            try (TextInput in = TextInput.ofLines(input.open(), TextBlock.SIZE)) {
                TextBlock block = new TextBlock();
                // A line that is too long ends the file; it is refused when its row is read.
                while (in.read(block) && !block.isCut) {
                    read(block);
                }
            } catch (IOException e) {
                // What is damaged is told, with its place, when the rows before it are read.
                continue;
            }
        }
    }

    /** {@return the least index, {@link Long#MAX_VALUE} if there is none} */
    long least() {
        return least;
    }

    /** {@return the largest index, -1 if there is none} */
    long largest() {
        return largest;
    }

    private void read(TextBlock block) {
        byte[] bytes = block.bytes;
        int at = block.from;
        while (at < block.length) {
            int lineEnd = LineSplitter.lineEnd(bytes, at, block.length);
            int end = at;
            int previous = at;
            boolean isFirst = true;
            int last = -1;
            for (; end < lineEnd && bytes[end] != '#'; end++) {
                if (LineSplitter.isBlank(bytes[end])) {
                    previous = end + 1;
                } else if (bytes[end] == ':' && bytes[previous] != 'q') {
                    if (isFirst) {
                        least = Math.min(least, index(bytes, previous, end + 1, Long.MAX_VALUE));
                        isFirst = false;
                    }
                    last = previous;
                }
            }
            if (last >= 0) {
                largest = Math.max(largest, index(bytes, last, lineEnd, -1));
            }
            at = LineSplitter.next(bytes, lineEnd, block.length);
        }
    }

    private static long index(byte[] bytes, int from, int to, long otherwise) {
        long index = 0;
        int at = from;
        while (at < to && bytes[at] >= '0' && bytes[at] <= '9' && index < Integer.MAX_VALUE) {
            index = index * 10 + bytes[at++] - '0';
        }
        return at > from && at < to && bytes[at] == ':' ? index : otherwise;
    }
}
