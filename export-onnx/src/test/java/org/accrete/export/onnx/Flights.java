package org.accrete.export.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.learn.Model;
import org.accrete.api.param.Params;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;

/** The first 10,000 flights of the example, some cells of which are missing, with columns of every kind. */
final class Flights {
    static final PlugIns PLUG_INS = PlugIns.load();
    static final int ROWS = 10_000;

    /** How its columns are read unless a test says otherwise. */
    static final List<String> COLUMNS = List.of(
            "origin=categorical(width=300)",
            "destination=categorical(min-count=40)",
            "far=boolean(if-missing=no)",
            "distance=numeric(missing=-999,indicator=yes)",
            "seats=numeric(if-missing=100)",
            "delay=ignore",
            "delayed=ignore",
            "band=ignore");

    private static final String HEADER = "date,origin,destination,distance,far,seats,delay,delayed,band";

    private final Path file;
    private final List<String[]> cells = new ArrayList<>();
    private final Map<String, Encoded> encoded = new HashMap<>();

    Flights(Path folder, long seed) throws IOException {
        this(folder, seed, false);
    }

    /**
     * Makes flights.
     *
     * @param far whether some of the numbers are as far as numbers go
     */
    Flights(Path folder, long seed, boolean far) throws IOException {
        file = folder.resolve("flights-" + seed + far + ".csv");
        Random random = new Random(seed);
        Random farNumbers = new Random(seed);
        List<String> lines = new ArrayList<>(List.of(HEADER));
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Path.of("../examples/flights/flights-200k.csv.gz"))),
                StandardCharsets.UTF_8))) {
            reader.readLine();
            for (int row = 0; row < ROWS; row++) {
                String[] of = String.valueOf(reader.readLine()).split(",", -1);
                int delay = Integer.parseInt(of[4]);
                String[] made = {
                    of[0],
                    of[1],
                    of[2],
                    of[3],
                    Integer.parseInt(of[3]) > 1000 ? "yes" : "no",
                    String.valueOf(50 + random.nextInt(200)),
                    of[4],
                    of[5],
                    delay < 0 ? "early" : delay < 15 ? "in time" : "late"
                };
                for (int column = 0; column < 6; column++) {
                    if (row > 1000 && random.nextInt(20) == 0) {
                        made[column] = column == 3 && random.nextBoolean() ? "-999" : random.nextBoolean() ? "" : "NA";
                    }
                }
                for (int column = 3; column < 6 && far && row > 1000; column += 2) {
                    if (farNumbers.nextInt(10) == 0) {
                        double number = Math.pow(10, 95 + farNumbers.nextInt(214));
                        made[column] = String.valueOf(farNumbers.nextBoolean() ? number : -number);
                    }
                }
                cells.add(made);
                lines.add(String.join(",", made));
            }
        }
        Files.write(file, lines);
    }

    /** {@return a source of the rows} */
    ChunkSource open(String target, List<String> columns) {
        ChunkSourceProvider csv = PLUG_INS.sources().find("csv");
        List<Column> read = new ArrayList<>();
        columns.stream()
                .map(Column::parse)
                .filter(column -> !column.name().equals(target))
                .forEach(read::add);
        SourceRequest request = SourceRequest.of(file.toString()).withColumns(read);
        return csv.open(target.isEmpty() ? request : request.withTarget(target), Params.of(csv.params()));
    }

    /** What was learned of the rows, and the rows. */
    record Learned(Pipeline pipeline, Model model, ColumnPlan plan, Chunk rows) {}

    /** All rows, encoded. */
    private record Encoded(ColumnPlan plan, Chunk rows) {}

    private Encoded encode(String target, List<String> columns) {
        try (ChunkSource source = open(target, columns)) {
            ChunkBuffer all = new ChunkBuffer(source.schema(), ROWS);
            source.next(all);
            assertThat(all.chunk().rows()).isEqualTo(ROWS);
            return new Encoded(source.plan().orElseThrow(), all.chunk());
        }
    }

    private Encoded encoded(String target, List<String> columns) {
        return encoded.computeIfAbsent(target + columns, key -> encode(target, columns));
    }

    /** {@return all rows} */
    Chunk rows(String target, List<String> columns) {
        return encoded(target, columns).rows;
    }

    /** Learns all rows. */
    Learned learn(String target, List<String> columns, PipelineSpec spec) {
        Encoded known = encoded(target, columns);
        Chunk rows = known.rows;
        Pipeline pipeline = Pipeline.create(PLUG_INS, rows.schema(), spec);
        for (int from = 0; from < ROWS; from += 1000) {
            pipeline.partialFit(rows.slice(from, from + 1000));
        }
        return new Learned(pipeline, pipeline.snapshot(), known.plan, rows);
    }

    /** {@return the inputs of a graph, from the cells of the file} */
    Map<String, Object> inputs(ColumnPlan plan) {
        Map<String, Object> inputs = new HashMap<>();
        List<String> header = List.of(HEADER.split(","));
        for (Column column : plan.columns()) {
            int at = header.indexOf(column.name());
            if (column instanceof Column.Categorical) {
                inputs.put(
                        column.name(),
                        cells.stream().map(row -> new String[] {row[at]}).toArray(String[][]::new));
            } else if (at >= 0) {
                inputs.put(
                        column.name(),
                        cells.stream()
                                .map(row -> new double[] {number(column, row[at])})
                                .toArray(double[][]::new));
            }
        }
        return inputs;
    }

    private static double number(Column column, String cell) {
        if (cell.isEmpty() || cell.equals("NA") || column instanceof Column.Label) {
            return Double.NaN;
        }
        if (column instanceof Column.Bool) {
            return cell.equals("yes") ? 1 : 0;
        }
        if (column instanceof Column.DateTime) {
            return LocalDateTime.parse(cell.replace(' ', 'T')).toEpochSecond(ZoneOffset.UTC);
        }
        return column instanceof Column.Numeric ? Double.parseDouble(cell) : Double.NaN;
    }
}
