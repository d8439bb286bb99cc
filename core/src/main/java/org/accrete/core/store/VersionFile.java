package org.accrete.core.store;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.hash.HashingInputStream;
import com.google.common.io.ByteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Instant;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.State;
import org.accrete.core.store.SafeTensors.Header;

/**
 * The file of a version, for every store that keeps versions as bytes: {@code docs/format.md} draws it. Its length and
 * SHA-256 are kept elsewhere, in a {@link ModelVersion}, and nothing that was read is handed out unless they agree.
 */
public final class VersionFile {
    private VersionFile() {}

    /**
     * Writes a version.
     *
     * @param state what it holds
     * @param model name of the model
     * @param number its number
     * @param created when it was made
     * @param note what is said of it, its parent included
     * @param out gets the bytes, in pieces of at most 64 KiB; not closed
     * @return the version, with the length and the checksum of what was written
     * @throws AccreteException bad argument, before anything is written: what cannot be stored
     * @throws IOException as {@code out} throws it
     */
    public static ModelVersion write(
            State state, String model, long number, Instant created, Note note, WritableByteChannel out)
            throws IOException {
        return write(header(state, model, number, created, note), state, model, number, created, note, out);
    }

    /** {@return the first bytes of a version's file, after everything was checked that can be refused} */
    static byte[] header(State state, String model, long number, Instant created, Note note) {
        Names.requireModel(model);
        check(note);
        Map<String, String> texts = ModelFile.texts(state, model, number, created, note);
        return SafeTensors.header(texts, state.tensors());
    }

    static ModelVersion write(
            byte[] header, State state, String model, long number, Instant created, Note note, WritableByteChannel out)
            throws IOException {
        HashingWriter written = new HashingWriter(out);
        SafeTensors.write(header, state.tensors(), written);
        return new ModelVersion(
                model,
                number,
                created,
                note,
                written.length,
                written.sha256.hash().toString());
    }

    private static void check(Note note) {
        StrictJson.requireUnicode("a learner's name", note.learner());
        check(note.metrics());
        check(note.stretch());
        note.facts().forEach((name, text) -> {
            StrictJson.requireUnicode("the name of a fact", name);
            StrictJson.requireUnicode("a fact", text);
        });
        if (note.rowsSeen() < 0) {
            throw AccreteException.badArgument("rows seen must be >= 0 but was " + note.rowsSeen());
        }
    }

    private static void check(Map<String, Double> metrics) {
        metrics.forEach((name, value) -> {
            StrictJson.requireUnicode("the name of a metric", name);
            if (!Double.isFinite(value)) {
                throw AccreteException.badArgument("metric '" + name + "' must be finite but was " + value);
            }
        });
    }

    /**
     * Reads a version in one pass.
     *
     * @param version what the history says of it
     * @param in its bytes, from the first; not closed
     * @return what it holds
     * @throws AccreteException corrupt file: length or checksum differ; too new, too old: another release wrote it
     * @throws IOException as {@code in} throws it
     */
    public static State read(ModelVersion version, InputStream in) throws IOException {
        return parse(version, in, bytes -> {
            Header header = header(bytes, version);
            return ModelFile.state(header.metadata(), SafeTensors.readTensors(header, bytes, version.length()));
        });
    }

    private static Header header(ReadableByteChannel bytes, ModelVersion version) throws IOException {
        Header header = SafeTensors.readHeader(bytes, version.length());
        ModelFile.checkFormat(header.metadata());
        return header;
    }

    /** Makes something of a file. */
    private interface Parsing<T> {
        T parse(ReadableByteChannel bytes) throws IOException;
    }

    private static <T> T parse(ModelVersion version, InputStream in, Parsing<T> parsing) throws IOException {
        HashingReader bytes = new HashingReader(in, version);
        T parsed;
        try {
            parsed = parsing.parse(bytes);
        } catch (AccreteException e) {
            // Damage explains all else that is wrong with a file.
            bytes.checkRest();
            throw e;
        }
        bytes.checkRest();
        return parsed;
    }

