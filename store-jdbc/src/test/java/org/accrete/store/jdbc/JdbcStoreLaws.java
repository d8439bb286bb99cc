package org.accrete.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.param.Params;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.testkit.ProviderContract;
import org.accrete.testkit.StoreContract;
import org.junit.jupiter.api.Test;

/** What both databases have in common. */
interface JdbcStoreLaws extends StoreContract, ProviderContract {
    @Override
    default ModelStoreProvider provider() {
        return new JdbcStoreProvider();
    }

    /** {@return where the store of one test is: a URL without {@code jdbc:}} */
    String location();

    @Override
    default ModelStore open() {
        return provider().open(location(), Params.of(provider().params()));
    }

    private FailingDialect failing() {
        return new FailingDialect(Dialect.of(location(), Params.of(provider().params()), List.of()));
    }

    private static JdbcStore open(Dialect dialect) {
        return new JdbcStore(dialect, Clock.systemUTC());
    }

    default Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:" + location());
    }

    default int execute(String sql, Object... values) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    default byte[] bytes(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getBytes(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    default boolean damage(ModelVersion version) {
        byte[] part = bytes("SELECT bytes FROM accrete_parts WHERE part = 0 AND version = " + version.number());
        part[part.length / 2] ^= 1;
        execute("UPDATE accrete_parts SET bytes = ? WHERE part = 0 AND version = " + version.number(), part);
        return true;
    }

    static ModelVersion.Note note(int rows) {
        return new ModelVersion.Note(Optional.empty(), "test-learner", rows, Map.of());
    }

    static State state(int number) {
        return State.builder()
                .number("number", number)
                .doubles("all", new double[1000 * number])
                .build();
    }

    @Test
    default void aVersionOfManyPartsIsReadAsItWasWritten() {
        double[] numbers = new double[3 * PartsOutput.PART_BYTES / 8 + 77];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        State state = State.builder().doubles("numbers", numbers).build();
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            ModelVersion version = writer.append(state, note(1));
            assertThat(store.load(version)).isEqualTo(state);
            assertThat(store.verify("m")).isEmpty();
        }
        assertThat(execute("DELETE FROM accrete_parts WHERE part = 3")).isEqualTo(1);
        try (ModelStore store = open()) {
            assertThat(store.verify("m")).singleElement().asString().contains("wrong length");
            execute("DELETE FROM accrete_parts");
            assertThat(store.verify("m")).singleElement().asString().contains("m@1: its bytes are missing");
            assertThat(catchThrowableOfType(
                                    AccreteException.class,
                                    () -> store.load(
                                            store.history("m").versions().get(0)))
                            .kind())
                    .isEqualTo(Kind.CORRUPT_FILE);
        }
    }

    @Test
    default void everyChangeOfARowOfTheHistoryIsDamage() {
        try (ModelStore store = open()) {
            try (ModelWriter writer = store.writer("m")) {
                writer.append(state(1), note(1));
                writer.append(state(2), note(2));
            }
            store.tag("m", "best", 1);
            History whole = store.history("m");
            String all = "CREATE TABLE kept AS SELECT * FROM accrete_lines";
            execute(all);
            for (String change : List.of(
                    "DELETE FROM accrete_lines WHERE line = 3",
                    "DELETE FROM accrete_lines WHERE line = 2",
                    "DELETE FROM accrete_lines",
                    "UPDATE accrete_lines SET text = replace(text, 'best', 'rest')",
                    "UPDATE accrete_lines SET line = 7 WHERE line = 3",
                    "UPDATE accrete_models SET lines = lines + 1")) {
                assertThat(execute(change)).as(change).isPositive();
                assertThat(store.verify("m")).as(change).isNotEmpty();
                assertThat(catchThrowableOfType(AccreteException.class, () -> store.history("m"))
                                .kind())
                        .as(change)
                        .isEqualTo(Kind.CORRUPT_FILE);
                assertThatThrownBy(() -> store.writer("m")).as(change).isInstanceOf(AccreteException.class);
                execute("DELETE FROM accrete_lines");
                execute("INSERT INTO accrete_lines SELECT * FROM kept");
                execute("UPDATE accrete_models SET lines = 3");
                assertThat(store.history("m")).as("after repair of " + change).isEqualTo(whole);
            }
            execute("DROP TABLE kept");
        }
    }

    @Test
    default void tablesOfALaterReleaseAreRefused() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            writer.append(state(1), note(1));
        }
        execute("UPDATE accrete_store SET format = 2");
        try (ModelStore store = open()) {
            for (Runnable call : List.<Runnable>of(
                    store::models, () -> store.history("m"), () -> store.writer("m"), () -> store.verify("m"))) {
                assertThat(catchThrowableOfType(AccreteException.class, call::run)
                                .kind())
                        .isEqualTo(Kind.FILE_TOO_NEW);
            }
        }
    }

    @Test
    default void aWriterThatWasOvertakenAppendsNothing() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            writer.append(state(1), note(1));
            // As if a lock was lost without notice and another writer had come and gone.
            execute("UPDATE accrete_models SET fence = fence + 1");
            AccreteException refusal =
                    catchThrowableOfType(AccreteException.class, () -> writer.append(state(2), note(2)));
            assertThat(refusal.kind()).isEqualTo(Kind.BAD_STATE);
            assertThat(refusal).hasMessageContaining("written by somebody else");
            assertThat(store.history("m").versions()).hasSize(1);
            assertThat(store.verify("m")).isEmpty();
        }
    }

    @Test
    default void twoFirstWritersMakeOneModel() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("other")) {
            writer.append(state(1), note(1));
            try (ModelWriter first = store.writer("m")) {
                execute("INSERT INTO accrete_models (id, name, fence, lines, revision) VALUES (99, 'm', 1, 0, 1)");
                assertThatThrownBy(() -> first.append(state(1), note(1))).hasMessageContaining("somebody else");
                execute("DELETE FROM accrete_models WHERE id = 99");
                assertThat(first.append(state(1), note(1)).number()).isEqualTo(1);
            }
            assertThat(store.verify("m")).isEmpty();
        }
    }

    @Test
    default void movesOfManyAtOnceAllCount() throws InterruptedException {
        try (ModelStore store = open()) {
            try (ModelWriter writer = store.writer("m")) {
                writer.append(state(1), note(1));
                writer.append(state(2), note(2));
            }
            int threads = 4;
            int moves = 10;
            AtomicReference<Throwable> failure = new AtomicReference<>();
            CountDownLatch done = new CountDownLatch(threads);
            for (int i = 0; i < threads; i++) {
                String alias = "a" + i;
                new Thread(() -> {
                            try (ModelStore own = open()) {
                                for (int move = 0; move < moves; move++) {
                                    own.tag("m", alias, 1 + move % 2);
                                }
                            } catch (Throwable e) {
                                failure.set(e);
                            } finally {
                                done.countDown();
                            }
                        })
                        .start();
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(failure.get()).isNull();
            assertThat(store.history("m").moves()).hasSize(2 + threads * moves);
            assertThat(store.verify("m")).isEmpty();
        }
    }

    @Test
    default void anAliasThatMovesWhileAVersionIsWrittenIsKept() {
        FailingDialect driver = failing();
        try (ModelStore store = open();
                ModelStore other = open();
                JdbcStore slow = open(driver)) {
            try (ModelWriter writer = slow.writer("m")) {
                writer.append(state(1), note(1));
                writer.append(state(2), note(2));
                // SQLite lets nobody in between, and waits.
                driver.beforeUpdateOfModel(() -> {
                    if (location().startsWith("postgresql")) {
                        other.tag("m", "live", 1);
                    }
                });
                writer.append(state(3), note(3));
            }
            History history = store.history("m");
            assertThat(history.latest()).map(ModelVersion::number).contains(3L);
            assertThat(history.live())
                    .map(ModelVersion::number)
                    .contains(location().startsWith("postgresql") ? 1L : 3L);
            assertThat(store.verify("m")).isEmpty();
        }
    }

    @Test
    default void aFailureAtAnyStatementLeavesNothingHalfVisible() {
        FailingDialect driver = failing();
        try (ModelStore store = open();
                JdbcStore failing = open(driver)) {
            ModelVersion first;
            try (ModelWriter writer = failing.writer("m")) {
                first = writer.append(state(1), note(1));
                int failures = 0;
                boolean isDone = false;
                for (int at = 1; !isDone; at++) {
                    driver.failAt(at);
                    try {
                        writer.append(state(2), note(2));
                        isDone = !driver.hasFailed();
                    } catch (AccreteException e) {
                        failures++;
                        assertThat(e.kind()).isEqualTo(Kind.IO);
                        assertThat(e.getMessage()).contains("disk");
                    }
                    driver.failAt(0);
                    History history = store.history("m");
                    assertThat(history.versions().get(0)).isEqualTo(first);
                    assertThat(history.versions()).hasSize(isDone ? 2 : 1);
                    assertThat(store.verify("m"))
                            .as("after a failure at statement " + at)
                            .isEmpty();
                }
                assertThat(failures).isGreaterThan(3);
            }
            assertThat(store.history("m").latest()).map(ModelVersion::number).contains(2L);
        }
    }

    @Test
    default void aFailureAtAnyStatementOfTheFirstAppendLeavesNoModel() {
        FailingDialect driver = failing();
        try (JdbcStore failing = open(driver);
                ModelWriter writer = failing.writer("m")) {
            boolean isDone = false;
            for (int at = 1; !isDone; at++) {
                driver.failAt(at);
                try {
                    writer.append(state(1), note(1));
                    isDone = !driver.hasFailed();
                } catch (AccreteException e) {
                    assertThat(e.kind()).isEqualTo(Kind.IO);
                }
                driver.failAt(0);
                try (ModelStore store = open()) {
                    assertThat(store.models()).hasSize(isDone ? 1 : 0);
                }
            }
        }
    }

    @Test
    default void repairSetsAsideWhatIsDamagedAndKeepsTheRest() {
        try (ModelStore store = open()) {
            try (ModelWriter writer = store.writer("m")) {
                for (int i = 1; i <= 3; i++) {
                    writer.append(state(i), note(i));
                }
            }
            store.tag("m", "best", 2);
            assertThat(store.repair("m")).as("without damage").isEmpty();
            long revision = store.revision("m");
            List<ModelVersion> before = store.history("m").versions();
            damage(before.get(1));
            assertThat(store.verify("m")).hasSize(1);
            assertThat(store.repair("m")).anyMatch(line -> line.startsWith("version 2 was set aside"));
            assertThat(store.verify("m")).isEmpty();
            assertThat(store.revision("m")).isNotEqualTo(revision);
            assertThat(store.history("m").versions()).containsExactly(before.get(0), before.get(2));
            assertThat(store.history("m").removed()).containsExactly(Map.entry(2L, History.Removal.QUARANTINED));
            assertThat(store.history("m").aliases()).doesNotContainKey("best").containsEntry("live", 3L);
            try (ModelWriter writer = store.writer("m")) {
                assertThat(writer.append(state(4), note(4)).number()).isEqualTo(4);
            }
            execute("DELETE FROM accrete_lines WHERE line = 1");
            assertThat(store.repair("m")).anyMatch(line -> line.contains("version 1 was found again"));
            assertThat(store.verify("m")).isEmpty();
            assertThat(store.history("m").versions())
                    .extracting(ModelVersion::number)
                    .containsExactly(1L, 3L, 4L);
        }
    }
}
