package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench} without a checkout: the suites are a jar that its user puts beside the libraries of the command. */
class BenchIT {
    @TempDir
    private Path directory;

    @Test
    void saysWhereTheSuitesBelong() {
        Command.Result result = Command.in(directory).installedIn(directory).run("bench", "sgd-regressor");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().strip().lines())
                .hasSize(1)
                .first()
                .asString()
                .contains("accrete-benchmarks-", directory.resolve("benchmarks").toString());
        assertThat(result.out()).isEmpty();
    }

    @Test
    void findsTheSuitesBesideItsLibraries() throws IOException {
        Path beside = Files.createDirectory(directory.resolve("benchmarks"));
        Path published = published();
        Files.copy(published, beside.resolve(published.getFileName()));
        Command.Result result = Command.in(directory)
                .installedIn(directory)
                .run("bench", "sgd-classifier", "--density", "0.1", "--seconds", "0.1", "--json")
                .done();
        assertThat(result.out())
                .contains("\"work\":\"learn\"", "\"work\":\"predict\"", "\"density\":0.1", "\"ns_per_row\":")
                .doesNotContain("\"ns_per_row\":null");
    }

    @Test
    void tellsInOneLineWhatALearnerRefuses() {
        Command.Result result = Command.in(directory)
                .run("bench", "incremental-pca", "--set", "n-components=30", "--width", "20", "--seconds", "0.1");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).endsWith("\n").contains("accrete: ").contains("n-components");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void measuresStepsBeforeTheLearner() {
        String[] call = {"bench", "sgd-regressor", "--steps", "standard-scaler", "--seconds", "0.1", "--json", "--set"};
        Command.Result result = Command.in(directory)
                .run(Stream.concat(Stream.of(call), Stream.of("standard-scaler.with-mean=false"))
                        .toArray(String[]::new))
                .done();
        assertThat(result.out()).contains("\"settings\":{\"standard-scaler.with-mean\":\"false\"}", "\"ns_per_row\":");
        Command.Result refused = Command.in(directory)
                .run(Stream.concat(Stream.of(call), Stream.of("standard-scaler.with-men=false"))
                        .toArray(String[]::new));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.out()).contains("with-men");
    }

    private static Path published() throws IOException {
        try (Stream<Path> files = Files.list(Command.ROOT.resolve("benchmarks/target"))) {
            return files.filter(
                            file -> file.getFileName().toString().matches("accrete-benchmarks-[^-]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
