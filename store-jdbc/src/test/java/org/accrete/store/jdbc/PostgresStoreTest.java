package org.accrete.store.jdbc;

import static org.accrete.store.jdbc.JdbcStoreLaws.note;
import static org.accrete.store.jdbc.JdbcStoreLaws.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The store in a real server. */
class PostgresStoreTest implements JdbcStoreLaws {
    private static final String END_ALL =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'accrete'";

    private String location = "";

    @BeforeEach
    void newSchema() {
        location = PostgresServer.newLocation();
    }

    @Override
    public String location() {
        return location;
    }

    @Test
    void aConnectionThatIsEndedBetweenAppendsIsMadeAnew() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            writer.append(state(1), note(1));
            assertThat(store.history("m").versions()).hasSize(1);
            PostgresServer.execute(END_ALL);
            assertThat(store.history("m").versions())
                    .as("read over a new connection")
                    .hasSize(1);
            assertThat(writer.append(state(2), note(2)).number()).isEqualTo(2);
            assertThat(catchThrowableOfType(AccreteException.class, () -> store.writer("m"))
                            .kind())
                    .as("the lock is held again")
                    .isEqualTo(Kind.BAD_STATE);
        }
    }

    @Test
    void aConnectionThatIsEndedDuringAnAppendFailsThatAppendOnly() {
        FailingDialect driver = new FailingDialect(
                Dialect.of(location, org.accrete.api.param.Params.of(provider().params()), java.util.List.of()));
        try (ModelStore store = open();
                JdbcStore slow = new JdbcStore(driver, java.time.Clock.systemUTC());
                ModelWriter writer = slow.writer("m")) {
            writer.append(state(1), note(1));
            driver.beforeUpdateOfModel(() -> PostgresServer.execute(END_ALL));
            AccreteException failure =
                    catchThrowableOfType(AccreteException.class, () -> writer.append(state(2), note(2)));
            assertThat(failure.kind()).isEqualTo(Kind.IO);
            assertThat(failure).hasMessageContaining("no new version could be written");
            assertThat(store.history("m").versions()).hasSize(1);
            assertThat(store.verify("m")).isEmpty();
            assertThat(writer.append(state(2), note(2)).number()).isEqualTo(2);
            assertThat(store.verify("m")).isEmpty();
        }
    }

    @Test
    void whoLostTheConnectionAndTheModelIsTold() {
        try (ModelStore store = open();
                ModelStore other = open()) {
            ModelWriter writer = store.writer("m");
            writer.append(state(1), note(1));
            PostgresServer.execute(END_ALL);
            try (ModelWriter next = other.writer("m")) {
                AccreteException taken =
                        catchThrowableOfType(AccreteException.class, () -> writer.append(state(2), note(2)));
                assertThat(taken.kind()).isEqualTo(Kind.BAD_STATE);
                assertThat(taken).hasMessageContaining("is being written by session");
                ModelVersion second = next.append(state(2), note(2));
                assertThat(second.number()).isEqualTo(2);
            }
            assertThat(catchThrowableOfType(AccreteException.class, () -> writer.append(state(3), note(3)))
                            .kind())
                    .isEqualTo(Kind.BAD_STATE);
            writer.close();
            assertThat(store.history("m").versions()).hasSize(2);
        }
    }
}
