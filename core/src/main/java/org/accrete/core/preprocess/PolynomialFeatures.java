package org.accrete.core.preprocess;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.RowWiseStep;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Adds the products of two, or also of three, numeric and cycle columns. It learns nothing but the number of rows.
 * One-hot and sparse blocks pass through.
 *
 * <p>A product of a missing value is missing, so a step that fills in values comes after this one, or before. A row
 * with a product that overflows is refused.
 */
final class PolynomialFeatures implements RowWiseStep, DivisibleLearner {
    private static final String ROWS_SEEN = "polynomial-features.rows_seen";

    private final Params params;
    private final PolynomialTerms terms;
    private long rowsSeen;
    private long rowsSeenBefore;

    PolynomialFeatures(Schema schema, Params params) {
        this.params = params;
        this.terms = new PolynomialTerms(schema, params);
    }

    void restore(State state) {
        rowsSeen = state.whole(ROWS_SEEN);
        rowsSeenBefore = rowsSeen;
    }

    @Override
    public Schema schema() {
        return terms.schema();
    }

    @Override
    public Schema outputSchema() {
        return terms.outputSchema();
    }

    @Override
    public long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public void partialFit(Chunk chunk) {
        terms.check(chunk);
        count(chunk);
    }

    @Override
    public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
        terms.transform(chunk, out);
        count(chunk);
    }

    private void count(Chunk chunk) {
        rowsSeenBefore = rowsSeen;
        rowsSeen += chunk.rows();
    }

    @Override
    public void undo() {
        rowsSeen = rowsSeenBefore;
    }

    @Override
    public void merge(Learner other) {
        if (!(other instanceof PolynomialFeatures features)) {
            throw AccreteException.badState("the other learner must be polynomial-features but is a "
                    + other.getClass().getSimpleName());
        }
        schema().require(features.schema());
        params.requireSame(features.params);
        rowsSeen += features.rowsSeen;
    }

    /** {@inheritDoc} It does. */
    @Override
    public boolean mergesExactly() {
        return true;
    }

    @Override
    public void keepPart(int part, int parts) {
        rowsSeen = DivisibleLearner.share(rowsSeen, part, parts);
        rowsSeenBefore = rowsSeen;
    }

    @Override
    public Transformer view() {
        return terms;
    }

    @Override
    public Transformer snapshot() {
        return terms;
    }

    @Override
    public State state() {
        return State.builder().whole(ROWS_SEEN, rowsSeen).build();
    }
}
