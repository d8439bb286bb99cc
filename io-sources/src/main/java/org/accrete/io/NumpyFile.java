package org.accrete.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.accrete.api.AccreteException;
import org.accrete.api.file.FileRows;

/**
 * The rows of one {@code .npy} or {@code .npz} file in order: those of a matrix, dense or sparse (CSR), and perhaps a
 * target beside them. Not thread-safe.
 */
final class NumpyFile implements FileRows.OpenFile {
    /** Name of the sparse features, as of those of LibSVM files. */
    static final String FEATURES = LibSvmFormat.FEATURES;

    /** Name of the target where none is given. */
    static final String TARGET = LibSvmFormat.LABEL;
    /** Name of the weights of encoded rows. */
    static final String WEIGHT = "weight";

    private static final int MOST_COLUMNS = 1 << 20;
    private static final int MOST_FEATURES = 1 << 28;
    /** More than any deflated data can be packed. */
    private static final long MOST_RATIO = 1_100;

    private final List<Closeable> open = new ArrayList<>();
    private final List<String> names;
    private final long rows;
    private final int dense;
    private final Optional<NumpyArray> matrix;
    /** Beside the matrix: weights of encoded rows, then the target. */
    private final List<NumpyArray> beside = new ArrayList<>();

    private final boolean hasTarget;
    private final Optional<Sparse> sparse;
    private long next;
    /** How many entries were read before. */
    private long total;

    // The rows read last.
    private int count;
    private double[] values = {};
    private int[] starts = {0};
    private int[] indices = {};
    private double[] entries = {};

    /** The arrays of a matrix in CSR form. */
    private record Sparse(NumpyArray starts, NumpyArray indices, NumpyArray values, int width) {}

