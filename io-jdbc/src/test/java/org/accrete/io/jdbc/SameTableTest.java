package org.accrete.io.jdbc;

import static org.accrete.io.jdbc.JdbcFixtures.CSV;
import static org.accrete.io.jdbc.JdbcFixtures.request;
import static org.accrete.testkit.SameTable.lines;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.RowFilter;
import org.accrete.api.data.SourceRequest;
import org.accrete.testkit.RunSeed;
import org.accrete.testkit.SameTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same table in a database and as CSV gives the same plan and the same rows, bit for bit. */
@ExtendWith(RunSeed.class)
class SameTableTest {
    private static final int ROWS = 2_500;
    private static final List<String> NAMES = List.of(
            "n", "f", "small", "id", "c", "b", "day", "t", "z", "money", "big", "w", "digits", "code", "clock", "y");
    private static final String TABLE =
            "create table t (n double precision, f real, small smallint, id bigint not null,"
                    + " c varchar(99), b boolean not null, \"day\" date, t timestamp, z timestamp with time zone,"
                    + " money numeric(18, 2), big numeric(30, 9), w integer, digits char(8), code uuid, clock time, y varchar(9),"
                    + " raw %s, primary key (id))";

    @TempDir
    Path folder;

    private final SeededRandom random = RunSeed.random("same table");
    private final List<Object[]> rows = new ArrayList<>();

    private static Stream<Arguments> databases() {
        return Stream.of(
                Arguments.of("H2", (Supplier<String>) JdbcFixtures::h2, "varbinary(9)"),
                Arguments.of("PostgreSQL", (Supplier<String>) JdbcFixtures::postgres, "bytea"));
    }

