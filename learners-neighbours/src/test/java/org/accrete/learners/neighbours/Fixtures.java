package org.accrete.learners.neighbours;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** Files of reference numbers, as the scripts in {@code src/test/fixtures} write them. */
final class Fixtures {
    /** One block of a file. */
    record Case(Map<String, String> values) {
        String text(String key) {
            return Objects.requireNonNull(values.get(key), key);
        }

        boolean has(String key) {
            return values.containsKey(key);
        }

        double[] numbers(String key) {
            return Arrays.stream(text(key).split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }

        int[] wholes(String key) {
            return Arrays.stream(text(key).split(" "))
                    .mapToInt(Integer::parseInt)
                    .toArray();
        }

        double number(String key) {
            return Double.parseDouble(text(key));
        }

        @Override
        public String toString() {
            return text("case");
        }
    }

    private Fixtures() {}

    static List<Case> read(String file) {
        List<Case> cases = new ArrayList<>();
        Map<String, String> block = new LinkedHashMap<>();
        for (String line : lines(file)) {
            if (line.startsWith("case ") && !block.isEmpty()) {
                cases.add(new Case(block));
                block = new LinkedHashMap<>();
            }
            if (!line.isEmpty() && !line.startsWith("#")) {
                int space = line.indexOf(' ');
                block.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        cases.add(new Case(block));
        return cases;
    }

    private static List<String> lines(String file) {
        try (InputStream raw = Objects.requireNonNull(Fixtures.class.getResourceAsStream(file), file)) {
            return new String(raw.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the numbers of a gzipped table beside the tests, without its header} */
    static double[][] table(String file) {
        try (InputStream raw = Objects.requireNonNull(Fixtures.class.getResourceAsStream(file), file)) {
            return table(raw);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the numbers of a gzipped table, without its header} */
    static double[][] table(Path file) {
        try (InputStream raw = Files.newInputStream(file)) {
            return table(raw);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double[][] table(InputStream raw) throws IOException {
        return new String(new GZIPInputStream(raw).readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .map(line -> Arrays.stream(line.split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }

    /** {@return the rows without their last number} */
    static double[][] withoutLast(double[][] rows) {
        return Arrays.stream(rows)
                .map(row -> Arrays.copyOf(row, row.length - 1))
                .toArray(double[][]::new);
    }
}
