package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a server while it is sent records to learn: no record that was acknowledged is lost, and none is learned twice.
 * A build kills it a few times, {@code -Daccrete.kills=N} N times.
 */
class ServeKillIT {
    private static final int KILLS = 4;
    private static final int MOST_PAUSE_MILLIS = 400;
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private static String rows(long seed, int request) {
        SeededRandom random = new SeededRandom(seed + request);
        StringBuilder rows = new StringBuilder("a,b,city,y\n");
        int count = 1 + random.nextInt(40);
        for (int i = 0; i < count; i++) {
            double a = random.nextGaussian();
            String city = "c" + random.nextInt(9);
            // Labels come up that no version knows yet.
            String label = request > 20 && random.nextInt(50) == 0 ? "l" + request : a > 0 ? "yes" : "no";
            rows.append(a)
                    .append(',')
                    .append(random.nextInt(5))
                    .append(',')
                    .append(city)
                    .append(',')
                    .append(label)
                    .append('\n');
        }
        return rows.toString();
    }

    private Command.Running serve(Path store) {
        return Command.brief(folder)
                .start("serve", "--store", store.toString(), "--model", "m", "--port", "0", "--checkpoint-every", "20");
    }

    private static URI address(Command.Running server) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < until) {
            Matcher found = ADDRESS.matcher(Files.readString(server.out()) + Files.readString(server.err()));
            if (found.find()) {
                return URI.create(found.group());
            }
            assertThat(server.process().isAlive())
                    .as(Files.readString(server.err()))
                    .isTrue();
            Thread.sleep(20);
        }
        throw new AssertionError("not ready: " + Files.readString(server.err()));
    }

    /** {@return whether a request was acknowledged; false if the server died meanwhile} */
    private static boolean learn(URI server, long seed, int request) throws InterruptedException {
        try {
            HttpResponse<String> response = CLIENT.send(
                    HttpRequest.newBuilder(server.resolve("/models/m/learn?wait=durable"))
                            .header("Content-Type", "text/csv")
                            .header("Idempotency-Key", "request-" + request)
                            .POST(HttpRequest.BodyPublishers.ofString(rows(seed, request)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Path begin(String name, long seed) throws IOException {
        Path rows = Files.writeString(
                folder.resolve(name + ".csv"), rows(seed, 0) + rows(seed, 1).substring(11));
        Path store = folder.resolve(name);
        Command.brief(folder)
                .run(
                        "train",
                        rows.toString(),
                        "--target",
                        "y",
                        "--column",
                        "city=categorical(width=64)",
                        "--column",
                        "y=target(kind=categorical,classes=no|yes)",
                        "--model",
                        "m",
                        "--store",
                        store.toString())
                .done();
        return store;
    }

    private static Map<String, Tensor> learned(State state) {
        Map<String, Tensor> tensors = new TreeMap<>(state.tensors());
        tensors.keySet().removeIf(name -> name.startsWith("run."));
        return tensors;
    }

    @Test
    @Timeout(3_000)
    void noAcknowledgedRowIsLostAndNoneIsLearnedTwice() throws Exception {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println("replay with -Daccrete.seed=" + seed);
        SeededRandom random = new SeededRandom(seed);
        int kills = Integer.getInteger("accrete.kills", KILLS);
        Path store = begin("killed", seed);
        int next = 2;
        for (int kill = 0; kill < kills; kill++) {
            Command.Running server = serve(store);
            URI address = address(server);
            long dies = System.nanoTime()
                    + Duration.ofMillis(random.nextInt(MOST_PAUSE_MILLIS)).toNanos();
            Thread killer = new Thread(() -> {
                try {
                    Thread.sleep(Math.max(0, (dies - System.nanoTime()) / 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                server.process().destroyForcibly();
            });
            killer.start();
            // What was not acknowledged is sent again to the next server, under the same key.
            while (learn(address, seed, next)) {
                next++;
            }
            killer.join();
            server.process().waitFor();
        }
        Command.Running last = serve(store);
        URI address = address(last);
        int end = next + 10;
        List<Integer> again = new ArrayList<>(List.of(2, Math.max(2, next - 1)));
        for (int request : again) {
            assertThat(learn(address, seed, request)).isTrue();
        }
        for (; next < end; next++) {
            assertThat(learn(address, seed, next)).isTrue();
        }
        last.process().destroy();
        last.process().waitFor();
        State killed = Command.latest(store, "m");

        Path whole = begin("whole", seed);
        Command.Running unharmed = serve(whole);
        URI at = address(unharmed);
        long rows = 0;
        for (int request = 2; request < end; request++) {
            assertThat(learn(at, seed, request)).isTrue();
            rows += rows(seed, request).lines().count() - 1;
        }
        unharmed.process().destroy();
        unharmed.process().waitFor();
        State expected = Command.latest(whole, "m");
        System.out.println(kills + " kills, " + end + " requests, " + rows + " rows");
        assertThat(killed.whole("run.rows")).isEqualTo(rows);
        assertThat(learned(killed)).isEqualTo(learned(expected));
        assertThat(killed.text("plan")).isEqualTo(expected.text("plan"));
    }
}
