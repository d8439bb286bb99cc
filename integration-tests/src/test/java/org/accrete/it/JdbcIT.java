package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases as a user reads them: the driver is in a folder of plug-ins. */
class JdbcIT {
    private static final String VARIABLE = "ACCRETE_JDBC_PASSWORD";
    private static final int LARGE = 300_000;

    @TempDir
    private Path directory;

    private List<String> train(String source, String... more) {
        List<String> all = new ArrayList<>(List.of("train", source, "--target", "y", "--model", "m"));
        all.addAll(List.of(more));
        return all;
    }

    private static String[] array(List<String> args) {
        return args.toArray(String[]::new);
    }

    @Test
    void aMissingDriverIsToldOnOneLine() {
        String source = "jdbc:postgresql://localhost/db?table=t&key=id&sslmode=require";
        Command.Result result = Command.brief(directory).run(array(train(source)));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .contains("there is no driver for jdbc:postgresql://localhost/db;", "--plugins DIR", "ACCRETE_PLUGINS");
        assertThat(directory.resolve("models")).doesNotExist();
    }

    @Test
    void aDriverIsFoundInTheFoldersOfTheVariableToo() throws SQLException {
        DatabaseServer server = DatabaseServer.running();
        server.execute("create table found as select i as id, sin(i) as x, cast(i % 2 as text) as y"
                + " from generate_series(1, 500) i");
        Path drivers = DatabaseServer.driver(org.postgresql.Driver.class, directory);
        Command.Result result = Command.brief(directory)
                .withVariable("ACCRETE_PLUGINS", drivers.toString())
                .run(array(train(server.source("table=found&key=id&user=postgres&ApplicationName=a%26b"))))
                .done();
        assertThat(result.out()).contains("500 rows learned");
    }

    /** One page has all rows, so they come by parts of it; as a whole they would need several times the heap. */
    @Test
    void aLargeTableTrainsInASmallHeap() throws SQLException {
        DatabaseServer server = DatabaseServer.running();
        server.execute("create table large as select i as id, "
                + IntStream.range(0, 10)
                        .mapToObj(j -> "sin(i + " + j + ") as x" + j)
                        .collect(Collectors.joining(", "))
                + ", case when sin(i) > 0 then 'a' else 'b' end as y from generate_series(1, " + LARGE + ") i");
        server.execute("alter table large add primary key (id)");
        Path drivers = DatabaseServer.driver(org.postgresql.Driver.class, directory);
        String source = server.source("table=large&key=id&user=postgres&page-rows=2000000");
        Command.brief(directory)
                .with("-Xmx64m")
                .run(array(train(source, "--plugins", drivers.toString(), "--column", "id=ignore")))
                .done();
        assertThat(Command.latest(directory.resolve("models"), "m").whole("run.rows"))
                .isEqualTo(LARGE);
    }

    /** Whatever happens, no file of the store and no output has the password. */
    @Test
    void aPasswordStandsNowhere() throws IOException, SQLException {
        DatabaseServer server = DatabaseServer.running();
        server.execute("create table secret as select i as id, case when i % 100 = 7 then 'infinity'::float8"
                + " else sin(i) end as x, cast(i % 2 as text) as y from generate_series(1, 3000) i");
        Path drivers = DatabaseServer.driver(org.postgresql.Driver.class, directory);
        Path file = Files.writeString(Files.createTempFile("password", ""), DatabaseServer.PASSWORD + "\n");
        Path wrong = Files.writeString(Files.createTempFile("wrong", ""), DatabaseServer.PASSWORD + "!");
        List<Path> written = new ArrayList<>();
        List<Command.Result> results = new ArrayList<>();
        try {
            String fromFile = server.source("table=secret&key=id&user=me&password-file=" + file);
            String fromVariable = server.source("table=secret&key=id&user=me&ApplicationName=train");
            String[] more = {
                "--plugins", drivers.toString(), "--json", "--debug", "--bad-rows=skip=5%,quarantine=bad.jsonl"
            };
            Command command = Command.brief(directory);
            Command.Running running = command.start(array(train(fromFile, more)));
            String line = Files.readString(Path.of("/proc/" + running.process().pid() + "/cmdline"));
            assertThat(line).doesNotContain(DatabaseServer.PASSWORD);
            results.add(running.await().done());
            server.execute("insert into secret select i, sin(i), 'a' from generate_series(3001, 3500) i");
            List<String> resume = train(fromVariable, more);
            resume.add("--resume");
            results.add(command.withVariable(VARIABLE, DatabaseServer.PASSWORD)
                    .run(array(resume))
                    .done());
            assertThat(results.get(1).out()).contains("\"rows\":500", "\"rows_before\":2970");
            String named = fromVariable.replace("&ApplicationName=train", "&password-env=OTHER");
            results.add(command.withVariable("OTHER", DatabaseServer.PASSWORD)
                    .run("inspect", named, "--plugins", drivers.toString())
                    .done());

            List<Command.Result> refused = new ArrayList<>();
            String encoded = URLEncoder.encode(DatabaseServer.PASSWORD, StandardCharsets.UTF_8);
            String raw = DatabaseServer.PASSWORD.replace(' ', '_');
            for (String bad : List.of(
                    fromFile.replace(file.toString(), wrong.toString()),
                    fromVariable,
                    fromVariable + "&password=" + encoded,
                    fromVariable + "&password=" + raw,
                    fromVariable + "&nonsense%zz&password=" + raw,
                    fromVariable.replace("//", "//me:" + encoded + "@"),
                    fromVariable.replace("//", "//me:" + raw + "@"),
                    fromVariable.replace("//", "//me:" + raw + "@") + "&table",
                    fromVariable + "&key=id&password=" + encoded)) {
                refused.add(command.run(array(
                        train(bad, "--json", "--debug", "--plugins", drivers.toString(), "--store", "refused-store"))));
            }
            // The driver repeats what it was asked, with the password in it.
            String query = "query=select '" + DatabaseServer.PASSWORD + "' from nothing";
            refused.add(command.withVariable(VARIABLE, DatabaseServer.PASSWORD)
                    .run(array(train(
                            fromVariable.replace("table=secret", query.replace("+", "%2B")),
                            "--debug",
                            "--plugins",
                            drivers.toString(),
                            "--store",
                            "refused-store"))));
            assertThat(refused)
                    .allSatisfy(result -> assertThat(result.status())
                            .as(result.err() + result.out())
                            .isEqualTo(2));
            results.addAll(refused);
            try (Stream<Path> all = Files.walk(directory)) {
                all.filter(Files::isRegularFile)
                        .filter(some -> !some.startsWith(drivers))
                        .forEach(written::add);
            }
            assertThat(written).anyMatch(some -> some.endsWith("bad.jsonl"));
            assertThat(written).anyMatch(some -> some.toString().endsWith(".safetensors"));
            for (String secret : List.of(DatabaseServer.PASSWORD, encoded, raw, "Geh3im")) {
                for (Command.Result result : results) {
                    assertThat(result.out() + result.err()).doesNotContain(secret);
                }
                for (Path some : written) {
                    assertThat(Files.readString(some, StandardCharsets.ISO_8859_1))
                            .as(some.toString())
                            .doesNotContain(secret);
                }
            }
        } finally {
            Files.delete(file);
            Files.delete(wrong);
        }
    }
}
