package org.accrete.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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
    private static final int BUFFER = 1 << 16;

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
        try (ZipOutputStream zip = NumpyArchive.zip(new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
            NumpyArchive.array(zip, "format", "|S3", "", "csr".getBytes(StandardCharsets.US_ASCII));
            NumpyArchive.array(zip, "shape", "<i8", "2,", longs(rows(), width));
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
                NumpyArchive.texts(zip, "classes", names);
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

    private void array(ZipOutputStream zip, String name, String type, String shape, BinaryFile part)
            throws IOException {
        NumpyArchive.begin(zip, name, type, shape);
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

    @Override
    public void close() throws IOException {
        for (int i = 0; i < open.size(); i++) {
            open.get(i).close();
            Files.deleteIfExists(parts.get(i));
        }
    }
}
