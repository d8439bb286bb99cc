package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowEncoderTest {
    private static ColumnPlan plan(String... columns) {
        return new ColumnPlan(Stream.of(columns).map(Column::parse).toList());
    }

    private static List<String> header(ColumnPlan plan) {
        return plan.columns().stream().map(Column::name).toList();
    }

    private static ChunkBuffer encode(ColumnPlan plan, List<List<String>> rows) {
        RowEncoder encoder = new RowEncoder(plan, header(plan), true);
        ChunkBuffer buffer =
                new ChunkBuffer(encoder.schema(), rows.size(), plan.keys().size());
        rows.forEach(row -> encoder.encode(row, buffer));
        return buffer;
    }

    private static double[] dense(ColumnPlan plan, String... cells) {
        DenseChunk chunk = (DenseChunk) encode(plan, List.of(List.of(cells))).chunk();
        return Arrays.copyOf(chunk.values(), chunk.width());
    }

    @Test
    void blocksStandInTheOrderOfTheSchemaWhateverTheHeadersOrder() {
        ColumnPlan plan = plan(
                "c=categorical(width=1024)",
                "n=numeric",
                "d=datetime(first-day=2001-01-01)",
                "y=target(kind=numeric)",
                "c2=categorical(width=2048)",
                "b=boolean",
                "i=ignore");
        RowEncoder encoder = new RowEncoder(plan, List.of("i", "y", "extra", "b", "d", "c2", "n", "c"), true);
        ChunkBuffer buffer = new ChunkBuffer(encoder.schema(), 2);
        encoder.encode(List.of("junk", "7.5", "x", "YES", "2001-01-03 12:00", "hello", " 4 ", " test "), buffer);
        SparseChunk chunk = (SparseChunk) buffer.chunk();
        assertThat(encoder.schema()).isEqualTo(plan.schema());
        int[] indices = Arrays.copyOf(chunk.indices(), chunk.end(0));
        double[] values = Arrays.copyOf(chunk.values(), chunk.end(0));
        assertThat(indices)
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9 + (0xba6bd213 & 1023), 9 + 1024 + (0x248bfa47 & 2047));
        double week = 2 * Math.PI * 2 / 7;
        double year = 2 * Math.PI * 2 / 365;
        assertThat(values)
                .containsExactly(
                        new double[] {
                            4, 2.5, 1, 0, -1, Math.sin(week), Math.cos(week), Math.sin(year), Math.cos(year), 1, 1
                        },
                        within(1e-15));
        assertThat(chunk.target(0)).isEqualTo(7.5);
    }

    @Test
    void widthsThatAreNoPowerOfTwoTakeTheUnsignedHash() {
        ColumnPlan plan = plan("c=categorical(width=1000)");
        SparseChunk chunk = (SparseChunk) encode(plan, List.of(List.of("test"))).chunk();
        assertThat(chunk.indices()[0]).isEqualTo((int) (0xba6bd213L % 1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "NA", "na", "NaN", "nan", "NAN", "null", "NULL", " NA "})
    void missingCellsAreNaNOrNoEntry(String missing) {
        assertThat(dense(plan("n=numeric"), missing)).containsExactly(Double.NaN);
        assertThat(dense(plan("b=boolean"), missing)).containsExactly(Double.NaN);
        assertThat(dense(plan("d=datetime(first-day=2001-01-01)"), missing))
                .containsExactly(Double.NaN, 0, 0, 0, 0, 0, 0);
        ChunkBuffer hot = encode(
                plan("c=categorical(width=1024)", "w=weight", "k=key"), List.of(List.of(missing, missing, missing)));
        assertThat(((SparseChunk) hot.chunk()).end(0)).isZero();
        assertThat(hot.chunk().weight(0)).isEqualTo(1.0);
        assertThat(hot.key(0, 0)).isEqualTo(missing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Na", "Null", "nA", "none", "?", "-"})
    void otherSpellingsAreText(String text) {
        ChunkBuffer hot = encode(plan("c=categorical(width=1024)"), List.of(List.of(text)));
        assertThat(((SparseChunk) hot.chunk()).end(0)).isEqualTo(1);
        assertThatThrownBy(() -> dense(plan("n=numeric"), text))
                .hasMessageStartingWith("column 'n' must be a number or missing but was '" + text + "'");
    }

    @Test
    void whatAColumnListsAsMissingIsMissing() {
        for (String missing : List.of("?", " ? ", "-999", "-999.0", "\\N", "")) {
            assertThat(dense(plan("n=numeric(missing=?|-999|\\N)"), missing)).containsExactly(Double.NaN);
        }
        assertThat(dense(plan("n=numeric(missing=?|-999)"), "-99")).containsExactly(-99);
        assertThat(dense(plan("b=boolean(missing=?)"), "?")).containsExactly(Double.NaN);
        assertThat(dense(plan("d=datetime(first-day=2001-01-01,missing=-)"), "-")[0])
                .isNaN();
        ChunkBuffer hot =
                encode(plan("c=categorical(width=1024,missing=?)", "w=weight(missing=?)"), List.of(List.of("?", "?")));
        assertThat(((SparseChunk) hot.chunk()).end(0)).isZero();
        assertThat(hot.chunk().weight(0)).isEqualTo(1.0);
        ColumnPlan numbers = plan("n=numeric", "y=target(kind=numeric,missing=-999)");
        assertThat(encode(numbers, List.of(List.of("1", "-999.0"))).chunk().target(0))
                .isNaN();
        ColumnPlan labels = plan("n=numeric", "y=target(kind=categorical,missing=?)");
        assertThat(encode(labels, List.of(List.of("1", "?"))).chunk().target(0)).isNaN();
    }

    @Test
    void aDecimalCommaIsReadWhereTheColumnHasOne() {
        ColumnPlan plan = plan("n=numeric(decimal=%2C)", "y=target(kind=numeric,decimal=%2C)");
        ChunkBuffer rows = encode(plan, List.of(List.of("-1,5e1", "0,25"), List.of("3", "0,12345678901234567")));
        DenseChunk chunk = (DenseChunk) rows.chunk();
        assertThat(chunk.values()[chunk.offset(0)]).isEqualTo(-15);
        assertThat(chunk.target(0)).isEqualTo(0.25);
        assertThat(chunk.target(1)).isEqualTo(0.12345678901234567);
        assertThatThrownBy(() -> encode(plan, List.of(List.of("1.5", "1"))))
                .hasMessageStartingWith("column 'n' must be a number or missing but was '1.5'")
                .hasMessageContaining("decimal=");
    }

    /** A cell that is refused though it is plainly a number or a date: the message says what to do. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "numeric;0,5;decimal=%2C",
                "numeric;1,234.5;remove the separators",
                "numeric;12 %;remove the percent sign",
                "numeric;$1.50;remove the currency",
                "numeric;?;csv:FILE?missing=%3F",
                "numeric;-;--column 'n=numeric(missing=-)'",
                "datetime(first-day=2001-01-01);n/a;--column 'n=datetime(missing=n/a)'"
            })
    void aRefusalSaysWhatToDo(String kind, String cell, String advice) {
        assertThatThrownBy(() -> dense(plan("n=" + kind), cell))
                .hasMessageStartingWith("column 'n' must be ")
                .hasMessageContaining("but was '" + cell + "'; ")
                .hasMessageContaining(advice);
    }

    @Test
    void labelsStayAsWrittenWhereThePlanSaysSo() {
        ColumnPlan plan = plan("n=numeric", "y=target(kind=categorical,labels=as-written)");
        Chunk chunk = encode(
                        plan,
                        Stream.of("007", "7", "7.0", " 7 ")
                                .map(label -> List.of("0", label))
                                .toList())
                .chunk();
        assertThat(chunk.classes()).containsExactly("007", "7", "7.0");
        assertThat(chunk.target(3)).isEqualTo(1);
    }

    @Test
    void aFractionAmongWholeNumbersTakenForClassesIsRefused() {
        ColumnPlan plan = plan("n=numeric", "y=target(kind=categorical,classes=0|1)");
        assertThatThrownBy(() -> encode(plan, List.of(List.of("0", "2"), List.of("0", "0.25"))))
                .hasMessage(
                        "column 'y', the target, must be a whole number, as all classes so far, but was '0.25'; if the"
                                + " target is a number, say --column y=numeric, and if each value is a class,"
                                + " --column y=categorical");
        RowEncoder predicting = new RowEncoder(plan, header(plan), false);
        ChunkBuffer rows = new ChunkBuffer(plan.schema(), 1);
        predicting.encode(List.of("0", "0.25"), rows);
        assertThat(rows.chunk().target(0)).isNaN();
        ColumnPlan asked = plan("n=numeric", "y=target(kind=categorical,labels=as-written,classes=0|1)");
        assertThat(encode(asked, List.of(List.of("0", "0.25"))).chunk().target(0))
                .isEqualTo(2);
    }

    @Test
    void booleansAreReadInAnyCase() {
        for (String word : List.of("true", "Yes", "TRUE", " yes ")) {
            assertThat(dense(plan("b=boolean"), word)).containsExactly(1);
        }
        for (String word : List.of("false", "No", "FALSE")) {
            assertThat(dense(plan("b=boolean"), word)).containsExactly(0);
        }
    }

    @Test
    void aBadCellIsNamedAndLeavesNoTrace() {
        ColumnPlan plan = plan(
                "n=numeric",
                "b=boolean",
                "d=datetime(first-day=2001-01-01)",
                "w=weight",
                "y=target(kind=categorical,classes=a)");
        List<String> good = List.of("1", "yes", "2001-01-01", "1", "a");
        RowEncoder encoder = new RowEncoder(plan, header(plan), true);
        ChunkBuffer buffer = new ChunkBuffer(encoder.schema(), 10);
        encoder.encode(good, buffer);
        String[][] bad = {
            {"1x", "yes", "2001-01-01", "1", "new", "column 'n' must be a number or missing but was '1x'"},
            {"1e999", "yes", "2001-01-01", "1", "new", "column 'n' must be a finite number or missing but was '1e999'"},
            {"-inf", "yes", "2001-01-01", "1", "new", "column 'n' must be a finite number or missing but was '-inf'"},
            {
                "1",
                "maybe",
                "2001-01-01",
                "1",
                "new",
                "column 'b' must be true, yes, false, no or missing but was 'maybe'"
            },
            {
                "1",
                "yes",
                "01.01.2001",
                "1",
                "new",
                "column 'd' must be a date yyyy-MM-dd, with or without HH:mm[:ss], or missing but was '01.01.2001'"
            },
            {"1", "yes", "2001-01-01", "-1", "new", "column 'w' must be a weight >= 0 or missing but was '-1'"},
            {"1", "yes", "2001-01-01", "x\ny", "new", "column 'w' must be a number or missing but was 'x y'"},
        };
        for (String[] row : bad) {
            assertThatThrownBy(() -> encoder.encode(List.of(row).subList(0, 5), buffer))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA))
                    .hasMessage(row[5]);
            assertThat(buffer.rows()).isEqualTo(1);
            assertThat(encoder.classes()).containsExactly("a");
        }
        encoder.encode(good, buffer);
        DenseChunk chunk = (DenseChunk) buffer.chunk();
        assertThat(Arrays.copyOfRange(chunk.values(), chunk.width(), 2 * chunk.width()))
                .containsExactly(Arrays.copyOf(chunk.values(), chunk.width()));
    }

    @Test
    void aLongCellIsShownCut() {
        assertThatThrownBy(() -> dense(plan("n=numeric"), "x".repeat(500)))
                .hasMessage("column 'n' must be a number or missing but was '" + "x".repeat(40) + "…'");
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> dense(plan("n=numeric"), "1", "2"))
                .hasMessage("a row must have 1 fields, as the header has, but has 2");
    }

    @Test
    void labelsAreTrimmedAndWholeNumbersCanonical() {
        ColumnPlan plan = plan("n=numeric", "y=target(kind=categorical,classes=1|10)");
        List<List<String>> rows = Stream.of(
                        "1", "1.0", " 1 ", "+1", "1e0", "01", "10", "1e1", "cat", " cat", "Cat", "1.5", "1.50", "-0",
                        "0", "-7.0")
                .map(label -> List.of("0", label))
                .toList();
        Chunk chunk = encode(plan, rows).chunk();
        assertThat(chunk.classes()).containsExactly("1", "10", "cat", "Cat", "1.5", "1.50", "0", "-7");
        double[] targets = new double[rows.size()];
        Arrays.setAll(targets, chunk::target);
        assertThat(targets).containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 6, 7);
    }

    @Test
    void aListOfLabelsThatWasHandedOutNeverChanges() {
        ColumnPlan plan = plan("n=numeric", "y=target(kind=categorical)");
        RowEncoder encoder = new RowEncoder(plan, header(plan), true);
        ChunkBuffer buffer = new ChunkBuffer(encoder.schema(), 1_000);
        List<String> early = List.of();
        for (int i = 0; i < 1_000; i++) {
            encoder.encode(List.of("1", "label" + i), buffer);
            assertThat(buffer.chunk().classes()).hasSize(i + 1).endsWith("label" + i);
            assertThat(buffer.chunk().target(i)).isEqualTo(i);
            if (i == 19) {
                early = buffer.chunk().classes();
            }
        }
        assertThat(early).hasSize(20).isEqualTo(encoder.classes().subList(0, 20));
        assertThat(early.get(19)).isEqualTo("label19");
        List<String> held = early;
        assertThatThrownBy(() -> held.add("x")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> held.get(20)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void numericTargetsMustBeFiniteOrMissing() {
        ColumnPlan plan = plan("n=numeric", "y=target(kind=numeric)");
        for (String bad : List.of("x", "inf", "1e999")) {
            assertThatThrownBy(() -> dense(plan, "1", bad))
                    .hasMessage("column 'y', the target, must be a finite number or missing but was '" + bad + "'");
        }
    }

    @Test
    void aRowWhoseTargetIsMissingIsUnlabelled() {
        for (String kind : List.of("numeric", "categorical")) {
            ColumnPlan plan = plan("n=numeric", "y=target(kind=" + kind + ")");
            RowEncoder encoder = new RowEncoder(plan, header(plan), true);
            ChunkBuffer buffer = new ChunkBuffer(encoder.schema(), 10);
            for (String missing : List.of("", " ", "NA", "NaN", "null")) {
                encoder.encode(List.of("1", missing), buffer);
                assertThat(buffer.chunk().target(buffer.rows() - 1)).isNaN();
            }
            assertThat(encoder.classes()).isEmpty();
        }
    }

    @Test
    void whereNoTargetIsNeededItMayBeMissingUnusableOrAbsent() {
        for (String kind : List.of("numeric", "categorical")) {
            ColumnPlan plan = plan("n=numeric", "w=weight", "y=target(kind=" + kind + ")");
            RowEncoder with = new RowEncoder(plan, List.of("y", "n"), false);
            ChunkBuffer buffer = new ChunkBuffer(with.schema(), 3);
            with.encode(List.of("", "1"), buffer);
            with.encode(List.of(kind.equals("numeric") ? "x" : "NA", "2"), buffer);
            new RowEncoder(plan, List.of("n"), false).encode(List.of("3"), buffer);
            assertThat(buffer.rows()).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                assertThat(buffer.chunk().target(i)).isNaN();
            }
        }
    }

    @Test
    void aHeaderThatLacksAColumnIsRefusedByName() {
        ColumnPlan plan =
                plan("n=numeric", "c=categorical(width=64)", "y=target(kind=numeric)", "i=ignore", "w=weight");
        assertThat(new RowEncoder(plan, List.of("y", "c", "n", "w"), true).plan())
                .isEqualTo(plan);
        assertThatThrownBy(() -> new RowEncoder(plan, List.of("y", "n", "w", "z"), true))
                .hasMessage("there is no column 'c' of kind categorical, which the plan needs; columns: y, n, w, z");
        assertThatThrownBy(() -> new RowEncoder(plan, List.of("n", "c", "w"), true))
                .hasMessageStartingWith("there is no column 'y', the target");
        assertThatThrownBy(() -> new RowEncoder(plan, List.of("n", "c", "y"), true))
                .hasMessageStartingWith("there is no column 'w' of kind weight");
        assertThatThrownBy(() -> new RowEncoder(plan, List.of("n", "c", "y", "w", "n"), true))
                .hasMessage("column 'n' occurs twice in the header");
    }

    @Test
    void keysArePassedThroughUntouchedAndWeightsAreRead() {
        ColumnPlan plan = plan("n=numeric", "k=key", "w=weight", "k2=key");
        ChunkBuffer buffer = encode(plan, List.of(List.of("1", " a ", "2.5", "b"), List.of("1", "c", "", "")));
        Chunk chunk = buffer.chunk();
        assertThat(buffer.key(0, 0)).isEqualTo(" a ");
        assertThat(buffer.key(0, 1)).isEqualTo("b");
        assertThat(buffer.key(1, 1)).isEmpty();
        assertThat(chunk.weight(0)).isEqualTo(2.5);
        assertThat(chunk.weight(1)).isEqualTo(1.0);
    }

    @Test
    void textsAndCharactersAreEncodedAlike() {
        ColumnPlan plan = plan("n=numeric", "c=categorical(width=1024)", "y=target(kind=categorical)");
        RowEncoder encoder = new RowEncoder(plan, header(plan), true);
        ChunkBuffer buffer = new ChunkBuffer(encoder.schema(), 2);
        String cell = "é".repeat(400);
        encoder.encode(List.of(" 12 ", cell, "a"), buffer);
        byte[] text = ("x 12 " + cell + "a and more").getBytes(StandardCharsets.UTF_8);
        encoder.encode(text, new int[] {0, 1, 5, 805, 806, 9}, 1, 3, buffer);
        SparseChunk chunk = (SparseChunk) buffer.chunk();
        assertThat(chunk.end(1)).isEqualTo(4);
        assertThat(Arrays.copyOfRange(chunk.indices(), 2, 4)).containsExactly(Arrays.copyOf(chunk.indices(), 2));
        assertThat(chunk.target(1)).isEqualTo(chunk.target(0));
    }

    @Test
    void rowsAllocateNothing() {
        ColumnPlan plan = plan(
                "n=numeric",
                "c=categorical(width=1024)",
                "d=datetime(first-day=2001-01-01)",
                "y=target(kind=categorical,classes=a|b)");
        RowEncoder encoder = new RowEncoder(plan, header(plan), true);
        ChunkBuffer buffer = new ChunkBuffer(encoder.schema(), 1_000);
        List<String> row = List.of("12.75", "text", "2001-01-01 10:30", "b");
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int repeat = 0; repeat < 20; repeat++) {
            buffer.clear();
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 1_000; i++) {
                encoder.encode(row, buffer);
            }
            least = Math.min(
                    least,
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        assertThat(least).isLessThan(1_000);
    }
}
