package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.Tensor;
import org.accrete.core.store.DirectoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --follow} and {@code --max-wait}. */
@Timeout(60)
final class FollowOptionsTest {
    private static final int ROWS = 1_200;

    @TempDir
    private Path folder;

    private final StringBuilder text = new StringBuilder("a,b,y\n");
    private String csv = "";

    @BeforeEach
    void makeFile() {
        for (int i = 0; i < ROWS; i++) {
            text.append(i % 17)
                    .append(',')
                    .append(i % 5)
                    .append(',')
                    .append(i % 3 == 0)
                    .append('\n');
        }
        csv = Data.write(folder, "app.csv", text.toString()).toString();
    }

    private Outcome train(String model, String source, String... more) {
        List<String> words = new ArrayList<>(List.of("train", source, "--target=y", "--model=" + model));
        words.add("--store=" + folder.resolve("models"));
        words.addAll(List.of(more));
        return Outcome.of(words.toArray(String[]::new));
    }

    private Map<String, Tensor> tensors(String model) {
        try (ModelStore store = DirectoryStore.open(folder.resolve("models"))) {
            return store.load(store.history(model).resolve("live")).tensors();
        }
    }

    private void refused(String reason, String source, String... more) {
        Outcome outcome = train("m", source, more);
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains(reason);
    }

    @Test
    void aFollowedFileEndsAfterTheRowsAskedFor() {
        Outcome outcome = train("followed", csv, "--follow", "--rows=" + ROWS, "--max-wait=0s");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("1,200 rows learned");
        assertThat(outcome.err()).contains("--plan FILE");
        assertThat(train("read", csv).status()).isZero();
        assertThat(tensors("followed")).isEqualTo(tensors("read"));
        // Its position is one that a run without --follow understands.
        Data.write(folder, "app.csv", text + "3,4,true\n");
        assertThat(train("followed", csv, "--resume").out()).contains("1 row learned");
    }

    @Test
    void whatCannotBeFollowedIsRefused() {
        refused("leave out --follow", "-", "--follow");
        refused("cannot be followed", "synthetic:sea?rows=10", "--follow");
        refused("--epochs needs rows that end", csv, "--follow", "--epochs=2");
        refused("columns must be given", "libsvm:" + csv, "--follow");
        refused("--follow learns rows as they come", csv, "--follow", "--shuffle=100");
    }

    @Test
    void aTimeThatMeansNothingIsRefused() {
        refused("max-wait must be a time such as 500ms or 2s but was '2 s'", csv, "--follow", "--max-wait=2 s");
        refused("max-wait must be from 0s to 86400s", csv, "--follow", "--max-wait=99999s");
        refused("has all its rows; add --follow, or leave it out", csv, "--max-wait=1s");
    }
}
