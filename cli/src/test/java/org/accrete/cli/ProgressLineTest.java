package org.accrete.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.train.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProgressLineTest {
    private static final Pattern BAR = Pattern.compile("\\[(#*)(-*)\\] (\\d+) %(.*)");

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicLong clock = new AtomicLong();

    static IntStream widths() {
        return IntStream.rangeClosed(20, 120);
    }

    @ParameterizedTest
    @MethodSource("widths")
    void noLineIsWiderThanTheTerminal(int columns) {
        TrainProgress progress = progress(columns, Map.of());
        show(progress, 1_000, 1, 0.1);
        show(progress, 123_456_789, 7_000, 0.42);
        for (String line : shown()) {
            String seen = line.replaceAll("\u001b\\[[0-9;]*[mK]", "");
            assertThat(seen)
                    .hasSizeLessThan(columns)
                    .containsPattern("\\b(10|42) %")
                    .doesNotContain("\u001b");
        }
        String last = shown().get(1);
        assertThat(BAR.matcher(last).find()).as(last).isEqualTo(columns >= 45);
    }

    @Test
    void aWideLineHasAll() {
        TrainProgress progress = progress(160, Map.of("NO_COLOR", "1"));
        progress.chunk(new Progress(10, 0, 0, OptionalDouble.of(0), ProgressLineTest::scores));
        clock.set(1_000_000_000);
        progress.chunk(new Progress(1_234_567, 12, 100, OptionalDouble.of(0.25), ProgressLineTest::scores));
        assertThat(shown())
                .containsExactly("[###------------] 25 %  5:00 left  1,234,567 rows  12 bad  12k rows/s"
                        + "  log-loss 0.5000 -0.1000  ROC AUC 0.7000 -0.0500");
    }

    @Test
    void aShareThatIsNotKnownHasNoBar() {
        TrainProgress progress = progress(160, Map.of("NO_COLOR", "1"));
        clock.set(1_000_000_000);
        progress.chunk(new Progress(500, 0, 2, OptionalDouble.empty(), ScoreReport::none));
        progress.end(true);
        assertThat(shown()).containsExactly("500 rows  250 rows/s", "500 rows  250 rows/s");
    }

    /** The pace is that since the first chunk, so what a resumed run found done costs no time. */
    @Test
    void timeLeftIsByThePaceOfThisRun() {
        TrainProgress progress = progress(160, Map.of());
        show(progress, 1_000, 10, 0.5);
        show(progress, 2_000, 20, 0.51);
        show(progress, 3_000, 3_610, 0.75);
        assertThat(shown().get(0)).contains("50 %").doesNotContain("left");
        assertThat(shown().get(1)).contains("51 %  8:10 left");
        assertThat(shown().get(2)).contains("75 %  1:00:00 left");
    }

    @Test
    void theShareNeverFallsAndEndsWhole() {
        TrainProgress progress = progress(120, Map.of());
        double[] shares = {0.001, 0.3, 0.299, 0.7, 0.9999};
        for (int i = 0; i < shares.length; i++) {
            show(progress, 1_000L * (i + 1), i + 1, shares[i]);
        }
        progress.end(true);
        List<String> lines = shown();
        assertThat(lines.stream().map(ProgressLineTest::percent)).containsExactly(0, 30, 30, 70, 99, 100);
        Matcher bar = BAR.matcher(lines.get(5));
        assertThat(bar.find()).isTrue();
        assertThat(bar.group(2)).isEmpty();
        assertThat(lines.get(5)).doesNotContain("left");
    }

    @Test
    void aRunThatWasStoppedIsNotWhole() {
        TrainProgress progress = progress(120, Map.of());
        show(progress, 1_000, 1, 0.3);
        progress.end(false);
        assertThat(percent(shown().get(1))).isEqualTo(30);
    }

    @Test
    void onlyATerminalThatCanIsColoured() {
        String green = "\u001b[32m-0.1000\u001b[m";
        String red = "\u001b[31m-0.0500\u001b[m";
        TrainProgress progress = progress(160, Map.of("TERM", "xterm", "NO_COLOR", ""));
        show(progress, 1_000, 1, 0.3);
        assertThat(err.toString(UTF_8)).contains(green, red).startsWith("\r").doesNotContain("\n");
        err.reset();
        progress = progress(160, Map.of("NO_COLOR", "1"));
        show(progress, 1_000, 1, 0.3);
        assertThat(err.toString(UTF_8))
                .contains("-0.1000")
                .doesNotContain("\u001b[3")
                .endsWith("\u001b[K");
        for (Map<String, String> environment : List.of(Map.of("TERM", "dumb"), Map.of("TERM", "xterm"))) {
            err.reset();
            progress = progress(environment.containsValue("dumb") ? 160 : Console.NO_TERMINAL, environment);
            show(progress, 1_000, 5, 0.3);
            assertThat(err.toString(UTF_8))
                    .isEqualTo("30 %  1,000 rows  200 rows/s  log-loss 0.5000 -0.1000  ROC AUC 0.7000 -0.0500"
                            + System.lineSeparator());
        }
    }

    @Test
    void withJsonThereIsNone() {
        Console console = new Console(System.out, new PrintStream(err, true, UTF_8), true, false, 80, 80, Map.of());
        TrainProgress progress = new TrainProgress(new TrainCommand(console), console, clock::get);
        show(progress, 1_000, 1, 0.3);
        progress.end(true);
        assertThat(err.size()).isZero();
    }

    private static int percent(String line) {
        Matcher bar = BAR.matcher(line);
        assertThat(bar.find()).as(line).isTrue();
        int cells = bar.group(1).length() + bar.group(2).length();
        int percent = Integer.parseInt(bar.group(3));
        assertThat(bar.group(1)).as(line).hasSizeBetween(cells * percent / 100, cells * (percent + 1) / 100);
        return percent;
    }

    private TrainProgress progress(int columns, Map<String, String> environment) {
        Console console = new Console(
                System.out, new PrintStream(err, true, UTF_8), false, false, Console.NO_TERMINAL, columns, environment);
        return new TrainProgress(new TrainCommand(console), console, clock::get);
    }

    private void show(TrainProgress progress, long rows, double seconds, double share) {
        clock.addAndGet(4_000_000_000L);
        progress.chunk(new Progress(rows, 0, seconds, OptionalDouble.of(share), ProgressLineTest::scores));
    }

    private List<String> shown() {
        return err.toString(UTF_8)
                .lines()
                .filter(line -> !line.isEmpty())
                .map(line -> line.replace("\u001b[K", ""))
                .toList();
    }

    private static ScoreReport scores() {
        Map<String, Double> all = new LinkedHashMap<>();
        all.put("log_loss", 0.5);
        all.put("roc_auc", 0.7);
        all.put("accuracy", 0.6);
        return new ScoreReport(
                20_000, 0, all, Map.of("log_loss", 0.4, "roc_auc", 0.65, "accuracy", 0.6), Map.of(), Map.of());
    }
}
