package org.accrete.io;

import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.rest;
import static org.accrete.io.IoFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link EncodedRowsWriter} writes is read back as the chunks that were written, bit for bit. */
@ExtendWith(RunSeed.class)
class EncodedRowsTest {
    private static final Map<String, ChunkSourceProvider> PROVIDERS = Map.of(
            "csv", new CsvSourceProvider(),
            "jsonl", new JsonLinesSourceProvider(),
            "libsvm", new LibSvmSourceProvider(),
            "npy", new NumpySourceProvider(),
            "npz", new NumpySourceProvider());
    /** More than the sample of 1,000, so that there are classes that it lacks. */
    private static final int ROWS = 1_200;

    @TempDir
    Path folder;

    /** What a random table has. */
    private record Table(boolean isSparse, boolean hasWeight, boolean hasKey, Target.Kind target) {}

    static Stream<String> endings() {
        return EncodedRowsWriter.ENDINGS.stream();
    }

    private static ChunkSource open(Path file, SourceRequest request) {
        String name = file.toString();
        ChunkSourceProvider provider = PROVIDERS.get(name.substring(name.lastIndexOf('.') + 1));
        return IoFixtures.open(provider, request, Map.of());
    }

    private static ChunkSource open(Path file) {
        return open(file, request(file));
    }

    private Path table(Table table, SeededRandom random) {
        StringBuilder text = new StringBuilder("n,d,b,\"quoted, \"\"name\",d.days,y");
        text.append(table.isSparse ? ",c,s" : "")
                .append(table.hasWeight ? ",w" : "")
                .append(",k\n");
        for (int row = 0; row < ROWS; row++) {
            double number = random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            text.append(random.nextInt(9) == 0 ? "NA" : Double.toString(number));
            text.append(
                    random.nextInt(9) == 0
                            ? ","
                            : ",20" + (10 + random.nextInt(80)) + "-03-0" + (1 + row % 9) + " 07:1" + row % 10);
            text.append(random.nextInt(9) == 0 ? "," : row % 2 == 0 ? ",yes" : ",no");
            text.append(',')
                    .append(random.nextInt(100) - 50)
                    .append(',')
                    .append(random.nextInt(3))
                    .append(',');
            text.append(target(table, random, row));
            if (table.isSparse) {
                text.append(random.nextInt(9) == 0 ? "," : ",Zürich " + random.nextInt(9))
                        .append(',');
                for (int i = 1; i <= 20; i++) {
                    text.append(random.nextInt(5) == 0 ? i + ":" + random.nextGaussian() + " " : "");
                }
            }
            if (table.hasWeight) {
                text.append(random.nextInt(9) == 0 ? "," : "," + random.nextDouble());
            }
            text.append(",\" key ").append(row % 7).append("\"\"\"\n");
        }
        return write(folder.resolve("raw.csv"), text.toString());
    }

    private static String target(Table table, SeededRandom random, int row) {
        if (random.nextInt(20) == 0) {
            return "";
        }
        return switch (table.target) {
            case NUMERIC -> Double.toString(random.nextGaussian() / 3);
            // The last two come up behind the sample only.
            case CATEGORICAL ->
                List.of("no", "7", "1e3", "\"mäh, \"\"#:\"", "late", "0.25").get(random.nextInt(row < 1_000 ? 4 : 6));
            case NONE -> "0";
        };
    }

    private static SourceRequest rawRequest(Path raw, Table table) {
        List<String> columns = new ArrayList<>(List.of(table.hasKey ? "k=key" : "k=ignore"));
        if (table.isSparse) {
            // Few columns, as .npy needs.
            columns.addAll(List.of("c=categorical(width=32)", "s=sparse(width=20)"));
        }
        if (table.hasWeight) {
            columns.add("w=weight");
        }
        SourceRequest request = request(raw, columns.toArray(String[]::new));
        return table.target == Target.Kind.NONE ? request : request.withTarget("y");
    }

