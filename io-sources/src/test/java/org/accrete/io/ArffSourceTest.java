package org.accrete.io;

import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArffSourceTest {
    private static final String HEADER = "@relation r\n@attribute a numeric\n@attribute k string\n@data\n";

    @TempDir
    Path folder;

    private SourceRequest arff(String text, String... columns) {
        return request(write(folder.resolve("a.arff"), text), columns);
    }

    private static List<String> all(SourceRequest request) {
        return IoFixtures.all(new ArffSourceProvider(), request, Map.of());
    }

    private static String plan(SourceRequest request) {
        try (ChunkSource source = IoFixtures.open(new ArffSourceProvider(), request, Map.of())) {
            return source.plan().orElseThrow().toText().replace('\n', ' ');
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@relation r\n@attribute a numeric\n@attribute b numeric\n@data\n1,2\n3,4\n",
                "% c\n\n@RELATION 'r s'\n@Attribute a REAL\n@attribute 'b' integer\n% c\n@DATA\n% c\n\n 1 , 2 \n3,\t4",
                "@relation r\r\n@attribute\ta\tnumeric\r\n@attribute \"b\"  numeric\r\n@data\r\n'1',2\r\n3,\"4\"\r\n",
                "@attribute a numeric\n@attribute b numeric\n@data\n{0 1, 1 2}\n{ 0 3,1 4 }\n",
            })
    void equivalentFilesGiveTheSameRows(String text) {
        assertThat(all(arff(text))).containsExactly("1.0 2.0", "3.0 4.0");
    }

    @Test
    void theDeclaredTypesAreTheKindsOfTheColumns() {
        String text = "@relation r\n@attribute n numeric\n@attribute c {red, 'light blue', 3}\n@attribute b {no,yes}\n"
                + "@attribute d date\n@attribute e date \"dd.MM.yyyy\"\n@attribute s string\n@attribute y {b, a, c}\n@data\n"
                + "1,'light blue',yes,2001-02-03T04:05:06,03.02.2001,7,a\n?,?,?,?,?,?,b\n2,red,no,\"2001-02-04T00:00:00\","
                + "\"04.02.2001\",8,a\n";
        assertThat(plan(arff(text).withTarget("y")))
                .isEqualTo("n=numeric c=categorical(width=1024) b=boolean d=datetime(first-day=2001-02-03)"
                        + " e=datetime(first-day=2001-02-03) s=numeric y=target(kind=categorical,classes=a|b|c)"
                        + " seen c=light%20blue|red");
        assertThat(all(arff(text, "c=key", "d=ignore").withTarget("y")))
                .hasSize(3)
                .element(1)
                .isEqualTo("NaN NaN NaN NaN 0.0 0.0 0.0 0.0 0.0 0.0  =1b");
    }

    @Test
    void quotedWordsMayHaveBlanksCommasAndEscapes() {
        String text = HEADER + "1,'a, b'\n2,\"it's\"\n3,'it\\'s \\\\ 50\\% \\t.'\n4,'?'\n5,?\n6,\n7,50%\n";
        assertThat(all(arff(text, "k=key")))
                .containsExactly("1.0 a, b", "2.0 it's", "3.0 it's \\ 50% \t.", "4.0 ?", "5.0 ", "6.0 ", "7.0 50%");
    }

    @Test
    void whatASparseRowDoesNotHaveIsZeroOrTheFirstValue() {
        String text =
                "@relation r\n@attribute a numeric\n@attribute c {u, v}\n@attribute k string\n@attribute y {p, q}\n"
                        + "@data\n{}\n{1 v,2 'x y'}\n{0 2.5, 3 q}\n{0 ?}\n";
        assertThat(all(arff(text, "k=key", "c=key").withTarget("y")))
                .containsExactly("0.0 u  =0p", "0.0 v x y =0p", "2.5 u  =1q", "NaN u  =0p");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | a row must have 2 values, as there are attributes, but has 1",
                "1,x,2 | a row must have 2 values, as there are attributes, but has 3",
                "1,'x | a quotation mark is not closed on its line",
                "1,'x' y | values must be separated by commas; something follows value 2",
                "1,x,{5} | the weight of a row, in braces behind it, is not read",
                "{1 x,0 1} | with ascending indices from 0 to 1 but has '0'",
                "{2 x} | with ascending indices from 0 to 1 but has '2'",
                "{0 1 | a sparse row must end with }",
                "{0 1} x | something follows a sparse row behind its }",
                "{a b} | with ascending indices from 0 to 1 but has 'a'",
                "oops,x | column 'a' must be a number or missing but was 'oops'",
            })
    void badLinesAreRefusedWithTheirPlaceOrSkipped(String line, String message) {
        SourceRequest request = arff(HEADER + "1,x\n" + line + "\n2,y\n", "k=key");
        assertThatThrownBy(() -> all(request)).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
            assertThat(e.line()).startsWith(folder + "/a.arff line 6: ").contains(message);
        });
        List<String> told = new ArrayList<>();
        assertThat(all(request.withBadRows(BadRows.skip(0.5, told::add)))).containsExactly("1.0 x", "2.0 y");
        assertThat(told).hasSize(1);
    }

    @Test
    void aValueThatIsNotDeclaredIsABadRow() {
        SourceRequest request = arff("@attribute a numeric\n@attribute c {u,v}\n@data\n1,u\n2,w\n");
        assertThatThrownBy(() -> all(request))
                .hasMessage("attribute 'c' must be one of its 2 declared values or ? but was 'w'");
        SourceRequest date = arff("@attribute a numeric\n@attribute c date yyyyMMdd\n@data\n1,20010203\n2,2001\n");
        assertThatThrownBy(() -> all(date))
                .hasMessage("attribute 'c' must be a date as its format says but was '2001'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "@attribute | line 2: not ARFF: an attribute must have a name",
                "@attribute a | line 2: not ARFF: the type of attribute 'a' must be numeric",
                "@attribute a relational | but was 'relational'",
                "@attribute a {x,y | line 2: not ARFF: the values of attribute 'a' must end with }",
                "@attribute a date 'b}b' | line 2: not ARFF: the format of attribute 'a' is no format of dates",
                "a,b | line 2: not ARFF: a line of the header must begin with @relation, @attribute or @data",
                "@data | line 2: not ARFF: there is no @attribute before @data",
                "@attribute a numeric | it has no rows to learn from; expected lines of @attribute, then @data",
            })
    void aBadHeaderIsRefusedWithItsPlace(String line, String message) {
        assertThatThrownBy(() -> all(arff("@relation r\n" + line + "\n")))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.line()).contains(message));
    }

    @Test
    void theHeaderMayBeLongerThanABlock() {
        StringBuilder text = new StringBuilder("@relation r\n");
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append("@attribute a-long-name-").append(i).append(" numeric\n");
            row.append(i == 0 ? "" : ",").append(i);
        }
        SourceRequest request =
                arff(text.append("@data\n").append(row).append('\n').append("x").toString());
        assertThatThrownBy(() -> all(request))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line())
                                .startsWith(folder + "/a.arff line 20004: a row must have 20000 values"));
    }
}
