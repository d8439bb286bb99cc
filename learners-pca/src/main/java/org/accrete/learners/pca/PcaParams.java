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
            "a whole number up to the number of columns, a share of the variance such as 0.95, or all",
            "how many components are kept");

    static final ParamSpec<Boolean> WHITEN =
            ParamSpec.flag("whiten", false, "whether each score is divided by its standard deviation");

    static final ParamSpec<Long> BATCH_SIZE = ParamSpec.whole(
            "batch-size",
            0,
            Domain.Range.between(0, 1_000_000),
            "rows that are learned together, wherever chunks end; 0: 5 per column, from 50 to 1000, or 5 per component if more");

    static final ParamSpec<Double> HALF_LIFE = ParamSpec.real(
                    "half-life",
                    0,
                    Domain.Range.atLeast(0),
                    "rows after which a row counts half, for a stream that drifts; 0: rows are never forgotten")
            .asTunable();

    static final List<ParamSpec<?>> ALL = List.of(N_COMPONENTS, WHITEN, BATCH_SIZE, HALF_LIFE);

    /** Entries in a row of a sparse chunk, as a guess. */
    private static final long ENTRIES = 100;

    private static final long FIXED_BYTES = 4L << 20;

    private PcaParams() {}

    /** {@return rows per block} */
    static int batchSize(Params params, Rank rank, long width) {
        long size = params.get(BATCH_SIZE);
        return (int) (size > 0 ? size : Math.max(Math.max(50, Math.min(1000, 5L * width)), 5L * rank.most()));
    }

    /** {@return what the weight of a row is multiplied by with each later row} */
    static double decay(Params params) {
        double halfLife = params.get(HALF_LIFE);
        return halfLife > 0 ? StrictMath.pow(0.5, 1 / halfLife) : 1;
    }

    /**
     * {@return about how many bytes a learner takes}
     *
     * @param moments whether it keeps the products of all columns
     */
    static long memoryBytes(Schema schema, Params params, boolean moments) {
        long width = schema.width();
        Rank rank = Rank.parse(params.get(N_COMPONENTS), (int) width);
        long size = batchSize(params, rank, width);
        long most = rank.most();
        // Waiting rows, a copy of them for undo, the rows that are decomposed; a state and the file's copy of it.
        long rows = 5 * size * Math.min(width, schema.isSparse() ? ENTRIES : width) + (moments ? 0 : most * width);
        // Components of the blocks, of the waiting rows, before the last call, of the model, scratch; state and copy.
        long components = 10 * most * (width + 2) + 12 * width;
        long shorter = Math.min(width, size + most + 1);
        // Products of all columns likewise; or of the shorter side of what is decomposed, with all its vectors.
        long products = moments ? 12 * width * width + 3 * shorter * shorter : 6 * shorter * shorter;
        return Double.BYTES * (rows + components + products) + FIXED_BYTES;
    }

    /**
     * Refuses more columns than the arrays can hold.
     *
     * @param moments whether the products of all columns are kept
     */
    static void requireRoom(int width, Rank rank, boolean moments) {
        long longest = (long) width * (moments ? width : rank.most());
        if (longest > Integer.MAX_VALUE - 64) {
            throw AccreteException.badArgument(
                    moments
                            ? "covariance-pca takes up to 46340 columns but there are " + width
                                    + "; incremental-pca with few components takes more"
                            : N_COMPONENTS.name() + " times " + width + ", the columns, must be < 2^31 but "
                                    + N_COMPONENTS.name() + " is " + rank.most());
        }
    }
}
