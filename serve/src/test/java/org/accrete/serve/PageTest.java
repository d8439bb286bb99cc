package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.accrete.api.data.ColumnPlan;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.source.PushSource;
import org.accrete.core.train.CheckpointInterval;
import org.accrete.core.train.DriftAction;
import org.accrete.core.train.DriftWatch;
import org.accrete.core.train.TrainingRun;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page as Chromium shows it. */
@Timeout(120)
class PageTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final String TOKEN = "0123456789abcdef-write";

    @TempDir
    Path folder;

    private Served start(Path tokens) {
        return Served.start(folder.resolve("store"), builder -> {
            DriftWatch columns = DriftWatch.parse(Served.PLUG_INS, "adwin?metric=columns");
            builder.learns(
                    model -> Optional.empty(),
                    (model, service) -> service.publishEvery(Duration.ZERO)
                            .checkpointEvery(new CheckpointInterval(1, 0))
                            .run(run -> run.drift(List.of(columns), DriftAction.TELL)));
            return Files.exists(tokens) ? builder.tokens(tokens) : builder;
        });
    }

    private static ChromeDriver browser(int width) {
        Assumptions.assumeTrue(
                Files.exists(CHROMIUM) && Files.exists(DRIVER), "no Chromium and driver here: the page is not drawn");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--window-size=" + width + ",1200");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .build();
        ChromeDriver driver = new ChromeDriver(service, options);
        // A headless window may be wider than it was asked to be.
        driver.manage().window().setSize(new Dimension(width, 1_200));
        return driver;
    }

    private static void await(ChromeDriver driver, String what, java.util.function.BooleanSupplier isSo) {
        new WebDriverWait(driver, Duration.ofSeconds(20)).withMessage(what).until(one -> isSo.getAsBoolean());
    }

    private static String text(ChromeDriver driver, String id) {
        return driver.findElement(By.id(id)).getText();
    }

    private static void choose(ChromeDriver driver, String model) {
        await(
                driver,
                "models",
                () -> driver.findElements(By.cssSelector("#model option")).size() == 5);
        new Select(driver.findElement(By.id("model"))).selectByValue(model);
        await(driver, model, () -> text(driver, "now").startsWith(model + "@"));
    }

    private static void assertQuiet(ChromeDriver driver) {
        List<LogEntry> entries = driver.manage().logs().get(LogType.BROWSER).getAll();
        assertThat(entries.stream().map(LogEntry::getMessage)).isEmpty();
        assertThat(driver.findElement(By.id("problem")).isDisplayed())
                .as(text(driver, "problem"))
                .isFalse();
    }

    private static void keep(ChromeDriver driver, String name) throws IOException {
        Path shots = Files.createDirectories(Path.of("target", "screenshots"));
        Files.write(shots.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    }

    private static void assertAccessible(ChromeDriver driver) {
        Results results = new AxeBuilder().analyze(driver);
        assertThat(results.getViolations().stream()
                        .filter(rule -> List.of("serious", "critical").contains(rule.getImpact()))
                        .map(Rule::toString))
                .isEmpty();
    }

    private static void learn(Served served) {
        for (int i = 0; i < 3; i++) {
            StringBuilder rows = new StringBuilder("a,b,c,d,y\n");
            for (int row = 0; row < 1_000; row++) {
                double a = Math.sin(row + i);
                rows.append(a)
                        .append(i < 2 ? ",1,2,3," : ",1,20,3,")
                        .append(a > 0 ? "high" : "low")
                        .append('\n');
            }
            HttpResponse<String> response = served.post("/models/levels/learn?wait=true", "text/csv", rows.toString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 400})
    void theHistoryIsDrawnAndLiveIsMovedAndARecordIsPredicted(int width) throws Exception {
        ChromeDriver driver = browser(width);
        try (Served served = start(folder.resolve("none"))) {
            learn(served);
            driver.get(served.server.uri() + "/");
            choose(driver, "levels");
            int versions = JsonValue.parse(served.get("/models/levels").body())
                    .get("versions")
                    .items()
                    .size();
            assertThat(versions).isGreaterThanOrEqualTo(5);
            await(driver, "events", () -> text(driver, "counts").contains("rows learned"));
            assertThat(driver.findElements(By.cssSelector("#versions tbody tr")))
                    .hasSize(versions);
            // Versions that a trainer saved without scores are not on the curve.
            long scored = JsonValue.parse(served.get("/models/levels").body()).get("versions").items().stream()
                    .filter(version -> version.get("stretch").has("accuracy")
                            || version.get("metrics").has("accuracy"))
                    .count();
            new Select(driver.findElement(By.id("metric"))).selectByValue("accuracy");
            assertThat(driver.findElement(By.id("score")).getAttribute("data-points"))
                    .isEqualTo(Long.toString(scored));
            assertThat(driver.findElements(By.cssSelector("#score canvas"))).hasSize(1);
            // Every version but those that a move by hand is about became live when it was made.
            assertThat(driver.findElement(By.id("score")).getAttribute("data-ticks"))
                    .isEqualTo(Integer.toString(versions));
            assertThat(driver.findElements(By.cssSelector("#drifts mark")).stream()
                            .map(WebElement::getText))
                    .containsExactly("c");
            assertThat(text(driver, "drifts")).contains("adwin");
            assertThat(((JavascriptExecutor) driver)
                            .executeScript("return document.documentElement.scrollWidth <= innerWidth"))
                    .isEqualTo(true);
            assertAccessible(driver);
            keep(driver, "page-" + width);

            // What was learned most says that a high first column is high.
            List<WebElement> fields = driver.findElements(By.cssSelector("#fields input"));
            assertThat(fields).hasSize(4);
            fields.get(0).sendKeys("0.9");
            fields.get(1).sendKeys("1");
            fields.get(2).sendKeys("2");
            fields.get(3).sendKeys("3");
            driver.findElement(By.cssSelector("#predict-form button")).click();
            await(driver, "answer", () -> text(driver, "answer").contains("says high"));
            assertThat(text(driver, "answer")).contains("probability").contains("Why");
            assertThat(driver.findElements(By.cssSelector("#answer .bars li"))).isNotEmpty();

            driver.findElement(By.cssSelector("#compare-form button")).click();
            await(driver, "comparison", () -> text(driver, "compared").contains("difference"));
            assertAccessible(driver);
            keep(driver, "page-all-" + width);

            WebElement back = driver.findElement(By.cssSelector("[aria-label='Roll back to version 1']"));
            ((JavascriptExecutor) driver).executeScript("arguments[0].scrollIntoView({block:'center'})", back);
            back.click();
            await(driver, "question", () -> text(driver, "ask-text").contains("Make version 1 of levels live?"));
            keep(driver, "page-ask-" + width);
            driver.findElement(By.id("why")).sendKeys("just a test");
            driver.findElement(By.cssSelector("#ask button[value=yes]")).click();
            await(
                    driver,
                    "rollback",
                    () -> served.store.history("levels").live().orElseThrow().number() == 1);
            assertThat(served.store
                            .history("levels")
                            .rollback()
                            .orElseThrow()
                            .reason()
                            .orElseThrow()
                            .why())
                    .isEqualTo("just a test");
            await(
                    driver,
                    "told",
                    () -> driver.findElements(By.cssSelector("[aria-label='Roll back to version 1']"))
                            .isEmpty());
            assertQuiet(driver);
        } finally {
            driver.quit();
        }
    }

    /** A run that has no version yet is shown by what it publishes. */
    @Test
    void aRunIsShownWhileItLasts() throws Exception {
        ChromeDriver driver = browser(1_000);
        ColumnPlan plan = ColumnPlan.parse("a=numeric\nb=numeric\ny=target(kind=categorical,classes=no|yes)");
        PushSource rows = new PushSource(plan, 10_000, Duration.ZERO);
        try (Served served = start(folder.resolve("none"))) {
            LiveModel live = LiveModel.following(Served.PLUG_INS, served.store, "fresh");
            Pipeline pipeline = Pipeline.create(
                    Served.PLUG_INS, plan.schema(), new PipelineSpec("sgd-classifier", List.of(), Map.of()));
            TrainingRun run = TrainingRun.builder(pipeline, rows)
                    .publishTo(live)
                    .listener(served.server.watch("fresh", live))
                    .build();
            Thread training = new Thread(run::run);
            training.start();
            for (int i = 0; i < 3_000; i++) {
                rows.put(new double[] {Math.sin(i), 1}, Math.sin(i) > 0 ? "yes" : "no");
            }
            driver.get(served.server.uri() + "/");
            await(
                    driver,
                    "models",
                    () -> driver.findElements(By.cssSelector("#model option")).size() == 6);
            new Select(driver.findElement(By.id("model"))).selectByValue("fresh");
            await(driver, "published", () -> text(driver, "now").startsWith("fresh+"));
            // Chunks come while somebody looks.
            await(driver, "score", () -> {
                rows.offer(new double[] {1, 1}, "yes");
                return driver.findElements(By.cssSelector("#score canvas")).size() == 1;
            });
            assertThat(driver.findElements(By.cssSelector("#metric option"))).isNotEmpty();
            keep(driver, "page-run");
            rows.end();
            training.join();
            assertQuiet(driver);
        } finally {
            rows.end();
            driver.quit();
        }
    }

    @Test
    void aTokenIsAskedFor() throws Exception {
        ChromeDriver driver = browser(800);
        Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN + "\n");
        try (Served served = start(tokens)) {
            driver.get(served.server.uri() + "/");
            await(driver, "refusal", () -> text(driver, "problem").contains("a token is needed"));
            driver.findElement(By.id("token")).sendKeys(TOKEN);
            driver.findElement(By.cssSelector("#token-form button")).click();
            choose(driver, "flights");
            await(driver, "live", () -> text(driver, "state").equals("live"));
            assertThat(driver.findElements(By.cssSelector("#fields label")).stream()
                            .map(WebElement::getText))
                    .contains("origin", "distance", "day")
                    .doesNotContain("target");
        } finally {
            driver.quit();
        }
    }
}
