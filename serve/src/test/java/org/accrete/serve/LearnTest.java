package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.accrete.api.SeededRandom;
import org.accrete.core.train.CheckpointInterval;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records with targets, targets that come later, and what becomes of them. */
@Timeout(120)
class LearnTest {
    @TempDir
    Path folder;

    private Served start() {
        return start(10_000);
    }

    private Served start(int queue) {
        return Served.start(
                folder.resolve("store"),
                builder -> builder.learns(
                        model -> Optional.of(folder.resolve("logs").resolve(model)),
                        (model, service) -> service.publishEvery(Duration.ZERO)
                                .queue(queue)
                                .checkpointEvery(new CheckpointInterval(1_000_000, 0))));
    }

    private static String record(double a, String y) {
        return "{\"a\":" + a + ",\"b\":2,\"c\":-1,\"d\":0.5,\"y\":\"" + y + "\"}";
    }

    /** {@return records of a world that is the other way round than the one that was learned} */
    private static String records(int count, long seed) {
        SeededRandom random = new SeededRandom(seed);
        List<String> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double a = random.nextGaussian();
            records.add(record(a, a > 0.5 ? "low" : a < -0.5 ? "high" : "middle"));
        }
        return "[" + String.join(",", records) + "]";
    }

    private static JsonValue parsed(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JsonValue.parse(response.body());
    }

    private static String said(Served served, double a) {
        JsonValue answer = parsed(served.json("/models/levels/predict", record(a, "")), 200);
        return answer.get("predictions").items().get(0).get("prediction").string();
    }

    @Test
    void whatIsLearnedIsWhatIsAnswered() throws Exception {
        try (Served served = start()) {
            assertThat(said(served, 3)).isEqualTo("high");
            for (int i = 0; i < 20; i++) {
                JsonValue done = parsed(served.json("/models/levels/learn?wait=true", records(500, i)), 200);
                assertThat(done.get("accepted").number()).isEqualTo(500);
                assertThat(done.get("learned").flag()).isTrue();
                assertThat(done.get("last_row").number()).isEqualTo(500.0 * (i + 1));
            }
            while (!said(served, 3).equals("low")) {
                Thread.sleep(5);
            }
            String csv = "y,d,c,b,a\nlow,1,2,3,4\nhigh,1,2,3,-4\n";
            assertThat(parsed(served.post("/models/levels/learn", "text/csv", csv), 202)
                            .get("accepted")
                            .number())
                    .isEqualTo(2);
            String lines = record(1, "low") + "\n" + record(2, "low") + "\n";
            parsed(served.post("/models/levels/learn", "application/x-ndjson", lines), 202);
            // As curl sends it.
            parsed(served.post("/models/levels/learn", "application/x-www-form-urlencoded", record(1, "low")), 202);
        }
        try (Served again = start()) {
            JsonValue model = parsed(again.get("/models/levels"), 200);
            assertThat(model.get("versions").items().get(2).get("rows_seen").number())
                    .isEqualTo(800 + 10_005);
            assertThat(said(again, 3)).isEqualTo("low");
        }
    }

    @Test
    void aRequestIsAcceptedWholeOrNotAtAll() throws Exception {
        try (Served served = start()) {
            String[] bad = {
                "[" + record(1, "low") + ",{\"a\":1,\"b\":2,\"c\":3,\"d\":\"x\",\"y\":\"low\"}]",
                "[" + record(1, "low") + ",{\"a\":1,\"b\":2,\"c\":3,\"y\":\"low\"}]",
                "[" + record(1, "low") + ",{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"y\":\"quite new\"},7]",
                "[]",
                "[" + record(1, "low"),
                "{\"a\":{}}"
            };
            String[] why = {
                "record 1: column 'd' must be a number or missing but was 'x'",
                "'d'",
                "row 2: a record must be an object but is 7",
                "there must be at least one record but there is none",
                "malformed JSON",
                "column 'a' must be a number, a text, true, false or null but was an object"
            };
            for (int i = 0; i < bad.length; i++) {
                HttpResponse<String> response = served.json("/models/levels/learn", bad[i], "Idempotency-Key", "k");
                assertThat(response.statusCode()).as(bad[i]).isEqualTo(400);
                assertThat(JsonValue.parse(response.body()).get("error").string())
                        .contains(why[i]);
            }
            JsonValue good = parsed(
                    served.json("/models/levels/learn?wait=true", record(1, "low"), "Idempotency-Key", "k"), 200);
            assertThat(good.get("last_row").number()).isEqualTo(1);
            assertThat(good.get("repeated").flag()).isFalse();
            JsonValue again =
                    parsed(served.json("/models/levels/learn", record(1, "low"), "Idempotency-Key", "k"), 202);
            assertThat(again.get("repeated").flag()).isTrue();
            assertThat(again.get("accepted").number()).isZero();
            assertThat(served.json("/models/levels/learn?wait=soon", record(1, "low"))
                            .statusCode())
                    .isEqualTo(400);
            assertThat(served.json("/models/nowhere/learn", record(1, "low")).statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void aServerThatDoesNotLearnSaysSo() {
        try (Served served = Served.start(folder.resolve("store"))) {
            assertThat(served.json("/models/levels/learn", record(1, "low")).statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void aLabelScoresThePredictionThatWasMade() throws Exception {
        try (Served served = start()) {
            JsonValue one = parsed(served.json("/models/levels/predict?id=first", record(3, "")), 200);
            assertThat(one.get("predictions").items().get(0).get("id").string()).isEqualTo("first");
            String two = "[{\"a\":-3,\"b\":0,\"c\":0,\"d\":0,\"order\":\"second\"},"
                    + "{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"order\":\"third\"}]";
            parsed(served.json("/models/levels/predict?id-from=order", two), 200);
            HttpResponse<String> unknown = served.json(
                    "/models/levels/labels",
                    "[{\"id\":\"first\",\"target\":\"high\"},{\"id\":\"nobody\",\"target\":\"high\"}]");
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(unknown.body()).contains("no prediction 'nobody'").contains("the last 100000 are kept");
            String labels = "[{\"id\":\"first\",\"target\":\"high\"},{\"id\":\"second\",\"target\":\"high\"}]";
            JsonValue done =
                    parsed(served.json("/models/levels/labels?wait=true", labels, "Idempotency-Key", "labels"), 200);
            assertThat(done.get("accepted").number()).isEqualTo(2);
            JsonValue repeated = parsed(served.json("/models/levels/labels", labels, "Idempotency-Key", "labels"), 202);
            assertThat(repeated.get("repeated").flag()).isTrue();
            assertThat(served.json("/models/levels/labels", "{\"id\":\"first\",\"target\":\"high\"}")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(served.json("/models/levels/labels", "{\"id\":\"third\"}")
                            .statusCode())
                    .isEqualTo(400);
            parsed(served.json("/models/levels/labels", "{\"id\":\"third\",\"target\":\"middle\"}"), 202);
        }
    }

    @Test
    void aFullQueueIsToldToTryAgain() throws Exception {
        try (Served served = start(50)) {
            parsed(served.json("/models/levels/learn?wait=true", record(1, "low")), 200);
            HttpResponse<String> tooMany = served.json("/models/levels/learn", records(51, 1));
            assertThat(tooMany.statusCode()).isEqualTo(400);
            ExecutorService threads = Executors.newFixedThreadPool(8);
            List<Future<Integer>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                all.add(threads.submit(() -> {
                    int accepted = 0;
                    for (int i = 0; i < 40; i++) {
                        HttpResponse<String> response = served.json("/models/levels/learn", records(40, i));
                        if (response.statusCode() == 429) {
                            assertThat(response.headers().firstValue("Retry-After"))
                                    .isPresent();
                        } else {
                            accepted +=
                                    (int) parsed(response, 202).get("accepted").number();
                        }
                    }
                    return accepted;
                }));
            }
            int accepted = 1;
            for (Future<Integer> one : all) {
                accepted += one.get();
            }
            threads.shutdown();
            JsonValue last = parsed(served.json("/models/levels/learn?wait=true", record(1, "low")), 200);
            assertThat(last.get("last_row").number()).isEqualTo(accepted + 1.0);
        }
    }

    /** The log and the store as they are at some moment are what a crash leaves. */
    @Test
    void whatWasAcknowledgedOutlivesACrash() throws Exception {
        Path copy = folder.resolve("copy");
        try (Served served = start()) {
            parsed(served.json("/models/levels/learn?wait=durable", records(300, 1), "Idempotency-Key", "a"), 200);
            copy(folder.resolve("store"), copy.resolve("store"));
            copy(folder.resolve("logs"), copy.resolve("logs"));
        }
        try (Served after = Served.start(copy.resolve("store"), builder -> builder.learns(copy.resolve("logs")))) {
            JsonValue repeated =
                    parsed(after.json("/models/levels/learn?wait=true", records(300, 1), "Idempotency-Key", "a"), 200);
            assertThat(repeated.get("repeated").flag()).isTrue();
            assertThat(repeated.get("last_row").number()).isEqualTo(300);
        }
        try (Served after = Served.start(copy.resolve("store"))) {
            assertThat(parsed(after.get("/models/levels"), 200)
                            .get("versions")
                            .items()
                            .get(2)
                            .get("rows_seen")
                            .number())
                    .isEqualTo(1_100);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    void metricsTellHowLearningGoes() throws Exception {
        try (Served served = Served.start(
                folder.resolve("store"),
                builder -> builder.learns(
                        model -> Optional.empty(),
                        (model, service) -> service.queue(50).shadow("1")))) {
            parsed(served.json("/models/levels/predict?id=one", record(3, "")), 200);
            parsed(served.json("/models/levels/predict?id=two", record(3, "")), 200);
            parsed(served.json("/models/levels/labels?wait=true", "{\"id\":\"one\",\"target\":\"high\"}"), 200);
            served.json("/models/levels/labels", "{\"id\":\"three\",\"target\":\"high\"}");
            served.json("/models/levels/learn", records(51, 1));
            served.json("/models/levels/learn", "{\"a\":\"x\"}");
            served.json("/models/made-up-name/learn", record(1, "low"));
            served.get("/nowhere/at/all");
            int busy = 0;
            for (int i = 0; busy == 0 && i < 10_000; i++) {
                busy += served.json("/models/levels/learn", records(50, i)).statusCode() == 429 ? 1 : 0;
            }
            List<String> lines = served.get("/metrics").body().lines().toList();
            assertThat(lines)
                    .contains(
                            "accrete_learn_queue_bound{model=\"levels\"} 50.0",
                            "accrete_learn_awaiting{model=\"levels\"} 1.0",
                            "accrete_learn_forgotten_total{model=\"levels\"} 0.0",
                            "accrete_served_score{model=\"levels\",score=\"accuracy\"} 1.0",
                            "accrete_shadow_score{model=\"levels\",score=\"accuracy\"} 1.0",
                            "accrete_train_drifts_total{model=\"levels\"} 0.0",
                            "accrete_requests_refused_total{model=\"levels\",status=\"400\"} 2.0",
                            "accrete_requests_refused_total{model=\"levels\",status=\"404\"} 1.0",
                            "accrete_requests_refused_total{model=\"\",status=\"404\"} 2.0")
                    .anyMatch(line -> line.startsWith("accrete_learn_queue{model=\"levels\"}"));
            if (busy > 0) {
                assertThat(lines).contains("accrete_requests_refused_total{model=\"levels\",status=\"429\"} 1.0");
            }
            assertThat(String.join("\n", lines)).doesNotContain("made-up-name");
        }
    }

    @Test
    void eventsTellWhatHappened() throws Exception {
        try (Served served = start()) {
            parsed(served.json("/models/levels/learn?wait=true", records(2_000, 1)), 200);
            HttpResponse<java.io.InputStream> events = Served.send(
                    java.net.http.HttpRequest.newBuilder(served.uri("/events")).build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(events.headers().firstValue("Content-Type")).contains("text/event-stream");
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
                int told = 0;
                for (String line = lines.readLine(); line != null && told < 2; line = lines.readLine()) {
                    if (line.startsWith("data: ")) {
                        told++;
                        JsonValue levels = JsonValue.parse(line.substring(6)).get("models").items().stream()
                                .filter(model -> model.get("model").string().equals("levels"))
                                .findFirst()
                                .orElseThrow();
                        assertThat(levels.get("rows_learned").number()).isEqualTo(2_000);
                        assertThat(levels.get("rows_seen").number()).isEqualTo(2_800);
                        assertThat(levels.get("scores").get("accuracy").number())
                                .isBetween(0.0, 1.0);
                        assertThat(levels.get("baselines").has("no_change")).isTrue();
                        served.json("/models/levels/predict", record(1, ""));
                    }
                }
                assertThat(told).isEqualTo(2);
            }
        }
    }
}
