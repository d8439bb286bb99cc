package org.accrete.io;

import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumpySourceTest {
    private static final ChunkSourceProvider NPY = new NumpySourceProvider();

    @TempDir
    Path folder;

    private static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(NumpySourceTest.class.getResource("numpy/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> all(SourceRequest request) {
        return IoFixtures.all(NPY, request, Map.of());
    }

    private static String plan(ChunkSourceProvider provider, SourceRequest request, Map<String, String> params) {
        try (ChunkSource source = IoFixtures.open(provider, request, params)) {
            return source.plan().orElseThrow().toText();
        }
    }

    /** {@return a matrix of doubles as a file} */
    static byte[] npy(int columns, double... values) {
        String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + values.length / columns + ", " + columns
                + "), }";
        header += " ".repeat(117 - header.length()) + "\n";
        ByteBuffer all = ByteBuffer.allocate(128 + 8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        all.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
        all.put(header.getBytes(StandardCharsets.US_ASCII));
        for (double value : values) {
            all.putDouble(value);
        }
        return all.array();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f8",
                "f8-columns",
                "f8-big",
                "f8-big-columns",
                "f4",
                "f4-big-columns",
                "i1",
                "i2",
                "i2-big",
                "i4",
                "i4-big",
                "i8",
                "i8-big",
                "u1",
                "u2",
                "u2-big",
                "u4",
                "u4-big",
                "u8",
                "u8-big",
                "bool",
                "one-dimension",
                "version-2",
                "version-3"
            })
    void aMatrixGivesTheRowsOfTheSameCsv(String name) {
        assertSame(name + ".npy", name + ".csv", Map.of(), "");
        assertSame(name + ".npy", name + ".csv", Map.of(), name.equals("one-dimension") ? "" : "2");
    }

    @Test
    void namedArraysGiveTheRowsOfTheSameCsv() {
        assertSame("named.npz", "named.csv", Map.of(), "y");
        assertSame("packed.npz", "packed.csv", Map.of("features", "numbers", "target", "label"), "label");
        assertSame("packed.npz", "packed.csv", Map.of("target", "label"), "label");
        assertSame("one.npz", "one.csv", Map.of(), "3");
        assertThat(plan(NPY, request(resource("named.npz")), Map.of()))
                .as("the target needs no name")
                .endsWith("\ny=target(kind=categorical,classes=0|1|2)");
    }

    private static void assertSame(String file, String csv, Map<String, String> params, String target) {
        SourceRequest one = request(resource(file));
        SourceRequest other = request(resource(csv));
        if (!target.isEmpty()) {
            one = one.withTarget(target);
            other = other.withTarget(target);
        }
        ChunkSourceProvider text = new CsvSourceProvider();
        assertThat(plan(NPY, one, params)).as(file).isEqualTo(plan(text, other, Map.of()));
        List<String> rows = IoFixtures.all(NPY, one, params);
        assertThat(rows).as(file).hasSize(37).isEqualTo(IoFixtures.all(text, other, Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csr", "csr-stored", "csr-unsorted"})
    void sparseMatricesGiveTheRowsOfTheSameLibSvm(String name) {
        Map<String, String> base = Map.of("zero-based", "true", "columns", "50");
        List<String> wanted =
                IoFixtures.all(new LibSvmSourceProvider(), request(resource(name + ".svm"), "y=numeric"), base);
        SourceRequest request = name.equals("csr-unsorted")
                ? request(resource(name + ".npz"), "y=numeric")
                : request(resource(name + ".npz"));
        List<String> found = all(request);
        assertThat(found)
                .isEqualTo(
                        name.equals("csr-unsorted")
                                ? wanted
                                : wanted.stream()
                                        .map(row -> row.replaceAll(" ?=0.0$", ""))
                                        .toList());
    }

    @Test
    void theLastColumnCanBeTheTarget() {
        for (String option : List.of("last", "3")) {
            assertThat(plan(NPY, request(resource("i1.npy")), Map.of("target", option)))
                    .isEqualTo("1=numeric\n2=numeric\n3=target(kind=numeric)");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "object.npy | an array of Python objects is never read",
                "records.npy | an array of records is not read",
                "complex.npy | the type of an array must be float32, float64, an integer or bool but was '<c16'",
                "text.npy | the type of an array must be float32, float64, an integer or bool but was '<U1'",
                "half.npy | the type of an array must be float32, float64, an integer or bool but was '<f2'",
                "three.npy | an array must have at most two dimensions but has the shape (2,2,2)",
                "several.npz | say which array has the features, as in npy:FILE?features=NAME&target=NAME; arrays: a, b",
                "lengths.npz | array 'y' must have one number for each of the 37 rows but has the shape [5]",
                "csc.npz | a sparse matrix must be in CSR form but is 'csc'",
            })
    void otherArraysAreRefused(String name, String message) {
        assertThatThrownBy(() -> all(request(resource("refused/" + name))))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line())
                                .contains("refused/" + name + ": ")
                                .contains(message));
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(resource("f8.npy"));
        Path file = folder.resolve("a.npy");
        for (int length : new int[] {0, 1, 6, 11, 50, 127, 128, whole.length - 1}) {
            write(file, java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> all(request(file)))
                    .as("%d bytes", length)
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA));
        }
        for (String[] change : new String[][] {
            {"(37, 4)", "(37,-4)"},
            {"(37, 4)", "(9e9,4)"},
            {"(37, 4), ", "(99999999999999999999, 4), "},
            {"(37, 4), ", "(4294967296, 4294967296), "},
            {"False", "Maybe"},
            {"'<f8'", "'<f9'"},
            {"'shape'", "'shope'"},
            {"{'descr'", "['descr'"},
            {"'fortran_order': False", "'descr': '<f8'"},
        }) {
            String text = new String(whole, StandardCharsets.ISO_8859_1);
            String changed = text.replace(change[0], change[1]);
            int more = changed.length() - text.length();
            changed = more > 0 ? changed.replaceFirst(" {" + more + "}\n", "\n") : changed;
            write(file, changed.getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> all(request(file)))
                    .as(change[1])
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA));
        }
    }

    @Test
    void aFileThatIsCutOffWhileItIsReadIsRefused() throws IOException {
        int rows = 20_000;
        Path file = write(folder.resolve("a.npy"), npy(2, new double[2 * rows]));
        try (ChunkSource source = IoFixtures.open(NPY, request(file), Map.of())) {
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 100);
            assertThat(source.next(buffer)).isTrue();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(128 + 16 * (rows - 10) + 8);
            }
            assertThatThrownBy(() -> {
                        while (source.next(buffer)) {
                            assertThat(buffer.rows()).isPositive();
                        }
                    })
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.line())
                                    .isEqualTo(file + ": the file is damaged: array 'a.npy' ends within row "
                                            + (rows - 9)));
        }
    }

    @Test
    void aHugeHeaderOrShapeAsksForNoMemory() {
        byte[] bytes = npy(2, 1, 2);
        bytes[6] = 2;
        bytes[11] = 0x7F;
        Path file = write(folder.resolve("a.npy"), bytes);
        assertThatThrownBy(() -> all(request(file))).hasMessageContaining("must have at most 65536 bytes but has");
        String text = new String(npy(2, 1, 2), StandardCharsets.ISO_8859_1);
        write(file, text.replace("(1, 2), }       ", "(0, 2000000000) }").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> all(request(file))).isInstanceOf(AccreteException.class);
    }

    @Test
    void infiniteNumbersAreBadRows() {
        Path file = write(folder.resolve("a.npy"), npy(2, 1, 2, Double.POSITIVE_INFINITY, 4, 5, -0.0));
        assertThatThrownBy(() -> all(request(file)))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line())
                                .isEqualTo(file
                                        + " row 2: column '1' must be a finite number or missing but was 'Infinity'"));
        assertThat(all(request(file).withBadRows(BadRows.skip(0.5, line -> {}))))
                .containsExactly("1.0 2.0", "5.0 0.0");
    }

    @Test
    void filesMustHaveTheSameColumns() {
        write(folder.resolve("a.npy"), npy(2, 1, 2));
        write(folder.resolve("b.npy"), npy(2, 3, 4));
        assertThat(all(request(folder))).containsExactly("1.0 2.0", "3.0 4.0");
        write(folder.resolve("c.npy"), npy(3, 5, 6, 7));
        assertThatThrownBy(() -> all(request(folder))).hasMessage("it has 3 columns but the first file has 2");
    }

    @Test
    void kindsOfColumnsCanBeGiven() {
        Path file = write(folder.resolve("a.npy"), npy(4, 1, 2, 3, 0, 4, Double.NaN, 6, 1, 7, 8, 9, 0));
        assertThat(all(request(file, "1=key", "2=weight").withTarget("4")))
                .containsExactly("3.0 1 w2.0 =00", "6.0 4 w1.0 =11", "9.0 7 w8.0 =00");
        assertThat(all(request(file, "1=ignore", "3=numeric(missing=6)").withTarget("4")))
                .containsExactly("2.0 3.0 =00", "NaN NaN =11", "8.0 9.0 =00");
        assertThat(all(request(file, "1=categorical(width=8)", "2=ignore"))).hasSize(3);
    }

    @Test
    void aStoredPlanOfACsvFileIsUsed() {
        ColumnPlan plan = ColumnPlan.parse("2=numeric\n1=numeric\n3=target(kind=categorical,classes=b|a)");
        Path file = write(folder.resolve("a.npy"), npy(2, 1, 2));
        assertThat(all(request(file).withPlan(plan, false))).containsExactly("2.0 1.0 =NaN");
        assertThatThrownBy(() -> all(request(file).withPlan(plan, true)))
                .hasMessageContaining("there is no column '3', the target");
    }
}
