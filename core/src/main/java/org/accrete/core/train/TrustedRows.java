package org.accrete.core.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;

/** Labelled rows that judge versions and are never learned, in memory. Their labels are texts, whoever numbers them. */
final class TrustedRows {
    private static final int CHUNK_ROWS = 1_000;

    private final String name;
    private final boolean ofClasses;
    private final List<ChunkBuffer> chunks = new ArrayList<>();
    private final List<double[]> targets = new ArrayList<>();
    private List<String> classes;
    private long rows;

    /** Reads all rows of a source. */
    TrustedRows(ChunkSource source) {
        name = source.name();
        ofClasses = source.schema().target().kind() == Target.Kind.CATEGORICAL;
        classes = source.schema().target().classes();
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), CHUNK_ROWS);
        while (source.next(buffer)) {
            Chunk chunk = buffer.chunk();
            double[] theirs = new double[chunk.rows()];
            for (int row = 0; row < theirs.length; row++) {
                theirs[row] = chunk.hasTargets() ? chunk.target(row) : Double.NaN;
                rows += Double.isNaN(theirs[row]) ? 0 : 1;
            }
            targets.add(theirs);
            classes = chunk.classes();
            chunks.add(buffer);
            buffer = new ChunkBuffer(source.schema(), CHUNK_ROWS);
        }
        if (rows == 0) {
            throw AccreteException.badArgument(name + " is to judge versions but has no row with a target");
        }
    }

    /** Scores both models on all rows. */
    void score(GateSums sums, Model candidate, Optional<Model> live) {
        List<String> known = candidate instanceof Classifier classifier ? classifier.classes() : List.of();
        List<String> all = new ArrayList<>(known);
        classes.stream().filter(label -> !known.contains(label)).forEach(all::add);
        int[] indexes = classes.stream().mapToInt(all::indexOf).toArray();
        boolean isSame = Arrays.equals(indexes, range(indexes.length));
        for (int i = 0; i < chunks.size(); i++) {
            ChunkBuffer buffer = chunks.get(i);
            double[] theirs = targets.get(i);
            if (ofClasses) {
                buffer.classes(all);
                for (int row = 0; row < theirs.length && !isSame; row++) {
                    if (!Double.isNaN(theirs[row])) {
                        buffer.target(row, indexes[(int) theirs[row]]);
                    }
                }
            }
            sums.predict(candidate, live, buffer.chunk());
            sums.count(buffer.chunk());
        }
    }

    private static int[] range(int length) {
        int[] range = new int[length];
        Arrays.setAll(range, i -> i);
        return range;
    }

    /** {@return which rows these are, for a person} */
    String describe() {
        return String.format(java.util.Locale.ROOT, "%,d row%s of %s", rows, rows == 1 ? "" : "s", name);
    }
}
