package org.accrete.io.parquet;

import static org.accrete.io.parquet.ParquetFixtures.CSV;
import static org.accrete.io.parquet.ParquetFixtures.PARQUET;
import static org.accrete.io.parquet.ParquetFixtures.all;
import static org.accrete.io.parquet.ParquetFixtures.request;
import static org.accrete.io.parquet.ParquetFixtures.resource;
import static org.accrete.io.parquet.ParquetFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.RowFilter;
import org.accrete.api.data.SourceRequest;
import org.accrete.testkit.RunSeed;
import org.accrete.testkit.SameTable;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same table as Parquet and as CSV gives the same plan and the same rows, bit for bit. */
@ExtendWith(RunSeed.class)
class SameTableTest {
    private static final int ROWS = 2_500;
    private static final String SCHEMA = "optional double n; optional float f; optional int32 i; required int64 id;"
            + " optional binary c (STRING); required boolean b; optional int32 day (DATE);"
            + " optional int64 t (TIMESTAMP(MICROS,false)); optional int64 money (DECIMAL(18,2));"
            + " required double w; optional binary digits (STRING); required binary y (STRING);";
    private static final String HEADER = "n,f,i,id,c,b,day,t,money,w,digits,y\n";

    @TempDir
    Path folder;

    private final SeededRandom random = RunSeed.random("same table");
    private final List<Object[]> rows = new ArrayList<>();
    private final StringBuilder csv = new StringBuilder(HEADER);

