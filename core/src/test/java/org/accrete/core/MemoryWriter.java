package org.accrete.core;

import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;

/** Keeps appended states; can be made to fail from some append on. */
public final class MemoryWriter implements ModelWriter {
    public final List<State> states = new ArrayList<>();
    public final List<ModelVersion.Note> notes = new ArrayList<>();
    public int failsAfter = Integer.MAX_VALUE;
    public boolean closed;

    @Override
    public ModelVersion append(State state, ModelVersion.Note note) {
        if (states.size() == failsAfter) {
            throw new AccreteException(AccreteException.Kind.IO, "no space left");
        }
        states.add(state);
        notes.add(note);
        return new ModelVersion("m", states.size(), Instant.EPOCH, note, 0, "0".repeat(64));
    }

    @Override
    public void copy(ModelVersion version, boolean live, InputStream bytes) {
        throw new UnsupportedOperationException();
    }

    public State last() {
        return states.get(states.size() - 1);
    }

    @Override
    public void close() {
        closed = true;
    }
}
