package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the example of a database work as its page says; Maven has run the first before. */
class SqlToModelIT {
    private static final String FOLDER = "examples/sql-to-model/target";
    private static final Path BUILT = Path.of(System.getProperty("accrete.sql"));

    private static List<String> train = List.of();
    private static Map<String, Tensor> expected = Map.of();

    @TempDir
    private Path directory;

    @BeforeAll
    static void readThePage(@TempDir Path directory) throws IOException {
        String page = Files.readString(Command.ROOT.resolve("examples/sql-to-model/README.md"));
        String line = page.lines()
                .filter(some -> some.startsWith("./accrete train "))
                .findFirst()
                .orElseThrow();
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("'([^']*)'|\\S+").matcher(line.substring("./accrete ".length()));
        while (word.find()) {
            words.add(word.group(1) == null ? word.group() : word.group(1));
        }
        train = words;
        Path store = directory.resolve("csv");
        Command.in(directory)
                .run(
                        "train",
                        Command.FLIGHTS.toString(),
                        "--column=delay=ignore",
                        "--target=delayed",
                        "--model=flights",
                        "--store=" + store)
                .done();
        expected = Command.latest(store, "flights").tensors();
    }

    private void assertTrains(String url) {
        Command.in(directory)
                .run(train.stream()
                        .map(word -> word.startsWith("jdbc:")
                                ? word.replace("jdbc:h2:./" + FOLDER + "/flights?", url)
                                : word.replace(FOLDER, BUILT.toString()))
                        .toArray(String[]::new))
                .done();
        assertThat(Command.latest(directory.resolve("models"), "flights").tensors())
                .isEqualTo(expected);
    }

    @Test
    void fromAFileOfH2() {
        assertTrains("jdbc:h2:" + BUILT + "/flights?");
    }

    @Test
    void fromPostgres() throws IOException, InterruptedException {
        String url = DatabaseServer.running().source("user=postgres");
        String classPath = BUILT.resolve("classes") + ":" + BUILT.resolve("drivers") + "/*";
        Process fill = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        "org.example.sql.FlightsTable",
                        url,
                        Command.FLIGHTS.toString())
                .inheritIO()
                .start();
        assertThat(fill.waitFor()).isZero();
        assertTrains(url + "&");
    }
}