    @BeforeEach
    void makeTable() throws IOException {
        StringBuilder csv = new StringBuilder(String.join(",", NAMES)).append('\n');
        long id = -9_007_199_254_740_993L;
        for (int row = 0; row < ROWS; row++) {
            id += 1 + random.nextInt(1_000);
            double number = random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            float single = random.nextInt(3) == 0
                    ? random.nextInt(1_000) / 100F
                    : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15));
            LocalDateTime time = LocalDate.of(1, 1, 1)
                    .plusDays(random.nextInt(800_000))
                    .atTime(random.nextInt(24), random.nextInt(60), random.nextInt(60));
            String text = random.nextInt(20) == 0
                    ? random.nextInt(2) == 0 ? "NA" : "  "
                    : " Zürich " + random.nextInt(random.nextInt(10) == 0 ? 400 : 9);
            BigDecimal big = new BigDecimal(random.nextGaussian() * Math.pow(10, random.nextInt(18) - 3))
                    .setScale(9, RoundingMode.HALF_UP);
            Object[] values = {
                random.nextInt(50) == 0 ? (Object) Double.NaN : (Object) number,
                single,
                random.nextInt(1_000) - 500,
                id,
                text,
                random.nextInt(3) == 0,
                time.toLocalDate(),
                time,
                time.plusSeconds(random.nextInt(100_000)).atOffset(ZoneOffset.UTC),
                BigDecimal.valueOf(random.nextInt(1_000_000) - 500_000, 2),
                big,
                random.nextInt(4),
                row % 2 == 0 ? random.nextInt(50) + ".50" : "-0",
                new UUID(7, random.nextInt(5)),
                time.toLocalTime(),
                random.nextInt(500) == 0 ? "rare" + row : random.nextInt(3) == 0 ? "spam" : "ham"
            };
            for (int j : new int[] {0, 1, 2, 4, 6, 7, 8, 9, 10, 12, 13, 14}) {
                if (random.nextInt(15) == 0) {
                    values[j] = null;
                }
            }
            rows.add(values);
            for (int j = 0; j < values.length; j++) {
                csv.append(j == 0 ? "" : ",").append(csv(values[j]));
            }
            csv.append('\n');
        }
        Files.writeString(folder.resolve("t.csv"), csv);
    }

    private static String csv(Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Float single) {
            return shortest(single);
        }
        if (value instanceof LocalDateTime time) {
            return time.toLocalDate() + " " + clock(time.toLocalTime());
        }
        if (value instanceof OffsetDateTime time) {
            return csv(time.toLocalDateTime());
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        return value instanceof LocalTime time ? clock(time) : value.toString();
    }

    private static String clock(LocalTime time) {
        return String.format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
    }

    private static String shortest(float value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; ; digits++) {
            BigDecimal some = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (value == 0 || some.floatValue() == value) {
                return value == 0 ? "0" : some.toString();
            }
        }
    }

    /** Inserts the rows in any order. */
    private String fill(String location, String bytes) {
        JdbcFixtures.execute(location, TABLE.formatted(bytes));
        List<Object[]> shuffled = new ArrayList<>(rows);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            Collections.swap(shuffled, i, random.nextInt(i + 1));
        }
        try (Connection connection = DriverManager.getConnection("jdbc:" + location);
                PreparedStatement insert =
                        connection.prepareStatement("insert into t values (" + "?, ".repeat(NAMES.size()) + "null)")) {
            connection.setAutoCommit(false);
            for (Object[] row : shuffled) {
                for (int j = 0; j < row.length; j++) {
                    insert.setObject(j + 1, row[j]);
                }
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return location;
    }

    private void assertSame(String location, String target, String... columns) {
        SourceRequest wanted =
                request(folder.resolve("t.csv").toString(), columns).withTarget(target);
        List<String> all = lines(JdbcFixtures.open(CSV, wanted));
        assertThat(all).hasSize(ROWS + 1);
        SourceRequest got = request(location, columns).withTarget(target);
        try (ChunkSource source = JdbcFixtures.open(got, "table=t", "key=id", "page-rows=700")) {
            assertThat(source.warnings())
                    .filteredOn(line -> line.contains("'raw'"))
                    .singleElement()
                    .asString()
                    .contains("is ignored: it is of type", "a query can convert it");
        }
        String[][] ways = {
            {"table=t", "page-rows=700"},
            {"query=select * from t -- all", "fetch-rows=11"},
            {"table=t", "fetch-rows=3000"}
        };
        for (String[] way : ways) {
            SameTable.assertSame(
                    lines(JdbcFixtures.open(
                                    got,
                                    Stream.concat(Stream.of(way), Stream.of("key=id"))
                                            .toArray(String[]::new)))
                            .stream()
                            .map(line -> line.replace(" raw=ignore", ""))
                            .toList(),
                    all);
        }
    }

    /** The same rows pass a condition, whatever columns it reads, ignored ones too. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void withConditions(String system, Supplier<String> database, String bytes) {
        String location = fill(database.get(), bytes);
        for (String condition :
                List.of("n > 0 and small != 7", "b = true or day >= \"1950-01-01\"", "money is missing")) {
            SourceRequest wanted = request(folder.resolve("t.csv").toString(), "n=ignore", "day=ignore")
                    .withTarget("y")
                    .withWhere(Optional.of(RowFilter.parse(condition)));
            List<String> all = lines(JdbcFixtures.open(CSV, wanted));
            assertThat(all).hasSizeBetween(2, ROWS);
            List<String> got = lines(JdbcFixtures.open(
                    request(location, "n=ignore", "day=ignore").withTarget("y").withWhere(wanted.where()),
                    "table=t",
                    "key=id"));
            SameTable.assertSame(
                    got.stream().map(line -> line.replace(" raw=ignore", "")).toList(), all);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databases")
    void withColumnsOfAllKinds(String system, Supplier<String> database, String bytes) {
        String location = fill(database.get(), bytes);
        assertSame(location, "y");
        assertSame(location, "y", "w=weight", "id=key", "c=key", "small=categorical", "money=ignore");
        assertSame(location, "n", "w=weight", "day=categorical", "digits=categorical", "b=key");
        assertSame(location, "small", "small=numeric(missing=7|-3)", "n=numeric(missing=0.5)", "day=key", "t=key");
        assertSame(location, "b", "t=datetime(missing=2001-02-03)", "y=ignore", "big=key", "money=categorical");
        assertSame(location, "w", "y=ignore", "z=key", "clock=key", "code=key", "digits=ignore");
        assertSame(
                location,
                "id",
                "y=ignore",
                "money=key",
                "small=categorical",
                "day=key",
                "b*small*day=cross(columns=b|small|day)");
    }
}
