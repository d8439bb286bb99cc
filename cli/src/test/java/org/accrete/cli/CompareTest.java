package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code compare}, and the weights that {@code describe} shows. */
final class CompareTest {
    private static final Path FLIGHTS = Path.of("../examples/flights/flights-200k.csv.gz");

    @TempDir
    private Path folder;

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private Outcome good(String... args) {
        Outcome outcome = accrete(args);
        assertThat(outcome.status()).as(outcome.err() + outcome.out()).isZero();
        return outcome;
    }

    /** Two versions of a model: after 1,000 rows and after all 3,000. */
    private Path twoVersions() {
        Path data = Data.csv(folder, "data.csv", 3_000);
        good(
                "train",
                data.toString(),
                "--model",
                "m",
                "--target",
                "late",
                "--rows",
                "1000",
                "--column",
                "delay=ignore");
        good("train", data.toString(), "--model", "m", "--target", "late", "--resume");
        return data;
    }

    @Test
    void withoutRowsItTellsWhatIsStored() {
        twoVersions();
        Outcome outcome = good("compare", "m", "1", "latest");
        assertThat(outcome.out())
                .contains("comparing m@1 with m@2", "made of the same parts, by the same parameters")
                .contains("m@1, all 1,000 rows", "coef", "weights that moved most")
                .containsPattern("\\nroute=r[0-4] +yes ")
                .containsPattern("\\nload +yes ")
                .doesNotContain("difference is real");
        Map<String, Object> json =
                good("compare", "m", "1", "2", "--json", "--top", "3").json();
        assertThat((List<?>) json.get("weights")).hasSize(3);
        assertThat(json).doesNotContainKey("rows");
    }

    @Test
    void scoresAreThoseOfEvaluate() {
        Path data = twoVersions();
        Outcome compared = good("compare", "m", "1", "2", data.toString(), "--by", "route", "--by", "late", "--json");
        for (int version = 1; version <= 2; version++) {
            Map<String, Object> metrics =
                    good("evaluate", "m@" + version, data.toString(), "--json").map("metrics");
            for (String metric : List.of("log_loss", "roc_auc", "accuracy")) {
                double found = (double) compared.map("rows", "scores", metric, version == 1 ? "first" : "second")
                        .get("value");
                assertThat(found).as(metric).isCloseTo((double) metrics.get(metric), within(1e-12));
            }
        }
        Map<String, Object> rows = compared.map("rows");
        assertThat(rows).containsEntry("rows", 3_000L).containsEntry("rows_scored", 3_000L);
        List<?> routes = (List<?>) compared.map("rows", "slices").get("route");
        assertThat(routes).hasSize(5);
        assertThat(routes.stream()
                        .mapToLong(one -> (Long) ((Map<?, ?>) one).get("rows"))
                        .sum())
                .isEqualTo(3_000);
        assertThat(((Map<?, ?>) routes.get(0)).get("value").toString()).matches("r[0-4]");
        assertThat((List<?>) compared.map("rows", "slices").get("late")).hasSize(2);
        assertThat(good("compare", "m", "1", "2", data.toString(), "--by", "route")
                        .out())
                .contains("log-loss by route", "calibration of m@2", "of the predictions changed");
    }

