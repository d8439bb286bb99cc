package org.accrete.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.file.Input;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Well and badly formed CSV is read as Python's csv module reads it; {@code make_torture.py} wrote what that reads. */
class CsvTortureTest {
    private static final CsvFormat FORMAT = new CsvFormat(',', StandardCharsets.UTF_8, false, 0, Optional.empty());

    @TempDir
    Path folder;

    @Test
    void rowsAreThoseOfPython() throws IOException {
        int cases = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                CsvTortureTest.class.getResourceAsStream("torture.txt"), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split("\t", -1);
                String text = URLDecoder.decode(parts[0], StandardCharsets.UTF_8);
                List<Input> inputs = Input.find(
                        IoFixtures.write(folder.resolve("t.csv"), text).toString(), CsvFormat.ENDINGS);
                String wanted = URLDecoder.decode(
                        parts[1].replace("%2C", "%252C").replace("%3B", "%253B"), StandardCharsets.UTF_8);
                for (int size : new int[] {1, 3, TextBlock.SIZE}) {
                    assertThat(rows(inputs, size))
                            .as("%s, blocks of %d", parts[0], size)
                            .isEqualTo(wanted);
                }
                cases++;
            }
        }
        assertThat(cases).isGreaterThan(2_000);
    }

    private static String rows(List<Input> inputs, int size) {
        List<String> rows = new ArrayList<>();
        try (TextBlocks blocks = new TextBlocks(inputs, 0, FORMAT, false, size)) {
            for (Optional<TextBlock> next = blocks.next(); next.isPresent(); next = blocks.next()) {
                TextBlock block = next.get();
                for (int row = 0; row < block.records; row++) {
                    rows.add(block.fields(row).stream()
                            .map(cell -> cell.replace(",", "%2C").replace(";", "%3B"))
                            .collect(Collectors.joining(",")));
                }
                if (block.failure.isPresent()) {
                    throw blocks.failure(block);
                }
            }
        } catch (AccreteException e) {
            assertThat(e.getMessage()).contains("not CSV");
            rows.add("!");
        }
        return String.join(";", rows);
    }
}
