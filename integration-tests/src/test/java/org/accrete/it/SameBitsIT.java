package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal data give equal tensors of learner and scaler, bit for bit, for any chunks, kernels and JDK. */
class SameBitsIT {
    /** Enough for compiled code, and for chunks of all of them. */
    private static final String ROWS = "60000";

    @TempDir
    private static Path directory;

    private static Map<String, Tensor> expected = Map.of();

    @BeforeAll
    static void trainOnce() {
        expected = train(Command.in(directory), "expected", "--chunk-rows", "1000");
    }

    @Test
    void chunksOfAnySizeGiveTheSameTensors() {
        for (String rows : List.of("1", "7", "200000")) {
            assertThat(train(Command.in(directory), "chunk-" + rows, "--chunk-rows", rows))
                    .as("chunks of %s rows", rows)
                    .isEqualTo(expected);
        }
    }

    @Test
    void scalarAndSimdKernelsGiveTheSameTensors() {
        for (String kernels : List.of("scalar", "simd")) {
            assertThat(train(Command.in(directory).with("-Daccrete.kernels=" + kernels), kernels))
                    .as(kernels)
                    .isEqualTo(expected);
        }
    }

    @Test
    void anotherJdkGivesTheSameTensors() throws IOException {
        Optional<Path> other = jdk25();
        assumeTrue(other.isPresent(), "no JDK 25 in JDK25_HOME or under /usr/lib/jvm");
        assertThat(train(Command.in(directory).by(other.get()), "other")).isEqualTo(expected);
    }

    /** {@return the tensors of a dense and a sparse model} Scores are left out because they depend on the chunks. */
    private static Map<String, Tensor> train(Command command, String name, String... more) {
        Path store = directory.resolve(name);
        List<String> sparse = new ArrayList<>(List.of(
                "train",
                Command.FLIGHTS.toString(),
                "--target",
                "delayed",
                "--column",
                "delay=ignore",
                "--rows",
                ROWS,
                "--model",
                "sparse",
                "--store",
                store.toString()));
        sparse.addAll(List.of(more));
        command.run(sparse.toArray(String[]::new)).done();
        List<String> dense = new ArrayList<>(List.of(
                "train", "synthetic:regression?rows=20000&seed=3", "--model", "dense", "--store", store.toString()));
        dense.addAll(List.of(more));
        command.run(dense.toArray(String[]::new)).done();
        Map<String, Tensor> tensors = new TreeMap<>();
        for (String model : List.of("sparse", "dense")) {
            Command.latest(store, model).tensors().forEach((tensor, value) -> {
                if (!tensor.startsWith("run.")) {
                    tensors.put(model + "/" + tensor, value);
                }
            });
        }
        assertThat(tensors).containsKeys("sparse/coef", "dense/coef", "dense/standard-scaler.mean");
        return tensors;
    }

    private static Optional<Path> jdk25() throws IOException {
        String home = System.getenv("JDK25_HOME");
        if (home != null) {
            return Optional.of(Path.of(home));
        }
        Path jvms = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(jvms)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(jvms)) {
            return homes.filter(SameBitsIT::is25).findFirst();
        }
    }

    private static boolean is25(Path home) {
        Path release = home.resolve("release");
        try {
            return Files.exists(release) && Files.readString(release).contains("JAVA_VERSION=\"25");
        } catch (IOException e) {
            return false;
        }
    }
}
