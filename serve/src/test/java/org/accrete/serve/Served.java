package org.accrete.serve;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.ModelStore;
import org.accrete.core.Accrete;
import org.accrete.core.AnomalyTrainer;
import org.accrete.core.ClassifierTrainer;
import org.accrete.core.ClusterTrainer;
import org.accrete.core.RegressorTrainer;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.store.DirectoryStore;

/** A store of a few models, a server of it, and a client. */
final class Served implements AutoCloseable {
    static final List<String> NAMES = List.of("a", "b", "c", "d");
    static final PlugIns PLUG_INS = PlugIns.load();

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final ModelStore store;
    final ModelServer server;

    private Served(ModelStore store, ModelServer server) {
        this.store = store;
        this.server = server;
    }

    /** {@return a server of all models in a folder, trained first if there are none} */
    static Served start(Path folder, UnaryOperator<ModelServer.Builder> settings) {
        ModelStore store = DirectoryStore.open(folder);
        if (store.models().isEmpty()) {
            trainAll(store);
        }
        return new Served(
                store,
                settings.apply(ModelServer.builder(PLUG_INS, store).port(0)).start());
    }

    static Served start(Path folder) {
        return start(folder, builder -> builder);
    }

    static void trainAll(ModelStore store) {
        SeededRandom random = new SeededRandom(7);
        double[][] x = new double[400][NAMES.size()];
        String[] classes = new String[x.length];
        double[] numbers = new double[x.length];
        for (int row = 0; row < x.length; row++) {
            for (int column = 0; column < x[row].length; column++) {
                x[row][column] = random.nextGaussian();
            }
            numbers[row] = 2 * x[row][0] - x[row][1] + 0.5;
            classes[row] = x[row][0] > 0.5 ? "high" : x[row][0] < -0.5 ? "low" : "middle";
        }
        String[] names = NAMES.toArray(String[]::new);
        try (ClassifierTrainer trainer = Accrete.classifier("sgd-classifier")
                .steps("standard-scaler")
                .features(names)
                .into(store, "levels")) {
            trainer.partialFit(x, classes);
            trainer.save();
            trainer.partialFit(x, classes);
            trainer.save();
        }
        try (RegressorTrainer trainer =
                Accrete.regressor("sgd-regressor").features(names).into(store, "sums")) {
            trainer.partialFit(x, numbers);
            trainer.save();
        }
        try (ClusterTrainer trainer =
                Accrete.clusters("k-means").set("clusters", 3).features(names).into(store, "groups")) {
            trainer.partialFit(x);
            trainer.save();
        }
        try (AnomalyTrainer trainer =
                Accrete.anomalies("half-space-trees").features(names).into(store, "odd")) {
            trainer.partialFit(x);
            trainer.save();
        }
        try (ClassifierTrainer trainer = Accrete.classifier("sgd-classifier")
                .steps("standard-scaler")
                .columns("id=key")
                .target("target")
                .into(store, "flights")) {
            trainer.partialFit(flights(600));
            trainer.save();
        }
    }

    /** {@return records with columns of all usual kinds} */
    static List<Map<String, Object>> flights(int count) {
        SeededRandom random = new SeededRandom(11);
        String[] places = {"SEA", "PDX", "JFK", "München"};
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            double distance = Math.round(random.nextDouble() * 2_000);
            String origin = places[(int) (random.nextDouble() * places.length)];
            row.put("id", "f" + i);
            row.put("origin", origin);
            row.put("distance", distance);
            row.put("weekend", i % 7 > 4);
            row.put("day", "2024-0" + (1 + i % 9) + "-1" + i % 10);
            row.put("target", distance > 1_000 == origin.equals("JFK") ? "late" : "punctual");
            rows.add(row);
        }
        return rows;
    }

    URI uri(String path) {
        return URI.create(server.uri() + path);
    }

    HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).GET();
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    HttpResponse<String> post(String path, String type, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    HttpResponse<String> json(String path, String body, String... headers) {
        return post(path, "application/json", body, headers);
    }

    static HttpResponse<String> send(HttpRequest request) {
        return send(request, HttpResponse.BodyHandlers.ofString());
    }

    static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return CLIENT.send(request, handler);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** {@return all that comes back for some bytes, until the server closes the connection} */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }
}
