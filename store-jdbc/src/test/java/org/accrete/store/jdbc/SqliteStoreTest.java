package org.accrete.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a file. */
class SqliteStoreTest implements JdbcStoreLaws {
    @TempDir
    Path folder;

    @Override
    public String location() {
        return "sqlite:" + folder.resolve("deep/er/models.db");
    }

    @Override
    public Object footprint() {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readersAndUnusedWritersMakeNoFile() {
        Object before = footprint();
        try (ModelStore store = open()) {
            assertThat(store.models()).isEmpty();
            assertThat(store.history("m").versions()).isEmpty();
            assertThat(store.revision("m")).isZero();
            store.writer("m").close();
            assertThatThrownBy(() -> store.tag("m", "best", 1)).isInstanceOf(AccreteException.class);
            assertThatThrownBy(() -> store.remove("m")).isInstanceOf(AccreteException.class);
        }
        assertThat(footprint()).isEqualTo(before);
    }

    @Test
    void onlyTheFileIsLeftWhenNobodyUsesIt() {
        try (ModelStore store = open()) {
            try (ModelWriter writer = store.writer("m")) {
                writer.append(JdbcStoreLaws.state(1), JdbcStoreLaws.note(1));
            }
            store.tag("m", "best", 1);
            store.load(store.history("m").versions().get(0));
        }
        assertThat((List<?>) footprint())
                .extracting(Object::toString)
                .filteredOn(file -> !Files.isDirectory(Path.of(file)))
                .containsExactly(folder.resolve("deep/er/models.db").toString());
    }

    @Test
    void aFileThatIsNoDatabaseIsDamageAndAPlaceThatIsNoFileIsRefused() throws IOException {
        Path file = folder.resolve("text.db");
        Files.writeString(file, "no database at all, but some text that is long enough to be looked at".repeat(20));
        try (ModelStore store =
                provider().open("sqlite:" + file, Params.of(provider().params()))) {
            assertThatThrownBy(store::models)
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE));
        }
        for (String location : List.of("sqlite::memory:", "sqlite:", "h2:mem:x", "mysql://h/d")) {
            assertThatThrownBy(
                            () -> provider().open(location, Params.of(provider().params())))
                    .as(location)
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT));
        }
    }
}
