package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.accrete.core.plugin.PlugIns;
import org.junit.jupiter.api.Test;

/** {@code -Daccrete.update=true} writes the page instead of comparing it. */
final class ReferencePageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference.md");

    @Test
    void pageSaysWhatThePlugInsSay() throws IOException {
        String page = ReferencePage.of(PlugIns.load());
        if (Boolean.getBoolean("accrete.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("docs/reference.md is stale: run this test with -Daccrete.update=true")
                .content()
                .isEqualTo(page);
    }
}
