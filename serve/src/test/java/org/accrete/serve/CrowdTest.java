package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are many, slow, or send too much: those that behave are answered all the same. */
@Timeout(120)
class CrowdTest {
    private static final String PREDICT = "/models/levels/predict";
    private static final String RECORD = "{\"a\":3,\"b\":0,\"c\":0,\"d\":0,\"y\":\"high\"}";
    private static final String HEAD =
            "POST " + PREDICT + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    @TempDir
    Path folder;

    private static Socket send(Served served, String bytes) throws IOException {
        Socket socket = new Socket("127.0.0.1", served.server.port());
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String rest(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException e) {
            // Closed by the server while something was still on its way to it.
            return "";
        }
    }

    private static void assertAnswers(Served served) {
        HttpResponse<String> predicted = served.json(PREDICT, RECORD);
        assertThat(predicted.statusCode()).as(predicted.body()).isEqualTo(200);
        HttpResponse<String> learned = served.json("/models/levels/learn?wait=true", "[" + RECORD + "," + RECORD + "]");
        assertThat(learned.statusCode()).as(learned.body()).isEqualTo(200);
    }

    @Test
    void halfSentRequestsHoldUpNobodyAndAreGivenUp() throws IOException {
        try (Served served = Served.start(
                folder,
                builder -> builder.learns().headTimeout(Duration.ofSeconds(2)).idleTimeout(Duration.ofSeconds(100)))) {
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                slow.add(send(served, i % 2 == 0 ? HEAD : HEAD + "Content-Length: 100\r\n\r\n{"));
            }
            for (int i = 0; i < 50; i++) {
                assertAnswers(served);
            }
            // A byte now and then does not help.
            CompletableFuture<Void> drips = CompletableFuture.runAsync(() -> {
                try {
                    while (true) {
                        slow.get(0).getOutputStream().write('x');
                        TimeUnit.MILLISECONDS.sleep(50);
                    }
                } catch (IOException | InterruptedException e) {
                    // Closed.
                }
            });
            for (int i = 0; i < 300; i += 2) {
                assertThat(rest(slow.get(i))).isEmpty();
            }
            drips.join();
            assertAnswers(served);
            // Those whose bodies do not come are answered: what is wrong with the body, or that it came too slowly.
            OutputStream patient = slow.get(1).getOutputStream();
            patient.write((" ".repeat(98) + "}").getBytes(StandardCharsets.US_ASCII));
            assertThat(slow.get(1).getInputStream().readNBytes(12)).asString().isIn("HTTP/1.1 400", "HTTP/1.1 408");
            for (Socket socket : slow) {
                socket.close();
            }
            assertAnswers(served);
        }
    }

    @Test
    void aConnectionThatWaitsBetweenRequestsIsKept() throws Exception {
        try (Served served = Served.start(folder, builder -> builder.headTimeout(Duration.ofMillis(1_500)))) {
            Socket socket = send(served, "");
            for (int i = 0; i < 2; i++) {
                // Longer than a head may take, in front of the first request, too.
                TimeUnit.MILLISECONDS.sleep(2_000);
                socket.getOutputStream()
                        .write("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String answer = "";
                while (!answer.endsWith("OK\n")) {
                    int next = socket.getInputStream().read();
                    assertThat(next).as(answer).isNotNegative();
                    answer += (char) next;
                }
            }
            socket.close();
        }
    }

    @Test
    void connectionsAboveTheBoundAreRefused() throws Exception {
        try (Served served = Served.start(folder, builder -> builder.maxConnections(20))) {
            List<Socket> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Socket socket = send(served, "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
                // Answered, so it is one of those that are open.
                assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
                all.add(socket);
            }
            String refused = rest(send(served, "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assertThat(refused)
                    .startsWith("HTTP/1.1 503")
                    .contains("Connection: close")
                    .endsWith("{\"error\":\"the server has 20 connections, as many as it may have; try again\"}");
            for (int i = 0; i < 200; i++) {
                all.add(send(served, ""));
            }
            // Those that ask nothing are not kept.
            for (Socket socket : all.subList(20, all.size())) {
                assertThat(rest(socket)).isEmpty();
            }
            all.get(0).close();
            HttpResponse<String> answer = served.get("/ping");
            for (int i = 0; i < 3_000 && answer.statusCode() == 503; i++) {
                TimeUnit.MILLISECONDS.sleep(10);
                answer = served.get("/ping");
            }
            assertThat(answer.statusCode()).isEqualTo(200);
            for (Socket socket : all) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyOfAGigabyteIsRefusedSoon(boolean isChunked) throws IOException {
        long whole = 1L << 30;
        byte[] zeros = new byte[1 << 16];
        try (Served served = Served.start(folder);
                Socket socket = send(
                        served,
                        HEAD + (isChunked ? "Transfer-Encoding: chunked" : "Content-Length: " + whole) + "\r\n\r\n")) {
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                } catch (IOException e) {
                    return e.toString();
                }
            });
            long sent = 0;
            try {
                OutputStream out = socket.getOutputStream();
                byte[] head = "10000\r\n".getBytes(StandardCharsets.US_ASCII);
                while (sent < whole) {
                    out.write(isChunked ? head : new byte[0]);
                    out.write(zeros);
                    out.write(isChunked ? new byte[] {'\r', '\n'} : new byte[0]);
                    sent += zeros.length;
                }
            } catch (IOException e) {
                // Closed by the server.
            }
            assertThat(answer.join()).isEqualTo("HTTP/1.1 413");
            // What may be in a body, and what the machine keeps between two sockets.
            assertThat(sent).isLessThan(64 << 20);
        }
    }
}
