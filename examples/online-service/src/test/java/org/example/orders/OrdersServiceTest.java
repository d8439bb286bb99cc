package org.example.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdersServiceTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private static String post(OrdersService service, String path, String json) throws Exception {
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(URI.create(service.uri() + "/models/returns/" + path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return response.body();
    }

    private static String order(double price, String country, boolean returned) {
        return "{\"price\":" + price + ",\"items\":2,\"country\":\"" + country + "\",\"returned\":" + returned + "}";
    }

    /** Dear orders from one country come back, and a restart forgets nothing. */
    @Test
    void learnsWhichOrdersComeBack() throws Exception {
        try (OrdersService service = new OrdersService(folder, 0)) {
            StringJoiner orders = new StringJoiner(",", "[", "]");
            for (int i = 0; i < 3_000; i++) {
                double price = i * 37 % 400;
                String country = i % 2 == 0 ? "DE" : "FR";
                orders.add(order(price, country, price > 200 && country.equals("DE")));
            }
            assertThat(post(service, "learn?wait=durable", orders.toString())).contains("\"accepted\":3000");
        }
        try (OrdersService again = new OrdersService(folder, 0)) {
            assertThat(post(again, "predict", order(390, "DE", false))).contains("\"prediction\":\"true\"");
            assertThat(post(again, "predict", order(20, "FR", false))).contains("\"prediction\":\"false\"");
        }
    }
}
