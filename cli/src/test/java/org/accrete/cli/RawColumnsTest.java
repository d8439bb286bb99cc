package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in which a guess about columns or cells can go wrong: what is learned, and what the user is told. */
final class RawColumnsTest {
    @TempDir
    private Path folder;

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store=" + folder.resolve("models"));
        return Outcome.of(all.toArray(String[]::new));
    }

    private Outcome train(String source, String target, String model, String... more) {
        List<String> all = new ArrayList<>(List.of("train", source, "--target", target, "--model", model));
        all.addAll(List.of(more));
        return accrete(all.toArray(String[]::new));
    }

    private String file(String name, String text) {
        return Data.write(folder, name, text).toString();
    }

    private static String rows(String header, int rows, IntFunction<String> row) {
        return IntStream.range(0, rows).mapToObj(row).collect(Collectors.joining("\n", header + "\n", "\n"));
    }

    private static void succeeds(Outcome outcome, String... says) {
        assertThat(outcome.status()).as(outcome.toString()).isZero();
        for (String text : says) {
            assertThat(outcome.err()).contains(text);
        }
    }

    private static void refuses(Outcome outcome, String... says) {
        assertThat(outcome.status()).as(outcome.toString()).isEqualTo(2);
        for (String text : says) {
            assertThat(outcome.err()).contains(text);
        }
    }

    private String predictions(String model, String source) {
        Outcome predicted = accrete("predict", model, source);
        succeeds(predicted);
        return predicted.out().replaceAll(",[a-z]+@[0-9]+", "");
    }

    @Test
    void questionMarksInNumbers() {
        IntFunction<String> cells = row -> "c" + row % 2;
        String some =
                file("in6.csv", rows("x,y", 1_000, row -> (row % 16 == 0 ? "?" : row % 50) + "," + cells.apply(row)));
        succeeds(
                train(some, "y", "six"),
                "warning: column 'x' is read as text, although most of its cells are numbers",
                "csv:FILE?missing=%3F",
                "--column 'x=numeric(missing=?)'");
        succeeds(train(some, "y", "column", "--column", "x=numeric(missing=?)"));
        assertThat(accrete("describe", "column").out()).contains("x=numeric(missing=?)");
        String few =
                file("in2.csv", rows("x,y", 12_000, row -> (row % 50 == 0 ? "?" : row % 50) + "," + cells.apply(row)));
        refuses(train(few, "y", "bad"), "csv:FILE?missing=%3F");
        Outcome trained = train("csv:" + few + "?missing=%3F", "y", "two", "--json");
        assertThat(trained.status()).as(trained.toString()).isZero();
        assertThat(trained.json()).containsEntry("rows", 12_000L).containsEntry("warnings", List.of());
        // The stored plan knows them.
        succeeds(
                accrete(
                        "predict",
                        "two",
                        few,
                        "--output",
                        folder.resolve("out.csv").toString()),
                "12,000 predictions");
    }

    @Test
    void aDecimalComma() {
        String file = file(
                "in.csv", rows("t;y", 300, row -> row % 20 / 2 + "," + row % 2 * 5 + ";" + row / 10 + "," + row % 10));
        String source = "csv:" + file + "?delimiter=%3B";
        refuses(
                train(source, "y", "m"),
                "column 'y', the target,",
                "numbers with a decimal comma",
                "csv:FILE?decimal=%2C");
        refuses(train(source, "t", "m"), "column 't', the target,", "csv:FILE?decimal=%2C", "--column t=categorical");
        succeeds(train(source + "&decimal=%2C", "y", "m"), "target 'y' is a number");
        assertThat(accrete("describe", "m").out()).contains("t=numeric(decimal=,)");
        succeeds(
                train(source, "y", "c", "--column", "y=numeric(decimal=%2C)"),
                "warning: column 't' is read as text, although most of its cells look like numbers with a decimal comma");
    }

    @Test
    void aLastLineWithoutItsEnd() {
        String torn = "x,y\n1,10\n2,20\n3,3";
        String whole = "x,y\n1,10\n2,20\n3,30\n4,40\n";
        String[] numeric = {"--column", "y=numeric", "--resume"};
        succeeds(
                train(file("in.csv", torn), "y", "m", numeric),
                "warning: the last line of '",
                "in.csv' has no line end",
                "it is left for the next --resume");
        Outcome resumed = train(file("in.csv", whole), "y", "m", numeric);
        succeeds(resumed);
        assertThat(resumed.out()).contains("2 rows learned");
        train(file("other.csv", whole), "y", "straight", "--column", "y=numeric");
        assertThat(predictions("m", file("in.csv", whole))).isEqualTo(predictions("straight", file("in.csv", whole)));
    }

    @Test
    void aTornLabelIsNeverAClass() {
        train(file("in.csv", "x,y\n1,spam\n2,ham\n3,sp"), "y", "m", "--resume");
        train(file("in.csv", "x,y\n1,spam\n2,ham\n3,spam\n4,egg"), "y", "m", "--resume");
        assertThat(accrete("describe", "m", "--json").map("target").get("classes"))
                .isEqualTo(List.of("ham", "spam"));
    }

    @Test
    void aCompleteFileWithoutALastLineEndIsLearnedWhole() {
        String file = file("in.csv", "x,y\n1,10\n2,20\n3,3");
        Outcome trained = train(file, "y", "m", "--column", "y=numeric");
        succeeds(trained, "has no line end", "it is read as it is", "--resume");
        assertThat(trained.out()).contains("3 rows learned");
        succeeds(train(file("in.csv", "x,y\n1,10\n2,20\n3,3\n4,40\n"), "y", "m", "--resume"));
        assertThat(train(file("in.csv", "x,y\n1,10\n2,20\n3,3\n4,40\n"), "y", "m", "--resume")
                        .out())
                .contains("nothing new");
        train(file("late.csv", "x,y\n1,10\n2,20\n3,3"), "y", "n", "--column", "y=numeric");
        refuses(
                train(file("late.csv", "x,y\n1,10\n2,20\n3,30\n4,40\n"), "y", "n", "--resume"),
                "does not begin as it did when it was last read: it differs ");
    }

    @Test
    void anotherNumberOfCellsInAllRows() {
        String file = file("in.csv", rows("a,b,y", 10, row -> "1,2," + row % 2 + ","));
        for (String kind : List.of("a=numeric", "y=categorical")) {
            refuses(
                    train(file, "y", "m", "--column", kind),
                    "in.csv line 2: a row must have 3 fields, as the header has, but has 4");
        }
    }

    @Test
    void countsTakenForClasses() {
        String file = file("in.csv", rows("x,y", 1_300, row -> row + "," + (row < 1_000 ? row % 5 : row - 1_000)));
        refuses(train(file, "y", "m"), "max-classes", "--column y=numeric");
        succeeds(train(file, "y", "m", "--learner", "sgd-regressor"));
        assertThat(accrete("describe", "m").out()).contains("y=target(kind=numeric)");
        String fractions = file("f.csv", rows("x,y", 1_002, row -> row + "," + (row < 1_000 ? "" + row % 5 : "0.25")));
        refuses(train(fractions, "y", "f"), "f.csv line 1002: column 'y', the target,", "'0.25'", "--column y=numeric");
        refuses(
                train(fractions, "y", "f", "--learner", "sgd-regressor", "--column", "y=categorical"),
                "--column y=numeric");
    }

    @Test
    void anExplicitCategoricalTargetKeepsItsText() {
        String file = file(
                "in.csv",
                rows("x,y", 40, row -> row + "," + List.of("007", "7", "7.0").get(row % 3)));
        succeeds(train(file, "y", "m", "--column", "y=categorical"));
        assertThat(accrete("describe", "m", "--json").map("target").get("classes"))
                .isEqualTo(List.of("007", "7", "7.0"));
        succeeds(accrete("evaluate", "m", file));
    }

    @Test
    void aFileWithoutAHeader() {
        String file =
                file("in.csv", rows("1,3.5,8,0", 51, row -> row % 5 + "," + row % 7 + "," + row % 3 + "," + row % 2));
        succeeds(train(file, "0", "m"), "is numbers: 1, 3.5, 8, 0", "csv:FILE?header=no");
        Outcome trained = train("csv:" + file + "?header=no", "4", "n", "--json");
        assertThat(trained.json()).containsEntry("rows", 52L).containsEntry("warnings", List.of());
        succeeds(accrete("predict", "n", "csv:" + file + "?header=no"));
        String same = file("dup.csv", rows("0,1,0,2,5", 29, row -> "0,1,0,2,5"));
        refuses(train(same, "y", "d"), "header=no");
        succeeds(train(same, "5", "d"), "is numbers: 0, 1, 0.1, 2, 5", "the later ones are named 0.1");
    }

    @Test
    void namesWithPercentSignsAndBrackets() {
        String file = file("in.csv", rows("%FAT,CO(GT),y", 40, row -> row % 3 + "," + row % 7 + "," + row % 2));
        succeeds(train(file, "y", "m", "--column", "%FAT=ignore"));
        assertThat(accrete("describe", "m").out()).contains("%FAT=ignore", "CO(GT)=numeric");
        succeeds(train(file, "y", "n", "--column", "CO%28GT%29=ignore"));
        assertThat(accrete("describe", "n").out()).contains("CO(GT)=ignore");
        succeeds(train(file, "y", "m", "--column", "%FAT=ignore", "--resume"));
    }

    @Test
    void rowsOfOnlyDelimiters() {
        String file = file("in.csv", rows("a,b,y", 40, row -> row % 3 + "," + row % 7 + "," + row % 2) + ",,\n,,\n");
        Outcome trained = train(file, "y", "m");
        succeeds(trained);
        assertThat(trained.out()).contains("40 rows learned");
    }

    @Test
    void doubledNames() {
        String file = file("in.csv", rows("id,a,id,y", 40, row -> row % 3 + "," + row % 7 + ",1," + row % 2));
        succeeds(train(file, "y", "m", "--column", "id=ignore"), "more than once", ": id;", "id.1");
        assertThat(accrete("describe", "m").out()).contains("id=ignore", "id.1=numeric");
        succeeds(accrete("predict", "m", file));
    }
}
