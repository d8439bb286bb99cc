package org.accrete.io;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/**
 * Arrays with names in an {@code .npz} file, as {@code numpy.savez} writes it: {@link #toBytes} writes one,
 * {@link #read} reads one. Texts are NumPy's unicode arrays; nothing is pickled. The same arrays make the same bytes.
 */
public final class NumpyArchive {
    /** Of each entry, so that the same arrays make the same file; the first that an archive can tell. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private static final Charset UTF_32 = Charset.forName("UTF-32LE");

    /** The most bytes of an array that is read; it is held in memory. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 64L;

    private final Map<String, Array> arrays = new LinkedHashMap<>();

    /** The content of an array, and how its header says what it is. */
    private record Array(String type, String shape, byte[] bytes) {}

    /** Makes an archive without arrays. */
    public NumpyArchive() {}

    /**
     * Puts an array of numbers.
     *
     * @param name its name
     * @param numbers row-major
     * @param shape lengths of the dimensions, at least one
     * @return this
     */
    public NumpyArchive doubles(String name, double[] numbers, int... shape) {
        ByteBuffer bytes = littleEndian(Double.BYTES * numbers.length);
        bytes.asDoubleBuffer().put(numbers);
        return put(
                name,
                "<f8",
                Arrays.stream(shape).mapToObj(length -> length + ",").collect(Collectors.joining()),
                bytes.array());
    }

    /**
     * Puts an array of whole numbers of one dimension.
     *
     * @param name its name
     * @param numbers the numbers
     * @return this
     */
    public NumpyArchive longs(String name, long[] numbers) {
        ByteBuffer bytes = littleEndian(Long.BYTES * numbers.length);
        bytes.asLongBuffer().put(numbers);
        return put(name, "<i8", numbers.length + ",", bytes.array());
    }

    /**
     * Puts one number, an array of no dimension.
     *
     * @param name its name
     * @param number the number
     * @return this
     */
    public NumpyArchive number(String name, double number) {
        return put(name, "<f8", "", littleEndian(Double.BYTES).putDouble(number).array());
    }

    /**
     * Puts one whole number, an array of no dimension.
     *
     * @param name its name
     * @param number the number
     * @return this
     */
    public NumpyArchive whole(String name, long number) {
        return put(name, "<i8", "", littleEndian(Long.BYTES).putLong(number).array());
    }

    /**
     * Puts one truth value, an array of no dimension.
     *
     * @param name its name
     * @param flag the value
     * @return this
     */
    public NumpyArchive flag(String name, boolean flag) {
        return put(name, "|b1", "", new byte[] {(byte) (flag ? 1 : 0)});
    }

    /**
     * Puts one text, an array of no dimension.
     *
     * @param name its name
     * @param text the text
     * @return this
     */
    public NumpyArchive text(String name, String text) {
        return put(name, "<U" + length(List.of(text)), "", utf32(List.of(text)));
    }

    /**
     * Puts an array of texts.
     *
     * @param name its name
     * @param texts the texts
     * @return this
     */
    public NumpyArchive texts(String name, List<String> texts) {
        return put(name, "<U" + length(texts), texts.size() + ",", utf32(texts));
    }

    private NumpyArchive put(String name, String type, String shape, byte[] bytes) {
        if (arrays.putIfAbsent(name, new Array(type, shape, bytes)) != null) {
            throw AccreteException.badArgument("an archive has one array of a name, but there are two '" + name + "'");
        }
        return this;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@return the characters of the longest text, at least 1, as NumPy's smallest} */
    private static int length(List<String> texts) {
        return texts.stream()
                .mapToInt(text -> text.codePointCount(0, text.length()))
                .reduce(1, Math::max);
    }

    private static byte[] utf32(List<String> texts) {
        int width = Integer.BYTES * length(texts);
        byte[] all = new byte[Math.multiplyExact(width, texts.size())];
        for (int i = 0; i < texts.size(); i++) {
            byte[] text = texts.get(i).getBytes(UTF_32);
            System.arraycopy(text, 0, all, i * width, text.length);
        }
        return all;
    }

    /** {@return the bytes of the file, with the arrays in the order in which they were put} */
    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = zip(out)) {
            for (Map.Entry<String, Array> entry : arrays.entrySet()) {
                Array array = entry.getValue();
                array(zip, entry.getKey(), array.type(), array.shape(), array.bytes());
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written", e);
        }
        return out.toByteArray();
    }

