package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server says of itself. */
class StatusTest {
    @TempDir
    static Path folder;

    private static Served served;

    @BeforeAll
    static void start() {
        served = Served.start(folder);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @Test
    void openApiIsValidAndHasEveryPath() {
        SwaggerParseResult result =
                new OpenAPIV3Parser().readContents(served.get("/openapi.json").body());
        assertThat(Optional.ofNullable(result.getMessages()).orElse(List.of())).isEmpty();
        OpenAPI api = result.getOpenAPI();
        assertThat(api.getInfo().getVersion()).doesNotContain("$");
        Set<String> described = new TreeSet<>();
        api.getPaths()
                .forEach((path, item) ->
                        item.readOperationsMap().keySet().forEach(method -> described.add(method + " " + path)));
        Set<String> routed = new TreeSet<>();
        for (Route route : served.server.routes()) {
            if (route.path().equals("/") || route.path().startsWith("/page/")) {
                // For people.
                continue;
            }
            routed.add(route.method() + " " + route.path());
            var operation = route.method().equals("GET")
                    ? api.getPaths().get(route.path()).getGet()
                    : api.getPaths().get(route.path()).getPost();
            Set<String> parameters = new TreeSet<>();
            Optional.ofNullable(operation.getParameters()).orElse(List.of()).stream()
                    .filter(parameter -> "query".equals(parameter.getIn()))
                    .forEach(parameter -> parameters.add(parameter.getName()));
            assertThat(parameters).as(route.path()).isEqualTo(new TreeSet<>(route.parameters()));
            assertThat(Optional.ofNullable(operation.getSecurity())
                            .filter(List::isEmpty)
                            .isPresent())
                    .as("%s needs no token", route.path())
                    .isEqualTo(route.access() == Access.OPEN);
        }
        assertThat(described).isEqualTo(routed);
    }

    @Test
    void metricsCountPredictionsByModelAndVersion() {
        String record = "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}";
        served.json("/models/levels/predict?version=1", "[" + record + "," + record + "]");
        served.json("/models/levels/predict", record);
        served.json("/models/levels/predict", "{\"a\":1}");
        String text = served.get("/metrics").body();
        List<String> lines = new ArrayList<>(text.lines().toList());
        assertThat(value(lines, "accrete_predictions_rows_total", "levels", "1"))
                .isEqualTo(2);
        assertThat(value(lines, "accrete_predictions_rows_total", "levels", "2"))
                .isEqualTo(1);
        assertThat(value(lines, "accrete_predictions_seconds_count", "levels", "1"))
                .isEqualTo(1);
        assertThat(value(lines, "accrete_predictions_refused_total", "levels", "2"))
                .isEqualTo(1);
        assertThat(value(lines, "accrete_live_version", "levels", "")).isEqualTo(2);
        assertThat(lines).anyMatch(line -> line.startsWith("accrete_predictions_seconds_bucket{model=\"levels\""));
    }

    private static double value(List<String> lines, String name, String model, String version) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") && line.contains("model=\"" + model + "\""))
                .filter(line -> version.isEmpty() || line.contains("version=\"" + version + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " of " + model + " " + version));
    }
}
