package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.accrete.api.SeededRandom;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Bad rows are kept in a file with their places, whoever refuses them. */
@ExtendWith(RunSeed.class)
final class QuarantineTest {
    @TempDir
    private Path folder;

    private Path bad() {
        return folder.resolve("bad.jsonl");
    }

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private Outcome train(String source, String model, String... more) {
        List<String> all = new ArrayList<>(List.of("train", source, "--model", model, "--target", "y"));
        all.addAll(List.of(more));
        return accrete(all.toArray(String[]::new));
    }

    private List<Map<String, Object>> kept() throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String line : Files.readAllLines(bad())) {
            rows.add(new Outcome(0, line, "").json());
        }
        return rows;
    }

    /**
     * Rows of two files of which some are bad for the source, some for the learner; and what should be kept of them.
     */
    private Map<String, Object> twoFiles(SeededRandom random) throws IOException {
        Map<String, Object> expected = new TreeMap<>();
        Files.createDirectories(folder.resolve("data"));
        for (String name : List.of("a.csv", "b.csv")) {
            Path file = folder.resolve("data").resolve(name);
            StringBuilder text = new StringBuilder("x,w,y\n");
            for (int line = 2; line < 9_000; line++) {
                int what = line < 2_000 ? 9 : random.nextInt(60);
                String x = what == 0 ? "oops" : Double.toString(random.nextGaussian());
                String y = what == 2 ? "new" : "c" + random.nextInt(2);
                String row = x + ",w" + random.nextInt(3) + (what == 1 ? "" : "," + y);
                text.append(row).append('\n');
                String[] cells = row.split(",");
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("source", file.toString());
                one.put("line", (long) line);
                if (what == 0) {
                    one.put("column", "x");
                    one.put("row", Map.of("x", x, "w", cells[1], "y", y));
                } else if (what == 1) {
                    one.put("row", List.of(x, cells[1]));
                }
                if (what < 3) {
                    expected.put(name + String.format("%06d", line), one);
                }
            }
            Files.writeString(file, text);
        }
        return expected;
    }

    @Test
    void rowsThatTheSourceOrTheLearnerRefusesAreKept() throws IOException {
        Map<String, Object> expected = twoFiles(RunSeed.random("rows"));
        for (int threads = 1; threads <= 4; threads++) {
            Files.deleteIfExists(bad());
            Outcome outcome = train(
                    "csv:" + folder.resolve("data"),
                    "m" + threads,
                    "--bad-rows=skip=50%,quarantine=" + bad(),
                    "--set=new-classes=reject",
                    "--threads=" + threads,
                    "--chunk-rows=" + 100 * threads);
            assertThat(outcome.status()).as(outcome.err()).isZero();
            assertThat(outcome.out()).contains(" bad and kept in " + bad());
            assertThat(outcome.err()).contains("quarantined a bad row: ");
            Map<String, Object> found = new TreeMap<>();
            for (Map<String, Object> row : kept()) {
                String reason = String.valueOf(row.remove("reason"));
                boolean isLearner = !row.containsKey("row");
                assertThat(reason)
                        .contains(isLearner ? "'new'" : row.containsKey("column") ? "'oops'" : "must have 3 fields");
                found.put(
                        Path.of(row.get("source").toString()).getFileName() + String.format("%06d", row.get("line")),
                        row);
            }
            assertThat(found).isEqualTo(expected);
            assertThat(kept()).hasSize(expected.size());
        }
    }

    @Test
    void anEpochKeepsNoRowASecondTime() throws IOException {
        Path data = Data.write(folder, "in.csv", "x,y\n" + "1,a\n2,b\n".repeat(50) + "oops,a\n3,new\n");
        for (String epochs : List.of("1", "3")) {
            Outcome outcome = train(
                    data.toString(),
                    "m" + epochs,
                    "--epochs=" + epochs,
                    "--set=max-classes=2",
                    "--bad-rows=skip=5%,quarantine=" + bad(),
                    "--column=y=target(classes=a|b)",
                    "--set=new-classes=reject");
            assertThat(outcome.status()).as(outcome.err()).isZero();
        }
        assertThat(kept().stream().map(row -> row.get("line"))).containsExactly(102L, 103L, 102L, 103L);
    }

    @Test
    void everyFormatKeepsRows() throws IOException {
        String rows = "{\"x\":1,\"y\":\"a\"}\n{\"x\":2,\"y\":\"b\"}\n".repeat(20);
        Path jsonl = Data.write(folder, "in.jsonl", rows + "{\"x\":\"oops\",\"y\":\"a\"}\n{oops\n");
        assertThat(train(jsonl.toString(), "jsonl", "--bad-rows=skip=20%,quarantine=" + bad())
                        .status())
                .isZero();
        assertThat(kept().get(0))
                .containsEntry("line", 41L)
                .containsEntry("column", "x")
                .containsEntry("row", Map.of("x", "oops", "y", "a"));
        assertThat(kept().get(1)).containsEntry("line", 42L).containsEntry("row", "{oops");
        Files.delete(bad());

        Path svm = Data.write(folder, "in.svm", "1 1:1\n-1 2:1\n".repeat(20) + "1 2:oops\n");
        assertThat(train(svm.toString(), "svm", "--bad-rows=skip=20%,quarantine=" + bad())
                        .status())
                .isZero();
        assertThat(kept().get(0)).containsEntry("line", 41L).containsKey("row");
        Files.delete(bad());

        String head = "@relation r\n@attribute x numeric\n@attribute y {a,b}\n@data\n";
        Path arff = Data.write(folder, "in.arff", head + "1,a\n2,b\n".repeat(20) + "oops,a\n");
        assertThat(train(arff.toString(), "arff", "--bad-rows=skip=20%,quarantine=" + bad())
                        .status())
                .isZero();
        assertThat(kept().get(0)).containsEntry("line", 45L).containsEntry("row", Map.of("x", "oops", "y", "a"));
        Files.delete(bad());

        Path npy = Files.write(folder.resolve("in.npy"), matrix(41));
        Outcome outcome = accrete(
                "train", "npy:" + npy + "?target=last", "--model=npy", "--bad-rows=skip=20%,quarantine=" + bad());
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(kept().get(0))
                .containsEntry("row_number", 41L)
                .containsEntry("column", "1")
                .containsEntry("row", Map.of("1", "Infinity", "2", "0"));
    }

    /** A matrix of two columns whose last row has an infinite number. */
    private static byte[] matrix(int rows) {
        String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + rows + ", 2), }";
        header += " ".repeat(117 - header.length()) + "\n";
        ByteBuffer bytes = ByteBuffer.allocate(128 + 16 * rows).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        for (int row = 0; row < rows; row++) {
            bytes.putDouble(row == rows - 1 ? Double.POSITIVE_INFINITY : row).putDouble(row % 2);
        }
        return bytes.array();
    }

    @Test
    void theShareHoldsAndWhatIsBadIsKeptAllTheSame() throws IOException {
        Path data = Data.write(folder, "in.csv", "x,y\n" + "1,a\n2,b\n".repeat(10) + "oops,a\n");
        Outcome outcome = train(data.toString(), "m", "--bad-rows", "quarantine=" + bad());
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("1 of 21 rows are bad, more than 1 %", "--bad-rows skip=5%,quarantine=FILE");
        assertThat(kept()).hasSize(1);
        assertThat(folder.resolve("models/m/000001.safetensors")).doesNotExist();
    }

    @Test
    void aFileThatCannotBeUsedEndsTheCommandBeforeAnyRowIsRead() throws IOException {
        Path data = Data.write(folder, "in.csv", "x,y\n" + "1,a\n2,b\n".repeat(10));
        for (String file : List.of(folder.toString(), folder + "/no/bad.jsonl", data.toString())) {
            Outcome outcome = train(data.toString(), "m", "--bad-rows", "quarantine=" + file);
            assertThat(outcome.status()).isEqualTo(2);
            assertThat(outcome.err()).hasLineCount(1).contains("bad rows cannot be kept in '" + file + "': ");
        }
        Outcome outcome = train("csv:" + folder + "/*", "m", "--bad-rows", "quarantine=" + folder + "/new.csv");
        assertThat(outcome.err()).contains("the rows are read from it, or from its directory");
        assertThat(folder.resolve("new.csv")).doesNotExist();
        assertThat(folder.resolve("models")).doesNotExist();
        for (String text : List.of("quarantine", "quarantine=", "skip=1%,quarantine=", "stop,quarantine=f")) {
            assertThat(train(data.toString(), "m", "--bad-rows", text).err())
                    .contains("bad-rows must be one of stop | skip | skip=SHARE | quarantine=FILE", "'" + text + "'");
        }
    }

    @Test
    void evaluateAndPredictKeepRowsToo() throws IOException {
        Path data = Data.write(folder, "in.csv", "x,y\n" + "1,a\n2,b\n".repeat(50));
        assertThat(train(data.toString(), "m", "--bad-rows", "quarantine=" + bad())
                        .status())
                .isZero();
        assertThat(bad()).doesNotExist();
        Path fresh = Data.write(folder, "new.csv", "x,y\n1,a\noops,b\n2,b\n");
        Outcome scored = accrete("evaluate", "m", fresh.toString(), "--bad-rows", "skip=50%,quarantine=" + bad());
        assertThat(scored.out()).contains("1 bad row kept in " + bad());
        Outcome predicted = accrete("predict", "m", fresh.toString(), "--bad-rows", "skip=50%,quarantine=" + bad());
        assertThat(predicted.status()).isZero();
        assertThat(predicted.out()).hasLineCount(4);
        assertThat(kept().stream().map(row -> row.get("line"))).containsExactly(3L, 3L);
    }

    @Test
    void whatIsKeptCanBeCorrectedAndLearned() throws IOException {
        Path data = Data.write(folder, "in.csv", "x,y\n" + "1,a\noops,a\noops,b\n".repeat(30));
        assertThat(train(data.toString(), "m", "--column=x=numeric", "--bad-rows=skip=90%,quarantine=" + bad())
                        .status())
                .isZero();
        Files.writeString(bad(), Files.readString(bad()).replace("\"oops\"", "\"2\""));
        Outcome corrected = accrete(
                "train", bad().toString(), "--model=mended", "--target=row.y", "--column=row.x=numeric", "--json");
        assertThat(corrected.json()).containsEntry("rows", 60L).containsEntry("rows_refused", 0L);
    }
}
