package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plot}. */
final class PlotTest {
    private static final Pattern DATA = Pattern.compile("id=\"data\">(.*?)</script>", Pattern.DOTALL);

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

    /** Six versions of 1,000 rows each, all of which a gate refuses, and one more after a rollback. */
    private void history() {
        Path data = Data.csv(folder, "data.csv", 6_000);
        good(
                "train",
                data.toString(),
                "--model",
                "m",
                "--target",
                "late",
                "--column",
                "delay=ignore",
                "--gate",
                "accuracy >= 0.9",
                "--gate-window",
                "1000");
        good("rollback", "m", "1", "--from-here", "--why", "labels of <Tuesday> & </script> were wrong");
        Path more = Data.csv(folder, "data.csv", 6_500);
        good("train", more.toString(), "--model", "m", "--resume", "--gate", "none");
    }

    @Test
    @SuppressWarnings("unchecked")
    void thePageHoldsTheHistory() throws IOException {
        history();
        Path page = folder.resolve("page.html");
        Path picture = folder.resolve("curve.png");
        good("plot", "m", "--html", page.toString(), "--png", picture.toString());
        String html = Files.readString(page);
        assertThat(html.split("</script>", -1)).hasSize(3);
        assertThat(html).doesNotContain("<Tuesday>").contains("&lt;Tuesday&gt;", "\\u003cTuesday");
        assertThat(html.replaceAll("http://www\\.w3\\.org/[^'\"]*", "")).doesNotContain("src=\"", "href=", "@import");
        Matcher found = DATA.matcher(html);
        assertThat(found.find()).isTrue();
        Map<String, Object> data = new Outcome(0, found.group(1), "").json();
        Map<String, Object> history = good("versions", "m", "--json").json();
        assertThat(data).containsAllEntriesOf(history);
        Map<String, Object> plot = (Map<String, Object>) data.get("plot");
        List<Map<String, Object>> versions = (List<Map<String, Object>>) history.get("versions");
        List<Map<String, Object>> stretches = (List<Map<String, Object>>) plot.get("stretches");
        assertThat(stretches).hasSameSizeAs(versions);
        for (int i = 0; i < versions.size(); i++) {
            assertThat(stretches.get(i))
                    .containsEntry("version", versions.get(i).get("version"))
                    .containsEntry("scores", versions.get(i).get("stretch"))
                    .containsEntry("verdict", versions.get(i).get("verdict"));
        }
        // The rows of the rolled back versions were learned, too.
        assertThat(stretches.get(stretches.size() - 1))
                .containsEntry("from", 6_000L)
                .containsEntry("to", 6_500L);
        List<Map<String, Object>> marks = (List<Map<String, Object>>) plot.get("marks");
        long refused = versions.stream()
                .filter(one -> one.get("verdict").equals("refused"))
                .count();
        assertThat(refused).isPositive();
        assertThat(marks.stream().filter(one -> one.get("kind").equals("refused")))
                .hasSize((int) refused);
        assertThat(marks.stream().filter(one -> one.get("kind").equals("live")))
                .singleElement()
                .satisfies(move -> assertThat(move)
                        .containsEntry("at", 6_000.0)
                        .containsEntry("text", "live moved to 1: labels of <Tuesday> & </script> were wrong"));
        assertThat((Map<String, Object>) ((Map<String, Object>) plot.get("baselines")).get("accuracy"))
                .containsKeys("majority", "no_change");
        assertThat(accrete("plot", "m", "--html", page.toString()).err()).contains("exists", "--replace");
        Browser.assumePresent();
        for (int width : new int[] {400, 1_200}) {
            String drawn = Browser.drawn(page, folder, width);
            int scores = ((List<?>) plot.get("metrics")).size();
            assertThat(drawn).contains("data-plots=\"" + scores + "\"", "data-wide=\"false\"", "id=\"plot-log-loss\"");
        }
        assertThat(shows(ImageIO.read(Browser.picture(page, folder, 400).toFile()), 0x0b62c4))
                .as("the curve is drawn")
                .isTrue();
    }

    @Test
    void thePictureShowsCurveBaselinesAndMarks() throws IOException {
        history();
        Path picture = folder.resolve("curve.png");
        Map<String, Object> document =
                good("plot", "m", "--png", picture.toString(), "--json").json();
        assertThat(document).containsKeys("versions", "plot");
        BufferedImage image = ImageIO.read(picture.toFile());
        assertThat(image.getWidth()).isEqualTo(1_000);
        assertThat(image.getHeight()).isEqualTo(760);
        // Curve, baseline, refused, live; edges of lines are blended with what is behind them.
        for (int colour : new int[] {0x0b62c4, 0x6b7280, 0xc2410c, 0x15803d}) {
            assertThat(shows(image, colour)).as("colour %06x", colour).isTrue();
        }
    }

