package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.accrete.api.store.State;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed at random times and resumed ends with the same tensors as a run that was never stopped. */
class KillAndResumeIT {
    private static final int KILLS = 3;
    /** Of kinds that share their reader with another one. */
    private static final int FEW_KILLS = 2;

    private static final String ROWS = "--rows=" + KillAndResume.ROWS;

    @TempDir
    private Path directory;

    @Test
    void ofACompressedFile() throws Exception {
        killAndResumeFlights(Command.FLIGHTS.toString(), KILLS, ROWS);
    }

    @Test
    void ofADirectoryPackedByZstd() throws Exception {
        Path parts = Files.createDirectory(directory.resolve("parts"));
        split(parts, 3);
        for (int f = 0; f < 3; f++) {
            Path part = parts.resolve("part-" + f + ".csv");
            try (OutputStream out =
                    new ZstdOutputStream(Files.newOutputStream(parts.resolve("part-" + f + ".csv.zst")))) {
                Files.copy(part, out);
            }
            Files.delete(part);
        }
        killAndResumeFlights(parts.toString(), FEW_KILLS);
    }

    @Test
    void ofAGlobOfFiles() throws Exception {
        Path parts = Files.createDirectory(directory.resolve("parts"));
        split(parts, 28);
        killAndResumeFlights(parts + "/*.csv", KILLS, "--progressive");
    }

    /** Chunks of 250 rows and batches of 96 rows, so that most versions store the rows of an incomplete batch. */
    @Test
    void ofANetwork() throws Exception {
        killAndResumeFlights(
                Command.FLIGHTS.toString(),
                KILLS,
                ROWS,
                "--learner=mlp-classifier",
                "--set=hidden=16",
                "--set=batch-size=96",
                "--set=dropout=0.1");
    }

    @Test
    void ofJsonLines() throws Exception {
        Path file = directory.resolve("flights.jsonl");
        KillAndResume.convert(
                file,
                "",
                (number, cells) -> "{\"date\":\"" + cells[0] + "\",\"origin\":\"" + cells[1] + "\",\"destination\":\""
                        + cells[2] + "\",\"distance\":" + cells[3] + ",\"delayed\":" + cells[5] + "}\n");
        assertThat(killAndResume(file.toString(), FEW_KILLS, "--target", "delayed")
                        .tensors())
                .isEqualTo(KillAndResume.tensorsOfCsv(directory));
    }

    @Test
    void ofArff() throws Exception {
        Path file = directory.resolve("flights.arff");
        String header = "@relation flights\n@attribute date date 'yyyy-MM-dd HH:mm'\n@attribute origin string\n"
                + "@attribute destination string\n@attribute distance numeric\n@attribute delayed {0,1}\n@data\n";
        KillAndResume.convert(
                file,
                header,
                (number, cells) ->
                        "'" + cells[0] + "'," + cells[1] + "," + cells[2] + "," + cells[3] + "," + cells[5] + "\n");
        assertThat(killAndResume(file.toString(), FEW_KILLS, "--target", "delayed")
                        .tensors())
                .isEqualTo(KillAndResume.tensorsOfCsv(directory));
    }

    @Test
    void ofLibSvm() throws Exception {
        Path file = directory.resolve("flights.svm");
        KillAndResume.convert(
                file,
                "",
                (number, cells) -> cells[5] + " 1:" + cells[3] + " " + (2 + Math.floorMod(cells[1].hashCode(), 500))
                        + ":1 " + (502 + Math.floorMod(cells[2].hashCode(), 500)) + ":1\n");
        killAndResume(file.toString(), FEW_KILLS);
    }

    @Test
    void ofNumpy() throws Exception {
        List<double[]> rows = new ArrayList<>();
        KillAndResume.convert(directory.resolve("unused"), "", (number, cells) -> {
            rows.add(new double[] {
                Double.parseDouble(cells[3]),
                cells[1].hashCode(),
                cells[2].hashCode(),
                number,
                Double.parseDouble(cells[5])
            });
            return "";
        });
        String header = "{'descr': '>f8', 'fortran_order': False, 'shape': (" + rows.size() + ", 5), }";
        header += " ".repeat(117 - header.length()) + "\n";
        ByteBuffer bytes = ByteBuffer.allocate(128 + 40 * rows.size());
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        rows.forEach(row -> {
            for (double value : row) {
                bytes.putDouble(value);
            }
        });
        Path file = Files.write(directory.resolve("flights.npy"), bytes.array());
        killAndResume("npy:" + file + "?target=last", KILLS);
    }

