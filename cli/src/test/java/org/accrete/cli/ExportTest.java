package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export}: what is in the file is the business of the export's own tests. */
final class ExportTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        StringBuilder rows = new StringBuilder("length,colour,kind\n");
        for (int row = 0; row < 400; row++) {
            rows.append(row % 7).append(row % 3 == 0 ? ",red," : ",blue,").append(row % 7 > 3 ? "a\n" : "b\n");
        }
        Files.writeString(folder.resolve("rows.csv"), rows);
    }

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private void train(String model, String learner) {
        Outcome trained = accrete(
                "train",
                folder.resolve("rows.csv").toString(),
                "--model",
                model,
                "--target",
                "kind",
                "--learner",
                learner);
        assertThat(trained.status()).as(trained.err()).isZero();
    }

    @Test
    void aVersionIsWrittenOnceAndTheSameBytesAgain() throws IOException {
        train("kinds", "sgd-classifier");
        Path out = folder.resolve("kinds.onnx");
        Outcome written = accrete("export", "kinds", out.toString(), "--format", "onnx");
        assertThat(written.status()).as(written.err()).isZero();
        assertThat(written.out()).contains("kinds@1 written to").contains("kinds.onnx");
        byte[] bytes = Files.readAllBytes(out);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).contains("kinds@1", "length", "colour", "label");

        Outcome refused = accrete("export", "kinds@1", out.toString());
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("exists").contains("--replace");
        Outcome again = accrete("export", "kinds@1", out.toString(), "--replace", "--json");
        assertThat(again.out()).contains("\"version\":\"kinds@1\"").contains("\"bytes\":" + bytes.length);
        assertThat(Files.readAllBytes(out)).isEqualTo(bytes);
        accrete("export", "kinds", out.toString(), "--replace", "--hash", "outside");
        assertThat(Files.readAllBytes(out)).isNotEqualTo(bytes);
    }

    @Test
    void whatCannotBeExportedSaysWhyInOneLine() {
        train("near", "k-nearest-neighbours");
        Path out = folder.resolve("near.onnx");
        Outcome refused = accrete("export", "near", out.toString());
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err().strip().lines())
                .singleElement()
                .asString()
                .contains("cannot be exported: learner 'k-nearest-neighbours'");
        assertThat(out).doesNotExist();
        assertThat(accrete("export", "near", out.toString(), "--format", "pmml").err())
                .contains("format must be one of onnx");
    }
}
