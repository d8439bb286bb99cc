package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

    private static HttpResponse<String> predict(String uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(uri + "/models/flights/predict"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(RECORD))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** {@return where a server listens, once it says so} */
    static String uri(Command.Running running) throws Exception {
        String said = "";
        while (running.process().isAlive() && !said.endsWith("\n")) {
            TimeUnit.MILLISECONDS.sleep(5);
            said = Files.readString(running.out());
        }
        assertThat(said).as(Files.readString(running.err())).startsWith("serving flights at ");
        return said.substring(said.lastIndexOf(' ') + 1).strip();
    }
}