    /** Row groups hold some thousand rows, so that most versions are within one. */
    @Test
    void ofParquet() throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType(
                "message flights { required int64 date (TIMESTAMP(MICROS,false)); required binary origin (STRING);"
                        + " required binary destination (STRING); required int32 distance;"
                        + " required binary delay (STRING); required int32 delayed; }");
        Path file = directory.resolve("flights.parquet");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withType(schema)
                .withRowGroupRowCountLimit(7_000)
                .withCompressionCodec(CompressionCodecName.SNAPPY)
                .build()) {
            KillAndResume.convert(directory.resolve("unused"), "", (number, cells) -> {
                Group row = new SimpleGroup(schema);
                LocalDateTime date = LocalDateTime.parse(cells[0].replace(' ', 'T'));
                row.add(0, date.toEpochSecond(ZoneOffset.UTC) * 1_000_000);
                row.add(1, cells[1]);
                row.add(2, cells[2]);
                row.add(3, Integer.parseInt(cells[3]));
                row.add(4, cells[4]);
                row.add(5, Integer.parseInt(cells[5]));
                writer.write(row);
                return "";
            });
        }
        assertThat(killAndResume(file.toString(), KILLS, "--target", "delayed", "--column", "delay=ignore")
                        .tensors())
                .isEqualTo(KillAndResume.tensorsOfCsv(directory));
    }

    /** Bad rows are read ahead of the rows that are learned, so a killed run has kept some that no version knows. */
    @Test
    void ofARunThatKeepsBadRows() throws Exception {
        Path file = directory.resolve("flights.csv");
        KillAndResume.convert(
                file,
                "date,origin,destination,distance,delayed\n",
                (number, cells) -> cells[0] + "," + cells[1] + "," + cells[2] + ","
                        + (number % 31 == 17 && number > 1_000 ? "oops" : cells[3]) + ","
                        + (number % 37 == 19 && number > 1_000 ? "new" : cells[5]) + "\n");
        new KillAndResume(directory, KILLS)
                .run(
                        file.toString(),
                        KillAndResume.VERSIONS,
                        "--target=delayed",
                        "--set=new-classes=reject",
                        "--bad-rows=skip=50%,quarantine=" + KillAndResume.STORE + ".jsonl");
        List<String> once = sorted(directory.resolve("whole.jsonl"));
        assertThat(once).hasSizeGreaterThan(1_300).doesNotHaveDuplicates();
        for (int attempt = 0; Files.exists(directory.resolve("killed-" + attempt)); attempt++) {
            assertThat(sorted(directory.resolve("killed-" + attempt + ".jsonl")))
                    .isEqualTo(once);
        }
    }

    private static List<String> sorted(Path file) throws IOException {
        return Files.readAllLines(file).stream().sorted().toList();
    }

    private void killAndResumeFlights(String source, int kills, String... more) throws Exception {
        List<String> all = new ArrayList<>(List.of("--target", "delayed", "--column", "delay=ignore"));
        all.addAll(List.of(more));
        killAndResume(source, kills, all.toArray(String[]::new));
    }

    private State killAndResume(String source, int kills, String... more) throws Exception {
        return new KillAndResume(directory, kills).run(source, KillAndResume.VERSIONS, more);
    }

    private static void split(Path directory, int files) throws IOException {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(Command.FLIGHTS))))) {
            String header = in.readLine();
            List<String> rows = in.lines().limit(KillAndResume.ROWS).toList();
            for (int f = 0; f < files; f++) {
                try (BufferedWriter out = Files.newBufferedWriter(directory.resolve("part-" + f + ".csv"))) {
                    out.write(header + "\n");
                    int to = (int) ((long) rows.size() * (f + 1) / files);
                    for (int i = (int) ((long) rows.size() * f / files); i < to; i++) {
                        out.write(rows.get(i) + "\n");
                    }
                }
            }
        }
    }
}
