package org.accrete.serve;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** What the server says of itself: whether it lives and is ready, its version, metrics and paths. */
final class StatusEndpoint {
    private static final String SCRAPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final HttpField METRICS = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, SCRAPE);

    private final BooleanSupplier ready;
    private final PrometheusMeterRegistry registry;

    StatusEndpoint(BooleanSupplier ready, PrometheusMeterRegistry registry) {
        this.ready = ready;
        this.registry = registry;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/ping", Access.OPEN, Set.of(), this::health),
                Route.get("/health", Access.OPEN, Set.of(), this::health),
                Route.get(
                        "/version",
                        Access.READ,
                        Set.of(),
                        call -> Answer.of(200, Answer.TEXT, Release.version() + "\n")),
                Route.get("/metrics", Access.READ, Set.of(), call -> Answer.of(200, METRICS, registry.scrape(SCRAPE))),
                Route.get(
                        "/openapi.json",
                        Access.READ,
                        Set.of(),
                        call -> Answer.of(200, Answer.JSON, Release.text("openapi.json"))));
    }

    private Answer health(Call call) {
        return ready.getAsBoolean()
                ? Answer.of(200, Answer.TEXT, "OK\n")
                : Answer.of(503, Answer.TEXT, "starting or stopping\n");
    }
}
