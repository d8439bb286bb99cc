package org.accrete.cli;

import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;

/** Keeps what a run appends. */
final class Kept implements ModelWriter {
    final List<State> states = new ArrayList<>();
    final List<ModelVersion.Note> notes = new ArrayList<>();

    @Override
    public ModelVersion append(State state, ModelVersion.Note note) {
        states.add(state);
        notes.add(note);
        return new ModelVersion("m", states.size(), Instant.EPOCH, note, 1, "0".repeat(64));
    }

    @Override
    public void copy(ModelVersion version, boolean live, InputStream bytes) {
        throw new UnsupportedOperationException("a run copies nothing");
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    State last() {
        return states.get(states.size() - 1);
    }
}