    /** Writes all rows of a source and the file beside them. */
    private static PlanFile convert(ChunkSource source, Path file, int chunkRows) {
        try (EncodedRowsWriter writer =
                EncodedRowsWriter.open(file, file, source.plan().orElseThrow())) {
            ChunkBuffer buffer = IoFixtures.buffer(source, chunkRows);
            while (source.next(buffer)) {
                writer.write(buffer);
            }
            PlanFile made = writer.finish();
            write(EncodedRowsWriter.planFile(file), made.toJson());
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    void anyTableIsReadBackBitForBit(String ending) {
        boolean canKeepKeys = ending.equals("csv") || ending.equals("jsonl");
        for (int i = 0; i < 12; i++) {
            SeededRandom random = RunSeed.random(ending + i);
            Table table = new Table(
                    i % 2 == 0, i % 3 != 0, canKeepKeys && i % 4 < 2, Target.Kind.values()[random.nextInt(3)]);
            Path raw = table(table, random);
            Path file = folder.resolve(i + "." + ending);
            try (ChunkSource source = open(raw, rawRequest(raw, table))) {
                convert(source, file, 1 + random.nextInt(500));
            }
            try (ChunkSource source = open(raw, rawRequest(raw, table));
                    ChunkSource encoded = open(file)) {
                assertThat(encoded.schema()).as(table.toString()).isEqualTo(source.schema());
                assertThat(encoded.plan()).isEqualTo(source.plan());
                assertThat(rest(encoded, 1 + random.nextInt(500)))
                        .as(table.toString())
                        .hasSize(ROWS)
                        .isEqualTo(rest(source, 100));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aPositionIsGoneBackToAndAModelsPlanIsTaken(String ending) {
        Table table = new Table(true, true, false, Target.Kind.CATEGORICAL);
        SeededRandom random = RunSeed.random("seek" + ending);
        Path raw = table(table, random);
        Path file = folder.resolve("t." + ending);
        try (ChunkSource source = open(raw, rawRequest(raw, table))) {
            convert(source, file, 100);
        }
        List<String> all;
        ColumnPlan grown;
        Position position;
        int before = 1 + random.nextInt(ROWS - 2);
        try (ChunkSource source = open(file)) {
            ChunkBuffer buffer = IoFixtures.buffer(source, before);
            assertThat(source.next(buffer)).isTrue();
            position = buffer.position();
            all = rest(source, 50);
            ChunkBuffer last = IoFixtures.buffer(source, 1);
            grown = source.plan().orElseThrow();
            assertThat(source.next(last)).isFalse();
        }
        try (ChunkSource source = open(file)) {
            source.seek(Position.parse(position.toText()));
            assertThat(rest(source, 77)).isEqualTo(all);
        }
        // As a model knows them that has seen other rows before.
        ColumnPlan known = grown.withClasses(List.of("late", "other", "no", "7", "1e3", "mäh, \"#:", "0.25"));
        try (ChunkSource source = open(raw, request(raw).withPlan(known, true));
                ChunkSource encoded = open(file, request(file).withPlan(known, true))) {
            assertThat(rest(encoded, 100)).isEqualTo(rest(source, 100));
        }
        // As for predictions.
        try (ChunkSource encoded = open(file, request(file).withPlan(known, false))) {
            assertThat(rest(encoded, 100)).hasSize(ROWS);
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    void rowsOfNothingAreRows(String ending) {
        Path raw = write(folder.resolve("raw.csv"), "c,s\n" + "a,1:1\nb,\n".repeat(20) + "NA,\nNA,NA\n");
        SourceRequest wanted = request(raw, "c=categorical(width=4)", "s=sparse(width=3)");
        Path file = folder.resolve("t." + ending);
        try (ChunkSource source = open(raw, wanted)) {
            convert(source, file, 7);
        }
        try (ChunkSource source = open(raw, wanted);
                ChunkSource encoded = open(file)) {
            assertThat(rest(encoded, 7)).hasSize(42).isEqualTo(rest(source, 7));
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    void convertingAgainChangesNothing(String ending) {
        Table table = new Table(true, true, false, Target.Kind.CATEGORICAL);
        Path raw = table(table, RunSeed.random("again" + ending));
        Path first = folder.resolve("first.npz");
        Path second = folder.resolve("second." + ending);
        try (ChunkSource source = open(raw, rawRequest(raw, table))) {
            convert(source, first, 100);
        }
        try (ChunkSource source = open(first)) {
            convert(source, second, 30);
        }
        try (ChunkSource one = open(first);
                ChunkSource other = open(second)) {
            assertThat(other.plan()).isEqualTo(one.plan());
            assertThat(rest(other, 100)).isEqualTo(rest(one, 100));
        }
    }

    @Test
    void anotherRequestThanTheRowsWereMadeByIsRefused() {
        Path file = fixture("npz");
        assertRefused(file, request(file).withTarget("z"), "their target is 'y'; leave out --target z");
        assertRefused(file, request(file, "c=ignore"), "column c=categorical(width=4); leave out --column c=ignore");
        try (ChunkSource source = open(file, request(file, "c=categorical", "y=categorical", "w=weight"))) {
            assertThat(rest(source, 2)).hasSize(4);
        }
        ColumnPlan other = new ColumnPlan(List.of(Column.parse("n=numeric"), Column.parse("c=categorical(width=8)")));
        assertRefused(
                file,
                request(file).withPlan(other, true),
                "encoded by another column plan: column c=categorical(width=4), but here column"
                        + " c=categorical(width=8)");
    }

    private static void assertRefused(Path file, SourceRequest request, String message) {
        assertThatThrownBy(() -> open(file, request).close())
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aFileOfAnotherLengthThanItsPlanSaysIsRefused() throws IOException {
        Path file = fixture("csv");
        Files.writeString(file, Files.readString(file) + "1,0:0,1,no\n");
        assertRefused(file, request(file), "one of them was changed");
    }

    @Test
    void filesAreReadTogetherIfTheyAreEncodedAlike() throws IOException {
        Path one = fixture("libsvm");
        Path two = folder.resolve("u.libsvm");
        Files.copy(one, two);
        SourceRequest both = request(folder.resolve("*.libsvm"));
        assertRefused(one, both, "not encoded as");
        Files.copy(EncodedRowsWriter.planFile(one), EncodedRowsWriter.planFile(two));
        try (ChunkSource source = IoFixtures.open(new LibSvmSourceProvider(), both, Map.of())) {
            assertThat(rest(source, 3)).hasSize(8);
        }
    }

    /** Four rows that {@code check_encoded.py} knows. */
    private Path fixture(String ending) {
        Path raw =
                write(folder.resolve("raw.csv"), "n,c,w,y\n0.1,a,2,no\nNA,b,0.5,yes\n-3,NA,1,NA\n1e300,a,0,Zürich\n");
        Path file = folder.resolve("t." + ending);
        ColumnPlan plan = ColumnPlan.parse(
                "n=numeric\nc=categorical(width=4)\nw=weight\ny=target(kind=categorical,classes=no|yes)");
        try (ChunkSource source = open(raw, request(raw).withPlan(plan, true))) {
            convert(source, file, 3);
        }
        return file;
    }

    private static byte[] committed(String name) throws IOException {
        try (var in = EncodedRowsTest.class.getResourceAsStream("encoded/" + name)) {
            if (in == null) {
                throw new IOException("no fixture " + name);
            }
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "libsvm"})
    void theFormatIsThatOfTheCommittedFiles(String ending) throws IOException {
        byte[] made = Files.readAllBytes(fixture(ending));
        if (Boolean.getBoolean("accrete.update")) {
            write(Path.of("src/test/resources/org/accrete/io/encoded/rows." + ending), made);
        }
        byte[] committed = committed("rows." + ending);
        if (ending.equals("npz")) {
            // What is packed depends on the version of zlib.
            assertThat(arrays(made).keySet())
                    .containsExactlyElementsOf(arrays(committed).keySet());
            arrays(made)
                    .forEach((name, bytes) -> assertThat(bytes)
                            .as(name)
                            .isEqualTo(arrays(committed).get(name)));
        } else {
            assertThat(made).isEqualTo(committed);
        }
    }

    private static Map<String, byte[]> arrays(byte[] archive) {
        Map<String, byte[]> arrays = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new java.io.ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                arrays.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return arrays;
    }

    /** {@return the numbers of an array, read by nothing of ours} */
    private static double[] numbers(byte[] array, String type, String shape) {
        ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(array).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0);
        int begin = 10 + bytes.getShort(8);
        assertThat(begin % 64).isZero();
        String header = new String(array, 10, begin - 10, StandardCharsets.US_ASCII);
        assertThat(header)
                .endsWith("\n")
                .startsWith("{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }");
        bytes.position(begin);
        List<Double> numbers = new ArrayList<>();
        while (bytes.hasRemaining()) {
            numbers.add(
                    switch (type) {
                        case "<f8" -> bytes.getDouble();
                        case "<i8" -> (double) bytes.getLong();
                        default -> (double) bytes.getInt();
                    });
        }
        return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @Test
    void anIndependentReaderFindsTheNumbers() throws IOException {
        double nan = Double.NaN;
        // Murmur3 of a and b, modulo 4, as the sparse chunk has them.
        List<Integer> hot = new ArrayList<>();
        try (ChunkSource source = open(fixture("npz"))) {
            ChunkBuffer buffer = IoFixtures.buffer(source, 2);
            assertThat(source.next(buffer)).isTrue();
            Chunk chunk = buffer.chunk();
            for (int row = 0; row < 2; row++) {
                hot.add(((SparseChunk) chunk).indices()[((SparseChunk) chunk).end(row) - 1]);
            }
        }
        int a = hot.get(0);
        int b = hot.get(1);
        double[][] rows = {{0.1, 0, 0, 0, 0}, {nan, 0, 0, 0, 0}, {-3, 0, 0, 0, 0}, {1e300, 0, 0, 0, 0}};
        rows[0][a] = 1;
        rows[1][b] = 1;
        rows[3][a] = 1;
        double[] weights = {2, 0.5, 1, 0};
        double[] targets = {0, 1, nan, 2};
        List<Double> matrix = new ArrayList<>();
        for (int row = 0; row < 4; row++) {
            for (double value : rows[row]) {
                matrix.add(value);
            }
            matrix.add(weights[row]);
            matrix.add(targets[row]);
        }
        assertThat(numbers(Files.readAllBytes(fixture("npy")), "<f8", "4, 7"))
                .containsExactly(
                        matrix.stream().mapToDouble(Double::doubleValue).toArray());
        Map<String, byte[]> arrays = arrays(Files.readAllBytes(fixture("npz")));
        assertThat(numbers(arrays.getOrDefault("shape.npy", new byte[0]), "<i8", "2,"))
                .containsExactly(4, 5);
        assertThat(numbers(arrays.getOrDefault("indptr.npy", new byte[0]), "<i8", "5,"))
                .containsExactly(0, 2, 4, 5, 7);
        assertThat(numbers(arrays.getOrDefault("indices.npy", new byte[0]), "<i4", "7,"))
                .containsExactly(0, a, 0, b, 0, 0, a);
        assertThat(numbers(arrays.getOrDefault("data.npy", new byte[0]), "<f8", "7,"))
                .containsExactly(0.1, 1, nan, 1, -3, 1e300, 1);
        assertThat(numbers(arrays.getOrDefault("weight.npy", new byte[0]), "<f8", "4,"))
                .containsExactly(weights);
        assertThat(numbers(arrays.getOrDefault("y.npy", new byte[0]), "<f8", "4,"))
                .containsExactly(targets);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 1:2 # weight=1", "nan 1:2 # weight=1", "1 # weight=2"})
    void goodLinesAreRead(String line) throws IOException {
        assertThat(libSvm(line)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3 1:2 # weight=1",
                "x 1:2 # weight=1",
                "0 1:2",
                "0 1:2 1:3 # weight=1",
                "0 6:1 # weight=1",
                "0 0:1 # weight=1",
                "0 2:nan # weight=1",
                "0 1:inf # weight=1",
                "0 1:2 # weight=-1",
                "1:2 # weight=1"
            })
    void badLinesAreBadRows(String line) {
        assertThatThrownBy(() -> libSvm(line))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.line()).contains("t.libsvm line 1: "));
    }

    private List<String> libSvm(String line) throws IOException {
        Path file = fixture("libsvm");
        Files.writeString(file, line + "\n");
        PlanFile plan = PlanFile.read(EncodedRowsWriter.planFile(file));
        PlanFile changed = new PlanFile(
                plan.plan(),
                Optional.of(new PlanFile.Encoded(
                        Files.size(file), plan.encoded().orElseThrow().classes())));
        write(EncodedRowsWriter.planFile(file), changed.toJson());
        try (ChunkSource source = open(file)) {
            return rest(source, 3);
        }
    }

    @Test
    void aBadRowOfAMatrixIsDropped() throws IOException {
        Path file = fixture("npy");
        byte[] bytes = Files.readAllBytes(file);
        // The target of the second row, and a feature of the third.
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(128 + 8 * 13, 3.0)
                .putDouble(128 + 8 * 14, Double.POSITIVE_INFINITY);
        write(file, bytes);
        List<String> told = new ArrayList<>();
        try (ChunkSource source = open(file, request(file).withBadRows(BadRows.skip(0.5, told::add)))) {
            assertThat(rest(source, 3)).hasSize(2);
        }
        assertThat(told.toString())
                .contains("t.npy row 2: the target must be the number of one of the 3 classes", "t.npy row 3: ");
    }

    @Test
    void whatDoesNotFitAnEndingIsRefused() {
        ColumnPlan wide = ColumnPlan.parse("n=numeric\nc=categorical(width=16384)\nk=key");
        assertThatThrownBy(() -> EncodedRowsWriter.require(Path.of("t.npz"), wide))
                .hasMessageContaining("no room for keys, here k; write a .csv or .jsonl file");
        ColumnPlan keyless = ColumnPlan.parse("n=numeric\nc=categorical(width=16384)");
        assertThatThrownBy(() -> EncodedRowsWriter.require(Path.of("t.npy"), keyless))
                .hasMessageContaining("each row has 16385 columns", "write a .npz or .libsvm file");
        assertThatThrownBy(() -> EncodedRowsWriter.require(Path.of("t.txt"), keyless))
                .hasMessageContaining(".npy, .npz, .libsvm, .jsonl, .csv but it is 't.txt'");
        EncodedRowsWriter.require(Path.of("t.csv"), wide);
    }
}
