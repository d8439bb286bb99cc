package org.accrete.learners.pca;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** The parameters of both learners. */
final class PcaParams {
    static final ParamSpec<String> N_COMPONENTS = ParamSpec.text(
            "n-components",
            "all",
            "a whole number up to the number of columns, a fraction of the variance such as 0.95, or all",
            "number of components to keep");

    static final ParamSpec<Boolean> WHITEN =
            ParamSpec.flag("whiten", false, "whether each score is divided by its standard deviation");

    static final ParamSpec<Long> BATCH_SIZE = ParamSpec.whole(
            "batch-size",
            0,
            Domain.Range.between(0, 1_000_000),
            "rows per block, whatever the chunk size; 0: 5 per column, from 50 to 1000, or 5 per component if more");

    static final ParamSpec<Double> HALF_LIFE = ParamSpec.real(
                    "half-life",
                    0,
                    Domain.Range.atLeast(0),
                    "number of rows after which the weight of a row is halved, for streams that drift; 0: never")
            .asTunable();

    static final List<ParamSpec<?>> ALL = List.of(N_COMPONENTS, WHITEN, BATCH_SIZE, HALF_LIFE);

    /** Assumed number of entries in a row of a sparse chunk. */
    private static final long ENTRIES = 100;

    private static final long FIXED_BYTES = 4L << 20;

    private PcaParams() {}

    /** {@return rows per block} */
    static int batchSize(Params params, Rank rank, long width) {
        long size = params.get(BATCH_SIZE);
        return (int) (size > 0 ? size : Math.max(Math.max(50, Math.min(1000, 5L * width)), 5L * rank.max()));
    }

    /** {@return the factor of a row's weight with each later row} */
    static double decay(Params params) {
        double halfLife = params.get(HALF_LIFE);
        return halfLife > 0 ? StrictMath.pow(0.5, 1 / halfLife) : 1;
    }

    /**
     * {@return the approximate number of bytes of a learner}
     *
     * @param scatter whether it keeps the scatter matrix
     */
    static long memoryBytes(Schema schema, Params params, boolean scatter) {
        long width = schema.width();
        Rank rank = Rank.parse(params.get(N_COMPONENTS), (int) width);
        long size = batchSize(params, rank, width);
        long max = rank.max();
        // Waiting rows, their copy for undo, the rows to decompose; a state and the file's copy of it.
        long rows = 5 * size * Math.min(width, schema.isSparse() ? ENTRIES : width) + (scatter ? 0 : max * width);
        // Components: of whole blocks, with waiting rows, for undo, of the model, of the decomposition; state and copy.
        long components = 10 * max * (width + 2) + 12 * width;
        long shorter = Math.min(width, size + max + 1);
        // The scatter matrix likewise; or the Gram matrix of the shorter side of what is decomposed, with its vectors.
        long matrices = scatter ? 12 * width * width + 3 * shorter * shorter : 6 * shorter * shorter;
        return Double.BYTES * (rows + components + matrices) + FIXED_BYTES;
    }

    /**
     * Refuses more columns than fit one array.
     *
     * @param scatter whether the scatter matrix is kept
     */
    static void requireRoom(int width, Rank rank, boolean scatter) {
        long longest = (long) width * (scatter ? width : rank.max());
        if (longest > Integer.MAX_VALUE - 64) {
            throw AccreteException.badArgument(
                    scatter
                            ? "covariance-pca takes up to 46340 columns but there are " + width
                                    + "; incremental-pca with few components takes more"
                            : N_COMPONENTS.name() + " times " + width + ", the columns, must be < 2^31 but "
                                    + N_COMPONENTS.name() + " is " + rank.max());
        }
    }
}
