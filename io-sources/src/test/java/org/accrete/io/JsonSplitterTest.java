package org.accrete.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lines are split the same whether the parser reads them all or only those that are not flat. */
@ExtendWith(RunSeed.class)
class JsonSplitterTest {
    private static final int LINES = 30_000;
    private static final String[] KEYS = {"a", "b", "c.d", "ä", "list.0", "x", "a b", ""};
    private static final String[] VALUES = {
        "1",
        "-0",
        "0.5",
        "1.25e-3",
        "1E5",
        "01",
        "1.",
        ".5",
        "-",
        "1e",
        "+1",
        "NaN",
        "-Infinity",
        "0x1",
        "true",
        "false",
        "null",
        "True",
        "nul",
        "\"\"",
        "\"text\"",
        "\"tä€😀xt\"",
        "\"a\\nb\"",
        "\"a\tb\"",
        "\"\\u00e4\"",
        "\"\\ud800\"",
        "{\"d\":1}",
        "{\"x\":[]}",
        "[7,8]",
        "[]",
        "{}",
        "\"{\"",
        "\"}\"",
        "\",\"",
        "\"\\\"\"",
        "9".repeat(120),
        "1 2",
        ""
    };

    @Test
    void flatLinesAreReadAsTheParserReadsThem() {
        SeededRandom random = RunSeed.random("lines");
        JsonFormat format = new JsonFormat();
        format.expect(List.of("a", "b", "c.d", "ä", "list.0"));
        JsonSplitter flat = new JsonSplitter(format, true);
        JsonSplitter parser = new JsonSplitter(format, false);
        int accepted = 0;
        for (int i = 0; i < LINES; i++) {
            byte[] line = line(random).getBytes(StandardCharsets.UTF_8);
            String expected = split(parser, format, line);
            assertThat(split(flat, format, line))
                    .as(new String(line, StandardCharsets.UTF_8))
                    .isEqualTo(expected);
            accepted += expected.startsWith("[") ? 1 : 0;
        }
        assertThat(accepted).isBetween(LINES / 20, LINES * 19 / 20);
    }

    private static String line(SeededRandom random) {
        StringBuilder line = new StringBuilder("{");
        int keys = random.nextInt(6);
        boolean isPlain = random.nextInt(3) > 0;
        for (int k = 0; k < keys; k++) {
            line.append(k == 0 ? "" : ",")
                    .append(" \n\t".repeat(random.nextInt(2)))
                    .append('"')
                    .append(isPlain ? KEYS[k] : KEYS[random.nextInt(KEYS.length)])
                    .append("\"")
                    .append(" ".repeat(random.nextInt(2)))
                    .append(": ")
                    .append(
                            isPlain && random.nextInt(8) > 0
                                    ? Double.toString(random.nextDouble())
                                    : VALUES[random.nextInt(VALUES.length)])
                    .append(" ".repeat(random.nextInt(2)));
        }
        line.append('}');
        if (random.nextInt(6) == 0) {
            int at = random.nextInt(line.length());
            if (random.nextInt(2) == 0) {
                line.deleteCharAt(at);
            } else {
                line.setCharAt(at, "{}[]\",:0-.e\\ \u0001".charAt(random.nextInt(14)));
            }
        }
        return line.toString();
    }

    /** {@return the cells, or what is wrong} */
    private static String split(JsonSplitter splitter, JsonFormat format, byte[] line) {
        TextBlock block = new TextBlock();
        block.begin(line, 0);
        // Behind a line may be anything.
        java.util.Arrays.fill(block.bytes, line.length, block.bytes.length, (byte) '7');
        block.header = format.header();
        try {
            splitter.splitWhole(block);
            List<String> cells = new ArrayList<>(block.fields(0));
            return cells.toString();
        } catch (AccreteException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
