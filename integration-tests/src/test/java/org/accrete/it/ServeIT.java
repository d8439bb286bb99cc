package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} as a user runs it, until SIGTERM. */
class ServeIT {
    private static final String RECORD =
            "{\"date\":\"2001-07-01 18:00\",\"origin\":\"ORD\",\"destination\":\"LGA\",\"distance\":733,\"delay\":1}";

    @TempDir
    private Path directory;

    @Test
    void servesWhatIsTrainedUntilItIsTold() throws Exception {
        Command command = Command.brief(directory);
        command.run("train", Command.FLIGHTS.toString(), "--target=delayed", "--rows=2000", "--model=flights")
                .done();
        Command.Running running = command.start("serve", "--port", "0", "--access-log");
        String uri = uri(running);
        assertThat(uri).startsWith("http://127.0.0.1:");
        assertReachedByThisMachineOnly(URI.create(uri).getPort());
        HttpResponse<String> answer = predict(uri);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"version\":\"flights@1\"", "\"probabilities\":{\"0\":");
        command.run("train", Command.FLIGHTS.toString(), "--from=flights@1", "--rows=2000", "--model=flights")
                .done();
        for (int i = 0; i < 500 && !answer.body().contains("flights@2"); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
            answer = predict(uri);
        }
        assertThat(answer.body()).contains("\"version\":\"flights@2\"");
        running.process().destroy();
        Command.Result result = running.await();
        assertThat(result.status()).isEqualTo(143);
        assertThat(result.out()).isEqualTo("serving flights at " + uri + "\n");
        assertThat(result.err().lines())
                .allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("}"))
                .anyMatch(line ->
                        line.contains("\"method\":\"POST\",\"path\":\"/models/flights/predict\",\"status\":200,"));
    }

    /** Asks for a connection at every address of the machine. */
    private static void assertReachedByThisMachineOnly(int port) throws Exception {
        new Socket("127.0.0.1", port).close();
        for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : Collections.list(network.getInetAddresses())) {
                if (!address.isLoopbackAddress()) {
                    assertThatThrownBy(() -> new Socket(address, port).close())
                            .as(address.toString())
                            .isInstanceOf(ConnectException.class);
                }
            }
        }
    }

    @Test
    void trustedRowsKeepWrongLabelsFromBeingServed() throws Exception {
        Path data = Files.writeString(directory.resolve("data.csv"), csv(2_000, 1, true));
        Path trusted = Files.writeString(directory.resolve("trusted.csv"), csv(500, 2, true));
        Command command = Command.brief(directory).with("-Xmx96m");
        command.run("train", data.toString(), "--target=late", "--model=late").done();
        String[] serve = {
            "serve",
            "--port=0",
            "--model=late",
            "--gate=log_loss <= live + 0.05",
            "--gate-window=1000",
            "--gate-source=" + trusted,
            "--checkpoint-every=1"
        };
        Command.Running running = command.start(serve);
        String uri = uri(running);
        learn(uri, csv(1_000, 3, true));
        assertVerdicts(uri, "late@2", "none", "passed");
        learn(uri, csv(2_000, 4, false));
        assertVerdicts(uri, "late@2", "none", "passed", "refused", "refused");
        running.process().destroy();
        assertThat(running.await().status()).isEqualTo(143);
        // It goes on from what it has learned, judged beside the same version.
        running = command.start(serve);
        uri = uri(running);
        assertVerdicts(uri, "late@2", "none", "passed", "refused", "refused");
        learn(uri, csv(1_000, 5, false));
        assertVerdicts(uri, "late@2", "none", "passed", "refused", "refused", "refused");
        running.process().destroy();
        running.await();
    }

    private static String csv(int rows, long seed, boolean isRight) {
        SeededRandom random = new SeededRandom(seed);
        StringBuilder text = new StringBuilder("load,route,late\n");
        for (int row = 0; row < rows; row++) {
            double load = random.nextGaussian();
            int route = random.nextInt(3);
            boolean late = load + route - 1 + 0.5 * random.nextGaussian() > 0.5;
            text.append(load).append(",r").append(route).append(late == isRight ? ",yes\n" : ",no\n");
        }
        return text.toString();
    }

    private static void learn(String uri, String csv) throws Exception {
        HttpResponse<String> answer = post(uri + "/models/late/learn?wait=true", "text/csv", csv);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** Waits until the versions have these verdicts, and one of them answers. */
    private static void assertVerdicts(String uri, String answers, String... verdicts) throws Exception {
        String expected = String.join(",", verdicts);
        String found = "";
        for (int i = 0; i < 3_000 && !found.equals(expected); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
            String body = get(uri + "/models/late");
            found = Pattern.compile("\"verdict\":\"([a-z]+)\"")
                    .matcher(body)
                    .results()
                    .map(match -> match.group(1))
                    .collect(Collectors.joining(","));
        }
        assertThat(found).isEqualTo(expected);
        String predicted = "";
        for (int i = 0; i < 3_000 && !predicted.contains("\"" + answers + "\""); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
            predicted = post(uri + "/models/late/predict", "application/json", "{\"load\":2,\"route\":\"r2\"}")
                    .body();
        }
        assertThat(predicted).contains("\"version\":\"" + answers + "\"", "\"prediction\":\"yes\"");
    }

    @Test
    void bodiesOfAGigabyteDoNotFillASmallHeap() throws Exception {
        Command command = Command.brief(directory).with("-Xmx64m");
        command.run("train", Command.FLIGHTS.toString(), "--target=delayed", "--rows=2000", "--model=flights")
                .done();
        Command.Running running = command.start("serve", "--port", "0");
        String uri = uri(running);
        for (boolean isChunked : new boolean[] {true, false, true, false}) {
            assertThat(postZeros(URI.create(uri).getPort(), isChunked)).isEqualTo("HTTP/1.1 413");
        }
        HttpResponse<String> answer = predict(uri);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        running.process().destroy();
        assertThat(running.await().err()).doesNotContain("OutOfMemoryError");
    }

    @Test
    void bodiesOfManyCallersDoNotFillASmallHeap() throws Exception {
        Command command = Command.brief(directory).with("-Xmx64m");
        command.run("train", Command.FLIGHTS.toString(), "--target=delayed", "--rows=2000", "--model=flights")
                .done();
        Command.Running running = command.start("serve", "--port", "0");
        String uri = uri(running);
        int port = URI.create(uri).getPort();
        List<Socket> callers = new ArrayList<>();
        try {
            // One of them fits; a small one beside it does too.
            assertThat(isHeld(port, callers)).isTrue();
            for (int i = 0; i < 7; i++) {
                assertThat(isHeld(port, callers)).isFalse();
            }
            HttpResponse<String> answer = predict(uri);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        } finally {
            for (Socket caller : callers) {
                caller.close();
            }
        }
        // The memory of a caller who is gone is there for others.
        List<Socket> next = new ArrayList<>();
        for (int i = 0; i < 100 && !isHeld(port, next); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(next).hasSizeLessThan(100);
        for (Socket caller : next) {
            caller.close();
        }
        running.process().destroy();
        assertThat(running.await().err()).doesNotContain("OutOfMemoryError");
    }

    /** Sends 12 of 15 MiB; {@return whether the server waits for the rest} It refuses them otherwise. */
    private static boolean isHeld(int port, List<Socket> callers) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        callers.add(socket);
        socket.setSoTimeout(3_000);
        try {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /models/flights/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
                            + "Content-Length: " + (15 << 20) + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[12 << 20]);
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(answer).isEqualTo("HTTP/1.1 503");
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (SocketException e) {
            // Closed before all was sent.
            return false;
        }
    }

    /** {@return how the answer to a body of zeros begins, which are sent until the server closes the connection} */
    private static String postZeros(int port, boolean isChunked) throws Exception {
        byte[] zeros = new byte[1 << 16];
        byte[] size = isChunked ? "10000\r\n".getBytes(StandardCharsets.US_ASCII) : new byte[0];
        byte[] end = isChunked ? "\r\n".getBytes(StandardCharsets.US_ASCII) : new byte[0];
        try (Socket socket = new Socket("127.0.0.1", port)) {
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                } catch (IOException e) {
                    return e.toString();
                }
            });
            OutputStream out = socket.getOutputStream();
            out.write(("POST /models/flights/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
                            + (isChunked ? "Transfer-Encoding: chunked" : "Content-Length: " + (1L << 30))
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            try {
                for (long sent = 0; sent < 1L << 30; sent += zeros.length) {
                    out.write(size);
                    out.write(zeros);
                    out.write(end);
                }
            } catch (IOException e) {
                // Closed by the server.
            }
            return answer.get(60, TimeUnit.SECONDS);
        }
    }

    private static HttpResponse<String> predict(String uri) throws Exception {
        return post(uri + "/models/flights/predict", "application/json", RECORD);
    }

    private static HttpResponse<String> post(String uri, String type, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(uri))
                                .header("Content-Type", type)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static String get(String uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** {@return where a server listens, once it says so} */
    static String uri(Command.Running running) throws Exception {
        String said = "";
        while (running.process().isAlive() && !said.endsWith("\n")) {
            TimeUnit.MILLISECONDS.sleep(5);
            said = Files.readString(running.out());
        }
        assertThat(said).as(Files.readString(running.err())).startsWith("serving ");
        return said.substring(said.lastIndexOf(' ') + 1).strip();
    }
}
