package org.accrete.io.parquet;

import static org.accrete.io.parquet.ParquetFixtures.PARQUET;
import static org.accrete.io.parquet.ParquetFixtures.buffer;
import static org.accrete.io.parquet.ParquetFixtures.open;
import static org.accrete.io.parquet.ParquetFixtures.resource;
import static org.accrete.io.parquet.ParquetFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changed bytes of a file give rows or an {@link AccreteException}. {@code -Daccrete.fuzz=N} reads N files instead of
 * some hundred; {@code -Daccrete.seed=N} replays.
 */
class ParquetFuzzTest {
    private static final int FILES = Integer.getInteger("accrete.fuzz", 300);

    @TempDir
    Path folder;

    private static List<byte[]> samples() throws IOException {
        List<byte[]> samples = new ArrayList<>();
        try (Stream<Path> all = Files.walk(resource("table.csv").getParent())) {
            for (Path file : all.filter(path -> path.toString().endsWith(".parquet"))
                    .sorted()
                    .toList()) {
                samples.add(Files.readAllBytes(file));
            }
        }
        return samples;
    }

    private static byte[] changed(byte[] sample, Random random) {
        byte[] bytes =
                random.nextInt(8) == 0 ? Arrays.copyOf(sample, random.nextInt(sample.length + 1)) : sample.clone();
        int footer = sample[sample.length - 8] & 0xFF | (sample[sample.length - 7] & 0xFF) << 8;
        for (int i = 1 + random.nextInt(5); i > 0 && bytes.length > 0; i--) {
            // Most of what decides is in the footer.
            int from = random.nextBoolean() ? Math.max(0, bytes.length - footer - 8) : 0;
            int at = from + random.nextInt(bytes.length - from);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void anyBytesGiveRowsOrAnError() throws IOException {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println("ParquetFuzzTest: replay with -Daccrete.seed=" + seed);
        Random random = new Random(seed);
        List<byte[]> samples = samples();
        int rows = 0;
        int errors = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = changed(samples.get(random.nextInt(samples.size())), random);
            SourceRequest request = SourceRequest.of(
                            write(folder.resolve("f.parquet"), bytes).toString())
                    .withBadRows(random.nextBoolean() ? BadRows.stop() : BadRows.skip(1, line -> {}));
            long begin = System.nanoTime();
            try (ChunkSource source = open(PARQUET, random.nextBoolean() ? request.withTarget("y") : request)) {
                ChunkBuffer buffer = buffer(source, 16);
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
            assertThat(System.nanoTime() - begin)
                    .as("nanoseconds for file %s of seed %s", i, seed)
                    .isLessThan(60_000_000_000L);
        }
        System.out.println(FILES + " files, " + rows + " rows, " + errors + " errors");
        assertThat(rows).isPositive();
        assertThat(errors).isPositive();
    }
}
