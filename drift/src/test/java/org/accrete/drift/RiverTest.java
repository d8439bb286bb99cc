package org.accrete.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.function.IntToDoubleFunction;
import org.accrete.api.SeededRandom;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Detectors say what River's say of the same numbers; {@code src/test/fixtures} has the script of the answers. */
class RiverTest {
    /** Rows before the change, and after it, for KSWIN. */
    private static final int BEFORE = 1_000;

    /** A line of the file, in words. */
    record Line(List<String> words) {
        String word(int i) {
            return words.get(i);
        }

        @Override
        public String toString() {
            return String.join(" ", words);
        }
    }

    private static List<Line> lines(String kind) {
        try (InputStream in = Objects.requireNonNull(RiverTest.class.getResourceAsStream("river.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> new Line(Arrays.asList(line.split(" "))))
                    .filter(line -> line.word(0).equals(kind))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static List<Line> streams() {
        return lines("stream");
    }

    static List<Line> detectors() {
        return lines("detector");
    }

    static List<Line> kswins() {
        return lines("kswin");
    }

    private static IntToDoubleFunction steps(double... pairs) {
        return row -> {
            double level = pairs[1];
            for (int i = 0; i < pairs.length; i += 2) {
                level = row >= pairs[i] ? pairs[i + 1] : level;
            }
            return level;
        };
    }

    private static double ramp(int row) {
        return row < 3000 ? 0.1 : row >= 6000 ? 0.4 : 0.1 + (row - 3000) * 0.0001;
    }

    private static double[] numbers(String stream) {
        IntToDoubleFunction levels = switch (stream) {
            case "errors-sudden" -> steps(0, 0.1, 4000, 0.35, 7000, 0.2);
            case "errors-gradual", "losses-gradual" -> RiverTest::ramp;
            case "errors-stationary" -> steps(0, 0.2);
            case "losses-sudden" -> steps(0, 0, 4000, 0.1, 7000, 0.02);
            case "losses-large" -> steps(0, 0, 5000, 0.2);
            case "column-shift" -> steps(0, 0, 5000, 0.1);
            case "column-few-values" -> steps(0, 0.3, 6000, 0.7);
            default -> steps(0, 0);
        };
        Line line = streams().stream()
                .filter(one -> one.word(1).equals(stream))
                .findFirst()
                .orElseThrow();
        double[] numbers = new double[Integer.parseInt(line.word(3))];
        SeededRandom random = new SeededRandom(Long.parseLong(line.word(2)));
        double scale = stream.equals("losses-large") ? 40 : 1;
        for (int row = 0; row < numbers.length; row++) {
            double level = levels.applyAsDouble(row);
            if (stream.startsWith("errors") || stream.equals("column-few-values")) {
                numbers[row] = random.nextDouble() < level ? 1 : 0;
            } else {
                double noise = random.nextDouble() + random.nextDouble() + random.nextDouble();
                numbers[row] = (noise * 0.25 + level) * scale;
            }
        }
        return numbers;
    }

    private static DriftDetector detector(String name, String settings) {
        DriftDetectorProvider provider = ServiceLoader.load(DriftDetectorProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        Map<String, String> given = new LinkedHashMap<>();
        for (String pair : settings.equals("-") ? new String[0] : settings.split(",")) {
            given.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return provider.create(Params.parse(provider.params(), given));
    }

    @ParameterizedTest
    @MethodSource("streams")
    void streamHasTheSameNumbers(Line line) {
        double sum = 0;
        for (double number : numbers(line.word(1))) {
            sum += number;
        }
        assertThat(sum).isEqualTo(Double.parseDouble(line.word(4)));
    }

    @ParameterizedTest
    @MethodSource("detectors")
    void saysTheSameAtTheSameRows(Line line) {
        DriftDetector detector = detector(line.word(1), line.word(2));
        double[] numbers = numbers(line.word(3));
        List<String> drifts = new ArrayList<>();
        int warnings = 0;
        for (int row = 0; row < numbers.length; row++) {
            DriftLevel level = detector.update(numbers[row]);
            warnings += level == DriftLevel.WARNING ? 1 : 0;
            if (level == DriftLevel.DRIFT) {
                drifts.add(Integer.toString(row));
            }
        }
        assertThat(drifts).isEqualTo(line.words().subList(5, line.words().size()));
        assertThat(warnings).isEqualTo(Integer.parseInt(line.word(4)));
    }

    /** Its sample is drawn by another generator than River's, so only means over seeds can be equal. */
    @ParameterizedTest
    @MethodSource("kswins")
    void kswinIsAsSoonAndAsWrongOverManySeeds(Line line) {
        int change = Integer.parseInt(line.word(2));
        int seeds = Integer.parseInt(line.word(3));
        double[] numbers = Arrays.copyOfRange(numbers(line.word(1)), change - BEFORE, change + BEFORE);
        List<Double> delays = new ArrayList<>();
        List<Double> alarms = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            DriftDetector detector = detector("kswin", "side=both,seed=" + seed);
            int before = 0;
            int delay = -1;
            for (int row = 0; row < numbers.length; row++) {
                if (detector.update(numbers[row]) == DriftLevel.DRIFT) {
                    before += row < BEFORE ? 1 : 0;
                    delay = row >= BEFORE && delay < 0 ? row - BEFORE : delay;
                }
            }
            alarms.add((double) before);
            if (delay >= 0) {
                delays.add((double) delay);
            }
        }
        double missed = Double.parseDouble(line.word(6));
        double share = (missed + seeds - delays.size()) / (2 * seeds);
        double spread = 2 * seeds * share * (1 - share);
        assertThat(Math.abs(seeds - delays.size() - missed))
                .as("changes missed")
                .isLessThanOrEqualTo(2 * Math.sqrt(spread));
        assertWithinTwoErrors("delay", delays, line.word(4), line.word(5));
        assertWithinTwoErrors("false alarms", alarms, line.word(7), line.word(8));
    }

    private static void assertWithinTwoErrors(String what, List<Double> ours, String mean, String error) {
        double average =
                ours.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double squares = ours.stream()
                .mapToDouble(value -> (value - average) * (value - average))
                .sum();
        double ownError = Math.sqrt(squares / (ours.size() - 1) / ours.size());
        double both = Math.hypot(ownError, Double.parseDouble(error));
        assertThat(Math.abs(average - Double.parseDouble(mean)))
                .as("%s: %s ± %s here, %s ± %s in River", what, average, ownError, mean, error)
                .isLessThanOrEqualTo(2 * both);
    }

    /** By counting the ways of two sorted samples, all of which are equally likely. */
    @Test
    void probabilityOfKswinIsExact() {
        for (int r = 1; r <= 6; r++) {
            for (int k = 1; k <= r; k++) {
                long all = 0;
                long far = 0;
                for (int ways = 0; ways < 1 << (2 * r); ways++) {
                    if (Integer.bitCount(ways) != r) {
                        continue;
                    }
                    all++;
                    int most = 0;
                    int distance = 0;
                    for (int i = 0; i < 2 * r; i++) {
                        distance += (ways >> i & 1) == 1 ? 1 : -1;
                        most = Math.max(most, Math.abs(distance));
                    }
                    far += most >= k ? 1 : 0;
                }
                assertThat(Kswin.probability(r, k))
                        .as("r = %s, k = %s", r, k)
                        .isCloseTo((double) far / all, within(1e-12));
            }
        }
    }
}