    @Test
    void targetsMayBeMissing() {
        Path data = twoVersions();
        String text = lines(data)
                .map(line -> line.substring(0, line.lastIndexOf(',')))
                .collect(Collectors.joining("\n"));
        Path bare = Data.write(folder, "bare.csv", text + "\n");
        Outcome outcome = good("compare", "m", "1", "2", bare.toString(), "--where", "load > 0");
        assertThat(outcome.out()).contains("cannot be tested: no row has a target.", "predictions changed");
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theSameVersionDoesNotDiffer() {
        Path data = twoVersions();
        assertThat(good("compare", "m", "live", "latest", data.toString()).out())
                .contains("There is no difference: both predict the same on every row.");
    }

    @Test
    void otherLearnersAndModelsAreCompared() {
        Path data = twoVersions();
        good(
                "train",
                data.toString(),
                "--model",
                "net",
                "--target",
                "late",
                "--column",
                "delay=ignore",
                "--learner",
                "mlp-classifier",
                "--set",
                "hidden=4");
        Outcome outcome = good("compare", "m", "2", "net@1", data.toString());
        assertThat(outcome.out())
                .contains("different learners, so no weights to compare", "mlp-classifier", "paired t");
    }

    @Test
    void plansThatDifferEncodeTheSameRowsEach() {
        Path data = twoVersions();
        good(
                "train",
                data.toString(),
                "--model",
                "other",
                "--target",
                "late",
                "--column",
                "delay=ignore",
                "--column",
                "route=categorical(width=1024,missing=r4)");
        Outcome outcome = good("compare", "m", "2", "other@1", data.toString(), "--by", "route", "--json");
        double found =
                (double) outcome.map("rows", "scores", "log_loss", "second").get("value");
        Map<String, Object> metrics =
                good("evaluate", "other", data.toString(), "--json").map("metrics");
        assertThat(found).isCloseTo((double) metrics.get("log_loss"), within(1e-12));
    }

    @Test
    void saysWhatIsWrong() {
        Path data = twoVersions();
        good("train", data.toString(), "--model", "wide", "--target", "late");
        assertThat(accrete("compare", "m", "1", "wide@1"))
                .returns(2, Outcome::status)
                .extracting(Outcome::err)
                .asString()
                .contains(
                        "versions must have the same columns and target to be compared", "wide@1", "first difference");
        assertThat(accrete("compare", "m", "1", "7").err()).contains("no version '7'");
        assertThat(accrete("compare", "nothing", "1", "2").err()).contains("no model named 'nothing'");
        assertThat(accrete("compare", "m", "1", "2", "--by", "route").err()).contains("give the SOURCE");
        assertThat(accrete("compare", "m", "1", "2", "--top", "0").err()).contains("--top must be >= 1 but was 0");
        assertThat(accrete("compare", "m", "1", "2", data.toString(), "--by", "nothing")
                        .err())
                .contains("no column 'nothing'");
        Path page = Data.write(folder, "page.html", "old");
        assertThat(accrete("compare", "m", "1", "2", "--html", page.toString()))
                .returns(2, Outcome::status)
                .extracting(Outcome::err)
                .asString()
                .contains("exists", "--replace");
        assertThat(lines(page)).containsExactly("old");
        good("compare", "m", "1", "2", "--html", page.toString(), "--replace");
        assertThat(lines(page).findFirst()).contains("<!DOCTYPE html>");
        assertThat(accrete("compare", "m", "1", "2", data.toString(), "--html", data.toString(), "--replace")
                        .err())
                .contains("is a file that the rows are read from");
    }

    @Test
    void describeShowsTheLargestWeightsByName() {
        twoVersions();
        assertThat(good("describe", "m@2").out())
                .containsPattern("largest weights +for +weight\\nload +yes +\\d")
                .containsPattern("\\nroute=r[0-4] +yes ");
        List<?> largest = (List<?>) good("describe", "m@2", "--json").json().get("largest_weights");
        Map<?, ?> first = (Map<?, ?>) largest.get(0);
        assertThat(first.get("name")).isEqualTo("load");
        assertThat(first.get("for")).isEqualTo("yes");
        assertThat((double) first.get("value")).isPositive();
    }

    /** Labels, categories and names of columns that try to end a script, or to be markup. */
    @Test
    void nothingFromDataIsMarkupInThePage() throws IOException {
        String evil = "</script><img src=x onerror=document.title='x'>&<!--";
        StringBuilder text = new StringBuilder("a<b>,route,late\n");
        for (int row = 0; row < 600; row++) {
            text.append(row % 7)
                    .append(',')
                    .append(row % 2 == 0 ? evil : "r")
                    .append(',')
                    .append(row % 3 == 0 ? evil : "no")
                    .append('\n');
        }
        Path data = Data.write(folder, "evil.csv", text.toString());
        good("train", data.toString(), "--model", "m", "--target", "late", "--rows", "300");
        good("train", data.toString(), "--model", "m", "--target", "late", "--resume");
        Path page = folder.resolve("page.html");
        good("compare", "m", "1", "2", data.toString(), "--by", "route", "--html", page.toString());
        String html = Files.readString(page);
        assertThat(html).doesNotContain("<img", "<b>", "<!--").contains("&lt;img", "\\u003cimg");
        assertThat(html.split("</script>", -1)).hasSize(3);
        assertThat(html.replaceAll("http://www\\.w3\\.org/[^'\"]*", "")).doesNotContain("src=\"", "href=", "@import");
        Browser.assumePresent();
        String drawn = Browser.drawn(page, folder);
        assertThat(drawn).contains("data-plots=\"4\"").doesNotContain("<img");
    }

    @Test
    void poisonedFlightsAreToldFromCleanOnes() throws IOException, InterruptedException {
        List<String> lines;
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(FLIGHTS))) {
            lines = new ArrayList<>(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        }
        for (int row = 90_000; row < 110_000; row++) {
            String line = lines.get(row + 1);
            String label = line.endsWith("1") ? "0" : "1";
            lines.set(row + 1, line.substring(0, line.length() - 1) + label);
        }
        Path poisoned = Data.write(folder, "poisoned.csv", String.join("\n", lines.subList(0, 110_001)) + "\n");
        Path clean = Data.write(
                folder, "clean.csv", lines.get(0) + "\n" + String.join("\n", lines.subList(110_001, 140_001)) + "\n");
        String[] train = {"train", poisoned.toString(), "--model", "flights", "--target", "delayed"};
        good(Stream.concat(Stream.of(train), Stream.of("--rows", "90000", "--column", "delay=ignore"))
                .toArray(String[]::new));
        good(Stream.concat(Stream.of(train), Stream.of("--resume")).toArray(String[]::new));
        Path page = folder.resolve("page.html");
        Outcome outcome = good(
                "compare",
                "flights",
                "1",
                "2",
                clean.toString(),
                "--by",
                "origin",
                "--html",
                page.toString(),
                "--json");
        assertThat(outcome.map("rows")).containsEntry("verdict", "real");
        assertThat(outcome.map("rows").get("sentence").toString())
                .startsWith("The difference is real: the log-loss of flights@2 is ")
                .contains(" higher than that of flights@1 ");
        assertThat((double) outcome.map("rows", "scores", "log_loss").get("p_value"))
                .isLessThan(1e-6);
        Browser.assumePresent();
        assertThat(Browser.drawn(page, folder))
                .contains("data-plots=\"4\"", "<p id=\"verdict\">The difference is real: the log-loss of flights@2 is ")
                .contains("id=\"course\"", "id=\"reliability\"", "id=\"weights\"", "id=\"slices-0\"");
    }
}
