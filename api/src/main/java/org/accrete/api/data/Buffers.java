package org.accrete.api.data;

import java.util.List;
import org.accrete.api.AccreteException;

/** What the two kinds of chunk share when they are made from a caller's arrays. */
final class Buffers {
    private Buffers() {}

    static void attach(Chunk chunk, double[] targets, double[] weights, List<String> classes) {
        chunk.targets = onePerRow("targets", targets, chunk.rows);
        chunk.weights = onePerRow("weights", weights, chunk.rows);
        chunk.classes = List.copyOf(classes);
    }

    private static double[] onePerRow(String name, double[] array, int rows) {
        if (array.length != 0 && array.length != rows) {
            throw AccreteException.badArgument(
                    name + " must be one per row, " + rows + ", or none but were " + array.length);
        }
        return array;
    }
}
