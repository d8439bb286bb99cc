package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.testkit.SourceContract;
import org.junit.jupiter.api.Test;

/** The source on the plug-in page keeps the laws of sources and equals the code on the page. */
class IteratorSourceIT implements SourceContract {
    private static final Schema SCHEMA = Schema.numeric(2, Target.categorical("y", List.of("no", "yes")));

    @Override
    public ChunkSource open() {
        return new IteratorSource(
                SCHEMA,
                IntStream.range(0, rows())
                        .mapToObj(row -> new double[] {row, Math.sin(row), row % 3 == 0 ? 1 : 0})
                        .iterator());
    }

    @Test
    void isShownOnThePlugInPage() throws Exception {
        String source = Files.readString(Path.of("src/test/java/org/accrete/it/IteratorSource.java"));
        String shown = source.substring(source.indexOf("/**")).strip();
        assertThat(Files.readString(Command.ROOT.resolve("docs/plugins.md"))).contains("```java\n" + shown + "\n```");
    }
}
