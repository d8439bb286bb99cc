package org.accrete.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives that NumPy wrote are made by {@code src/test/fixtures/make_numpy.py}. */
class NumpyArchiveTest {
    private static final List<String> WORDS = List.of("é", "", "three", "\uD83D\uDE00 far");

    @TempDir
    Path folder;

    private static NumpyArchive some() {
        return new NumpyArchive()
                .doubles("matrix", new double[] {1, -0.0, Double.NaN, 1e-310, 5, 6}, 2, 3)
                .doubles("none", new double[0], 0)
                .longs("whole", new long[] {-1, 1L << 50})
                .texts("words", WORDS)
                .text("word", "log_loss")
                .number("number", 0.1)
                .whole("count", 7)
                .flag("flag", true);
    }

    private static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(NumpyArchiveTest.class.getResource("numpy/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        Path file = Files.write(folder.resolve("some.npz"), some().toBytes());
        State read = NumpyArchive.read(file);
        assertThat(read)
                .isEqualTo(State.builder()
                        .doubles("matrix", new double[] {1, -0.0, Double.NaN, 1e-310, 5, 6}, 2, 3)
                        .doubles("none", new double[0], 0)
                        .longs("whole", new long[] {-1, 1L << 50})
                        .list("words", WORDS)
                        .text("word", "log_loss")
                        .number("number", 0.1)
                        .whole("count", 7)
                        .whole("flag", 1)
                        .build());
    }

    @Test
    void sameArraysMakeTheSameBytes() {
        assertThat(some().toBytes()).isEqualTo(some().toBytes());
        assertThatThrownBy(() -> some().number("word", 1)).isInstanceOf(AccreteException.class);
    }

    /** Big-endian, by columns, of several types: as NumPy wrote them. */
    @Test
    void archiveOfNumpyIsRead() {
        State read = NumpyArchive.read(resource("archive.npz"));
        assertThat(read.tensor("by_column")).isEqualTo(Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3));
        assertThat(read.tensor("single")).isEqualTo(Tensor.of(new double[] {0.5, -2}, 2));
        assertThat(read.tensor("whole")).isEqualTo(Tensor.of(new long[] {3, -4}, 2));
        assertThat(read.tensor("flags")).isEqualTo(Tensor.of(new long[] {1, 0}, 2));
        assertThat(read.tensor("scalar")).isEqualTo(Tensor.of(new double[] {2.5}, 1));
        assertThat(read.list("words")).isEqualTo(WORDS);
        assertThat(read.list("big")).containsExactly("a", "bc");
        assertThat(read.list("bytes")).containsExactly("x", "yz");
        assertThat(read.text("word")).isEqualTo("log_loss");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refused/objects.npz | array 'names': an array of Python objects is never read; convert it to texts, as in"
                        + " x.astype(str)",
                "refused/object.npy | not an .npz file",
                "f8.csv | not an .npz file",
            })
    void whatIsNoArchiveOfArraysIsRefused(String name, String message) {
        assertThatThrownBy(() -> NumpyArchive.read(resource(name)))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line()).contains(message).contains(name.replaceAll(".*/", "")));
    }

    @Test
    void arrayThatClaimsMoreThanItHasIsRefused() throws IOException {
        Path file = folder.resolve("claims.npz");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("big.npy"));
            zip.write(NumpyHeader.write("<U9999", "1000000000, 1000000"));
            zip.closeEntry();
        }
        assertThatThrownBy(() -> NumpyArchive.read(file))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("array 'big'");
        assertThatThrownBy(() -> NumpyArchive.read(folder.resolve("absent.npz")))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("no file");
    }

    /** Whatever the bytes of an array are, it is read or refused. */
    @Test
    void damagedArraysAreReadOrRefused() throws IOException {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        Random random = new Random(seed);
        Path file = folder.resolve("damaged.npz");
        byte[][] arrays = {
            concat(NumpyHeader.write("<f8", "2, 3"), new byte[48]),
            concat(NumpyHeader.write("<U3", "2,"), new byte[24]),
            concat(NumpyHeader.write("|b1", ""), new byte[1]),
        };
        int refused = 0;
        for (int run = 0; run < 400; run++) {
            byte[] bytes = arrays[run % arrays.length].clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(2) == 0 ? random.nextInt(80) : random.nextInt(bytes.length);
                bytes[at] = (byte)
                        (random.nextInt(2) == 0 ? "0123456789,()'<>UfS".charAt(random.nextInt(19)) : random.nextInt());
            }
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
                zip.putNextEntry(new ZipEntry("a.npy"));
                zip.write(bytes, 0, random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length);
            }
            try {
                NumpyArchive.read(file);
            } catch (AccreteException e) {
                refused++;
                assertThat(e.line())
                        .as("run %d of seed %d", run, seed)
                        .contains("damaged.npz")
                        .doesNotContain("\n");
            } catch (RuntimeException e) {
                throw new AssertionError("run " + run + " of seed " + seed, e);
            }
        }
        assertThat(refused).isBetween(50, 399);
    }

    private static byte[] concat(byte[] header, byte[] rest) {
        byte[] all = Arrays.copyOf(header, header.length + rest.length);
        System.arraycopy(rest, 0, all, header.length, rest.length);
        return all;
    }
}
