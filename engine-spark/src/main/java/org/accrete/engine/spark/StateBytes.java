package org.accrete.engine.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.store.VersionFile;

/**
 * A state as it travels between driver and executors: the bytes of a version's file, and their checksum.
 *
 * @param bytes not to be changed
 * @param sha256 64 hexadecimal digits
 */
@SuppressWarnings("ArrayRecordComponent") // Sent as it is, and never compared.
record StateBytes(byte[] bytes, String sha256) implements Serializable {
    private static final String NAME = "state";
    private static final ModelVersion.Note NOTE = new ModelVersion.Note(Optional.empty(), NAME, 0, Map.of());

    static StateBytes of(State state) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ModelVersion written = VersionFile.write(state, NAME, 1, Instant.EPOCH, NOTE, Channels.newChannel(out));
            return new StateBytes(out.toByteArray(), written.sha256());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the state; refused when the bytes are not those that were sent} */
    State state() {
        ModelVersion version = new ModelVersion(NAME, 1, Instant.EPOCH, NOTE, bytes.length, sha256);
        try {
            return VersionFile.read(version, new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
