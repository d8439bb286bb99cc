package org.accrete.io;

import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesSourceTest {
    @TempDir
    Path folder;

    private SourceRequest json(String text, String... columns) {
        return request(write(folder.resolve("a.jsonl"), text), columns);
    }

    private static ChunkSource open(SourceRequest request) {
        return IoFixtures.open(new JsonLinesSourceProvider(), request, Map.of());
    }

    private static List<String> all(SourceRequest request) {
        return IoFixtures.all(new JsonLinesSourceProvider(), request, Map.of());
    }

    private static String plan(SourceRequest request) {
        try (ChunkSource source = open(request)) {
            return source.plan().orElseThrow().toText().replace('\n', ' ');
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}\n",
                "{\"a\":1,\"b\":2}\n{\"b\":4,\"a\":3}",
                "\uFEFF{\"a\":1,\"b\":2}\r\n\r\n  \r\n{\"a\":3,\"b\":4}\r\n",
                "{\"a\":1,\"b\":2}\r{\"a\":3,\"b\":4}\r",
                " { \"a\" : 1.0 , \"b\" : \"2\" } \n\t{\"\\u0061\":3e0,\"b\":4.00}\n",
                "{\"a\":1,\"b\":2,\"c\":null}\n{\"a\":3,\"c\":null,\"b\":4}\n",
            })
    void equivalentFilesGiveTheSameRows(String text) {
        assertThat(all(json(text))).containsExactly("1.0 2.0", "3.0 4.0");
    }

    @Test
    void nestedValuesAreNamedByTheirPath() {
        String text = "{\"a\":{\"b\":1,\"c\":{\"d\":2}},\"list\":[3,{\"x\":4}],\"e.f\":5}\n{\"list\":[],\"a\":{}}\n";
        assertThat(plan(json(text))).isEqualTo("a.b=numeric a.c.d=numeric list.0=numeric list.1.x=numeric e.f=numeric");
        assertThat(all(json(text))).containsExactly("1.0 2.0 3.0 4.0 5.0", "NaN NaN NaN NaN NaN");
    }

    @Test
    void columnsAreInTheOrderOfTheirKeysAlsoWhenTheFirstLinesLackSome() {
        String text = "{\"b\":1,\"d\":null}\n{\"a\":2,\"b\":3,\"c\":4}\n{\"a\":1,\"d\":5}\n{\"d\":1,\"e\":6}\n";
        assertThat(plan(json(text))).isEqualTo("a=numeric b=numeric c=numeric d=numeric e=numeric");
    }

    @Test
    void aKeyThatIsNullOrAnObjectIsTheObject() {
        assertThat(plan(json("{\"a\":null,\"b\":1}\n{\"a\":{\"x\":2},\"b\":1}\n")))
                .isEqualTo("a.x=numeric b=numeric");
        assertThat(all(json("{\"a\":null,\"b\":1}\n{\"a\":{\"x\":2},\"b\":1}\n")))
                .containsExactly("NaN 1.0", "2.0 1.0");
    }

    @Test
    void textIsReadAsInACell() {
        String text = "{\"k\":\"é \\u20ac \\ud83d\\ude00 \\\"q\\\" \\n\",\"n\":true}\n{\"k\":\"\",\"n\":false}\n";
        assertThat(all(json(text, "k=key"))).containsExactly("1.0 é € \uD83D\uDE00 \"q\" \n", "0.0 ");
    }

    @Test
    void numbersOfPythonAreReadAndInfinityIsRefused() {
        assertThat(all(json("{\"a\":NaN,\"b\":1}\n{\"a\":2,\"b\":1E-2}\n"))).containsExactly("NaN 1.0", "2.0 0.01");
        assertThatThrownBy(() -> all(json("{\"a\":1}\n{\"a\":-Infinity}\n", "a=numeric")))
                .hasMessageContaining("column 'a' must be a finite number or missing but was '-Infinity'");
        String digits = "1" + "0".repeat(400);
        assertThatThrownBy(() -> all(json("{\"a\":1}\n{\"a\":" + digits + "}\n", "a=numeric")))
                .hasMessageContaining("column 'a' must be a finite number or missing but was '1000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1 | not JSON: Unexpected end-of-input: expected close marker for Object in column",
                "{\"a\":1}} | not JSON: Unexpected close marker '}'",
                "{\"a\":1} {} | something follows the JSON object in column 9",
                "[1,2] | a line must be a JSON object, as in {\"a\": 1, \"b\": \"x\"}, but begins a list",
                "7 | a line must be a JSON object",
                "{\"a\":1,\"a\":2} | key 'a' occurs twice",
                "{\"a\":{\"x\\ny\":1,\"x\\ny\":2}} | key 'a.x y' occurs twice",
                "{\"b\":{\"c\":1},\"b.c\":2} | key 'b.c' occurs twice",
                "{\"a\":\"\\ud800\"} | the value of 'a' is no text: it has half of a surrogate pair, \\ud800",
                "{\"a\":\"\\udc00x\"} | the value of 'a' is no text: it has half of a surrogate pair, \\udc00",
                "{'a':1} | not JSON: Unexpected character",
                "{\"a\":01} | not JSON: Invalid numeric value: Leading zeroes not allowed",
                "{\"a\":tru} | not JSON: Unrecognized token 'tru'",
            })
    void badLinesAreRefusedWithTheirPlaceOrSkipped(String line, String message) {
        String text = "{\"a\":1,\"b\":{\"c\":1}}\n\n" + line + "\n{\"a\":2,\"b\":{\"c\":2}}\n";
        assertThatThrownBy(() -> all(json(text))).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
            assertThat(e.line()).startsWith(folder + "/a.jsonl line 3: ").contains(message);
        });
        List<String> told = new ArrayList<>();
        assertThat(all(json(text).withBadRows(BadRows.skip(0.5, told::add)))).containsExactly("1.0 1.0", "2.0 2.0");
        assertThat(told).hasSize(1).first().asString().contains("a.jsonl line 3: " + message);
    }

    @Test
    void bytesThatAreNoTextAreABadRow() {
        byte[] text =
                "{\"a\":1,\"b\":1}\n{\"a\":2,\"b\":\"ä\"}\n{\"a\":3,\"b\":1}\n".getBytes(StandardCharsets.ISO_8859_1);
        SourceRequest request = request(write(folder.resolve("a.jsonl"), text), "b=key");
        assertThatThrownBy(() -> all(request)).hasMessage("the line is not UTF-8 text");
        assertThat(all(request.withBadRows(BadRows.skip(0.5, line -> {})))).containsExactly("1.0 1", "3.0 1");
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000) + "\n";
        assertThatThrownBy(() -> all(json(deep))).hasMessageContaining("nesting depth");
        assertThatThrownBy(() -> all(json("{\"a\":1}\n".repeat(1_500) + deep)))
                .as("also in a value that is not read")
                .hasMessageContaining("nesting depth");
    }

    @Test
    void aFileWithoutRowsIsRefused() {
        assertThatThrownBy(() -> all(json("")))
                .hasMessage("it has no rows to learn from; expected a JSON object on each line");
        assertThatThrownBy(() -> all(json("{}\n{}\n"))).hasMessageContaining("it has no rows to learn from");
        assertThatThrownBy(() -> all(json("{\n  \"a\": 1\n}\n").withTarget("a")))
                .as("not one object on a line")
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line()).startsWith(folder + "/a.jsonl line 1: not JSON: "));
        assertThat(all(json("").withPlan(ColumnPlan.parse("a=numeric"), false))).isEmpty();
    }

    @Test
    void keysThatComeUpLaterAreIgnoredUnlessAColumnIsGiven() {
        String text = "{\"a\":1}\n".repeat(1_000) + "{\"a\":2,\"late\":7}\n";
        assertThat(all(json(text))).hasSize(1_001).endsWith("2.0");
        assertThat(all(json(text, "late=numeric"))).endsWith("2.0 7.0").startsWith("1.0 NaN");
        try (ChunkSource source = open(json(text, "late=numeric"))) {
            assertThat(source.warnings()).hasSize(1).first().asString().contains("no key 'late' is in the first 1000");
        }
    }

    @Test
    void aTornLastLineIsLeftWhileTheFileMayGrow() {
        SourceRequest whole = json("{\"a\":1}\n{\"a\":2}\n{\"a\":3");
        SourceRequest growing = new SourceRequest(
                        whole.location(), Optional.empty(), List.of(), Optional.empty(), false, BadRows.stop())
                .withMayGrow(true);
        assertThat(all(growing)).containsExactly("1.0", "2.0");
        assertThatThrownBy(() -> all(whole)).hasMessageContaining("this last line has no line end");
    }

    @Test
    void aStoredPlanReadsItsKeysAndIgnoresOthers() {
        ColumnPlan plan = ColumnPlan.parse("a.b=numeric\nk=key\ny=target(kind=categorical,classes=no|yes)");
        SourceRequest request = json("{\"z\":1,\"a\":{\"b\":2,\"c\":3},\"k\":\"i\"}\n{\"y\":\"yes\"}\n")
                .withPlan(plan, false);
        assertThat(all(request)).containsExactly("2.0 i =NaN", "NaN  =1yes");
    }

    @Test
    void lineLengthIsBounded() {
        String text = "{\"a\":1}\n{\"a\":\"" + "x".repeat(2_000_000) + "\"}\n{\"a\":2}\n";
        assertThat(all(json(text).withBadRows(BadRows.skip(0.5, line -> {})))).containsExactly("1.0", "2.0");
        String huge = "{\"a\":1}\n{\"b\":[" + "1,".repeat(9_000_000) + "1]}\n{\"a\":2}\n";
        assertThatThrownBy(() -> all(json(huge, "a=numeric").withBadRows(BadRows.skip(0.5, line -> {}))))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line())
                                .isEqualTo(folder + "/a.jsonl line 2: a line has more than 16777216 characters"));
    }
}
