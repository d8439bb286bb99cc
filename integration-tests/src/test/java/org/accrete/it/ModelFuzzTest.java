package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.store.VersionFile;
import org.junit.jupiter.api.Test;

/**
 * Model files in which something was changed are refused, or make a model when their checksum was made to fit, within
 * 64 MiB. {@code -Daccrete.fuzz=1000000} makes a long test of it.
 */
class ModelFuzzTest {
    private static final int FILES = Integer.getInteger("accrete.fuzz", 4_000);
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");
    private static final List<String> NUMBERS = List.of(
            "0",
            "1",
            "-1",
            "2",
            "3",
            "99",
            "65536",
            "2000000000",
            "2147483647",
            "4294967297",
            "9223372036854775807",
            "99999999999999999999",
            "0.5",
            "1e308",
            "NaN",
            "Infinity",
            "x",
            "");
    private static final double[] VALUES = {
        0,
        -0.0,
        -1,
        1e308,
        -1e308,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        0x1p62,
        -0x1p62,
        3
    };
    private static final long[] WHOLES = {0, 1, -1, 2, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40};

    /** The main method of a process with a small heap. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            Random random = new Random(Long.parseLong(args[0]));
            int files = Integer.parseInt(args[1]);
            PlugIns plugIns = PlugIns.load();
            List<byte[]> models = List.of(
                    model(plugIns, "sgd-classifier", Map.of()),
                    model(plugIns, "sgd-classifier", Map.of("average", "1", "optimizer", "sgd")),
                    model(plugIns, "incremental-pca", Map.of("n-components", "2", "batch-size", "50")),
                    model(plugIns, "covariance-pca", Map.of("n-components", "2")),
                    model(plugIns, "mlp-classifier", Map.of("hidden", "4")),
                    model(plugIns, "naive-bayes", Map.of()),
                    model(plugIns, "half-space-trees", Map.of("trees", "2", "height", "3", "window-size", "50")),
                    model(plugIns, "hoeffding-tree-classifier", Map.of("grace-period", "20", "delta", "0.5")),
                    model(plugIns, "gradient-boosted-trees-classifier", Map.of("n-estimators", "2")),
                    model(plugIns, "k-nearest-neighbours", Map.of("window-size", "20")));
            int refused = 0;
            for (int i = 0; i < files; i++) {
                byte[] model = models.get(i % models.size());
                byte[] mutant = mutant(model, random);
                if (!Arrays.equals(mutant, model) && reads(plugIns, mutant, sha256(model))) {
                    throw new AssertionError("file " + i + " was read although its checksum is another one");
                }
                try {
                    refused += reads(plugIns, mutant, sha256(mutant)) ? 0 : 1;
                } catch (RuntimeException | Error e) {
                    System.out.println("file " + i + ": " + e);
                    e.printStackTrace();
                    System.exit(1);
                }
            }
            System.out.println(files + " files, " + refused + " refused");
        }

        private static byte[] model(PlugIns plugIns, String learner, Map<String, String> settings) throws IOException {
            ChunkSourceProvider synthetic = plugIns.sources().find("synthetic");
            try (ChunkSource source =
                    synthetic.open(SourceRequest.of("sea"), Params.parse(synthetic.params(), Map.of("rows", "170")))) {
                Pipeline pipeline = Pipeline.create(
                        plugIns, source.schema(), new PipelineSpec(learner, List.of("standard-scaler"), settings));
                ChunkBuffer buffer = new ChunkBuffer(source.schema(), 170);
                source.next(buffer);
                pipeline.partialFit(buffer.chunk());
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                VersionFile.write(pipeline.state(), "m", 1, Instant.EPOCH, note(), Channels.newChannel(bytes));
                return bytes.toByteArray();
            }
        }

        private static ModelVersion.Note note() {
            return new ModelVersion.Note(Optional.empty(), "l", 1, Map.of());
        }

        /** Returns false if the file was refused. */
        private static boolean reads(PlugIns plugIns, byte[] bytes, String sha256) throws IOException {
            ModelVersion version = new ModelVersion("m", 1, Instant.EPOCH, note(), bytes.length, sha256);
            try {
                State state = VersionFile.read(version, new ByteArrayInputStream(bytes));
                Pipeline.restore(plugIns, state).view();
                return true;
            } catch (AccreteException e) {
                return false;
            }
        }

        private static byte[] mutant(byte[] model, Random random) {
            byte[] bytes = model.clone();
            int header =
                    (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
            int data = 8 + header;
            for (int times = 1 + random.nextInt(3); times > 0; times--) {
                switch (random.nextInt(6)) {
                    case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                    case 1 -> {
                        return withNumber(bytes, header, random);
                    }
                    case 2 -> put(bytes, data, random, VALUES[random.nextInt(VALUES.length)]);
                    case 3 -> putLong(bytes, data, random, WHOLES[random.nextInt(WHOLES.length)]);
                    case 4 -> {
                        return Arrays.copyOf(bytes, random.nextInt(bytes.length + 9));
                    }
                    default -> bytes[8 + random.nextInt(header)] = (byte) (32 + random.nextInt(95));
                }
            }
            return bytes;
        }

        private static void put(byte[] bytes, int data, Random random, double value) {
            putLong(bytes, data, random, Double.doubleToRawLongBits(value));
        }

        private static void putLong(byte[] bytes, int data, Random random, long value) {
            int numbers = (bytes.length - data) / Long.BYTES;
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(data + random.nextInt(numbers) * Long.BYTES, value);
        }

        /** Replaces a number in the header by another, and makes the length of the header fit. */
        private static byte[] withNumber(byte[] bytes, int header, Random random) {
            String text = new String(bytes, 8, header, StandardCharsets.ISO_8859_1);
            List<MatchResult> numbers = new ArrayList<>();
            NUMBER.matcher(text).results().forEach(numbers::add);
            MatchResult number = numbers.get(random.nextInt(numbers.size()));
            byte[] changed = (text.substring(0, number.start())
                            + NUMBERS.get(random.nextInt(NUMBERS.size()))
                            + text.substring(number.end()))
                    .getBytes(StandardCharsets.ISO_8859_1);
            return ByteBuffer.allocate(bytes.length - header + changed.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(changed.length)
                    .put(changed)
                    .put(bytes, 8 + header, bytes.length - 8 - header)
                    .array();
        }

        private static String sha256(byte[] bytes) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void whateverWasChangedIsRefusedOrRead() throws Exception {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println("-Dtest=ModelFuzzTest -Daccrete.seed=" + seed + " -Daccrete.fuzz=" + FILES);
        Process child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        Long.toString(seed),
                        Integer.toString(FILES))
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        System.out.println(said);
        assertThat(child.waitFor()).as(said).isZero();
    }
}
