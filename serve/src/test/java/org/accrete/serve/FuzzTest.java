package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that went wrong somewhere on their way. Whatever comes is answered with a status from 400 to 499, or the
 * connection is closed; a request that stayed right is answered with 200. {@code -Daccrete.requests=100000} sends more,
 * {@code -Daccrete.seed=N} sends those of a seed again.
 */
class FuzzTest {
    private static final int REQUESTS = Integer.getInteger("accrete.requests", 2_000);
    private static final long SEED = Long.getLong("accrete.seed", System.nanoTime());

    private static final Pattern ACCEPTED = Pattern.compile("\"accepted\":(\\d+)");

    private static final List<String> PATHS = List.of(
            "/models/flights/predict",
            "/models/sums/predict",
            "/v2/models/sums/infer",
            "/v2/models/flights/versions/1/infer",
            "/invocations?model=sums",
            "/models/sums/rollback",
            "/models/sums/tags",
            "/models/levels/learn",
            "/models/levels/learn?wait=durable",
            "/models/levels/predict?id=one",
            "/models/levels/labels");

    private static final List<String> TRICKS = List.of(
            "/../../etc/passwd",
            "/models/../../../etc/passwd/predict",
            "/models/%2e%2e/predict",
            "/models/%2e%2e%2f%2e%2e/predict",
            "/models/sums%00/predict",
            "/models/sums%2Fpredict",
            "/models//predict",
            "/models/CON/predict",
            "/models/sums;x=1/../predict",
            "/models/" + "a".repeat(3_000) + "/predict",
            "/models/sums/predict?version=" + "9".repeat(400),
            "/models/sums/predict?version=../1",
            "/models/sums/predict?version=%ff%fe",
            "/models/sums/predict?explain=99999999999999999999",
            "/models/sums/predict?explain=1&explain=1",
            "/models/sums/predict?&&==",
            "/v2/models/sums/versions/-1/infer",
            "/v2/models/sums/versions/9223372036854775808/infer",
            "//models/sums/predict",
            "models/sums/predict",
            "*",
            "http://evil.example/models/sums/predict",
            "/models/%zz/predict",
            "/models/\u00e4/predict");

