package org.accrete.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stored model of format 2 can be read by every later release. */
class GoldenStoreTest {
    private static final List<String> FILES = List.of("000001.safetensors", "000002.safetensors", "history");

    @TempDir
    Path folder;

    /**
     * Wrote the sample under {@code src/test/resources}, with the release that introduced format 2:
     * {@code -Dtest=GoldenStoreTest -Daccrete.golden=DIR} writes another.
     */
    private static void makeSample(Path root) {
        DirectoryStore store = Samples.store(root);
        try (ModelWriter writer = store.writer("sample")) {
            writer.append(Samples.state(1), Samples.note());
            writer.append(Samples.special(), Samples.note("sample@1"));
        }
        store.tag("sample", "live", 1);
        store.tag("sample", "odd", 2);
    }

    @Test
    void format2IsRead() throws IOException {
        String target = System.getProperty("accrete.golden", "");
        if (!target.isEmpty()) {
            makeSample(Path.of(target));
        }
        Path model = Files.createDirectories(folder.resolve("sample"));
        for (String file : FILES) {
            try (InputStream in = GoldenStoreTest.class.getResourceAsStream("format-2/sample/" + file)) {
                Files.copy(Objects.requireNonNull(in, file), model.resolve(file));
            }
        }
        DirectoryStore store = Samples.store(folder);
        assertThat(store.verify("sample")).isEmpty();
        History history = store.history("sample");
        List<ModelVersion> versions = history.versions();
        assertThat(versions).extracting(ModelVersion::number).containsExactly(1L, 2L);
        assertThat(versions.get(0).note()).isEqualTo(Samples.note());
        assertThat(versions.get(1).note()).isEqualTo(Samples.note("sample@1"));
        assertThat(versions.get(1).created()).isEqualTo(Samples.NOON);
        assertThat(history.aliases()).containsExactly(Map.entry("live", 1L), Map.entry("odd", 2L));
        assertThat(store.load(versions.get(0))).isEqualTo(Samples.state(1));
        assertThat(store.load(versions.get(1))).isEqualTo(Samples.special());
        try (ModelWriter writer = store.writer("sample")) {
            assertThat(writer.append(Samples.state(3), Samples.note("sample@1")).number())
                    .isEqualTo(3);
        }
    }

    @Test
    void thisReleaseWritesTheSameTexts() throws IOException {
        makeSample(folder);
        String written = Files.readString(folder.resolve("sample").resolve("history"));
        assertThat(written.lines()).hasSize(4);
        assertThat(written.lines().skip(2).map(GoldenStoreTest::said).toList())
                .isEqualTo(golden("history")
                        .lines()
                        .skip(2)
                        .map(GoldenStoreTest::said)
                        .toList());
    }

    /** {@return a line without its format and checksums} */
    private static String said(String line) {
        return line.replaceAll("\"(format|prev|crc)\":[^,}]*,?", "");
    }

    private static String golden(String file) throws IOException {
        try (InputStream in = GoldenStoreTest.class.getResourceAsStream("format-2/sample/" + file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
