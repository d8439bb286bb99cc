package org.accrete.api.file;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.OptionalDouble;

/** How far several files are read, each counted by the bytes that it had when this was made. */
public final class FileShare {
    /** Where each file begins in the bytes of all, and where the last one ends; empty if that is not known. */
    private final long[] begins;

    /**
     * Looks at the sizes of files.
     *
     * @param inputs the files in their order; of streams, nothing is known
     */
    public FileShare(List<Input> inputs) {
        begins = begins(inputs);
    }

    private static long[] begins(List<Input> inputs) {
        long[] begins = new long[inputs.size() + 1];
        for (int i = 0; i < inputs.size(); i++) {
            Input input = inputs.get(i);
            if (input.isStream()) {
                return new long[0];
            }
            try {
                begins[i + 1] = begins[i] + Files.size(input.path().orElseThrow());
            } catch (IOException e) {
                return new long[0];
            }
        }
        return begins;
    }

    /**
     * {@return the share of all bytes before a place, from 0 to 1; empty if the sizes are not known}
     *
     * @param file index of the file
     * @param share the share of this file that comes before the place, from 0 to 1
     */
    public OptionalDouble at(int file, double share) {
        int last = begins.length - 1;
        if (file < 0 || file >= last || begins[last] == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of((begins[file] + share * (begins[file + 1] - begins[file])) / begins[last]);
    }

    /**
     * {@return the share of a file that some of its bytes are, at most 1}
     *
     * @param file index of the file
     * @param bytes how many of its bytes, as they are stored
     */
    public double ofFile(int file, long bytes) {
        long size = file + 1 < begins.length ? begins[file + 1] - begins[file] : 0;
        return size == 0 ? 1 : Math.min(1, (double) bytes / size);
    }
}
