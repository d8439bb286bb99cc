package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes in. */
class DoorkeeperTest {
    private static final String READ = "read-token-0123456789";
    private static final String WRITE = "write-token-0123456789";
    private static final String RECORD = "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}";
    private static final String MOVE = "{\"version\":1}";

    @TempDir
    static Path folder;

    private static Path tokens(String... lines) throws IOException {
        return Files.write(Files.createTempFile(folder, "tokens", ".txt"), List.of(lines), StandardCharsets.UTF_8);
    }

    private static Served start(UnaryOperator<ModelServer.Builder> settings) {
        return Served.start(folder.resolve("store"), settings);
    }

    private static int status(Served served, String path, String... headers) {
        HttpResponse<String> response = switch (path) {
            case "/ping", "/v2/health/live", "/v2/health/ready", "/health" -> served.get(path, headers);
            case "predict" -> served.json("/models/sums/predict", RECORD, headers);
            case "infer" ->
                served.json(
                        "/v2/models/sums/infer",
                        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}",
                        headers);
            case "invocations" -> served.json("/invocations?model=sums", "{\"inputs\":[[1,2,3,4]]}", headers);
            case "rollback" -> served.json("/models/sums/rollback", MOVE, headers);
            case "tags" -> served.json("/models/sums/tags", "{\"version\":1,\"alias\":\"good\"}", headers);
            default -> served.get(path, headers);
        };
        if (response.statusCode() == 401) {
            assertThat(response.headers().firstValue("www-authenticate"))
                    .hasValueSatisfying(value -> assertThat(value).startsWith("Bearer"));
        }
        return response.statusCode();
    }

    private static final List<String> OPEN = List.of("/ping", "/health", "/v2/health/live", "/v2/health/ready");
    private static final List<String> READS = List.of(
            "predict",
            "infer",
            "invocations",
            "/models",
            "/models/sums",
            "/v2",
            "/v2/models/sums",
            "/metrics",
            "/openapi.json",
            "/version");
    private static final List<String> WRITES = List.of("rollback", "tags");

    private static void check(Served served, String authorization, int open, int read, int write) {
        String[] headers = authorization.isEmpty() ? new String[0] : new String[] {"Authorization", authorization};
        List<String> actual = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        OPEN.forEach(path -> expected.add(path + " " + open));
        READS.forEach(path -> expected.add(path + " " + read));
        WRITES.forEach(path -> expected.add(path + " " + write));
        for (List<String> paths : List.of(OPEN, READS, WRITES)) {
            paths.forEach(path -> actual.add(path + " " + status(served, path, headers)));
        }
        assertThat(actual).as(authorization).isEqualTo(expected);
    }

    @Test
    void tokensLetReadOrWrite() throws IOException {
        Path file = tokens("# of a test", "", "read " + READ, "write " + WRITE);
        try (Served served = start(builder -> builder.tokens(file))) {
            check(served, "", 200, 401, 401);
            check(served, "Bearer " + READ, 200, 200, 403);
            check(served, "bearer  " + WRITE, 200, 200, 200);
            check(served, "Bearer " + READ + "x", 200, 401, 401);
            check(served, "Bearer ", 200, 401, 401);
            check(served, "Basic " + WRITE, 200, 401, 401);
            check(served, WRITE, 200, 401, 401);
        }
    }

    @Test
    void withoutTokensWhoeverReachesTheServerMayDoAll() {
        try (Served served = start(builder -> builder)) {
            check(served, "", 200, 200, 200);
        }
    }

    @Test
    void oneTokenLetsBoth() throws IOException {
        Path file = tokens(WRITE);
        try (Served served = start(builder -> builder.tokens(file))) {
            check(served, "Bearer " + WRITE, 200, 200, 200);
        }
    }

    @Test
    void aFileWithoutUsableTokensIsRefused() throws IOException {
        for (String[] lines : new String[][] {{}, {"# none"}, {"short"}, {"admin " + READ}, {"read " + READ + " x"}}) {
            Path file = tokens(lines);
            assertThatThrownBy(() -> Tokens.read(file))
                    .as(String.join("|", lines))
                    .isInstanceOf(AccreteException.class)
                    .hasMessageMatching("(?s).*(token).*");
        }
        assertThatThrownBy(() -> Tokens.read(folder.resolve("nowhere"))).isInstanceOf(AccreteException.class);
    }

    @Test
    void anAddressForOthersNeedsATokenOrConsent() throws IOException {
        Path file = tokens(WRITE);
        assertThatThrownBy(() -> start(builder -> builder.bind("0.0.0.0")))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining(
                        "a server bound to '0.0.0.0' can be called by others, so it needs a file of tokens");
        try (Served served = start(builder -> builder.bind("0.0.0.0").tokens(file))) {
            assertThat(served.get("/ping").statusCode()).isEqualTo(200);
            assertThat(served.get("/models").statusCode()).isEqualTo(401);
        }
        try (Served served = start(builder -> builder.bind("0.0.0.0").insecure())) {
            assertThat(served.get("/models").statusCode()).isEqualTo(200);
            assertThat(served.raw("GET /models HTTP/1.1\r\nHost: 192.0.2.7:80\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
            assertThat(served.raw("GET /models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 421");
        }
        try (Served served = start(builder -> builder.bind("localhost"))) {
            assertThat(served.server.uri().getHost()).isEqualTo("localhost");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.2",
                "[::2]:1",
                "192.0.2.7"
            })
    void anotherHostIsRefused(String host) throws IOException {
        try (Served served = start(builder -> builder.host("shop.example"))) {
            String answer = served.raw("GET /models HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 421").contains("this server has no host");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:1",
                "127.0.0.1:99",
                "[::1]",
                "[::1]:8080",
                "shop.example",
                "Shop.Example:443"
            })
    void ownHostsAreServed(String host) throws IOException {
        try (Served served = start(builder -> builder.host("shop.example"))) {
            String answer = served.raw("GET /models HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 200");
        }
    }

    private static String withOrigin(Served served, String method, String origin, String more) throws IOException {
        return served.raw(method + " /models HTTP/1.1\r\nHost: localhost:" + served.server.port() + "\r\nOrigin: "
                + origin + "\r\n" + more + "Connection: close\r\n\r\n");
    }

    @Test
    void pagesOfOtherHostsAreRefusedUnlessNamed() throws IOException {
        try (Served served = start(builder -> builder.cors("https://shop.example"))) {
            assertThat(withOrigin(served, "GET", "https://evil.example", "")).startsWith("HTTP/1.1 403");
            assertThat(withOrigin(served, "GET", "null", "")).startsWith("HTTP/1.1 403");
            assertThat(withOrigin(served, "GET", "http://localhost:1", "")).startsWith("HTTP/1.1 403");
            assertThat(withOrigin(served, "GET", "http://localhost:" + served.server.port(), ""))
                    .startsWith("HTTP/1.1 200")
                    .doesNotContainIgnoringCase("access-control-allow-origin");
            assertThat(withOrigin(served, "GET", "https://shop.example", ""))
                    .startsWith("HTTP/1.1 200")
                    .containsIgnoringCase("Access-Control-Allow-Origin: https://shop.example")
                    .containsIgnoringCase("Vary: Origin");
            assertThat(withOrigin(served, "OPTIONS", "https://shop.example", "Access-Control-Request-Method: POST\r\n"))
                    .startsWith("HTTP/1.1 204")
                    .containsIgnoringCase("Access-Control-Allow-Headers: Authorization, Content-Type");
            assertThat(withOrigin(served, "OPTIONS", "https://evil.example", "Access-Control-Request-Method: POST\r\n"))
                    .startsWith("HTTP/1.1 403");
        }
        try (Served served = start(builder -> builder)) {
            assertThat(withOrigin(served, "OPTIONS", "https://shop.example", "Access-Control-Request-Method: POST\r\n"))
                    .startsWith("HTTP/1.1 403")
                    .doesNotContainIgnoringCase("access-control-allow");
        }
    }
}