    @Test
    void oneVersionIsAPictureToo() throws IOException {
        Path data = Data.csv(folder, "data.csv", 1_000);
        good("train", data.toString(), "--model", "one", "--target", "delay");
        Path picture = folder.resolve("one.png");
        Path page = folder.resolve("one.html");
        good("plot", "one", "--png", picture.toString(), "--html", page.toString());
        assertThat(shows(ImageIO.read(picture.toFile()), 0x0b62c4)).isTrue();
        assertThat(Files.readString(page)).contains("1 version, 1,000 rows.");
    }

    @Test
    void aModelWithoutScoresSaysSo() {
        Path data = Data.csv(folder, "data.csv", 100);
        good("train", data.toString(), "--model", "p", "--learner", "incremental-pca");
        Outcome outcome = accrete("plot", "p", "--png", folder.resolve("p.png").toString());
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("the versions of 'p' have no scores to plot");
        assertThat(folder.resolve("p.png")).doesNotExist();
        assertThat(accrete("plot", "p").err()).contains("add --html FILE, --png FILE or both");
        String both = folder.resolve("both").toString();
        assertThat(accrete("plot", "p", "--png", both, "--html", both).err()).contains("must be two files");
    }

    /** Drift stands where its row is in the rows of its version. */
    @Test
    void driftsStandAtTheirRows() {
        ScoreCurve curve = ScoreCurve.of(
                new History(
                        "m",
                        List.of(
                                version(1, Optional.empty(), 100, 1, 100, "adwin@11"),
                                version(2, Optional.of("m@1"), 300, 101, 500, "psi(a, b)@201, ddm@501 and 3 more")),
                        new TreeMap<>(),
                        List.of()),
                Map.of());
        assertThat(curve.marks().stream().map(ScoreCurve.Mark::text))
                .containsExactly("drift adwin@11", "drift psi(a, b)@201", "drift ddm@501");
        // Of 400 rows that the second version was handed, it has learned 200.
        double[] at = {11, 150.5, 300};
        for (int i = 0; i < at.length; i++) {
            assertThat(curve.marks().get(i).at()).isCloseTo(at[i], within(1e-9));
        }
        assertThat(curve.rows()).containsExactly(0, 100, 300);
    }

    /** Where earlier versions were pruned, the curve begins behind their rows. */
    @Test
    void aPrunedHistoryBeginsLater() {
        ScoreCurve curve = ScoreCurve.of(
                new History(
                        "m",
                        List.of(version(7, Optional.of("m@6"), 700, 601, 700, "")),
                        new TreeMap<>(),
                        List.of(new History.Move(
                                History.LIVE, 7, Instant.EPOCH, 7, Optional.of(new History.Reason("", false))))),
                Map.of());
        assertThat(curve.rows()).containsExactly(600, 700);
        assertThat(curve.marks()).containsExactly(new ScoreCurve.Mark(ScoreCurve.Kind.LIVE, 700, "live moved to 7"));
    }

    @Test
    void ticksAreRoundNumbers() {
        assertThat(ScorePicture.ticks(0, 200_000)).containsExactly(0, 50_000, 100_000, 150_000, 200_000);
        assertThat(ScorePicture.ticks(0.411, 0.439))
                .containsExactly(new double[] {0.415, 0.42, 0.425, 0.43, 0.435}, within(1e-12));
    }

    private static ModelVersion version(
            long number, Optional<String> parent, long rowsSeen, long from, long to, String drift) {
        ModelVersion.Note note = new ModelVersion.Note(
                parent,
                "sgd-regressor",
                rowsSeen,
                Map.of("rmse", 1.0),
                Map.of("rmse", 1.0),
                ModelVersion.Verdict.NONE,
                Map.of("rows_from", Long.toString(from), "rows_to", Long.toString(to), "drift", drift));
        return new ModelVersion("m", number, Instant.EPOCH, note, 1, "0".repeat(64));
    }

    /** {@return whether some points have nearly a colour} */
    private static boolean shows(BufferedImage image, int colour) {
        return IntStream.range(0, image.getWidth() * image.getHeight())
                        .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
                        .filter(one -> IntStream.of(0, 8, 16)
                                .allMatch(bits -> Math.abs((one >> bits & 0xFF) - (colour >> bits & 0xFF)) < 24))
                        .count()
                > 10;
    }
}