    private static final List<String> BODIES = List.of(
            "{\"origin\":\"JFK\",\"distance\":1500,\"weekend\":true,\"day\":\"2024-03-04\"}",
            "[{\"a\":1,\"b\":2,\"c\":3,\"d\":4},{\"a\":1,\"b\":-2.5e-3,\"c\":null,\"d\":\"4\"}]",
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}",
            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,4],\"parameters\":{\"binary_data_size\":16}}]}0123456789abcdef",
            "{\"dataframe_split\":{\"columns\":[\"a\",\"b\",\"c\",\"d\"],\"data\":[[1,2,3,4]]}}",
            "{\"inputs\":{\"a\":[1],\"b\":[2],\"c\":[3],\"d\":[4]}}",
            "a,b,c,d\n1,2,3,4\n",
            "{\"version\":1,\"alias\":\"x\",\"reason\":\"y\"}",
            "{\"version\":1}",
            "{\"inputs\":[{\"name\":\"origin\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"JFK\"]},{\"name\":\"distance\","
                    + "\"datatype\":\"FP64\",\"shape\":[1],\"data\":[1.5]},{\"name\":\"weekend\",\"datatype\":\"BOOL\",\"shape\":[1],"
                    + "\"data\":[true]},{\"name\":\"day\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"2024-01-01\"]}]}",
            "[{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"y\":\"high\"},{\"a\":-1,\"b\":2,\"c\":3,\"d\":4,\"y\":\"low\"}]",
            "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}",
            "[{\"id\":\"one\",\"target\":\"high\"}]");

    /** The body that each of the paths takes. */
    private static final List<String> USUAL = List.of(
            BODIES.get(0),
            BODIES.get(1),
            BODIES.get(2),
            BODIES.get(9),
            BODIES.get(4),
            BODIES.get(8),
            BODIES.get(7),
            BODIES.get(10),
            BODIES.get(10),
            BODIES.get(11),
            BODIES.get(12));

    private static final List<String> TYPES = List.of(
            "text/csv",
            "application/x-ndjson",
            "application/octet-stream",
            "text/html",
            "",
            "application/json; charset=utf-7",
            "a/b/c;;;=");

    private static final List<String> NUMBERS = List.of(
            "1e999",
            "-1e999",
            "9".repeat(2_000),
            "0.".concat("0".repeat(1_500)).concat("1"),
            "NaN",
            "Infinity",
            "01",
            "1.",
            "-",
            "1e",
            "0x10",
            "99999999999999999999",
            "-0",
            "1e-400",
            "\u0661");

    @TempDir
    static Path folder;

    private record Sent(byte[] bytes, boolean isWhole) {}

    private final SeededRandom random = new SeededRandom(SEED);

    private int below(int bound) {
        return (int) (random.nextDouble() * bound);
    }

    private <T> T any(List<T> from) {
        return from.get(below(from.size()));
    }

    /** {@return the body that a path takes, or another one, most often with changes} */
    private String body(String path) {
        int usual = PATHS.indexOf(path);
        String body = usual >= 0 && below(4) > 0 ? USUAL.get(usual) : any(BODIES);
        int changes = below(4);
        for (int i = 0; i < changes && !body.isEmpty(); i++) {
            int at = below(body.length());
            int to = Math.min(body.length(), at + 1 + below(6));
            body = switch (below(9)) {
                case 0 -> body.substring(0, at);
                case 1 -> body.substring(0, at) + body.substring(to);
                case 2 -> body.substring(0, at) + (char) below(256) + body.substring(to);
                case 3 ->
                    body.substring(0, at)
                            + any(List.of("[", "{", "\"", ",", ":", "]", "}", "\\", "\\u", "null"))
                            + body.substring(at);
                case 4 -> body.replaceFirst("\\d+", any(NUMBERS));
                case 5 -> "[".repeat(below(3_000)) + body;
                case 6 -> body.substring(0, at) + "{\"a\":".repeat(below(200)) + body.substring(at);
                case 7 -> body + body;
                default -> body.substring(at) + body.substring(0, at);
            };
        }
        return body;
    }

    /** {@return a request, and whether it is whole, so that an answer must come} */
    private Sent request() {
        String path = below(6) == 0 ? any(TRICKS) : any(PATHS);
        byte[] body = body(path).getBytes(below(4) == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder()
                .append(
                        below(12) == 0
                                ? any(List.of("GET", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO"))
                                : "POST")
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(below(30) == 0 ? any(List.of("evil.example", "", "[", "a b", "localhost:x")) : "localhost")
                .append("\r\nConnection: close\r\n");
        String type = below(6) == 0 ? any(TYPES) : "application/json";
        if (!type.isEmpty()) {
            head.append("Content-Type: ").append(type).append("\r\n");
        }
        if (below(6) == 0) {
            head.append("Inference-Header-Content-Length: ")
                    .append(any(List.of("0", "1", "-1", "90", "91", "99999999999", "x")))
                    .append("\r\n");
        }
        boolean isWhole = true;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        switch (below(8)) {
            case 0 -> {
                String length =
                        any(List.of("-1", "x", "1e3", "99999999999999999999", Integer.toString(body.length + 50)));
                head.append("Content-Length: ").append(length).append("\r\n\r\n");
                isWhole = false;
            }
            case 1 -> {
                head.append("Transfer-Encoding: chunked\r\n\r\n");
                isWhole = below(2) == 0;
                head.append(isWhole ? Integer.toHexString(body.length) : any(List.of("zz", "-5", "fffffffff", "5")))
                        .append("\r\n");
            }
            default -> head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        }
        boolean isChunked = head.indexOf("chunked") > 0;
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(body);
        if (isChunked) {
            bytes.writeBytes((body.length == 0 ? "" : "\r\n0\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        }
        byte[] all = bytes.toByteArray();
        if (below(20) == 0) {
            return new Sent(Arrays.copyOf(all, below(all.length)), false);
        }
        return new Sent(all, isWhole);
    }

    @Test
    void whateverComesIsAnsweredOrRefused() throws IOException {
        System.out.println("replay with -Daccrete.seed=" + SEED);
        int answered = 0;
        long learned = 0;
        try (Served served = Served.start(
                folder.resolve("store"), builder -> builder.maxHeader(8_000).learns(folder.resolve("logs")))) {
            for (int i = 0; i < REQUESTS; i++) {
                Sent sent = request();
                String answer = send(served, sent.bytes());
                String asked = "request " + i + " of seed " + SEED + ":\n"
                        + new String(sent.bytes(), StandardCharsets.ISO_8859_1) + "\n";
                if (answer.isEmpty()) {
                    assertThat(sent.isWhole()).as(asked + "was not answered").isFalse();
                    continue;
                }
                assertThat(answer).as(asked).matches("(?s)HTTP/1\\.1 (20[02]|4\\d\\d) .*");
                assertThat(answer)
                        .as(asked)
                        .doesNotContain("Exception")
                        .doesNotContain("\tat ")
                        .doesNotContain(folder.toString());
                Matcher accepted = ACCEPTED.matcher(answer);
                learned += accepted.find() ? Long.parseLong(accepted.group(1)) : 0;
                if (answer.startsWith("HTTP/1.1 20")) {
                    answered++;
                } else if (!answer.startsWith("HTTP/1.1 405") || !asked.contains("\nHEAD")) {
                    assertThat(answer).as(asked).contains("{\"error\":\"");
                }
            }
            assertThat(answered).isBetween(REQUESTS / 20, REQUESTS * 9 / 10);
            assertThat(served.json("/models/sums/predict", "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}")
                            .statusCode())
                    .isEqualTo(200);
            // The trainer goes on, with the rows that were accepted and no others.
            HttpResponse<String> last = served.json("/models/levels/learn?wait=true", BODIES.get(10));
            assertThat(last.statusCode()).as(last.body()).isEqualTo(200);
            assertThat(JsonValue.parse(last.body()).get("last_row").number()).isEqualTo(learned + 2.0);
        }
    }

    private static String send(Served served, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.port())) {
            socket.setSoTimeout(20_000);
            try {
                socket.getOutputStream().write(request);
                socket.shutdownOutput();
            } catch (IOException e) {
                // The server has refused it already, and told why.
            }
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try (InputStream in = socket.getInputStream()) {
                in.transferTo(answer);
            } catch (SocketException e) {
                // Closed by the server while something was still on its way to it.
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }
}
