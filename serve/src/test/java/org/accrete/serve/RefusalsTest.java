package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that cannot be answered: one clear line each, and the right status. */
class RefusalsTest {
    private static final String PREDICT = "/models/flights/predict";

    @TempDir
    static Path folder;

    private static Served served;

    @BeforeAll
    static void start() {
        served = Served.start(
                folder,
                builder -> builder.maxBody(4_000).maxRows(50).maxDepth(10).maxHeader(2_000));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static String error(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        return JsonValue.parse(response.body()).get("error").string();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"origin\":\"JFK\",\"distance\":\"12,5\",\"weekend\":true,\"day\":\"2024-03-04\"} | row 0: column 'distance' must"
                        + " be a number or missing but was '12,5'",
                "[{\"origin\":\"JFK\",\"distance\":1,\"weekend\":true,\"day\":\"2024-03-04\"},{\"origin\":\"JFK\",\"distance\":true,"
                        + "\"weekend\":true,\"day\":\"2024-03-04\"}] | row 1: column 'distance' must be a number or missing but was"
                        + " 'true'",
                "{\"origin\":\"JFK\",\"distance\":1e400,\"weekend\":true,\"day\":\"2024-03-04\"} | row 0: column 'distance' must be"
                        + " a finite number or missing but was '1e400'",
                "{\"origin\":\"JFK\",\"distance\":1,\"weekend\":2,\"day\":\"2024-03-04\"} | row 0: column 'weekend' must be true,"
                        + " yes, false, no or missing but was '2'",
                "{\"origin\":\"JFK\",\"weekend\":true,\"day\":\"2024-03-04\"} | row 0: the record has no 'distance'; give it a null"
                        + " or an empty text where the value is not known",
                "{\"origin\":[1],\"distance\":1,\"weekend\":true,\"day\":\"2024-03-04\"} | row 0: column 'origin' must be a number, a"
                        + " text, true, false or null but was an array",
                "{\"origin\":1,\"origin\":2,\"distance\":1,\"weekend\":true,\"day\":\"2024-03-04\"} | row 0: column 'origin' must be"
                        + " given once but is there twice",
                "[1] | row 0: a record must be an object but is 1",
                "\"text\" | the body must be an object or an array of objects but is 'text'",
                "[] [] | the body must be one JSON document but goes on behind it at line 1, column 4",
            })
    void wrongRecords(String body, String message) {
        assertThat(error(served.json(PREDICT, body), 400)).startsWith(message);
    }

    @Test
    void malformedJson() {
        assertThat(error(served.json(PREDICT, ""), 400)).isEqualTo("the body must be JSON but is empty");
        assertThat(error(served.json(PREDICT, "[{\"origin\": x}]"), 400))
                .startsWith("malformed JSON at line 1, column 13: Unrecognized token 'x'");
        assertThat(error(served.json(PREDICT, "[{\"origin\": \"JFK\""), 400)).startsWith("malformed JSON at line 1");
        assertThat(error(served.json(PREDICT, "[".repeat(11) + "]".repeat(11)), 400))
                .contains("must be an object");
        assertThat(error(served.json(PREDICT, "{\"more\":" + "[".repeat(11) + "]".repeat(11) + "}"), 400))
                .isEqualTo("the JSON is nested deeper than the 10 levels that are allowed");
        assertThat(error(served.json(PREDICT, "{\"distance\":" + "1".repeat(1_500) + "}"), 400))
                .isEqualTo("malformed JSON: Number value length (1500) exceeds the maximum allowed (1000)");
    }

    @Test
    void malformedCsv() {
        assertThat(error(served.post(PREDICT, "text/csv", ""), 400))
                .isEqualTo("the CSV must begin with a line of the columns' names but is empty");
        assertThat(error(served.post(PREDICT, "text/csv", "origin,distance\nJFK,1\n"), 400))
                .isEqualTo("there is no column 'day', which the model needs; there are origin, distance");
        assertThat(error(
                        served.post(
                                PREDICT, "text/csv", "origin,distance,weekend,day\nJFK,1,no,2024-03-04\nJFK,1,no\n"),
                        400))
                .startsWith("malformed CSV: ");
        assertThat(error(served.post(PREDICT, "text/csv", "origin,distance,weekend,day\nJFK,far,no,2024-03-04\n"), 400))
                .isEqualTo("row 0: column 'distance' must be a number or missing but was 'far'");
    }

