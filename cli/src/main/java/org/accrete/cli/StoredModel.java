package org.accrete.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;

/**
 * A version of a model as it was stored.
 *
 * @param version its facts
 * @param state what it holds
 * @param schema what its columns are, and the classes known then
 * @param plan how raw columns are encoded, if it was trained on raw columns
 */
record StoredModel(ModelVersion version, State state, Schema schema, Optional<ColumnPlan> plan) {
    /** Rows per chunk where the chunk size does not change the result. */
    static final int CHUNK_ROWS = 1_000;

    static StoredModel load(ModelStore store, ModelVersion version) {
        return of(version, Subcommand.load(store, version));
    }

    static StoredModel of(ModelVersion version, State state) {
        return new StoredModel(
                version,
                state,
                Schema.parse(state.text("schema")),
                Optional.ofNullable(state.texts().get("plan")).map(ColumnPlan::parse));
    }

    /**
     * Opens rows, encoded like those that the model was trained on.
     *
     * @param address where they are
     * @param targetNeeded whether there must be a target column
     * @param badRows what to do with rows that cannot be used
     * @return the source; the caller closes it
     */
    ChunkSource open(SourceAddress address, boolean targetNeeded, BadRows badRows) {
        return open(address, request(address, targetNeeded, badRows));
    }

    /** {@return what {@link #open(SourceAddress, boolean, BadRows)} asks the source for} */
    SourceRequest request(SourceAddress address, boolean targetNeeded, BadRows badRows) {
        Optional<String> target = Optional.of(schema.target().name()).filter(name -> !name.isEmpty());
        return new SourceRequest(address.location(), target, List.of(), plan, targetNeeded, badRows);
    }

    /**
     * Opens rows, encoded like those that the model was trained on.
     *
     * @param address where they are
     * @param request what the source is asked for
     * @return the source; the caller closes it
     */
    ChunkSource open(SourceAddress address, SourceRequest request) {
        ChunkSource source = address.open(request);
        try {
            schema.require(source.schema());
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
        return source;
    }

    /** {@return the same with another plan, if there is one, that encodes the same} */
    StoredModel withPlan(UnaryOperator<ColumnPlan> change) {
        return new StoredModel(version, state, schema, plan.map(change));
    }

    /** {@return a count that its run stored; 0 if it stored none} */
    long count(String name) {
        return state.tensors().containsKey(name) ? state.whole(name) : 0;
    }

    /**
     * Resolves the vector module if SIMD pays; to be called before the pipeline is made.
     *
     * @param rows about how many rows are processed
     */
    void resolveVectorModule(double rows) {
        // A trained network has, beside what is stored, gradients and copies for undo.
        VectorModule.resolveIfItPays(4 * version.length(), schema, rows);
    }

    /** {@return how many rows of its source were used: learned, or without a target, or dropped by the learner} */
    long rowsLearned() {
        return state.whole("run.rows");
    }

    /**
     * {@return a number that its run stored, or the default if the run stored none}
     *
     * @throws AccreteException corrupt file: it is not a whole number
     */
    int wholeFact(String fact, int otherwise) {
        try {
            return Optional.ofNullable(state.texts().get(fact))
                    .map(Integer::valueOf)
                    .orElse(otherwise);
        } catch (NumberFormatException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE, "a stored '" + fact + "' must be a whole number", e);
        }
    }

    static StoredModel load(PlugIns plugIns, Subcommand command, String reference) {
        try (ModelStore store = command.openStore(plugIns)) {
            return load(store, Subcommand.resolve(store, reference));
        }
    }
}
