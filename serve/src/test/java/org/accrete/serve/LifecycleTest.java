package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.accrete.api.AccreteException;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.ServedModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server from its start to its end. */
class LifecycleTest {
    private static final String RECORD = "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}";

    @TempDir
    Path folder;

    @Test
    void thePortIsOnTheLoopbackOnly() throws IOException {
        try (Served served = Served.start(folder)) {
            assertThat(served.server.uri().toString()).isEqualTo("http://127.0.0.1:" + served.server.port());
            new Socket("127.0.0.1", served.server.port()).close();
            for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress address : Collections.list(network.getInetAddresses())) {
                    if (!address.isLoopbackAddress()) {
                        assertThatThrownBy(() -> new Socket(address, served.server.port()).close())
                                .as(address.toString())
                                .isInstanceOf(ConnectException.class);
                    }
                }
            }
        }
    }

    @Test
    void aRequestThatHasBegunIsAnsweredWhenTheServerStops() throws Exception {
        Served served = Served.start(folder, builder -> builder.stopTimeout(Duration.ofSeconds(60)));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.server.port())) {
            socket.setSoTimeout(30_000);
            // The server says 100 once it wants the body, so the request has begun by then.
            String head = "POST /models/sums/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-continue\r\nContent-Length: " + RECORD.length() + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String wanted = "HTTP/1.1 100 Continue\r\n\r\n";
            assertThat(new String(in.readNBytes(wanted.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(wanted);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(served::close);
            TimeUnit.MILLISECONDS.sleep(200);
            assertThat(closed.isDone()).isFalse();
            socket.getOutputStream().write(RECORD.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200")
                    .contains("\"version\":\"sums@1\"");
            closed.get(30, TimeUnit.SECONDS);
        }
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), served.server.port()).close())
                .isInstanceOf(Exception.class);
    }

    @Test
    void aPortThatIsTakenAndAModelThatIsNotThereAreRefused() {
        try (Served served = Served.start(folder)) {
            assertThatThrownBy(() -> Served.start(folder, builder -> builder.port(served.server.port())))
                    .isInstanceOf(AccreteException.class)
                    .hasMessageContaining("port " + served.server.port() + " of 127.0.0.1 cannot be served");
            assertThatThrownBy(() -> Served.start(folder, builder -> builder.model("nowhere")))
                    .isInstanceOf(AccreteException.class)
                    .hasMessageContaining("nowhere");
        }
    }

    @Test
    void tlsIsSpokenWithAKeyStore() throws Exception {
        Path keys = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        "secret-secret",
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor())
                .as(new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isZero();
        KeyStore trusted = KeyStore.getInstance(keys.toFile(), "secret-secret".toCharArray());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("server", trusted.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(certificates);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        try (Served served =
                Served.start(folder.resolve("store"), builder -> builder.keystore(keys, "secret-secret"))) {
            assertThat(served.server.uri().getScheme()).isEqualTo("https");
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .sslContext(tls)
                    .build()
                    .send(
                            HttpRequest.newBuilder(URI.create(
                                            "https://localhost:" + served.server.port() + "/models/sums/predict"))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(RECORD))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
        }
        assertThatThrownBy(() ->
                        Served.start(folder.resolve("store"), builder -> builder.keystore(keys, "wrong-password")))
                .isInstanceOf(AccreteException.class);
    }

    @Test
    void requestsAreLoggedOnlyWhereThatIsAskedFor() {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("org.accrete.serve.access");
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            try (Served silent = Served.start(folder)) {
                silent.json("/models/sums/predict", RECORD);
            }
            assertThat(lines).isEmpty();
            try (Served served = Served.start(folder, ModelServer.Builder::accessLog)) {
                served.json("/models/sums/predict?version=1", RECORD, "Authorization", "Bearer very-secret-token");
                served.get("/nothing");
            }
            assertThat(lines).hasSize(2);
            JsonValue first = JsonValue.parse(lines.get(0));
            assertThat(first.get("path").string()).isEqualTo("/models/sums/predict");
            assertThat(first.get("status").number()).isEqualTo(200);
            assertThat(first.get("version").string()).isEqualTo("sums@1");
            assertThat(lines.get(0)).doesNotContain("secret");
            assertThat(JsonValue.parse(lines.get(1)).get("status").number()).isEqualTo(404);
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
    }

    @Test
    void whatAModelIsWarmedUpWithCanBePredicted() {
        try (Served served = Served.start(folder)) {
            for (String name : served.store.models()) {
                try (LiveModel live = LiveModel.open(Served.PLUG_INS, served.store, name)) {
                    ServedModel model = live.current();
                    Json json = new Json(64, 1 << 20);
                    WarmUp warmUp = new WarmUp(json);
                    Predictor predictor = new Predictor(model, false);
                    List<Integer> rows = new ArrayList<>();
                    for (int i = 0; i < 20; i++) {
                        byte[] record = warmUp.record(Predictor.plan(model), predictor.header(), i);
                        RecordRows records = predictor.begin((predictions, block) -> rows.add(predictions.rows()), 10);
                        json.read(record, 0, record.length, parser -> {
                            Records.read(parser, records);
                            return records;
                        });
                        records.end();
                    }
                    assertThat(rows).as(name).hasSize(20).containsOnly(1);
                }
            }
        }
    }

    @Test
    void aDamagedStoreIsToldWithoutItsPath() throws IOException {
        try (Served served = Served.start(folder)) {
            try (var files = Files.list(folder.resolve("levels"))) {
                for (Path file :
                        files.filter(one -> one.toString().contains("000001")).toList()) {
                    Files.write(file, new byte[] {1, 2, 3});
                }
            }
            HttpResponse<String> answer = served.json("/models/levels/predict?version=1", RECORD);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body())
                    .contains("the store cannot be read or written now")
                    .doesNotContain(folder.toString())
                    .doesNotContain("safetensors");
            assertThat(served.json("/models/levels/predict", RECORD).statusCode())
                    .isEqualTo(200);
        }
    }
}
