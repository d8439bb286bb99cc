package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.accrete.api.store.History;
import org.accrete.core.Accrete;
import org.accrete.core.RegressorTrainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What models there are, and which version answers. */
class ModelsTest {
    private static final String TOKEN = "0123456789abcdef-write";
    private static final String RECORD = "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}";

    @TempDir
    Path folder;

    private Served start() throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN + "\n", StandardCharsets.UTF_8);
        return Served.start(folder.resolve("store"), builder -> builder.tokens(tokens));
    }

    private static String[] token() {
        return new String[] {"Authorization", "Bearer " + TOKEN};
    }

    private static String serving(Served served) {
        return JsonValue.parse(
                        served.json("/models/levels/predict", RECORD, token()).body())
                .get("version")
                .string();
    }

    @Test
    void modelsAndVersionsAreListed() throws Exception {
        try (Served served = start()) {
            JsonValue models = JsonValue.parse(served.get("/models", token()).body());
            assertThat(models.get("models").items().stream()
                            .map(model -> model.get("model").string() + " "
                                    + model.get("serving").string()))
                    .containsExactly(
                            "flights flights@1", "groups groups@1", "levels levels@2", "odd odd@1", "sums sums@1");
            JsonValue levels =
                    JsonValue.parse(served.get("/models/levels", token()).body());
            assertThat(levels.get("classes").strings()).containsExactlyInAnyOrder("low", "middle", "high");
            assertThat(levels.get("columns").strings()).isEqualTo(Served.NAMES);
            assertThat(levels.get("predicts").string()).isEqualTo("class");
            assertThat(levels.get("aliases").get("live").number()).isEqualTo(2);
            JsonValue second = levels.get("versions").items().get(1);
            assertThat(second.get("version").number()).isEqualTo(2);
            assertThat(second.get("parent").string()).isEqualTo("levels@1");
            assertThat(second.get("rows_seen").number()).isEqualTo(800);
            assertThat(second.get("verdict").string()).isEqualTo("none");
            assertThat(second.get("aliases").strings()).containsExactly("live");
            HttpResponse<String> none = served.get("/models/nowhere", token());
            assertThat(none.statusCode()).isEqualTo(404);
            assertThat(none.body())
                    .contains("there is no model 'nowhere'; there are: flights, groups, levels, odd, sums");
        }
    }

    @Test
    void aRollbackAnswersAtOnceAndIsInTheHistory() throws Exception {
        try (Served served = start()) {
            assertThat(serving(served)).isEqualTo("levels@2");
            HttpResponse<String> response =
                    served.json("/models/levels/rollback", "{\"version\":1,\"reason\":\"too low\"}", token());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonValue moved = JsonValue.parse(response.body());
            assertThat(moved.get("version").number()).isEqualTo(1);
            assertThat(moved.get("was").number()).isEqualTo(2);
            assertThat(moved.get("serving").string()).isEqualTo("levels@1");
            assertThat(serving(served)).isEqualTo("levels@1");
            History history = served.store.history("levels");
            assertThat(history.rollback().orElseThrow().reason()).hasValue(new History.Reason("too low", false));
        }
    }

    @Test
    void anAliasIsMovedAndAnswers() throws Exception {
        try (Served served = start()) {
            HttpResponse<String> response =
                    served.json("/models/levels/tags", "{\"version\":\"1\",\"alias\":\"before-summer\"}", token());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonValue answer =
                    JsonValue.parse(served.json("/models/levels/predict?version=before-summer", RECORD, token())
                            .body());
            assertThat(answer.get("version").string()).isEqualTo("levels@1");
            for (String body : new String[] {
                "{\"version\":1,\"alias\":\"Not An Alias\"}",
                "{\"version\":1,\"alias\":\"latest\"}",
                "{\"version\":1}",
                "{\"version\":1.5,\"alias\":\"x\"}",
                "{\"version\":0,\"alias\":\"x\"}",
                "{\"version\":1,\"alias\":\"x\",\"what\":1}",
                "[]"
            }) {
                assertThat(served.json("/models/levels/tags", body, token()).statusCode())
                        .as(body)
                        .isEqualTo(400);
            }
            assertThat(served.json("/models/levels/rollback", "{\"version\":17}", token())
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void aModelAndAVersionThatComeLaterAreServed() throws Exception {
        try (Served served = start()) {
            try (RegressorTrainer trainer = Accrete.regressor("sgd-regressor")
                    .features("a", "b", "c", "d")
                    .into(served.store, "later")) {
                trainer.partialFit(new double[][] {{1, 2, 3, 4}, {2, 3, 4, 5}}, new double[] {1, 2});
                trainer.save();
                Thread.sleep(300);
                assertThat(served.json("/models/later/predict", RECORD, token()).body())
                        .contains("\"later@1\"");
                trainer.partialFit(new double[][] {{1, 2, 3, 4}, {2, 3, 4, 5}}, new double[] {1, 2});
                trainer.save();
            }
            long end = System.nanoTime() + 5_000_000_000L;
            String body = "";
            while (!body.contains("\"later@2\"") && System.nanoTime() < end) {
                Thread.sleep(20);
                body = served.json("/models/later/predict", RECORD, token()).body();
            }
            assertThat(body).contains("\"later@2\"");
        }
    }
}
