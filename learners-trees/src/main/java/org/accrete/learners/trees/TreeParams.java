package org.accrete.learners.trees;

import java.util.Locale;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * What trees are grown by.
 *
 * @param gracePeriod weight between two attempts to split a leaf
 * @param delta probability that a split is not the best one
 * @param tau splits whose gains differ by less than this are taken for equal
 * @param subspace features per leaf; 0 for all
 * @param maxDepth the most splits from the root to a leaf
 * @param maxBytes the most memory of a tree
 * @param nodeBytes what each node takes besides, where something watches it
 */
record TreeParams(
        double gracePeriod, double delta, double tau, int subspace, int maxDepth, long maxBytes, int nodeBytes) {
    static final ParamSpec<Double> GRACE_PERIOD = ParamSpec.real(
            "grace-period", 200, Range.atLeast(1), "weight of rows that a leaf takes between two attempts to split it");
    static final ParamSpec<Double> DELTA = ParamSpec.real(
            "delta", 1e-7, new Range(0, true, 1, true), "probability, about, that a split is not the best one");
    static final ParamSpec<Double> TAU = ParamSpec.real(
            "tau", 0.05, Range.between(0, 1), "bound below which a split is made though another gains as much");
    static final ParamSpec<LeafPrediction> LEAF_PREDICTION =
            ParamSpec.choice("leaf-prediction", LeafPrediction.class, LeafPrediction.ADAPTIVE, "how a leaf predicts");
    static final ParamSpec<Long> MAX_DEPTH =
            ParamSpec.whole("max-depth", 20, Range.between(1, 1_000), "the most splits between the root and a leaf");
    static final ParamSpec<String> MAX_BYTES = ParamSpec.text(
            "max-bytes",
            "32M",
            "a number of bytes such as 500K, 32M or 1G",
            "the most memory; the least promising leaves stop growing when it is reached");

    static TreeParams of(
            Params values,
            ParamSpec<Double> gracePeriod,
            ParamSpec<Double> delta,
            int subspace,
            long maxBytes,
            int nodeBytes) {
        return new TreeParams(
                values.get(gracePeriod),
                values.get(delta),
                values.get(TAU),
                subspace,
                values.get(MAX_DEPTH).intValue(),
                Math.max(1, maxBytes),
                nodeBytes);
    }

    static long maxBytes(Params params) {
        String text = params.get(MAX_BYTES).strip().toUpperCase(Locale.ROOT);
        int unit = text.isEmpty() ? -1 : "KMG".indexOf(text.charAt(text.length() - 1));
        String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
        if (!digits.matches("[0-9]{1,12}") || Long.parseLong(digits) == 0) {
            throw AccreteException.badArgument(MAX_BYTES.name() + " must be "
                    + MAX_BYTES.domain().text() + " but was '" + params.get(MAX_BYTES) + "'");
        }
        return Long.parseLong(digits) << 10 * (unit + 1);
    }
}