    // --- entries, for whoever writes an archive to a file

    /** {@return an archive that is written to a stream} */
    static ZipOutputStream zip(OutputStream out) {
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.BEST_SPEED);
        return zip;
    }

    /** Begins an array; its numbers follow, then {@link ZipOutputStream#closeEntry}. */
    static void begin(ZipOutputStream zip, String name, String type, String shape) throws IOException {
        ZipEntry entry = new ZipEntry(name + ".npy");
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        zip.write(NumpyHeader.write(type, shape));
    }

    /** Writes an array. */
    static void array(ZipOutputStream zip, String name, String type, String shape, byte[] bytes) throws IOException {
        begin(zip, name, type, shape);
        zip.write(bytes);
        zip.closeEntry();
    }

    /** Writes an array of texts. */
    static void texts(ZipOutputStream zip, String name, List<String> texts) throws IOException {
        array(zip, name, "<U" + length(texts), texts.size() + ",", utf32(texts));
    }

    // --- reading

    /**
     * {@return all arrays of a file by name: floating numbers as F64, whole numbers and truth values as I64, an array
     * of no dimension as one of shape [1]; arrays of texts as lists, one text as a text}
     *
     * @param file an {@code .npz} file; arrays have up to two dimensions
     * @throws AccreteException bad argument: no such file; bad data: not such a file, or an array of Python objects,
     *     which is never read, or of another kind; I/O
     */
    public static State read(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            State.Builder state = State.builder();
            for (Map.Entry<String, ZipEntry> entry : NumpyFile.arrays(zip).entrySet()) {
                read(zip, entry.getKey(), entry.getValue(), state);
            }
            return state.build();
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw AccreteException.badArgument("no file '" + file + "'; check the path");
        } catch (ZipException e) {
            throw AccreteException.badData("not an .npz file: " + e.getMessage())
                    .at(file.toString());
        } catch (IOException e) {
            throw new AccreteException(AccreteException.Kind.IO, "the file could not be read: " + e.getMessage(), e)
                    .at(file.toString());
        } catch (AccreteException e) {
            throw e.at(file.toString());
        }
    }

    private static void read(ZipFile zip, String name, ZipEntry entry, State.Builder state) throws IOException {
        NumpyFile.requirePossible(name, entry);
        try (NumpyArray array = NumpyArray.of(name, zip.getInputStream(entry), entry.getSize(), true)) {
            NumpyHeader header = array.header();
            if (header.rows() * header.columns() > MOST_BYTES / Double.BYTES || header.bytes() > MOST_BYTES) {
                throw AccreteException.badData("it is too large to be read at once");
            }
            if (header.type() == 'U' || header.type() == 'S') {
                List<String> texts = array.texts();
                if (header.shape().isEmpty()) {
                    state.text(name, texts.get(0));
                } else {
                    state.list(name, texts);
                }
                return;
            }
            double[] numbers = new double[(int) (header.rows() * header.columns())];
            array.read(numbers, 0, (int) header.columns(), (int) header.rows());
            long[] shape = header.shape().isEmpty()
                    ? new long[] {1}
                    : header.shape().stream().mapToLong(Long::longValue).toArray();
            state.tensor(
                    name,
                    header.type() == 'f'
                            ? Tensor.of(numbers, shape)
                            : Tensor.of(
                                    Arrays.stream(numbers)
                                            .mapToLong(number -> (long) number)
                                            .toArray(),
                                    shape));
        } catch (AccreteException e) {
            throw new AccreteException(e.kind(), "array '" + name + "': " + e.getMessage(), e);
        }
    }
}
