package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.ClusterPrediction;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.NumberPrediction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain records. What is predicted is compared with what the live model says of the same record as a map. */
class PredictTest {
    @TempDir
    static Path folder;

    private static Served served;

    @BeforeAll
    static void start() {
        served = Served.start(folder);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static JsonValue predictions(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        return JsonValue.parse(response.body());
    }

    private static LiveModel live(String model) {
        return LiveModel.open(Served.PLUG_INS, served.store, model);
    }

    @Test
    void arrayOfRecordsHasClassesAndProbabilities() {
        List<Map<String, Object>> rows = Served.flights(50);
        JsonValue answer = predictions(served.json("/models/flights/predict", JsonValue.text(rows)));
        assertThat(answer.get("version").string()).isEqualTo("flights@1");
        assertThat(answer.get("predictions").items()).hasSize(50);
        try (LiveModel live = live("flights")) {
            for (int i = 0; i < rows.size(); i++) {
                ClassPrediction expected = (ClassPrediction) live.predict(rows.get(i));
                JsonValue actual = answer.get("predictions").items().get(i);
                assertThat(actual.get("prediction").string()).isEqualTo(expected.label());
                for (String label : expected.classes()) {
                    assertThat(actual.get("probabilities").get(label).number()).isEqualTo(expected.probability(label));
                }
            }
        }
    }

    @Test
    void otherFormsSayTheSame() {
        String csv = "day,origin,distance,weekend,unused\n2024-03-04,JFK,1500,true,1\n2024-03-05,\"SEA\",12.5,no,\n";
        String lines = "{\"day\":\"2024-03-04\",\"origin\":\"JFK\",\"distance\":1500,\"weekend\":true}\n"
                + "{\"weekend\":\"no\",\"distance\":\"12.5\",\"origin\":\"SEA\",\"day\":\"2024-03-05\",\"more\":{\"x\":[1]}}\n";
        String array = "[" + lines.strip().replace("\n", ",") + "]";
        JsonValue expected = predictions(served.json("/models/flights/predict", array));
        assertThat(expected.get("predictions").items()).hasSize(2);
        assertThat(predictions(served.post("/models/flights/predict", "text/csv; charset=UTF-8", csv)))
                .isEqualTo(expected);
        assertThat(predictions(served.post("/models/flights/predict", "application/x-ndjson", lines)))
                .isEqualTo(expected);
        JsonValue one = predictions(served.json("/models/flights/predict", lines.split("\n")[0]));
        assertThat(one.get("predictions").items())
                .isEqualTo(expected.get("predictions").items().subList(0, 1));
    }

    @Test
    void numbersClustersAndScores() {
        Map<String, Double> record = Map.of("a", 0.25, "b", -1.5, "c", 1e-7, "d", 12345.678);
        String body = JsonValue.text(record);
        try (LiveModel sums = live("sums");
                LiveModel groups = live("groups");
                LiveModel odd = live("odd")) {
            JsonValue number = only(served.json("/models/sums/predict", body));
            assertThat(number.get("prediction").number()).isEqualTo(((NumberPrediction) sums.predict(record)).value());
            ClusterPrediction cluster = (ClusterPrediction) groups.predict(record);
            JsonValue group = only(served.json("/models/groups/predict", body));
            assertThat(group.get("cluster").number()).isEqualTo(cluster.cluster());
            assertThat(group.get("distance").number()).isEqualTo(cluster.distance());
            JsonValue score = only(served.json("/models/odd/predict", body));
            assertThat(score.get("score").number()).isEqualTo(((NumberPrediction) odd.predict(record)).value());
        }
    }

    private static JsonValue only(HttpResponse<String> response) {
        List<JsonValue> items = predictions(response).get("predictions").items();
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    @Test
    void noRecordsHaveNoPredictions() {
        assertThat(predictions(served.json("/models/sums/predict", "[]"))
                        .get("predictions")
                        .items())
                .isEmpty();
        assertThat(predictions(served.post("/models/sums/predict", "text/csv", "a,b,c,d\n"))
                        .get("predictions")
                        .items())
                .isEmpty();
    }

    @Test
    void moreRecordsThanABlockKeepTheirOrder() {
        StringBuilder body = new StringBuilder("[");
        for (int i = 0; i < 2_500; i++) {
            body.append(i == 0 ? "" : ",").append("{\"b\":0,\"a\":").append(i).append(",\"c\":0,\"d\":0}");
        }
        List<JsonValue> items = predictions(
                        served.json("/models/sums/predict", body.append(']').toString()))
                .get("predictions")
                .items();
        assertThat(items).hasSize(2_500);
        try (LiveModel live = live("sums")) {
            for (int i = 0; i < items.size(); i += 617) {
                double expected = ((NumberPrediction) live.predict(Map.of("a", i, "b", 0, "c", 0, "d", 0))).value();
                assertThat(items.get(i).get("prediction").number()).isEqualTo(expected);
            }
        }
    }

    @Test
    void versionIsANumberOrAnAlias() {
        String body = "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}";
        JsonValue first = predictions(served.json("/models/levels/predict?version=1", body));
        JsonValue second = predictions(served.json("/models/levels/predict?version=latest", body));
        assertThat(first.get("version").string()).isEqualTo("levels@1");
        assertThat(second.get("version").string()).isEqualTo("levels@2");
        assertThat(second).isEqualTo(predictions(served.json("/models/levels/predict", body)));
        assertThat(first.get("predictions")).isNotEqualTo(second.get("predictions"));
        try (LiveModel live = live("levels@1")) {
            ClassPrediction expected = (ClassPrediction) live.predict(new double[] {1, 2, 3, 4});
            assertThat(first.get("predictions")
                            .items()
                            .get(0)
                            .get("probabilities")
                            .get("low")
                            .number())
                    .isEqualTo(expected.probability("low"));
        }
        HttpResponse<String> none = served.json("/models/levels/predict?version=9", body);
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("has no version '9'; versions: 1 to 2, aliases: live, latest");
    }

    @Test
    void contributionsAddUpToTheValue() {
        JsonValue answer = only(served.json(
                "/models/flights/predict?explain=2",
                "{\"day\":\"2024-03-04\",\"origin\":\"JFK\",\"distance\":1500,\"weekend\":true}"));
        JsonValue explanation = answer.get("explanation");
        List<JsonValue> contributions = explanation.get("contributions").items();
        assertThat(contributions).hasSize(2);
        double sum = explanation.get("base").number() + explanation.get("rest").number();
        for (JsonValue one : contributions) {
            sum += one.get("amount").number();
        }
        assertThat(sum).isCloseTo(explanation.get("value").number(), within(1e-9));
        assertThat(contributions.stream().map(one -> one.get("column").string()))
                .isSubsetOf("day", "origin", "distance", "weekend");
    }

    @Test
    void headAndGetOfAPredictionAreRefused() {
        HttpResponse<String> response = served.get("/models/sums/predict");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("POST");
    }
}