    /**
     * Opens a file.
     *
     * @param path the file
     * @param features name of the array of features in an archive; empty to find it
     * @param targetName name of the array of targets; empty to find it
     * @param hasWeights whether an archive has weights, as one of encoded rows may
     * @throws IOException if it cannot be read
     * @throws AccreteException bad data: it is no such file
     */
    NumpyFile(Path path, String features, String targetName, boolean hasWeights) throws IOException {
        try {
            byte[] first;
            try (InputStream in = Files.newInputStream(path)) {
                first = in.readNBytes(6);
            }
            if (first.length > 1 && first[0] == 'P' && first[1] == 'K') {
                ZipFile zip = new ZipFile(path.toFile());
                open.add(zip);
                Map<String, ZipEntry> arrays = arrays(zip);
                sparse = sparse(zip, arrays);
                matrix = sparse.isPresent() ? Optional.empty() : Optional.of(matrix(zip, arrays, features, targetName));
                if (hasWeights) {
                    beside.add(array(zip, arrays, WEIGHT));
                }
                Optional<NumpyArray> target = target(zip, arrays, targetName);
                target.ifPresent(beside::add);
                hasTarget = target.isPresent();
            } else {
                if (!features.isEmpty()) {
                    throw AccreteException.badArgument(
                            "features names an array of an .npz file; the columns of an .npy file are 1, 2, ...");
                }
                sparse = Optional.empty();
                hasTarget = false;
                matrix = Optional.of(opened(NumpyArray.of(path.getFileName().toString(), FileChannel.open(path))));
            }
            long columns = matrix.map(array -> requireNumbers(array).columns()).orElse(0L);
            if (columns > MOST_COLUMNS) {
                throw AccreteException.badData(
                        "a matrix must have at most " + MOST_COLUMNS + " columns but has " + columns);
            }
            rows = matrix.map(array -> array.header().rows())
                    .orElseGet(() -> sparse.orElseThrow().starts().header().rows() - 1);
            beside.forEach(array -> {
                if (requireNumbers(array).columns() != 1 || array.header().rows() != rows) {
                    throw AccreteException.badData("array '" + array.name() + "' must have one number for each of the "
                            + rows + " rows but has the shape " + array.header().shape());
                }
            });
            names = names((int) columns);
            dense = (int) columns + beside.size();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private NumpyArray opened(NumpyArray array) {
        open.add(array);
        return array;
    }

    private static NumpyHeader requireNumbers(NumpyArray array) {
        if (array.header().type() == 'S' || array.header().shape().isEmpty()) {
            throw AccreteException.badData("array '" + array.name() + "' must be numbers of one or two dimensions");
        }
        return array.header();
    }

    private List<String> names(int columns) {
        List<String> all = new ArrayList<>(
                IntStream.rangeClosed(1, columns).mapToObj(Integer::toString).toList());
        beside.forEach(array -> all.add(array.name()));
        sparse.ifPresent(matrix -> all.add(FEATURES));
        return List.copyOf(all);
    }

    /** {@return the arrays of an archive by name} */
    static Map<String, ZipEntry> arrays(ZipFile zip) {
        Map<String, ZipEntry> arrays = new TreeMap<>();
        for (ZipEntry entry : Collections.list(zip.entries())) {
            if (entry.getName().endsWith(".npy")) {
                arrays.put(entry.getName().substring(0, entry.getName().length() - 4), entry);
            }
        }
        return arrays;
    }

    private NumpyArray array(ZipFile zip, Map<String, ZipEntry> arrays, String name) throws IOException {
        ZipEntry entry = arrays.get(name);
        if (entry == null) {
            throw AccreteException.badArgument(
                    "there is no array '" + name + "'; arrays: " + String.join(", ", arrays.keySet()));
        }
        requirePossible(name, entry);
        return opened(NumpyArray.of(name, zip.getInputStream(entry), entry.getSize(), false));
    }

    /** Refuses an array that claims more bytes than can be packed into those that it has. */
    static void requirePossible(String name, ZipEntry entry) {
        if (entry.getSize() > entry.getCompressedSize() * MOST_RATIO + MOST_RATIO) {
            throw AccreteException.badData("array '" + name + "' cannot have " + entry.getSize() + " bytes, packed to "
                    + entry.getCompressedSize());
        }
    }

    private NumpyArray matrix(ZipFile zip, Map<String, ZipEntry> arrays, String features, String targetName)
            throws IOException {
        if (!features.isEmpty()) {
            return array(zip, arrays, features);
        }
        List<String> candidates = arrays.keySet().stream()
                .filter(name -> !name.equals(targetName.isEmpty() ? TARGET : targetName))
                .toList();
        Optional<String> usual = candidates.stream()
                .filter(name -> candidates.size() == 1 || name.equals("x") || name.equals("X"))
                .findFirst();
        return array(
                zip,
                arrays,
                usual.orElseThrow(() -> AccreteException.badArgument("say which array has the features, as in"
                        + " npy:FILE?features=NAME&target=NAME; arrays: " + String.join(", ", arrays.keySet()))));
    }

    private Optional<NumpyArray> target(ZipFile zip, Map<String, ZipEntry> arrays, String name) throws IOException {
        return name.isEmpty() && !arrays.containsKey(TARGET)
                ? Optional.empty()
                : Optional.of(array(zip, arrays, name.isEmpty() ? TARGET : name));
    }

    private Optional<Sparse> sparse(ZipFile zip, Map<String, ZipEntry> arrays) throws IOException {
        if (!arrays.keySet().containsAll(List.of("data", "shape", "format"))) {
            return Optional.empty();
        }
        String format = array(zip, arrays, "format").text();
        if (!format.equals("csr")) {
            throw AccreteException.badData(
                    "a sparse matrix must be in CSR form but is '" + format + "'; save x.tocsr()");
        }
        NumpyArray shape = array(zip, arrays, "shape");
        double[] lengths = new double[2];
        if (shape.header().shape().size() != 1 || shape.header().rows() != 2) {
            throw AccreteException.badData("array 'shape' must be two numbers");
        }
        shape.read(lengths, 0, 1, 2);
        Sparse matrix = new Sparse(
                array(zip, arrays, "indptr"), array(zip, arrays, "indices"), array(zip, arrays, "data"), (int)
                        Math.min(lengths[1], MOST_FEATURES));
        long count = matrix.values().header().rows();
        if (requireNumbers(matrix.starts()).columns() != 1
                || requireNumbers(matrix.indices()).columns() != 1
                || requireNumbers(matrix.values()).columns() != 1
                || matrix.starts().header().rows() != lengths[0] + 1
                || matrix.indices().header().rows() != count
                || !(lengths[1] >= 1 && lengths[1] <= MOST_FEATURES)) {
            throw AccreteException.badData(
                    "the arrays of a sparse matrix do not fit each other, or it has no columns or" + " more than "
                            + MOST_FEATURES);
        }
        double[] start = new double[1];
        matrix.starts().read(start, 0, 1, 1);
        if (start[0] != 0) {
            throw AccreteException.badData("array 'indptr' must begin with 0");
        }
        return Optional.of(matrix);
    }

    /** {@return names of the columns: 1, 2, … or the sparse features, and the target} */
    List<String> names() {
        return names;
    }

    /** {@return how many columns are no sparse features} */
    int dense() {
        return dense;
    }

    /** {@return the name of the target that is an array of its own; empty if there is none} */
    Optional<String> targetName() {
        return hasTarget ? Optional.of(beside.get(beside.size() - 1).name()) : Optional.empty();
    }

    @Override
    public long rows() {
        return rows;
    }

    /** {@return how many sparse features there are; 0 if the features are dense} */
    int width() {
        return sparse.map(Sparse::width).orElse(0);
    }

    /**
     * Reads the next rows.
     *
     * @param most how many at most
     * @return how many were read; 0 at the end
     * @throws IOException if they cannot be read
     */
    int read(int most) throws IOException {
        count = (int) Math.min(most, rows - next);
        if (values.length < count * dense) {
            values = new double[count * dense];
        }
        if (matrix.isPresent()) {
            matrix.get().read(values, 0, dense, count);
        }
        for (int i = 0; i < beside.size(); i++) {
            beside.get(i).read(values, dense - beside.size() + i, dense, count);
        }
        if (sparse.isPresent()) {
            read(sparse.get());
        }
        next += count;
        return count;
    }

    private void read(Sparse matrix) throws IOException {
        if (starts.length <= count) {
            starts = new int[count + 1];
        }
        double[] ends = new double[count];
        matrix.starts().read(ends, 0, 1, count);
        double before = total;
        long all = matrix.values().header().rows();
        for (int row = 0; row < count; row++) {
            if (!(ends[row] >= before && ends[row] <= all && ends[row] - total < Integer.MAX_VALUE - 8)) {
                throw AccreteException.badData("array 'indptr' must ascend within the " + all
                        + " entries, which it does" + " not in row " + (next + row + 1));
            }
            before = ends[row];
            starts[row + 1] = (int) (ends[row] - total);
        }
        int some = starts[count];
        if (entries.length < some) {
            entries = new double[some + some / 2];
            indices = new int[entries.length];
        }
        matrix.indices().read(entries, 0, 1, some);
        for (int i = 0; i < some; i++) {
            // What is no index becomes negative, which is refused with its row.
            indices[i] = entries[i] >= 0 && entries[i] < matrix.width() ? (int) entries[i] : -1;
        }
        matrix.values().read(entries, 0, 1, some);
        total += some;
    }

    /** {@return the numbers of the rows read last, row by row, {@link #dense()} each} */
    double[] values() {
        return values;
    }

    /** {@return where the sparse features of each row begin, and where the last ones end} */
    int[] starts() {
        return starts;
    }

    /** {@return their indices; negative where it is none} */
    int[] indices() {
        return indices;
    }

    /** {@return their values} */
    double[] entries() {
        return entries;
    }

    @Override
    public void close() {
        for (Closeable one : open) {
            try {
                one.close();
            } catch (IOException e) {
                // Nothing was written, and nothing more is read.
                continue;
            }
        }
        open.clear();
    }
}
