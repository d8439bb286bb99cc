package org.accrete.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;

/**
 * An archive of arrays: a matrix as {@code scipy.sparse.save_npz} writes it, in CSR form, and beside it {@code y}, the
 * target, {@code weight} and {@code classes}, the names of classes, where there are such.
 *
 * <p>Rows are written to one file for each array, because an archive has one array behind the other. The last step
 * packs them, and removes each as soon as it is packed.
 */
final class NpzWriter extends EncodedRowsWriter {
    /** Of each entry, so that the same rows make the same file; the first that an archive can tell. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private static final int BUFFER = 1 << 16;
    private static final Charset UTF_32 = Charset.forName("UTF-32LE");

    private final Path file;
    private final List<Path> parts = new ArrayList<>();
    private final List<BinaryFile> open = new ArrayList<>();
    private final BinaryFile starts;
    private final BinaryFile indices;
    private final BinaryFile values;
    private final BinaryFile weights;
    private final BinaryFile targets;
    private long count;

    NpzWriter(ColumnPlan plan, Path file) throws IOException {
        super(plan);
        this.file = file;
        try {
            starts = part("indptr");
            indices = part("indices");
            values = part("data");
            weights = part(NumpyFile.WEIGHT);
            targets = part(NumpyFile.TARGET);
            starts.put(0L);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private BinaryFile part(String name) throws IOException {
        Path path = file.resolveSibling(file.getFileName() + "." + name);
        path.toFile().deleteOnExit();
        BinaryFile part = new BinaryFile(path);
        parts.add(path);
        open.add(part);
        return part;
    }

    @Override
    void writeRow(ChunkBuffer buffer, int row) throws IOException {
        Chunk chunk = buffer.chunk();
        entries(chunk, row, (column, value) -> {
            indices.put(column);
            values.put(value);
            count++;
        });
        starts.put(count);
        if (hasWeight) {
            weights.put(chunk.weight(row));
        }
        if (hasTarget) {
            targets.put(target(chunk, row));
        }
    }

    @Override
    long complete(List<String> names) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
            zip.setLevel(Deflater.BEST_SPEED);
            array(zip, "format", "|S3", "", "csr".getBytes(StandardCharsets.US_ASCII));
            array(zip, "shape", "<i8", "2,", longs(rows(), width));
            array(zip, "indptr", "<i8", rows() + 1 + ",", starts);
            array(zip, "indices", "<i4", count + ",", indices);
            array(zip, "data", "<f8", count + ",", values);
            if (hasWeight) {
                array(zip, NumpyFile.WEIGHT, "<f8", rows() + ",", weights);
            }
            if (hasTarget) {
                array(zip, NumpyFile.TARGET, "<f8", rows() + ",", targets);
            }
            if (!names.isEmpty()) {
                texts(zip, names);
            }
        }
        try (FileChannel archive = FileChannel.open(file, StandardOpenOption.WRITE)) {
            archive.force(true);
            return archive.size();
        }
    }

    private static byte[] longs(long... numbers) {
        byte[] bytes = new byte[Long.BYTES * numbers.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (numbers[i / Long.BYTES] >>> 8 * (i % Long.BYTES));
        }
        return bytes;
    }

    private static void texts(ZipOutputStream zip, List<String> names) throws IOException {
        int length = 1;
        for (String name : names) {
            length = Math.max(length, name.codePointCount(0, name.length()));
        }
        begin(zip, "classes", "<U" + length, names.size() + ",");
        for (String name : names) {
            byte[] text = name.getBytes(UTF_32);
            zip.write(text);
            zip.write(new byte[Integer.BYTES * length - text.length]);
        }
        zip.closeEntry();
    }

    private static void array(ZipOutputStream zip, String name, String type, String shape, byte[] bytes)
            throws IOException {
        begin(zip, name, type, shape);
        zip.write(bytes);
        zip.closeEntry();
    }

    private void array(ZipOutputStream zip, String name, String type, String shape, BinaryFile part)
            throws IOException {
        begin(zip, name, type, shape);
        copy(part.written(), zip);
        zip.closeEntry();
        part.close();
        Files.delete(parts.get(open.indexOf(part)));
    }

    private static void copy(FileChannel from, OutputStream to) throws IOException {
        byte[] bytes = new byte[BUFFER];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        for (int read = from.read(buffer.clear()); read >= 0; read = from.read(buffer.clear())) {
            to.write(bytes, 0, read);
        }
    }

    private static void begin(ZipOutputStream zip, String name, String type, String shape) throws IOException {
        ZipEntry entry = new ZipEntry(name + ".npy");
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        zip.write(NumpyHeader.write(type, shape));
    }

    @Override
    public void close() throws IOException {
        for (int i = 0; i < open.size(); i++) {
            open.get(i).close();
            Files.deleteIfExists(parts.get(i));
        }
    }
}