    @Test
    void unknownPathsModelsAndParameters() {
        assertThat(error(served.get("/nothing"), 404)).startsWith("there is no path '/nothing'");
        assertThat(error(served.json("/models/flight/predict", "{}"), 404))
                .isEqualTo("there is no model 'flight'; there are: flights, groups, levels, odd, sums");
        assertThat(error(served.json("/models/..%2f..%2fetc/predict", "{}"), 400))
                .isNotEmpty();
        assertThat(error(served.json(PREDICT + "?explian=1", "{}"), 400))
                .isEqualTo("unknown parameter 'explian'; known: explain, id, id-from, version");
        assertThat(error(served.json(PREDICT + "?explain=-1", "{}"), 400))
                .isEqualTo("parameter 'explain' must be a whole number from 0 to 1000 but was '-1'");
        assertThat(error(served.json(PREDICT + "?explain=1&explain=2", "{}"), 400))
                .isEqualTo("parameter 'explain' must be given once");
        assertThat(error(served.json("/models/odd/predict?explain=1", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}"), 400))
                .contains("explain");
    }

    @Test
    void methodsAndTypes() {
        HttpResponse<String> response = served.json("/models", "{}");
        assertThat(error(response, 405)).isEqualTo("the method must be GET, HEAD but was 'POST'");
        assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
        assertThat(error(served.post(PREDICT, "text/html", "a=1"), 415))
                .isEqualTo("the content type must be application/json or application/x-ndjson or text/csv but was"
                        + " 'text/html'");
        assertThat(error(served.post(PREDICT, "application/json; charset=utf-16", "{}"), 415))
                .isEqualTo("the charset must be utf-8 but was 'utf-16'");
        assertThat(error(served.json(PREDICT, "{}", "Content-Encoding", "gzip"), 415))
                .contains("'gzip'");
    }

    @Test
    void tooLarge() throws IOException {
        assertThat(error(served.json(PREDICT, " ".repeat(4_001)), 413))
                .isEqualTo("the body may have at most 4000 bytes; send fewer rows at a time");
        HttpResponse<String> chunked = Served.send(HttpRequest.newBuilder(served.uri(PREDICT))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[5_000])))
                .build());
        assertThat(error(chunked, 413)).contains("4000 bytes");
        String rows = "a,b,c,d\n" + "1,2,3,4\n".repeat(51);
        assertThat(error(served.post("/models/sums/predict", "text/csv", rows), 413))
                .isEqualTo("a request may have at most 50 rows; send more than one");
        assertThat(error(served.get("/models", "X-Long", "x".repeat(3_000)), 431))
                .isEqualTo("the headers are too long");
        String answer = served.raw("POST " + PREDICT
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n"
                + "Connection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 413");
    }

    @Test
    void whatIsNoHttp() throws IOException {
        for (String request : new String[] {
            "HELLO\r\n\r\n",
            "GET /models HTTP/1.1\r\n\r\n",
            "GET /models HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
            "GET /models HTTP/9.9\r\nHost: localhost\r\n\r\n",
            "GET /models\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "POST " + PREDICT + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"
        }) {
            String answer = served.raw(request);
            assertThat(answer).as(request).matches("(?s)HTTP/1\\.1 (4\\d\\d|505) .*");
            assertThat(answer)
                    .as(request)
                    .contains("{\"error\":")
                    .doesNotContain("Exception")
                    .doesNotContain("jetty");
        }
    }

    @Test
    void slowRequestsAreGivenUp() throws IOException {
        try (Served impatient = Served.start(folder, builder -> builder.idleTimeout(Duration.ofMillis(300)))) {
            String headers = impatient.raw("GET /models HTTP/1.1\r\nHost: loc");
            assertThat(headers)
                    .satisfiesAnyOf(
                            answer -> assertThat(answer).isEmpty(),
                            answer -> assertThat(answer).startsWith("HTTP/1.1 408"));
            String body = impatient.raw("POST " + PREDICT
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
            assertThat(body).startsWith("HTTP/1.1 408").contains("the body did not come in time");
        }
    }

    @Test
    void everyAnswerHasTheHeadersOfSecurity() {
        for (String path : new String[] {"/models", "/nothing", "/ping"}) {
            HttpResponse<String> response = served.get(path);
            assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
            assertThat(response.headers().firstValue("x-frame-options")).hasValue("DENY");
            assertThat(response.headers().firstValue("referrer-policy")).hasValue("no-referrer");
            assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
            assertThat(response.headers().firstValue("content-security-policy"))
                    .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none'"));
            assertThat(response.headers().firstValue("server")).isEmpty();
        }
    }
}
