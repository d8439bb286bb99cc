package org.accrete.learners.pca;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Shortcuts for the tests: learners from settings, chunks from arrays. */
final class Pca {
    private static final double[] NONE = {};

    private Pca() {}

    /** {@return a learner without a target} */
    static PcaLearner learner(StepProvider provider, int width, String... settings) {
        return (PcaLearner) provider.create(schema(width), params(provider, settings));
    }

    static PcaLearner restored(StepProvider provider, int width, State state, String... settings) {
        return (PcaLearner) provider.restore(schema(width), params(provider, settings), state);
    }

    static PcaLearner incremental(int width, String... settings) {
        return learner(new IncrementalPcaProvider(), width, settings);
    }

    static PcaLearner covariance(int width, String... settings) {
        return learner(new CovariancePcaProvider(), width, settings);
    }

    static Schema schema(int width) {
        return Schema.numeric(width, Target.none());
    }

    private static Params params(StepProvider provider, String... settings) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String pair : settings) {
            int equals = pair.indexOf('=');
            given.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return Params.parse(provider.params(), given);
    }

    /** {@return a view of some rows} */
    static Chunk chunk(double[][] x, int from, int to) {
        return chunk(x, NONE, from, to);
    }

    static Chunk chunk(double[][] x, double[] weights, int from, int to) {
        int width = x[0].length;
        double[] values = new double[x.length * width];
        for (int i = 0; i < x.length; i++) {
            System.arraycopy(x[i], 0, values, i * width, width);
        }
        return new DenseChunk(schema(width), values, NONE, weights, List.of()).slice(from, to);
    }

    /** Learns rows in chunks of a given length. */
    static void fit(PcaLearner learner, double[][] x, int from, int to, int length) {
        Chunk all = chunk(x, 0, x.length);
        for (int row = from; row < to; row += length) {
            learner.partialFit(all.slice(row, Math.min(to, row + length)));
        }
    }
}
