package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gate keeps versions that have just learned wrong labels from going live, and lets live move on afterwards. */
final class PoisonedFlightsIT {
    private static final int WRONG_FROM = 90_000;
    private static final int WRONG_TO = 110_000;
    private static final int MOVES_BY = 160_000;
    private static final Pattern SAID = Pattern.compile("p@(\\d+) (passed|refused) .*");

    @TempDir
    private Path folder;

    @Test
    void liveIsNeverAVersionThatHasJustLearnedWrongLabels() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> trusted = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Command.FLIGHTS)), StandardCharsets.UTF_8))) {
            String head = lines.readLine();
            wrong.add(head);
            trusted.add(head);
            for (int row = 0; row < MOVES_BY; row++) {
                String line = lines.readLine();
                boolean isWrong = row >= WRONG_FROM && row < WRONG_TO;
                char label = line.charAt(line.length() - 1);
                wrong.add(isWrong ? line.substring(0, line.length() - 1) + (label == '1' ? '0' : '1') : line);
                if (isWrong && row % 4 == 0) {
                    trusted.add(line);
                }
            }
        }
        Path data = Files.write(folder.resolve("wrong.csv"), wrong);
        Path judge = Files.write(folder.resolve("trusted.csv"), trusted);
        String err = Command.in(folder)
                .run(
                        "train",
                        data.toString(),
                        "--model",
                        "p",
                        "--target",
                        "delayed",
                        "--column",
                        "delay=ignore",
                        "--gate",
                        "log_loss <= live + 0.01",
                        "--gate-source",
                        judge.toString())
                .done()
                .err();
        List<Integer> passed = new ArrayList<>();
        int judged = 1;
        for (String line : err.lines().toList()) {
            Matcher said = SAID.matcher(line);
            if (said.matches()) {
                judged++;
                assertThat(Integer.parseInt(said.group(1))).isEqualTo(judged);
                if (said.group(2).equals("passed")) {
                    passed.add(judged);
                }
            }
        }
        // Version n ends at row 10,000 n; those of 100,000 and 110,000 have wrong rows as their newest.
        assertThat(judged).isEqualTo(16);
        assertThat(passed).contains(9).doesNotContain(10, 11).anyMatch(number -> number > 11);
    }
}
