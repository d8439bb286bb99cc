package org.accrete.export.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Model;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.source.Sources;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The graph encodes raw columns as the encoder does, seen through a step that changes nothing of most columns. */
@ExtendWith(RunSeed.class)
class InputsTest {
    private static final int ROWS = 2_000;

    @TempDir
    private Path folder;

    /** Exports a step that leaves columns as they are, and compares it with the encoder. */
    private static void compare(
            ColumnPlan plan, List<Map<String, Object>> records, Map<String, Object> inputs, Hashing hashing)
            throws Exception {
        RecordEncoder encoder = new RecordEncoder(plan, false);
        ChunkBuffer rows = new ChunkBuffer(encoder.schema(), records.size());
        records.forEach(record -> encoder.encode(record, rows));
        Pipeline pipeline = Pipeline.create(
                Flights.PLUG_INS,
                encoder.schema(),
                new PipelineSpec("polynomial-features", List.of(), Map.of("include-bias", "true")));
        pipeline.partialFit(rows.chunk());
        try (Exported exported = new Exported(pipeline.snapshot(), Optional.of(plan), hashing)) {
            exported.compare(inputs, rows.chunk(), 0);
        }
    }

    private static List<Map<String, Object>> records(String column, List<?> values) {
        List<Map<String, Object>> records = new ArrayList<>();
        for (Object value : values) {
            Map<String, Object> record = new HashMap<>();
            record.put(column, value);
            records.add(record);
        }
        return records;
    }

