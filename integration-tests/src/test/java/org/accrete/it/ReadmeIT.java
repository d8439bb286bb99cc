package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.Prediction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the README compile, run, and equal the code in the README. */
class ReadmeIT {
    @TempDir
    private Path directory;

    @Test
    void exampleRuns() {
        Prediction prediction = TrainAndServe.trainAndServe(Command.FLIGHTS, directory.resolve("models"));
        assertThat(prediction).isInstanceOfSatisfying(ClassPrediction.class, delayed -> {
            assertThat(delayed.version()).isEqualTo("flights@1");
            assertThat(delayed.classes()).containsExactly("0", "1");
            assertThat(delayed.probability("1")).isBetween(0.05, 0.95);
        });
    }

    @Test
    void textbookLoopsLearn() {
        SplittableRandom random = new SplittableRandom(1);
        double[][] x = new double[10_000][20];
        String[] labels = new String[x.length];
        double[] y = new double[x.length];
        for (int row = 0; row < x.length; row++) {
            Arrays.setAll(x[row], i -> random.nextDouble() * 2 - 1);
            labels[row] = x[row][0] + x[row][1] > 0.3 ? "buy" : "leave";
            y[row] = 100 * Math.abs(x[row][0]) + 20 * x[row][1] * x[row][2];
        }
        TextbookLoops.Trained trained = TextbookLoops.classify(x, labels, x, directory.resolve("models"));
        assertThat(trained.version().reference()).isEqualTo("clicks@1");
        int correct = 0;
        for (int row = 0; row < x.length; row++) {
            correct += trained.labels()[row].equals(labels[row]) ? 1 : 0;
        }
        assertThat(correct / (double) x.length).as("accuracy").isGreaterThan(0.97);

        double[] predicted = TextbookLoops.regress(x, y, x);
        double mean = Arrays.stream(y).average().orElseThrow();
        double error = 0;
        double variance = 0;
        for (int row = 0; row < x.length; row++) {
            error += Math.pow(y[row] - predicted[row], 2);
            variance += Math.pow(y[row] - mean, 2);
        }
        assertThat(1 - error / variance).as("R²").isGreaterThan(0.95);
    }

    /** The README shows the lines of each loop, which are marked by two comments and are at most twelve. */
    @Test
    void textbookLoopsAreShownInTheReadme() throws Exception {
        String readme = Files.readString(Command.ROOT.resolve("README.md"));
        String source = Files.readString(Path.of("src/test/java/org/accrete/it/TextbookLoops.java"));
        for (String name : List.of("classify", "regress")) {
            String from = "        // " + name + "\n";
            int begin = source.indexOf(from) + from.length();
            String loop = source.substring(begin, source.indexOf("        // end", begin))
                    .replaceAll(" +return .*\n", "")
                    .stripTrailing()
                    .stripIndent();
            assertThat(loop.lines().count()).as("lines of %s", name).isLessThanOrEqualTo(12);
            assertThat(readme).contains("```java\n" + loop + "\n```");
        }
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
