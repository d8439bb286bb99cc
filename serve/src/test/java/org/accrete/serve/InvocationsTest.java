package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.NumberPrediction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MLflow's scoring protocol. */
class InvocationsTest {
    @TempDir
    static Path folder;

    private static Served all;
    private static Served one;
    private static List<Double> expected;

    @BeforeAll
    static void start() {
        all = Served.start(folder);
        one = Served.start(folder, builder -> builder.model("sums"));
        try (LiveModel live = LiveModel.open(Served.PLUG_INS, all.store, "sums")) {
            expected = List.of(
                    ((NumberPrediction) live.predict(Map.of("a", 1, "b", 2, "c", 3, "d", 4))).value(),
                    ((NumberPrediction) live.predict(Map.of("a", 5, "b", 6, "c", 7, "d", 8.5))).value());
        }
    }

    @AfterAll
    static void stop() {
        all.close();
        one.close();
    }

    private static List<Double> numbers(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("accrete-version")).hasValue("sums@1");
        return JsonValue.parse(response.body()).get("predictions").items().stream()
                .map(JsonValue::number)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"dataframe_split\":{\"columns\":[\"a\",\"b\",\"c\",\"d\"],\"index\":[0,1],\"data\":[[1,2,3,4],[5,6,7,8.5]]}}",
                "{\"dataframe_split\":{\"data\":[[4,[0],1,2,3],[8.5,{},5,6,7]],\"columns\":[\"d\",\"more\",\"a\",\"b\",\"c\"]}}",
                "{\"params\":{\"x\":1},\"dataframe_records\":[{\"a\":1,\"b\":2,\"c\":3,\"d\":4},{\"d\":8.5,\"c\":7,\"b\":6,\"a\":5}]}",
                "{\"inputs\":{\"b\":[2,6],\"a\":[1,5],\"d\":[[4],[8.5]],\"c\":[3,7],\"e\":[1]}}",
                "{\"inputs\":[[1,2,3,4],[5,6,7,8.5]]}",
                "{\"instances\":[[1,2,3,4],[5,6,7,8.5]]}",
                "{\"instances\":[{\"a\":1,\"b\":2,\"c\":3,\"d\":4},{\"d\":8.5,\"c\":7,\"b\":6,\"a\":5}]}",
            })
    void allFormsOfJson(String body) {
        assertThat(numbers(one.json("/invocations", body))).isEqualTo(expected);
        assertThat(numbers(all.json("/invocations?model=sums", body))).isEqualTo(expected);
    }

    @Test
    void oneRowOfColumnsAndCsv() {
        assertThat(numbers(one.json("/invocations", "{\"inputs\":{\"a\":1,\"b\":2,\"c\":3,\"d\":4}}")))
                .isEqualTo(expected.subList(0, 1));
        assertThat(numbers(one.post("/invocations", "text/csv", "a,b,c,d\r\n1,2,3,4\r\n5,6,7,8.5")))
                .isEqualTo(expected);
    }

    @Test
    void labelsOfClassesAndNumbersOfClusters() {
        String body = "{\"inputs\":[[1,2,3,4]]}";
        JsonValue levels =
                JsonValue.parse(all.json("/invocations?model=levels", body).body());
        assertThat(levels.get("predictions").strings()).hasSize(1).isSubsetOf("low", "middle", "high");
        JsonValue groups =
                JsonValue.parse(all.json("/invocations?model=groups", body).body());
        assertThat(groups.get("predictions").items().get(0).number()).isIn(0.0, 1.0, 2.0);
    }

    @Test
    void theModelMustBeNamedWhereThereAreMore() {
        HttpResponse<String> response = all.json("/invocations", "{\"inputs\":[[1,2,3,4]]}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains("one must be named by ?model=; there are: flights, groups, levels, odd, sums");
    }

    @Test
    void health() {
        for (String path : List.of("/ping", "/health")) {
            assertThat(one.get(path).statusCode()).isEqualTo(200);
        }
        assertThat(one.get("/version").body()).matches("\\d+\\.\\d+\\..*\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[] | the body must be an object but is an array",
                "{} | the body must have one of [dataframe_split, dataframe_records, inputs, instances] but has none",
                "{\"inputs\":[],\"instances\":[]} | the body must have one of [dataframe_split, dataframe_records, inputs,"
                        + " instances] but has 'inputs' and 'instances'",
                "{\"dataframe_split\":{\"data\":[]}} | 'dataframe_split' must have 'columns'",
                "{\"dataframe_split\":{\"columns\":[\"a\",\"b\",\"c\"],\"data\":[]}} | there is no column 'd', which the model"
                        + " needs; there are a, b, c",
                "{\"dataframe_split\":{\"columns\":[\"a\",\"b\",\"c\",\"d\"],\"data\":[[1,2,3,4],[1,2,3]]}} | row 1: a row must"
                        + " have 4 values but has 3",
                "{\"inputs\":{\"a\":[1],\"b\":[1,2],\"c\":[1],\"d\":[1]}} | columns must have one length but 'a' has 1 and 'b' has 2",
                "{\"inputs\":{\"a\":[1],\"b\":[1],\"c\":[1]}} | row 0: the record has no 'd'; give it a null or an empty text where"
                        + " the value is not known",
                "{\"instances\":[1]} | row 0: a row must be an array but is 1",
            })
    void whatIsWrongIsSaidInOneLine(String body, String message) {
        HttpResponse<String> response = one.json("/invocations", body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(JsonValue.parse(response.body()).get("error").string()).isEqualTo(message);
    }
}