    /**
     * Checks a version as {@link #read} does, with little memory.
     *
     * @param version what the history says of it
     * @param in its bytes, from the first; not closed
     * @throws AccreteException as {@link #read}
     * @throws IOException as {@code in} throws it
     */
    public static void check(ModelVersion version, InputStream in) throws IOException {
        parse(version, in, bytes -> {
            Header header = header(bytes, version);
            SafeTensors.check(header, version.length());
            return header;
        });
    }

    /**
     * {@return what a file says of itself, if it is whole in its form} Nothing tells whether its bytes are those that
     * were written.
     *
     * @param in the file's bytes, from the first
     * @param length how many there are
     * @throws AccreteException corrupt file: it is none; too new, too old
     * @throws IOException as {@code in} throws it
     */
    public static ModelVersion describe(InputStream in, long length) throws IOException {
        HashingInputStream bytes = new HashingInputStream(Hashing.sha256(), in);
        Header header = SafeTensors.readHeader(Channels.newChannel(bytes), length);
        ModelFile.checkFormat(header.metadata());
        SafeTensors.check(header, length);
        ByteStreams.exhaust(bytes);
        return ModelFile.version(header.metadata(), length, bytes.hash().toString());
    }

    /**
     * Copies a version and checks its length and checksum on the way.
     *
     * @param version what its history says of it
     * @param in its bytes, from the first; not closed
     * @param out gets the bytes, in pieces of at most 64 KiB; not closed
     * @throws AccreteException corrupt file: length or checksum differ; {@code out} has got other bytes then
     * @throws IOException as {@code in} or {@code out} throws it
     */
    public static void copy(ModelVersion version, InputStream in, WritableByteChannel out) throws IOException {
        HashingReader bytes = new HashingReader(in, version);
        ByteBuffer buffer = ByteBuffer.allocate(Disk.BUFFER_BYTES);
        while (bytes.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            buffer.clear();
        }
        bytes.checkRest();
    }

    /** Counts and hashes what is written. */
    private static final class HashingWriter implements WritableByteChannel {
        private final WritableByteChannel out;
        private final Hasher sha256 = Hashing.sha256().newHasher();
        private long length;

        HashingWriter(WritableByteChannel out) {
            this.out = out;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            sha256.putBytes(bytes.duplicate());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            length += count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return out.isOpen();
        }

        @Override
        public void close() {}
    }

    /** Reads the bytes that a version has, not more, and compares them with what is said of it. */
    private static final class HashingReader implements ReadableByteChannel {
        private final InputStream in;
        private final ReadableByteChannel channel;
        private final ModelVersion version;
        private final Hasher sha256 = Hashing.sha256().newHasher();
        private long length;

        HashingReader(InputStream in, ModelVersion version) {
            this.in = in;
            this.channel = Channels.newChannel(in);
            this.version = version;
        }

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            int start = buffer.position();
            int end = buffer.limit();
            buffer.limit((int) Math.min(end, start + version.length() - length));
            int count = buffer.hasRemaining() ? channel.read(buffer) : -1;
            if (count > 0) {
                sha256.putBytes(buffer.duplicate().flip().position(start));
                length += count;
            }
            buffer.limit(end);
            if (count < 0 && length < version.length()) {
                throw wrongLength("found " + length);
            }
            return count;
        }

        /** Reads what is left, so that all of it is compared. */
        void checkRest() throws IOException {
            if (length < version.length()) {
                ByteBuffer buffer = ByteBuffer.allocate(Disk.BUFFER_BYTES);
                while (read(buffer) >= 0) {
                    buffer.clear();
                }
            }
            if (in.read() >= 0) {
                throw wrongLength("found more");
            }
            String found = sha256.hash().toString();
            if (!found.equals(version.sha256())) {
                throw AccreteException.corruptFile("checksum mismatch (disk or transfer damage?): expected "
                        + version.sha256() + " but was " + found);
            }
        }

        private AccreteException wrongLength(String found) {
            return AccreteException.corruptFile(
                    "wrong length (disk or transfer damage?): expected " + version.length() + " bytes but " + found);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {}
    }
}
