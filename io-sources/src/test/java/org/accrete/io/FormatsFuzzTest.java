package org.accrete.io;

import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.write;
import static org.accrete.io.IoFixtures.zstd;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any bytes give rows or an {@link AccreteException}. {@code -Daccrete.fuzz=N} reads N files of each format instead of
 * a few hundred; {@code -Daccrete.seed=N} replays.
 */
class FormatsFuzzTest {
    private static final int FILES = Integer.getInteger("accrete.fuzz", 200);
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\"a\":",
        "\"b\":{",
        ":",
        ",",
        "\n",
        "\n",
        "\r\n",
        " ",
        "null",
        "true",
        "NaN",
        "1",
        "-2.5e3",
        "1e999",
        "\\",
        "\\u",
        "\\ud800",
        "\\n",
        "é",
        "\uD83D\uDE00",
        "#",
        "qid:",
        "1:",
        "0:1",
        "7:0.5",
        "99999999999:1",
        "2:x",
        "@attribute",
        "@data\n",
        "@relation r\n",
        "@attribute a numeric\n",
        "@attribute s {x,'y z'}\n",
        "@attribute d date\n",
        "%",
        "?",
        "'",
        "{0 1}",
        "2001-02-03",
        "\0",
        "{\"a\":1,\"b\":\"x\"}\n",
        "1 1:2 3:4\n",
        "1,x,2001-01-01\n"
    };

    @TempDir
    Path folder;

    private static ChunkSourceProvider provider(String name) {
        return switch (name) {
            case "jsonl" -> new JsonLinesSourceProvider();
            case "libsvm" -> new LibSvmSourceProvider();
            case "arff" -> new ArffSourceProvider();
            case "npy" -> new NumpySourceProvider();
            default -> new CsvSourceProvider();
        };
    }

    /** {@return valid files, to be changed} */
    private static List<byte[]> samples(String format) throws IOException, URISyntaxException {
        List<byte[]> samples = new ArrayList<>();
        if (format.equals("npy")) {
            Path files = Path.of(Objects.requireNonNull(FormatsFuzzTest.class.getResource("numpy"))
                    .toURI());
            try (Stream<Path> all = Files.walk(files)) {
                for (Path file : all.filter(path -> path.toString().matches(".*np[yz]"))
                        .sorted()
                        .toList()) {
                    samples.add(Files.readAllBytes(file));
                }
            }
            return samples;
        }
        String text = switch (format) {
            case "jsonl" -> "{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[1,2,null]},\"y\":true}\n".repeat(20);
            case "libsvm" -> "1 qid:3 1:0.5 7:1e3 # c\n-1 2:1\n".repeat(20);
            case "arff" ->
                "@relation r\n@attribute a numeric\n@attribute 'b c' {u,'v w'}\n@attribute d date \"dd.MM.yyyy\"\n@data\n"
                        + "1,u,03.02.2001\n{0 2, 1 'v w'}\n?,?,?\n".repeat(20);
            default -> "a,b,c\n1,\"x\",2001-02-03\n,y,\n".repeat(20);
        };
        samples.add(text.getBytes(StandardCharsets.UTF_8));
        samples.add(gzip(text));
        samples.add(zstd(text));
        samples.add(zstd(text.repeat(200)));
        return samples;
    }

    private static byte[] changed(byte[] sample, Random random) {
        byte[] bytes =
                random.nextInt(8) == 0 ? Arrays.copyOf(sample, random.nextInt(sample.length + 1)) : sample.clone();
        for (int i = random.nextInt(6); i > 0 && bytes.length > 0; i--) {
            // Most of what decides is at the beginning.
            int at = random.nextInt(random.nextBoolean() ? Math.min(140, bytes.length) : bytes.length);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] made(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "jsonl", "libsvm", "arff", "npy"})
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void anyBytesGiveRowsOrAnError(String format) throws Exception {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println("FormatsFuzzTest: replay with -Daccrete.seed=" + seed);
        Random random = new Random(seed);
        List<byte[]> samples = samples(format);
        int rows = 0;
        int errors = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = !format.equals("npy") && random.nextInt(3) == 0
                    ? made(random)
                    : changed(samples.get(random.nextInt(samples.size())), random);
            Path file = write(folder.resolve("f." + format), bytes);
            SourceRequest request = SourceRequest.of(file.toString())
                    .withBadRows(random.nextBoolean() ? BadRows.stop() : BadRows.skip(1, line -> {}));
            Map<String, String> params = format.equals("npy") ? Map.of() : Map.of("threads", "1");
            try (ChunkSource source = IoFixtures.open(provider(format), request, params)) {
                ChunkBuffer buffer = IoFixtures.buffer(source, 16);
                while (source.next(buffer)) {
                    rows += buffer.rows();
                }
            } catch (AccreteException e) {
                errors++;
                if (e.line().contains("\n")) {
                    throw new AssertionError("a message of two lines: " + e.line(), e);
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError("file " + i + " of seed " + seed + ": " + e, e);
            }
        }
        System.out.println(format + ": " + FILES + " files, " + rows + " rows, " + errors + " errors");
        org.assertj.core.api.Assertions.assertThat(rows).isPositive();
        org.assertj.core.api.Assertions.assertThat(errors).isPositive();
    }
}
