package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Params;
import org.accrete.testkit.ProviderContract;
import org.accrete.testkit.SourceContract;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source of files on the plug-in page keeps the laws of sources and equals the code on the page. */
class JsonLinesIT implements SourceContract, ProviderContract {
    private static final int ROWS = 1_100;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            String carrier = row % 9 == 8 ? "" : ", \"carrier\": \"c" + row % 4 + "\"";
            lines.add("{\"distance\": " + (row % 13 == 0 ? "null" : row / 8.0) + carrier + ", \"late\": \"late"
                    + row / 400 + "\"}");
        }
        Files.write(folder.resolve("flights.jsonl"), lines);
        lines.set(1, "{\"distance\": 77, \"carrier\": \"c1\", \"late\": \"late0\"}");
        Files.write(folder.resolve("changed.jsonl"), lines);
    }

    @Override
    public Provider provider() {
        return new JsonLines();
    }

    private SourceRequest request(String file) {
        return SourceRequest.of(folder.resolve(file).toString()).withTarget("late");
    }

    private static ChunkSource open(SourceRequest request) {
        return new JsonLines().open(request, Params.of(List.of()));
    }

    @Override
    public ChunkSource open() {
        return open(request("flights.jsonl"));
    }

    @Override
    public ChunkSource reopen(List<String> classes) {
        return reopen("flights.jsonl", classes);
    }

    @Override
    public Optional<ChunkSource> reopenChanged(List<String> classes) {
        return Optional.of(reopen("changed.jsonl", classes));
    }

    private ChunkSource reopen(String file, List<String> classes) {
        try (ChunkSource first = open()) {
            return open(request(file).withPlan(first.plan().orElseThrow().withClasses(classes), true));
        }
    }

    @Override
    public int rows() {
        return ROWS;
    }

    @Test
    void lineThatIsNoObjectIsABadRow() throws IOException {
        Path file = folder.resolve("flights.jsonl");
        for (String bad : List.of("not JSON", "{\"distance\": [1]}", "{\"distance\": 1", "[1]", "17")) {
            List<String> lines = new ArrayList<>(Files.readAllLines(file));
            lines.set(20, bad);
            Files.write(folder.resolve("bad.jsonl"), lines);
            try (ChunkSource source = open(request("bad.jsonl"))) {
                assertThatThrownBy(() -> source.next(new ChunkBuffer(source.schema(), 50)))
                        .as(bad)
                        .isInstanceOfSatisfying(AccreteException.class, e -> {
                            assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
                            assertThat(e.where().orElse("")).endsWith("bad.jsonl line 21");
                        });
            }
        }
    }

    @Test
    void isShownOnThePlugInPage() throws IOException {
        String source = Files.readString(Path.of("src/test/java/org/accrete/it/JsonLines.java"));
        String shown = source.substring(source.indexOf("/**")).strip();
        assertThat(Files.readString(Command.ROOT.resolve("docs/plugins.md"))).contains("```java\n" + shown + "\n```");
    }
}
