package org.accrete.io.jdbc;

import static org.accrete.io.jdbc.JdbcFixtures.buffer;
import static org.accrete.io.jdbc.JdbcFixtures.execute;
import static org.accrete.io.jdbc.JdbcFixtures.open;
import static org.accrete.io.jdbc.JdbcFixtures.request;
import static org.accrete.testkit.SameTable.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcErrorsTest {
    private static final String SECRET = "s3cret/Pass word";

    private static Stream<Arguments> databases() {
        return Stream.of(
                Arguments.of("H2", (Supplier<String>) JdbcFixtures::h2),
                Arguments.of("PostgreSQL", (Supplier<String>) JdbcFixtures::postgres));
    }

    private static String numbers(Supplier<String> database, int rows) {
        String location = database.get();
        execute(location, "create table t (id integer, x double precision, y varchar(9))");
        for (int i = 1; i <= rows; i++) {
            execute(location, "insert into t values (" + i + ", " + i / 4.0 + ", '" + (i % 2 == 0 ? "a" : "b") + "')");
        }
        return location;
    }

    private static AccreteException refusal(SourceRequest request, String... params) {
        return catchThrowableOfType(AccreteException.class, () -> {
            try (ChunkSource source = open(request, params)) {
                ChunkBuffer buffer = buffer(source, 10);
                while (source.next(buffer)) {
                    assertThat(buffer.rows()).isPositive();
                }
            }
        });
    }

    private static long count(String location) {
        try (ChunkSource source = open(
                request(location).withTarget("y"), "query=select count(*) as x, 'a' as y, 1 as id from t", "key=id")) {
            ChunkBuffer buffer = buffer(source, 1);
            source.next(buffer);
            return (long) ((DenseChunk) buffer.chunk()).values()[0];
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void aQueryThatWritesIsRefused(String system, Supplier<String> database) {
        String location = numbers(database, 7);
        List<String> writes = new ArrayList<>(List.of(
                "delete from t",
                "insert into t values (99, 1, 'a')",
                "drop table t",
                "select * from t; delete from t",
                "select * from t) q; delete from t; select * from (select * from t"));
        if (system.equals("H2")) {
            writes.add("select * from final table (delete from t)");
            writes.add("select * from old  table(update t set x = 0)");
        } else {
            execute(location, """
                    create function emptied() returns integer language plpgsql
                    as $$ begin delete from t; return 1; end $$
                    """);
            writes.add("with gone as (delete from t returning *) select * from gone");
            writes.add("select emptied() as id, 1 as x");
            writes.add("select id, x, nextval(pg_get_serial_sequence('s', 'id')) from t");
            execute(location, "create table s (id serial)");
        }
        for (String write : writes) {
            AccreteException e = refusal(request(location), "query=" + write, "key=id");
            assertThat(e).as(write).isNotNull();
            assertThat(e.kind()).as(write + ": " + e.line()).isEqualTo(Kind.BAD_ARGUMENT);
            assertThat(count(location)).as(write).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://me:s3cret@host/db",
                "postgresql://me:s3cr:et@host:5432/db",
                "postgresql://me:12345@host/db",
                "mysql://me:s3cret@[::1]:3306/db?useSSL=true",
                "postgresql://host/db?password=s3cret",
                "postgresql://host/db?ssl=true&sslpassword=s3cret",
                "postgresql://host/db?PassWord = s3cret",
                "postgresql://host/db?password%3Ds3cret",
                "h2:./db;USER=sa;PASSWORD=s3cret",
                "sqlserver://host;user=me;pwd=s3cret;encrypt=true",
                "oracle:thin:me/s3cret@//host:1521/db",
                "mysql://address=(host=h)(user=me)(password=s3cret)/db",
            })
    void aPasswordInAUrlIsRefusedAndNotRepeated(String location) {
        AccreteException e = refusal(request(location), "table=t", "key=id");
        assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT);
        assertThat(e.line()).contains("password-file=PATH").doesNotContain("s3c", "12345");
    }

    /** They go as far as the search for a driver. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "db2://host:5432/db?currentSchema=a@b",
                "db2://[::1]:5432/db?passwordEncoding=utf8",
                "db2://host:5432,other:5433/db?user=a@b",
                "db2://host/db;tokenizer=a"
            })
    void aUrlWithoutAPasswordIsNot(String location) {
        assertThat(refusal(request(location), "table=t", "key=id").line()).contains("there is no driver for jdbc:db2:");
    }

    @Test
    void aMissingDriverIsToldOnOneLine() {
        AccreteException e = refusal(request("mariadb://host/db?x=y"), "table=t", "key=id");
        assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT);
        assertThat(e.line())
                .contains("there is no driver for jdbc:mariadb://host/db;", "--plugins DIR", "ACCRETE_PLUGINS")
                .doesNotContain("\n");
    }

    @Test
    void aBrokenDriverIsNamed(@TempDir Path folder) throws IOException {
        Path services = folder.resolve("META-INF/services/java.sql.Driver");
        Files.createDirectories(services.getParent());
        Files.writeString(services, "no.such.Driver\n");
        URL[] folders = {folder.toUri().toURL()};
        try (URLClassLoader broken = new URLClassLoader(folders, ClassLoader.getPlatformClassLoader())) {
            ChunkSourceProvider jdbc = new JdbcSourceProvider().withLibraries(List.of(broken));
            AccreteException e = catchThrowableOfType(
                    AccreteException.class,
                    () -> open(jdbc, request("mariadb://host/db"), "table=t", "key=id")
                            .close());
            assertThat(e.line()).contains("--plugins DIR", "; not usable: ", "no.such.Driver");
        }
    }

    @Test
    void aPasswordIsReadFromAFileAndNeverTold(@TempDir Path folder) throws IOException {
        String location = JdbcFixtures.h2();
        execute(
                location,
                "create table t (id integer primary key, x double precision)",
                "insert into t values (1, 0.5), (2, 0.25)",
                "create user me password '" + SECRET + "'",
                "grant select on t to me");
        location = location.replace(";DB_CLOSE_DELAY=-1", ""); // Only an administrator may say it.
        String right = "password-file=" + Files.writeString(folder.resolve("right"), SECRET + "\r\n");
        String wrong = "password-file=" + Files.writeString(folder.resolve("wrong"), SECRET + "!");
        assertThat(lines(open(request(location), "table=t", "key=id", "user=me", right)))
                .hasSize(3);
        AccreteException e = refusal(request(location), "table=t", "key=id", "user=me", wrong);
        assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT);
        assertThat(e.line()).contains("refuses the user or the password", "password-file=PATH");
        // A driver that repeats what it was given: a setting that it does not know.
        AccreteException repeated = refusal(
                request(location), "query=select '" + SECRET + "' || nothing from t", "key=id", "user=me", right);
        assertThat(repeated.line()).contains("***");
        for (AccreteException each : List.of(e, repeated)) {
            StringWriter trace = new StringWriter();
            each.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).contains("Caused by").doesNotContain(SECRET);
        }
        String none = "password-file=" + folder.resolve("none");
        assertThat(refusal(request(location), "table=t", "key=id", "user=me", none)
                        .line())
                .contains("password-file", "none' cannot be read");
        assertThat(refusal(request(location), "table=t", "key=id", "user=me", "password-env=NO_SUCH_VARIABLE")
                        .line())
                .contains("'NO_SUCH_VARIABLE', which the environment does not have");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void aKeyThatOccursTwiceIsNamed(String system, Supplier<String> database) {
        String location = numbers(database, 10);
        execute(location, "insert into t values (5, 7, 'a')");
        assertThat(refusal(request(location), "table=t", "key=id").line()).contains("id=5 occurs twice", "key=day,id");
        ColumnPlan plan;
        try (ChunkSource source = open(request(location), "table=t", "key=id,y")) {
            plan = source.plan().orElseThrow();
        }
        // Nothing is inferred, so the first rows are read only once.
        for (int page : new int[] {1, 2, 4, 5, 6, 100}) {
            SourceRequest planned = request(location).withPlan(plan, true);
            try (ChunkSource source = open(planned, "table=t", "key=id", "page-rows=" + page)) {
                ChunkBuffer buffer = buffer(source, 4);
                assertThat(source.next(buffer)).isTrue();
                AccreteException e = catchThrowableOfType(AccreteException.class, () -> source.next(buffer));
                assertThat(e.kind()).isEqualTo(Kind.BAD_DATA);
                assertThat(e.line()).contains("id=5 occurs twice");
                assertThat(buffer.rows()).as("the rows before it").isEqualTo(1);
            }
        }
        assertThat(lines(open(request(location), "table=t", "key=id,y", "page-rows=5")))
                .hasSize(12);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void aMissingKeyIsNamed(String system, Supplier<String> database) {
        String location = numbers(database, 5);
        execute(location, "insert into t values (null, 7, 'a')");
        AccreteException e = refusal(request(location), "table=t", "key=id");
        assertThat(e.kind()).isEqualTo(Kind.BAD_DATA);
        assertThat(e.line()).contains("id is null", "query");
        assertThat(lines(open(request(location), "query=select * from t where id is not null", "key=id")))
                .hasSize(6);
    }

    @Test
    void whatIsAskedForMustBeThere() {
        String location = numbers(JdbcFixtures::h2, 3);
        assertThat(refusal(request(location), "key=id").line()).contains("one of table=NAME and query=SQL", "none is");
        assertThat(refusal(request(location), "table=t", "query=select 1", "key=id")
                        .line())
                .contains("both are");
        assertThat(refusal(request(location), "table=t").line()).contains("key=COLUMN must be given");
        assertThat(refusal(request(location), "table=t;drop table t", "key=id").line())
                .contains("table must be a name");
        assertThat(refusal(request(location), "table=none", "key=id").line())
                .contains("none", "correct the URL, table, query or key");
        assertThat(refusal(request(location), "table=t", "key=id,z").line()).contains("'z'", "columns: id, x, y");
        assertThat(refusal(request(location), "table=t", "key=x").line()).contains("whole numbers", "'x' is not");
        assertThat(refusal(request(location), "table=t", "key=id,ID").line()).contains("'id' twice");
        assertThat(refusal(request(location), "query=select id, x, x from t", "key=id")
                        .line())
                .contains("x");
        assertThat(refusal(request(location), "query=select * from t where id > 9", "key=id")
                        .line())
                .contains("no rows to learn from");
        assertThat(refusal(request("h2:/tmp/no-such-folder/no-such-database"), "table=t", "key=id")
                        .line())
                .contains("not found");
    }

    @Test
    void aColumnOfAnotherTypeIsNamed() {
        String location = JdbcFixtures.h2();
        execute(
                location,
                "create table t (id integer primary key, x double precision, j json, a integer array, y varchar(3))",
                "insert into t values (1, 0.5, json '{}', array[1], 'a'), (2, 0.25, json '{}', array[2], 'b')");
        try (ChunkSource source = open(request(location, "a=ignore").withTarget("y"), "table=t", "key=id")) {
            assertThat(source.warnings())
                    .containsExactly("column 'j' is ignored: it is of type JSON, and only numbers, texts, truth values,"
                            + " dates and times are read; a query can convert it");
        }
        assertThat(refusal(request(location).withTarget("j"), "table=t", "key=id")
                        .line())
                .contains("column 'j' cannot be read: it is of type JSON");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void aBadRowHasItsNumberAndItsKey(String system, Supplier<String> database) {
        String location = numbers(database, 30);
        execute(location, "update t set x = cast('Infinity' as double precision) where id in (7, 21)");
        AccreteException e = refusal(request(location, "id=ignore").withTarget("y"), "table=t", "key=id");
        assertThat(e.line())
                .contains(" table t row 7, id=7: column 'x' must be a finite number or missing but was 'Infinity'");
        List<BadRow> kept = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        BadRows quarantine = BadRows.skip(1, lines::add).keeping(kept::add);
        SourceRequest request = request(location, "id=ignore").withTarget("y").withBadRows(quarantine);
        try (ChunkSource source = open(request, "table=t", "key=id", "page-rows=4")) {
            ChunkBuffer buffer = buffer(source, 40);
            source.next(buffer);
            assertThat(buffer.rows()).isEqualTo(28);
            assertThat(source.place(buffer.place(27)).orElseThrow().number()).isEqualTo(30);
        }
        assertThat(lines).hasSize(2);
        assertThat(kept).hasSize(2);
        assertThat(kept.get(1).place().unit()).isEqualTo(RowPlace.Unit.ROW);
        assertThat(kept.get(1).place().number()).isEqualTo(21);
        assertThat(kept.get(1).column()).contains("x");
        assertThat(kept.get(1).names()).containsExactly("x", "y", "id");
        assertThat(kept.get(1).cells()).containsExactly("Infinity", "b", "21");
    }

    @Test
    void aLostConnectionSaysHowToGoOn() {
        String location = JdbcFixtures.postgres();
        execute(location, "create table t as select i as id, i / 8.0 as x from generate_series(1, 5000) i");
        List<String> expected = lines(open(request(location), "table=t", "key=id"));
        Position position = Position.start();
        int rows = 0;
        try (ChunkSource source = open(request(location), "table=t", "key=id", "fetch-rows=100")) {
            ChunkBuffer buffer = buffer(source, 1_000);
            assertThat(source.next(buffer)).isTrue();
            position = buffer.position();
            rows = buffer.rows();
            execute(
                    location,
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                            + " and pid <> pg_backend_pid()");
            AccreteException e = catchThrowableOfType(AccreteException.class, () -> {
                while (source.next(buffer)) {
                    assertThat(buffer.rows()).isPositive();
                }
            });
            assertThat(e.kind()).isEqualTo(Kind.IO);
            assertThat(e.line()).contains("jdbc:postgresql://localhost", "ended the connection", "--resume");
        }
        try (ChunkSource source = open(request(location), "table=t", "key=id")) {
            source.seek(position);
            ChunkBuffer buffer = buffer(source, 5_000);
            source.next(buffer);
            assertThat(buffer.rows()).isEqualTo(expected.size() - 1 - rows);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void rowsWithLargerKeysAreReadLater(String system, Supplier<String> database) {
        String location = numbers(database, 10);
        Position position;
        try (ChunkSource source = open(request(location), "table=t", "key=id")) {
            ChunkBuffer buffer = buffer(source, 20);
            assertThat(source.next(buffer)).isTrue();
            position = buffer.position();
            assertThat(source.next(buffer)).isFalse();
        }
        execute(
                location,
                "delete from t where id in (3, 10)",
                "insert into t values (-1, 0, 'a'), (11, 11, 'a'), (12, 12, 'b')");
        try (ChunkSource source = open(request(location).withMayGrow(true), "table=t", "key=id")) {
            source.seek(Position.parse(position.toText()));
            ChunkBuffer buffer = buffer(source, 20);
            assertThat(source.next(buffer)).isTrue();
            assertThat(buffer.rows()).isEqualTo(2);
            assertThat(source.place(buffer.place(1)).orElseThrow().number()).isEqualTo(12);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void readingGoesOnBehindKeysOfAllTypes(String system, Supplier<String> database) {
        String location = database.get();
        execute(
                location,
                "create table t (a smallint, b bigint, c numeric(20, 3), d varchar(40), e date, f timestamp(6),"
                        + " g timestamp(6) with time zone, h uuid, x double precision)");
        for (int i = 0; i < 20; i++) {
            execute(
                    location,
                    "insert into t values (" + (i - 9) + ", " + (i - 10) * 900_000_000_000_000_000L + ", " + (i - 5)
                            + "."
                            + i + ", '" + (i % 2 == 0 ? "=:%+ ü\t'' " : "") + (char) ('a' + i) + "', date '19"
                            + (60 + i) + "-02-03', timestamp '1960-01-01 00:00:00.0000" + (10 + i)
                            + "', timestamp with time zone '1960-01-01 00:00:00.0000" + (10 + i)
                            + "+05:30', '00000000-0000-0000-0000-0000000000" + (10 + i) + "', " + i + ")");
        }
        for (String key : List.of("a", "b", "c", "d", "e", "f", "g", "h", "a,b", "h,g,f,e,d,c,b,a")) {
            String[] params = {"query=select * from t", "key=" + key, "page-rows=3"};
            List<String> expected = lines(open(request(location), params));
            assertThat(expected).as(key).hasSize(21);
            // Pages have three rows: stops before, at and behind their ends.
            for (int stop : new int[] {1, 2, 3, 4, 9, 11, 19}) {
                Position position;
                try (ChunkSource source = open(request(location), params)) {
                    ChunkBuffer buffer = buffer(source, stop);
                    source.next(buffer);
                    position = buffer.position();
                }
                try (ChunkSource source = open(request(location), params)) {
                    source.seek(Position.parse(position.toText()));
                    ChunkBuffer buffer = buffer(source, 30);
                    source.next(buffer);
                    assertThat(buffer.rows()).as("%s behind row %s", key, stop).isEqualTo(20 - stop);
                }
            }
        }
    }

    @Test
    void aPositionOfAnotherKeyIsRefused() {
        String location = numbers(JdbcFixtures::h2, 5);
        Position position;
        try (ChunkSource source = open(request(location), "table=t", "key=id")) {
            ChunkBuffer buffer = buffer(source, 2);
            source.next(buffer);
            position = buffer.position();
        }
        for (String[] other : new String[][] {
            {"table=t", "key=y,id"},
            {"query=select cast(id as varchar(9)) as id, x from t", "key=id"},
            {"query=select id as number, x from t", "key=number"}
        }) {
            try (ChunkSource source = open(request(location), other)) {
                AccreteException e = catchThrowableOfType(AccreteException.class, () -> source.seek(position));
                assertThat(e.kind()).isEqualTo(Kind.BAD_STATE);
                assertThat(e.line()).contains("--from");
            }
        }
    }

    @Test
    void positionsAreReadable() {
        String location = numbers(JdbcFixtures::h2, 5);
        try (ChunkSource source = open(request(location).withTarget("y"), "table=t", "key=y,id")) {
            ChunkBuffer buffer = buffer(source, 4);
            source.next(buffer);
            assertThat(buffer.position().toText()).isEqualTo("4:2:y=tb:id=i3+0");
            assertThat(Optional.of(buffer.position())).contains(Position.parse("4:2:y=tb:id=i3+0"));
        }
    }
}
