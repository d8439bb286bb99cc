package org.accrete.serve;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.eclipse.jetty.server.Request;

/** One line of JSON for each request that is answered, by the logger {@code org.accrete.serve.access}. */
final class AccessLog {
    /** Name of the logger. */
    static final String NAME = "org.accrete.serve.access";

    private final System.Logger logger = System.getLogger(NAME);
    private final Json json;

    AccessLog(Json json) {
        this.json = json;
    }

    /**
     * Logs a request, without its query, its body and its token.
     *
     * @param version what answered; empty if nothing predicted
     */
    void log(Request request, Answer answer, String version) {
        if (!logger.isLoggable(System.Logger.Level.INFO)) {
            return;
        }
        Bytes bytes = new Bytes(256);
        json.write(bytes, line -> {
            line.writeStartObject();
            line.writeStringProperty("time", Instant.now().toString());
            line.writeStringProperty("from", Request.getRemoteAddr(request));
            line.writeStringProperty("method", request.getMethod());
            line.writeStringProperty(
                    "path", Refusal.oneLine(String.valueOf(request.getHttpURI().getPath())));
            line.writeNumberProperty("status", answer.status());
            line.writeNumberProperty("bytes", answer.body().length());
            line.writeNumberProperty("micros", (System.nanoTime() - request.getBeginNanoTime()) / 1_000);
            if (!version.isEmpty()) {
                line.writeStringProperty("version", version);
            }
            line.writeEndObject();
        });
        logger.log(System.Logger.Level.INFO, new String(bytes.array(), 0, bytes.length(), StandardCharsets.UTF_8));
    }
}
