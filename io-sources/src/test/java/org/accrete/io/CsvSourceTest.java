package org.accrete.io;

import static org.accrete.io.IoFixtures.all;
import static org.accrete.io.IoFixtures.from;
import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.open;
import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.rest;
import static org.accrete.io.IoFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvSourceTest {
    @TempDir
    Path folder;

    private Path csv(String text) {
        return write(folder.resolve("a.csv"), text);
    }

    private static Consumer<Throwable> says(AccreteException.Kind kind, String line) {
        return thrown -> {
            assertThat(thrown).isInstanceOf(AccreteException.class);
            assertThat(((AccreteException) thrown).line()).isEqualTo(line);
            assertThat(((AccreteException) thrown).kind()).isEqualTo(kind);
        };
    }

    // File formats.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,b\n1,2\n3,4\n",
                "a,b\n1,2\n3,4",
                "a,b\r\n1,2\r\n3,4\r\n",
                "a,b\r1,2\r3,4\r",
                "\uFEFFa,b\n1,2\n3,4\n",
                "\n\na,b\n\n1,2\n\r\n   \n3,4\n\n",
                "\"a\",\"b\"\n\"1\",2\n3,\"4\"\n",
                " a , b\n 1,2 \n\t3,4\n"
            })
    void equivalentFilesGiveTheSameRows(String text) {
        assertThat(all(request(csv(text)))).containsExactly("1.0 2.0", "3.0 4.0");
        assertThat(all(request(write(folder.resolve("b.csv"), gzip(text))))).containsExactly("1.0 2.0", "3.0 4.0");
        assertThat(all(request(write(folder.resolve("c.csv"), IoFixtures.zstd(text)))))
                .containsExactly("1.0 2.0", "3.0 4.0");
    }

    @Test
    void quotedCellsMayHoldDelimitersLineBreaksAndQuotes() {
        String text = "k,n\n\"a,b\",1\n\"c\nd\r\ne\",2\n\"f \"\"g\"\"\",3\n\"\",4\n";
        assertThat(all(request(csv(text), "k=key"))).containsExactly("1.0 a,b", "2.0 c\nd\r\ne", "3.0 f \"g\"", "4.0 ");
    }

    @Test
    void missingCellsAreMissing() {
        assertThat(all(request(csv("a,b\n1,\n,2\nNA,null\n")))).containsExactly("1.0 NaN", "NaN 2.0", "NaN NaN");
    }

    @Test
    void utf16IsReadByItsByteOrderMark() {
        String text = "ä,b\n1,2\n";
        for (var charset : List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
            Path file = write(folder.resolve("u.csv"), ("\uFEFF" + text).getBytes(charset));
            try (ChunkSource source = open(request(file))) {
                assertThat(source.schema().columnName(0)).isEqualTo("ä");
                assertThat(rest(source, 5)).containsExactly("1.0 2.0");
            }
        }
    }

    @Test
    void theCharsetIsUtf8UnlessGiven() {
        Path file = write(folder.resolve("l.csv"), "ä,b\n1,2\n".getBytes(StandardCharsets.ISO_8859_1));
        try (ChunkSource source = open(request(file), Map.of("charset", "latin1"))) {
            assertThat(source.schema().columnName(0)).isEqualTo("ä");
        }
        assertThatThrownBy(() -> open(request(file)))
                .satisfies(says(
                        AccreteException.Kind.BAD_DATA,
                        file
                                + " line 1: soon after this line there is something that is not UTF-8 text; say which charset "
                                + "it is, as in csv:FILE?charset=windows-1252"));
        assertThatThrownBy(() -> open(request(file), Map.of("charset", "klingon")))
                .hasMessage("charset must be a charset's name, such as windows-1252, but was 'klingon'");
    }

    @Test
    void anUnsplitHeaderSuggestsAnotherDelimiter() {
        for (String[] other : new String[][] {{";", "%3B"}, {"\t", "tab"}, {"|", "%7C"}}) {
            Path file = csv("a,y\n1,2\n".replace(",", other[0]));
            assertThatThrownBy(() -> open(SourceRequest.of(file.toString()).withTarget("y"), Map.of()))
                    .hasMessageContaining("there is no column 'y'; columns: ")
                    .hasMessageEndingWith("say so, as in csv:FILE?delimiter=" + other[1]);
        }
        Path one = csv("a\n1\n");
        assertThatThrownBy(() -> open(SourceRequest.of(one.toString()).withTarget("y"), Map.of()))
                .hasMessage("there is no column 'y'; columns: a");
    }

    @Test
    void theDelimiterIsGivenOrFollowsFromTheFileEnding() {
        Path tsv = write(folder.resolve("a.tsv"), "a\tb\n1\t2\n");
        assertThat(all(request(tsv))).containsExactly("1.0 2.0");
        Path packed = write(folder.resolve("a.TSV.gz"), gzip("a\tb\n1\t2\n"));
        assertThat(all(request(packed))).containsExactly("1.0 2.0");
        Path file = csv("a;b\n1;2\n");
        try (ChunkSource source = open(request(file), Map.of("delimiter", ";"))) {
            assertThat(rest(source, 5)).containsExactly("1.0 2.0");
        }
        Path tabs = csv("a\tb\n1\t2\n");
        try (ChunkSource source = open(request(tabs), Map.of("delimiter", "tab"))) {
            assertThat(rest(source, 5)).containsExactly("1.0 2.0");
        }
        Path blanks = csv("a b\n1 2\n");
        try (ChunkSource source = open(request(blanks), Map.of("delimiter", " "))) {
            assertThat(rest(source, 5)).containsExactly("1.0 2.0");
        }
        for (String bad : List.of("", ";;", "\"")) {
            assertThatThrownBy(() -> open(request(file), Map.of("delimiter", bad)))
                    .hasMessageStartingWith("delimiter must be one character, tab, or auto")
                    .hasMessageEndingWith("but was '" + bad + "'");
        }
    }

    @Test
    void aColumnWithoutANameIsNamedByItsNumber() {
        try (ChunkSource source = open(request(csv(",b\n1,2\n")))) {
            assertThat(source.schema().columnName(0)).isEqualTo("column-1");
        }
    }

    @Test
    void allMembersOfAGzipFileAreRead() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(gzip("a,b\n1,2\n3"));
        bytes.write(gzip(""));
        bytes.write(gzip(",4\n"));
        bytes.write(new byte[100]);
        Path file = write(folder.resolve("m.csv.gz"), bytes.toByteArray());
        assertThat(all(request(file))).containsExactly("1.0 2.0", "3.0 4.0");
    }

    @Test
    void aFileWithOnlyAHeaderHasNoRowsForAStoredPlan() {
        ColumnPlan plan = ColumnPlan.parse("a=numeric\ny=target(kind=numeric)");
        assertThat(all(request(csv("a,y\n")).withPlan(plan, true))).isEmpty();
        assertThatThrownBy(() -> open(request(csv("a,z\n")).withPlan(plan, true)))
                .satisfies(says(
                        AccreteException.Kind.BAD_DATA,
                        folder.resolve("a.csv")
                                + ": there is no column 'y', the target, without which nothing can be learned or"
                                + " scored, only predicted; columns: a, z"));
    }

    // Several files.

    @Test
    void filesOfAGlobAreSortedAndTheirColumnsMatchedByName() throws Exception {
        write(folder.resolve("p-2.csv"), "b,a,extra\n20,2,x\n");
        write(folder.resolve("p-10.csv"), "a,b\n10,100");
        write(folder.resolve("p-1.csv.gz"), gzip("a,b\n1,10\n"));
        write(folder.resolve("p-3.csv"), "");
        write(folder.resolve("p-4.csv"), "a,b\n");
        write(folder.resolve("p-5.csv"), "a,b\n5,50\n");
        write(folder.resolve(".p-0.csv"), "a,b\n0,0\n");
        Files.createDirectory(folder.resolve("p-6.csv"));
        SourceRequest request = request(folder + "/p-*.csv*");
        for (int size : new int[] {1, 2, 3, 100}) {
            try (ChunkSource source = open(request)) {
                assertThat(rest(source, size)).containsExactly("1.0 10.0", "10.0 100.0", "2.0 20.0", "5.0 50.0");
            }
        }
    }

    @Test
    void filesOfADirectoryAreReadInTheOrderOfTheirNames() throws Exception {
        write(folder.resolve("b.csv.gz"), gzip("a\n2\n"));
        write(folder.resolve("a.csv"), "a\n1\n");
        write(folder.resolve("c.CSV.zst"), IoFixtures.zstd("a\n3\n"));
        write(folder.resolve("_SUCCESS"), "");
        write(folder.resolve(".d.csv"), "a\n4\n");
        Files.createDirectory(folder.resolve("e.csv"));
        assertThat(all(request(folder))).containsExactly("1.0", "2.0", "3.0");
    }

    @Test
    void globsMayMatchFolders() throws Exception {
        for (String name : List.of("y", "x")) {
            Files.createDirectory(folder.resolve(name));
            write(folder.resolve(name).resolve("a.csv"), "a\n" + (int) name.charAt(0) + "\n");
        }
        assertThat(all(request(folder + "/{x,y}/[a-c].csv"))).containsExactly("120.0", "121.0");
    }

    @Test
    void anExistingFileIsNotTreatedAsAGlob() {
        write(folder.resolve("[a].csv"), "a\n1\n");
        csv("a\n2\n");
        assertThat(all(request(folder.resolve("[a].csv")))).containsExactly("1.0");
    }

    @Test
    void aLaterFileThatLacksAColumnIsRefusedWithItsName() {
        write(folder.resolve("a.csv"), "a,b\n1,2\n");
        write(folder.resolve("b.csv"), "a,c\n1,2\n");
        SourceRequest request = request(folder + "/*.csv").withBadRows(BadRows.skip(line -> {}));
        assertThatThrownBy(() -> all(request))
                .satisfies(
                        says(
                                AccreteException.Kind.BAD_DATA,
                                folder.resolve("b.csv")
                                        + " line 1: there is no column 'b' of kind numeric, which the plan needs; columns: a, c"));
    }

    @Test
    void labelsAreSharedByAllFiles() {
        write(folder.resolve("a.csv"), "n,y\n1,b\n2,a\n");
        write(folder.resolve("b.csv"), "y,n\nc,3\na,4\nd,5\n");
        SourceRequest request = request(folder + "/*.csv", "y=target(kind=categorical,classes=a|b)")
                .withTarget("y");
        assertThat(all(request)).containsExactly("1.0 =1b", "2.0 =0a", "3.0 =2c", "4.0 =0a", "5.0 =3d");
    }

    // Unreadable files.

    @Test
    void errorsNameTheLocation() throws Exception {
        assertThatThrownBy(() -> open(request(folder + "/none.csv")))
                .satisfies(says(AccreteException.Kind.BAD_ARGUMENT, "there is no file '" + folder + "/none.csv'"));
        assertThatThrownBy(() -> open(request(folder + "/n*.csv")))
                .hasMessage("no file matches '" + folder + "/n*.csv'");
        assertThatThrownBy(() -> open(request(folder + "/no/n*.csv"))).hasMessageStartingWith("no file matches");
        assertThatThrownBy(() -> open(request(folder)))
                .hasMessage(
                        "directory '" + folder + "' has no file that ends in .csv, .csv.gz, .csv.zst, .tsv, .tsv.gz,"
                                + " .tsv.zst; name other files by a glob, as in '" + folder + "/*.txt'");
        assertThatThrownBy(() -> open(request(""))).hasMessageContaining("the location is empty");
        assertThatThrownBy(() -> open(request(folder + "/{a"))).hasMessageContaining("is not a glob");
        assertThatThrownBy(() -> open(request("a\0b"))).hasMessageContaining("is not a path");
    }

    @Test
    void errorsDescribeABadHeader() {
        String file = folder.resolve("a.csv").toString();
        assertThatThrownBy(() -> open(request(csv(""))))
                .satisfies(
                        says(
                                AccreteException.Kind.BAD_DATA,
                                file
                                        + ": it has no rows to learn from; expected a line of column names, then at least one row"));
        assertThatThrownBy(() -> open(request(csv("a,b\n")))).hasMessageStartingWith("it has no rows");
        assertThatThrownBy(() -> open(request(csv("")).withPlan(ColumnPlan.parse("a=numeric"), true)))
                .hasMessage("it is empty but must begin with a line of column names");
        assertThatThrownBy(() -> open(request(csv("a,b\n1,2\n")).withTarget("y")))
                .satisfies(says(AccreteException.Kind.BAD_ARGUMENT, file + ": there is no column 'y'; columns: a, b"));
        assertThatThrownBy(() -> open(request(csv("a,b\n1,2\n"), "c=ignore")))
                .satisfies(says(AccreteException.Kind.BAD_ARGUMENT, file + ": there is no column 'c'; columns: a, b"));
    }

    @Test
    void badRowsAreNamedByFileAndLine() {
        String file = folder.resolve("a.csv").toString();
        assertThatThrownBy(() -> all(request(csv("a,b\n1,2\n\n1,2,3\n"))))
                .satisfies(says(
                        AccreteException.Kind.BAD_DATA,
                        file + " line 4: a row must have 2 fields, as the header has, but has 3"));
        assertThatThrownBy(() -> all(request(csv("a,b\n\"1\n\",2\n1\n"))))
                .satisfies(says(
                        AccreteException.Kind.BAD_DATA,
                        file + " line 4: a row must have 2 fields, as the header has, but has 1"));
        String late = "a,b\n" + "1,2\n".repeat(1_500) + "1,oops\n";
        assertThatThrownBy(() -> all(request(csv(late))))
                .satisfies(says(
                        AccreteException.Kind.BAD_DATA,
                        file + " line 1502: column 'b' must be a number or missing but was 'oops'"));
    }

    @Test
    void badRowsCanBeSkippedAndCounted() {
        StringBuilder text = new StringBuilder("n,y\n");
        for (int i = 0; i < 100; i++) {
            text.append(i % 40 == 39 ? "x,new" : i % 40 == 20 ? "1" : i + ",a").append('\n');
        }
        List<String> warnings = new ArrayList<>();
        SourceRequest request = request(csv(text.toString()), "y=categorical", "n=numeric")
                .withTarget("y")
                .withBadRows(BadRows.skip(warnings::add));
        try (ChunkSource source = open(request)) {
            ChunkBuffer buffer = IoFixtures.buffer(source, 30);
            long rows = 0;
            long refused = 0;
            boolean more;
            do {
                more = source.next(buffer);
                rows += buffer.rows();
                refused += buffer.refusedRows();
            } while (more);
            assertThat(rows).isEqualTo(96);
            assertThat(refused).isEqualTo(4);
        }
        assertThat(warnings)
                .hasSize(4)
                .contains("dropped a bad row: " + folder.resolve("a.csv")
                        + " line 41: column 'n' must be a number or missing but was 'x'");
    }

    @Test
    void aDamagedFileIsRefusedEvenIfBadRowsAreSkipped() {
        BadRows skip = BadRows.skip(line -> {});
        String file = folder.resolve("a.csv").toString();
        assertThatThrownBy(() -> all(request(csv("a,b\n1,2\n3,\"4\n5,6\n")).withBadRows(skip)))
                .satisfies(says(
                        AccreteException.Kind.BAD_DATA,
                        file + " line 3: not CSV: Unclosed quoted field at end of input"));
        assertThatThrownBy(() -> all(request(csv("a,b\n1,2\n\"3\"x,4\n")).withBadRows(skip)))
                .satisfies(thrown -> assertThat(((AccreteException) thrown).line())
                        .startsWith(file + " line 3: not CSV: Unexpected character after closing quote"));
        assertThatThrownBy(() -> all(
                        request(csv("a,b\n1,2\n\"" + "3,4\n".repeat(600_000))).withBadRows(skip)))
                .satisfies(thrown -> assertThat(((AccreteException) thrown).line())
                        .isEqualTo(file + " line 3: not CSV: a cell here has more than 1048576 characters;"
                                + " most likely it begins with a quotation mark that none ends"));
    }

    @Test
    void whatIsNotCsvIsToldBeforeWhatIsNoTextBehindIt() {
        byte[] whole = "a§b\n1§2\n\"3\"éé".getBytes(StandardCharsets.UTF_8);
        Path file = write(folder.resolve("a.csv"), Arrays.copyOf(whole, whole.length - 1));
        CsvFormat format = new CsvFormat('§', StandardCharsets.UTF_8, true, 0, Optional.empty());
        for (int size : new int[] {1, 2, 3, TextBlock.SIZE}) {
            assertThatThrownBy(() -> {
                        try (ChunkSource source =
                                new TextSource(request(file), format, "", Optional.empty(), 1, size)) {
                            rest(source, 10);
                        }
                    })
                    .as("%d bytes at once", size)
                    .satisfies(says(
                            AccreteException.Kind.BAD_DATA,
                            file + " line 3: not CSV: Unexpected character after closing quote: 'é' (0xe9)"));
        }
    }

    @Test
    void damagedGzipIsRefusedWithThePlaceReached() {
        StringBuilder text = new StringBuilder("a,b\n");
        for (int i = 0; i < 5_000; i++) {
            text.append(i * 7919 % 104_729).append(',').append(i).append('\n');
        }
        byte[] whole = gzip(text.toString());
        Path file = folder.resolve("t.csv.gz");
        for (int cut : new int[] {whole.length - 1, whole.length - 8, whole.length / 2}) {
            write(file, Arrays.copyOf(whole, cut));
            assertThatThrownBy(() -> all(request(file)))
                    .satisfies(
                            thrown -> assertThat(((AccreteException) thrown).line())
                                    .startsWith(file + " line ")
                                    .endsWith(
                                            ": after this line, gzip data is truncated: the file ends in the middle of a member"));
        }
        byte[] flipped = whole.clone();
        flipped[whole.length - 6] ^= 1;
        write(file, flipped);
        assertThatThrownBy(() -> all(request(file))).hasMessageContaining("gzip data is damaged");
        byte[] followed = Arrays.copyOf(whole, whole.length + 3);
        followed[whole.length] = 'x';
        write(file, followed);
        assertThatThrownBy(() -> all(request(file))).hasMessageContaining("followed by something that is not gzip");
        write(file, Arrays.copyOf(whole, 5));
        assertThatThrownBy(() -> all(request(file))).hasMessageContaining("truncated");
    }

    @Test
    void damagedZstdIsRefusedWithThePlaceReached() {
        StringBuilder text = new StringBuilder("a,b\n");
        for (int i = 0; i < 50_000; i++) {
            text.append(i * 7919 % 104_729).append(',').append(i).append('\n');
        }
        byte[] whole = IoFixtures.zstd(text.toString());
        Path file = folder.resolve("t.csv.zst");
        for (int cut : new int[] {whole.length - 1, whole.length - 8, whole.length / 2}) {
            write(file, Arrays.copyOf(whole, cut));
            assertThatThrownBy(() -> all(request(file)))
                    .satisfies(
                            thrown -> assertThat(((AccreteException) thrown).line())
                                    .startsWith(file + " line ")
                                    .endsWith(
                                            ": after this line, zstd data is truncated: the file ends in the middle of a frame"));
        }
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        write(file, flipped);
        assertThatThrownBy(() -> all(request(file))).hasMessageContaining("zstd data is damaged");
        byte[] followed = Arrays.copyOf(whole, whole.length + 30);
        followed[whole.length] = 'x';
        write(file, followed);
        assertThatThrownBy(() -> all(request(file))).hasMessageContaining("followed by something that is not");
        byte[] twice = Arrays.copyOf(whole, 2 * whole.length);
        System.arraycopy(whole, 0, twice, whole.length, whole.length);
        write(file, twice);
        assertThatThrownBy(() -> all(request(file)))
                .as("both frames are read; the second begins with the header")
                .hasMessageContaining("column 'a' must be a number or missing but was 'a'");
    }

    // Stored plans.

    @Test
    void predictionNeedsNoTargetAndIgnoresUnknownColumns() {
        ColumnPlan plan =
                ColumnPlan.parse("k=key\na=numeric\nw=weight\ny=target(kind=categorical,classes=no|yes)\ni=ignore");
        SourceRequest request = request(csv("new,a,k\nx,1,first\ny,2,second\n")).withPlan(plan, false);
        assertThat(all(request)).containsExactly("1.0 first =NaN", "2.0 second =NaN");
        SourceRequest withTarget =
                request(csv("a,k,y\n1,first,yes\n2,second,\n")).withPlan(plan, false);
        assertThat(all(withTarget)).containsExactly("1.0 first =1yes", "2.0 second =NaN");
        assertThatThrownBy(() -> open(request(csv("k,y\nfirst,yes\n")).withPlan(plan, false)))
                .hasMessage("there is no column 'a' of kind numeric, which the plan needs; columns: k, y");
        assertThat(all(request(csv("a,k,y,w\n1,first,,1\n")).withPlan(plan, true)))
                .as("a missing target is handed on")
                .containsExactly("1.0 first w1.0 =NaN");
    }

    @Test
    void thePlanAndItsWarningsAreReturned() {
        try (ChunkSource source = open(request(csv("a,e,y\n1,,u\n2,,v\n")).withTarget("y"))) {
            assertThat(source.plan().map(ColumnPlan::toText))
                    .isEqualTo(Optional.of("a=numeric\ne=ignore\ny=target(kind=categorical,classes=u|v)"));
            assertThat(source.warnings()).hasSize(1);
            assertThat(source.name()).isEqualTo(folder.resolve("a.csv").toString());
            assertThat(source.schema()).isEqualTo(source.plan().orElseThrow().schema());
        }
    }

    // Standard input.

    private static <T> T withInput(byte[] bytes, Supplier<T> work) {
        InputStream before = System.in;
        // Behaves like a pipe, where available() is 0.
        System.setIn(new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int available() {
                return 0;
            }

            @Override
            public synchronized int read(byte[] out, int from, int length) {
                return super.read(out, from, Math.min(length, 7));
            }
        });
        try {
            return work.get();
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void standardInputIsReadOnceAndPositionsCountRows() throws Exception {
        StringBuilder text = new StringBuilder("n,y\n");
        for (int i = 0; i < 2_500; i++) {
            text.append(i).append(',').append("label").append(i % 1_200 / 100).append('\n');
        }
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.write(gzip(text.substring(0, 5_000)));
        members.write(gzip(text.substring(5_000)));
        SourceRequest request = request("-").withTarget("y");
        List<String> whole = withInput(text.toString().getBytes(StandardCharsets.UTF_8), () -> all(request));
        assertThat(whole)
                .hasSize(2_500)
                .startsWith("0.0 =0label0")
                .endsWith("2499.0 =" + whole.get(99).substring(6));
        assertThat(withInput(members.toByteArray(), () -> all(request))).isEqualTo(whole);
        for (int at : new int[] {0, 1, 999, 1_000, 1_001, 2_499, 2_500}) {
            Position position = withInput(members.toByteArray(), () -> {
                try (ChunkSource source = open(request)) {
                    ChunkBuffer buffer = IoFixtures.buffer(source, Math.max(at, 1));
                    buffer.limit(at);
                    source.next(buffer);
                    assertThat(source.name()).isEqualTo("standard input");
                    return buffer.position();
                }
            });
            assertThat(position).isEqualTo(new Position("", at));
            assertThat(withInput(members.toByteArray(), () -> from(request, position, 300)))
                    .isEqualTo(whole.subList(at, 2_500));
        }
        assertThatThrownBy(() -> withInput(members.toByteArray(), () -> from(request, new Position("", 2_501), 1)))
                .hasMessageContaining("'standard input' ends before the stored position");
        assertThatThrownBy(() -> withInput(members.toByteArray(), () -> from(request, new Position("0:a:1", 1), 1)))
                .hasMessageContaining("can only be read from its beginning");
    }

    @Test
    void closingDoesNotWaitForABlockedStream() throws Exception {
        InputStream before = System.in;
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch more = new CountDownLatch(1);
        ByteArrayInputStream rows = new ByteArrayInputStream("a,b\n1,2\n".getBytes(StandardCharsets.UTF_8));
        System.setIn(new InputStream() {
            @Override
            public int read() {
                int next = rows.read();
                if (next < 0) {
                    waits.countDown();
                    try {
                        more.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                return next;
            }

            @Override
            public int read(byte[] out, int offset, int length) {
                int next = read();
                if (next < 0) {
                    return -1;
                }
                out[offset] = (byte) next;
                return 1;
            }
        });
        Thread reader = null;
        Thread closer = null;
        try {
            // With a stored plan, one row is enough to open the source.
            ColumnPlan plan = open(request(csv("a,b\n1,2\n"))).plan().orElseThrow();
            ChunkSource source = open(request("-").withPlan(plan, false));
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 10);
            reader = new Thread(() -> source.next(buffer));
            reader.start();
            assertThat(waits.await(5, TimeUnit.SECONDS)).isTrue();
            closer = new Thread(source::close);
            closer.start();
            closer.join(5_000);
            assertThat(closer.isAlive()).isFalse();
        } finally {
            more.countDown();
            System.setIn(before);
            if (reader != null) {
                reader.join();
            }
            if (closer != null) {
                closer.join();
            }
        }
    }
}
