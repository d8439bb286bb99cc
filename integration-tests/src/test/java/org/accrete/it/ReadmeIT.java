package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.core.serve.Prediction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the README compiles, runs, and equals the code in the README. */
class ReadmeIT {
    @TempDir
    private Path directory;

    @Test
    void exampleRuns() {
        Prediction prediction = TrainAndServe.trainAndServe(Command.FLIGHTS, directory.resolve("models"));
        assertThat(prediction.version()).isEqualTo("flights@1");
        assertThat(prediction.probabilities().keySet()).containsExactlyInAnyOrder("0", "1");
        assertThat(prediction.probabilities().get("1")).isBetween(0.05, 0.95);
    }

    @Test
    void dependenciesNameThisVersion() throws Exception {
        Matcher version =
                Pattern.compile("<version>.*?</version>").matcher(Files.readString(Command.ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(Files.readString(Command.ROOT.resolve("README.md"))).contains(version.group());
    }

    @Test
    void exampleIsShownInTheReadme() throws Exception {
        String example = Files.readString(Path.of("src/test/java/org/accrete/it/TrainAndServe.java"));
        String shown = example.substring(example.indexOf("import ")).strip();
        assertThat(Files.readString(Command.ROOT.resolve("README.md"))).contains("```java\n" + shown + "\n```");
    }
}