    @Test
    void daysOfAllYearsAreExact() throws Exception {
        SeededRandom random = RunSeed.random("days");
        long first = LocalDateTime.of(0, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC);
        long last = LocalDateTime.of(9999, 12, 31, 23, 59, 59).toEpochSecond(ZoneOffset.UTC);
        double[][] seconds = new double[ROWS][1];
        List<LocalDateTime> dates = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            long at = first + (long) (random.nextDouble() * (last - first));
            if (row < 800) {
                // The days around the turn of a year, also of centuries.
                at = LocalDateTime.of(25 * (row / 2), 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC) - row % 2;
                at = Math.max(at, first);
            }
            seconds[row][0] = at;
            dates.add(LocalDateTime.ofEpochSecond(at, 0, ZoneOffset.UTC));
        }
        seconds[5][0] = Double.NaN;
        dates.set(5, null);
        for (String settings :
                List.of("first-day=1999-03-01", "first-day=1999-03-01,if-missing=2001-02-03,indicator=yes")) {
            ColumnPlan plan = new ColumnPlan(List.of(Column.parse("when=datetime(" + settings + ")")));
            compare(plan, records("when", dates), Map.of("when", seconds), Hashing.INSIDE);
        }
    }

    @Test
    void textsOfAnyAlphabetAreHashedInsideAndOutside() throws Exception {
        SeededRandom random = RunSeed.random("texts");
        List<String> texts = new ArrayList<>(Arrays.asList("", "NA", "?", "nan", "x", "Zürich", "東京"));
        while (texts.size() < ROWS) {
            StringBuilder text = new StringBuilder("a");
            for (int i = random.nextInt(12); i > 0; i--) {
                text.appendCodePoint(33 + random.nextInt(0xD000));
            }
            texts.add(text.append('z').toString());
        }
        String[][] column = texts.stream().map(text -> new String[] {text}).toArray(String[][]::new);
        for (String kind : List.of(
                "categorical(width=1000)",
                "categorical(width=256,missing=%3F,if-missing=x)",
                "categorical(width=64,if-missing=reject)",
                "categorical(values=x|Zürich,missing=%3F)")) {
            ColumnPlan plan = new ColumnPlan(List.of(Column.parse("text=" + kind), new Column.Numeric("n")));
            List<Map<String, Object>> records = records("text", texts);
            double[][] numbers = new double[ROWS][1];
            boolean rejects = kind.contains("reject");
            for (int row = 0; row < ROWS; row++) {
                records.get(row).put("n", numbers[row][0] = row);
                if (rejects && row < 4) {
                    records.get(row).put("text", "x");
                }
            }
            String[][] given = column.clone();
            if (rejects) {
                Arrays.fill(given, 0, 4, new String[] {"x"});
            }
            compare(plan, records, Map.of("text", given, "n", numbers), Hashing.INSIDE);
            if (kind.contains("width")) {
                RecordEncoder encoder = new RecordEncoder(plan, false);
                ChunkBuffer rows = new ChunkBuffer(encoder.schema(), ROWS);
                records.forEach(record -> encoder.encode(record, rows));
                long[] places = new RowsOfGraph(rows.chunk()).categories.get("text");
                long[][] outside = Arrays.stream(places)
                        .mapToObj(place -> new long[] {place})
                        .toArray(long[][]::new);
                compare(plan, records, Map.of("text", outside, "n", numbers), Hashing.OUTSIDE);
            }
        }
    }

    @Test
    void crossesWordsAndSparseColumnsAreHashedOutside() throws Exception {
        Path file = folder.resolve("rows.csv");
        Files.writeString(file, "a,b,words,y\n" + "red,1,the red one,1.5\nblue,2,a blue one,2\nNA,2,,3\n".repeat(20));
        var csv = Flights.PLUG_INS.sources().find("csv");
        var request = org.accrete.api.data.SourceRequest.of(file.toString())
                .withTarget("y")
                .withColumns(List.of(
                        Column.parse("a=categorical(width=16)"),
                        Column.parse("b=categorical(values=1|2)"),
                        Column.parse("words=text(width=32)"),
                        Column.parse("a*b=cross(columns=a|b,width=64)"),
                        Column.parse("y=numeric")));
        try (ChunkSource source = csv.open(request, org.accrete.api.param.Params.of(csv.params()))) {
            ChunkBuffer rows = new ChunkBuffer(source.schema(), 60);
            source.next(rows);
            Pipeline pipeline = Pipeline.create(
                    Flights.PLUG_INS, source.schema(), new PipelineSpec("sgd-regressor", List.of(), Map.of()));
            pipeline.partialFit(rows.chunk());
            RowsOfGraph encoded = new RowsOfGraph(rows.chunk());
            double[][] words = new double[60][32];
            long[][] cross = new long[60][1];
            String[][] a = new String[60][1];
            String[][] b = new String[60][1];
            for (int row = 0; row < 60; row++) {
                System.arraycopy(encoded.numbers, 32 * row, words[row], 0, 32);
                cross[row][0] = encoded.categories.get("a*b")[row];
                a[row][0] = List.of("red", "blue", "NA").get(row % 3);
                b[row][0] = List.of("1", "2", "2").get(row % 3);
            }
            try (Exported exported = new Exported(pipeline.snapshot(), source.plan(), Hashing.INSIDE)) {
                exported.compare(Map.of("words", words, "a*b", cross, "a", a, "b", b), rows.chunk(), 1e-12);
            }
        }
    }

    @Test
    void rowsOfNumbersAreOneInputWithoutAPlan() throws Exception {
        SeededRandom random = RunSeed.random("numbers");
        double[][] x = new double[ROWS][7];
        String[] y = new String[ROWS];
        for (int row = 0; row < ROWS; row++) {
            Arrays.setAll(x[row], j -> random.nextGaussian());
            y[row] = x[row][1] > 0.5 ? "high" : x[row][2] > 0 ? "middle" : "low";
        }
        ChunkSource source = Sources.of(x, y);
        Pipeline pipeline = Pipeline.create(
                Flights.PLUG_INS, source.schema(), new PipelineSpec("sgd-classifier", List.of(), Map.of()));
        ChunkBuffer rows = new ChunkBuffer(source.schema(), ROWS);
        source.next(rows);
        pipeline.partialFit(rows.chunk());
        Chunk chunk = rows.chunk();
        try (Exported exported = new Exported(pipeline.snapshot(), Optional.empty(), Hashing.INSIDE)) {
            exported.compare(Map.of("X", x), chunk, 1e-12);
            exported.compare(Map.of("X", Arrays.copyOf(x, 1)), chunk.slice(0, 1), 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sgd-classifier",
                "naive-bayes",
                "mlp-classifier",
                "hoeffding-tree-classifier",
                "adaptive-random-forest-classifier",
                "gradient-boosted-trees-classifier",
                "bagging",
                "k-nearest-neighbours"
            })
    void aClassifierOfOneClassSaysIt(String learner) throws Exception {
        ChunkSource source = Sources.of(new double[][] {{1}, {2}}, new String[] {"only", "only"});
        Pipeline pipeline = Pipeline.create(
                Flights.PLUG_INS,
                source.schema().withClasses(List.of()),
                new PipelineSpec(learner, List.of(), Map.of()));
        assertThatThrownBy(() -> OnnxExport.of(pipeline.snapshot(), Optional.empty(), Hashing.INSIDE, Map.of()))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("it knows no class yet");
        ChunkBuffer rows = new ChunkBuffer(source.schema(), 2);
        source.next(rows);
        pipeline.partialFit(rows.chunk());
        try (Exported exported = new Exported(pipeline.snapshot(), Optional.empty(), Hashing.INSIDE)) {
            exported.compare(Map.of("X", new double[][] {{1}, {2}}), rows.chunk(), 1e-12);
        }
    }

    /** Thirds are rounded, so that only sums in the same order tie where those of the model tie. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 16, 29, 43})
    void equallyNearRowsAreEquallyNearInTheGraph(int width) throws Exception {
        SeededRandom random = RunSeed.random("ties");
        double[][] x = new double[500][width];
        double[] y = new double[x.length];
        for (int row = 0; row < x.length; row++) {
            Arrays.setAll(x[row], j -> random.nextInt(40) == 0 ? Double.NaN : random.nextInt(3) / 3.0);
            y[row] = random.nextInt(1000);
        }
        Pipeline pipeline = trained("k-nearest-neighbours", Sources.of(x, y));
        try (Exported exported = new Exported(pipeline.snapshot(), Optional.empty(), Hashing.INSIDE)) {
            exported.compare(Map.of("X", x), read(Sources.of(x, y)).chunk(), 1e-12);
        }
    }

    @Test
    void quantilesOfColumnsWithoutSpreadAreExported() throws Exception {
        double[][] x = new double[100][4];
        for (int row = 0; row < x.length; row++) {
            x[row][0] = Double.NaN;
            x[row][1] = 5;
            x[row][2] = row % 2 == 0 ? Double.MIN_VALUE : 0;
            x[row][3] = row == 0 ? -Double.MAX_VALUE : Double.MAX_VALUE;
        }
        double[][] others = new double[x.length][];
        double[] some = {
            Double.NaN,
            -1e300,
            -5,
            -Double.MIN_VALUE,
            0,
            Double.MIN_VALUE,
            2 * Double.MIN_VALUE,
            5,
            Math.nextUp(5),
            1e300
        };
        for (int row = 0; row < x.length; row++) {
            double value = some[row % some.length];
            others[row] = new double[] {value, value, value, value};
        }
        Pipeline pipeline = trained("quantile-scaler", Sources.of(x, new double[x.length]));
        ChunkBuffer rows = read(Sources.of(others, new double[x.length]));
        try (Exported exported = new Exported(pipeline.snapshot(), Optional.empty(), Hashing.INSIDE)) {
            exported.compare(Map.of("X", others), rows.chunk(), 1e-12);
        }
    }

    private static ChunkBuffer read(ChunkSource source) {
        ChunkBuffer rows = new ChunkBuffer(source.schema(), ROWS);
        source.next(rows);
        return rows;
    }

    private static Pipeline trained(String learner, ChunkSource source) {
        Pipeline pipeline =
                Pipeline.create(Flights.PLUG_INS, source.schema(), new PipelineSpec(learner, List.of(), Map.of()));
        pipeline.partialFit(read(source).chunk());
        return pipeline;
    }

    @Test
    void aModelWithoutOperationsIsRefusedInOneLine() {
        Schema schema = Schema.numeric(2, Target.none());
        Model stranger = () -> schema;
        assertThatThrownBy(() -> OnnxExport.of(stranger, Optional.empty(), Hashing.INSIDE, Map.of()))
                .isInstanceOf(AccreteException.class)
                .hasMessage("the model cannot be exported: learner does not say what it computes in standard"
                        + " operations; serve it with accrete serve instead");
    }

    @Test
    void sameModelSameBytes() {
        ChunkSource source = Sources.of(new double[][] {{1}, {2}}, new double[] {3, 4});
        Pipeline pipeline = Pipeline.create(
                Flights.PLUG_INS, source.schema(), new PipelineSpec("sgd-regressor", List.of(), Map.of()));
        byte[] bytes = OnnxExport.of(pipeline.snapshot(), Optional.empty(), Hashing.INSIDE, Map.of("b", "1", "a", "2"));
        assertThat(OnnxExport.of(pipeline.snapshot(), Optional.empty(), Hashing.INSIDE, Map.of("a", "2", "b", "1")))
                .isEqualTo(bytes);
    }
}