    @BeforeEach
    void makeTable() {
        for (int row = 0; row < ROWS; row++) {
            double number = random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            float single = random.nextInt(3) == 0
                    ? random.nextInt(1_000) / 100F
                    : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15));
            LocalDateTime time = LocalDate.of(1, 1, 1)
                    .plusDays(random.nextInt(800_000))
                    .atTime(random.nextInt(24), random.nextInt(60), random.nextInt(60));
            int money = random.nextInt(1_000_000) - 500_000;
            // Blanks around texts do not count, and some texts are missing values.
            String text = random.nextInt(20) == 0
                    ? random.nextInt(2) == 0 ? "NA" : "  "
                    : " Zürich " + random.nextInt(random.nextInt(10) == 0 ? 400 : 9);
            String digits = row % 2 == 0 ? random.nextInt(50) + ".50" : "-0";
            double weight = random.nextInt(4) / 2.0;
            String label = random.nextInt(500) == 0 ? "rare" + row : random.nextInt(3) == 0 ? "spam" : "ham";
            Object[] values = {
                random.nextInt(50) == 0 ? (Object) Double.NaN : (Object) number,
                single,
                random.nextInt(1_000) - 500,
                9_007_199_254_740_993L + row,
                text,
                random.nextInt(3) == 0,
                (int) time.toLocalDate().toEpochDay(),
                time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + random.nextInt(1_000_000),
                (long) money,
                weight,
                digits,
                label
            };
            String[] cells = {
                Double.toString((Double) values[0]),
                ShortFloatTest.shortest(single),
                values[2].toString(),
                values[3].toString(),
                text,
                values[5].toString(),
                time.toLocalDate().toString(),
                time.toString().replace('T', ' '),
                BigDecimal.valueOf(money, 2).toString(),
                Double.toString(weight),
                digits,
                label
            };
            for (int j : new int[] {0, 1, 2, 4, 6, 7, 8, 10}) {
                if (random.nextInt(15) == 0) {
                    values[j] = null;
                    cells[j] = "";
                }
            }
            rows.add(values);
            csv.append(String.join(",", cells)).append('\n');
        }
        write(folder.resolve("t.csv"), csv.toString());
    }

    private void assertSame(String file, String target, String... columns) {
        SourceRequest wanted = request(folder.resolve("t.csv"), columns).withTarget(target);
        SourceRequest got = request(folder.resolve(file), columns).withTarget(target);
        List<String> all = all(CSV, wanted);
        assertThat(all).hasSize(ROWS + 1);
        SameTable.assertSame(all(PARQUET, got), all);
    }

    /** Those that the library writes; gzip is among the files of PyArrow. */
    private static Stream<CompressionCodecName> codecs() {
        return Stream.of(
                CompressionCodecName.UNCOMPRESSED,
                CompressionCodecName.SNAPPY,
                CompressionCodecName.ZSTD,
                CompressionCodecName.LZ4_RAW);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void withEachCodec(CompressionCodecName codec) {
        for (WriterVersion version : WriterVersion.values()) {
            write(
                    folder.resolve("t.parquet"),
                    SCHEMA,
                    rows,
                    options -> options.withCompressionCodec(codec).withWriterVersion(version));
            assertSame("t.parquet", "y");
        }
    }

    @Test
    void withAnySizesOfPagesAndRowGroups() {
        for (int i = 0; i < 6; i++) {
            boolean hasDictionary = i % 2 == 0;
            int page = 1 + random.nextInt(i < 3 ? 30 : 2_000);
            int group = 100 + random.nextInt(2_000);
            int words = 64 + random.nextInt(2_000);
            WriterVersion version = WriterVersion.values()[random.nextInt(2)];
            write(
                    folder.resolve("t.parquet"),
                    SCHEMA,
                    rows,
                    options -> options.withDictionaryEncoding(hasDictionary)
                            .withDictionaryPageSize(words)
                            .withPageRowCountLimit(page)
                            .withRowGroupRowCountLimit(group)
                            .withWriterVersion(version));
            assertSame("t.parquet", "y");
        }
    }

    @Test
    void withColumnsOfAllKinds() {
        write(folder.resolve("t.parquet"), SCHEMA, rows, options -> options);
        assertSame("t.parquet", "y", "w=weight", "id=key", "c=key", "i=categorical", "money=ignore");
        assertSame("t.parquet", "n", "w=weight", "day=categorical", "digits=categorical", "b=key");
        assertSame("t.parquet", "i", "i=numeric(missing=7|-3)", "n=numeric(missing=0.5)", "day=key");
        assertSame("t.parquet", "b", "t=datetime(missing=2001-02-03)", "y=ignore");
        assertSame("t.parquet", "digits", "digits=categorical", "y=ignore");
        assertSame("t.parquet", "id", "y=ignore");
    }

    @Test
    void withColumnsThatSayMore() {
        write(folder.resolve("t.parquet"), SCHEMA, rows, options -> options);
        assertSame(
                "t.parquet",
                "y",
                "n=numeric(if-missing=0.5,indicator=yes)",
                "t=datetime(if-missing=2001-02-03,indicator=yes)",
                "c=categorical(min-count=20,if-missing=elsewhere)",
                "digits=text(chars=2-3,width=64)",
                "i=numeric(missing=7|-3,indicator=yes)");
        assertSame(
                "t.parquet",
                "y",
                "c=text(ngrams=1-2,if-missing=nowhere,indicator=yes)",
                "i=categorical(values=1|2|3)",
                "day=key",
                "id=ignore",
                "b*i*day=cross(columns=b|i|day)",
                "c2=cross(columns=id|b,width=64)");
        // The inferred width of a cross of an ignored column.
        assertSame("t.parquet", "y", "c=ignore", "c*b=cross(columns=c|b)", "money=numeric(if-missing=-1)");
    }

    /** The same rows pass, whatever columns a condition reads, and whether the plan needs these or not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "n > 0",
                "f <= 1.5 and i != 7",
                "c = \"Zürich 3\" or c < \"Zürich 2\"",
                "b = true",
                "b != true",
                "day >= \"1900-01-01\"",
                "t < \"2000-01-01 12:00\" and not money > 10",
                "y in (\"spam\", 'rare7')",
                "digits is missing or digits = 7.5",
                "not (w = 0.5)",
                "id >= 9007199254741500",
                "i in (1, 2, 3, 4) or c is missing"
            })
    void withConditions(String condition) {
        write(folder.resolve("t.parquet"), SCHEMA, rows, options -> options);
        Optional<RowFilter> where = Optional.of(RowFilter.parse(condition));
        for (String[] columns : new String[][] {{}, {"n=ignore", "day=ignore", "b=ignore", "money=ignore", "c=key"}}) {
            SourceRequest wanted =
                    request(folder.resolve("t.csv"), columns).withTarget("y").withWhere(where);
            SourceRequest got = request(folder.resolve("t.parquet"), columns)
                    .withTarget("y")
                    .withWhere(where);
            List<String> all = all(CSV, wanted);
            assertThat(all).hasSizeBetween(2, ROWS);
            SameTable.assertSame(all(PARQUET, got), all);
        }
    }

    @Test
    void inSeveralFilesOfADirectory() throws IOException {
        Path parts = Files.createDirectory(folder.resolve("parts"));
        int begin = 0;
        for (int i = 0; i < 4; i++) {
            int end = i == 3 ? ROWS : begin + random.nextInt(ROWS - begin + 1);
            CompressionCodecName codec = codecs().toList().get(i);
            write(
                    parts.resolve("part-" + i + ".parquet"),
                    SCHEMA,
                    rows.subList(begin, end),
                    options -> options.withCompressionCodec(codec));
            begin = end;
        }
        assertSame("parts", "y");
        assertSame("parts/*.parquet", "y");
    }

    private static Stream<String> fixtures() {
        return Stream.of(
                "none",
                "snappy",
                "gzip",
                "zstd",
                "lz4",
                "plain",
                "version-2",
                "checksums",
                "small-dictionary",
                "int96",
                "decimals-as-integers",
                "encodings",
                "encodings-version-2");
    }

    /** Every type, encoding and codec, as PyArrow writes them. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void asWrittenByPyArrow(String name) {
        Path csv = resource("table.csv");
        Path parquet = resource(name + ".parquet");
        for (String[] columns : new String[][] {
            {},
            {"i64=key", "u64=key", "time=key", "large_decimal=key", "nanos=key", "f32=ignore"},
            {"u32=categorical", "decimal=categorical", "bool=categorical", "date=categorical", "flag=ignore"}
        }) {
            for (String target : List.of("y", "flag", "u64")) {
                if (!List.of(columns).contains(target + "=ignore")
                        && !List.of(columns).contains(target + "=key")) {
                    List<String> all = all(CSV, request(csv, columns).withTarget(target));
                    assertThat(all).hasSize(161);
                    SameTable.assertSame(all(PARQUET, request(parquet, columns).withTarget(target)), all);
                }
            }
        }
    }
}
