package org.accrete.serve;

import java.time.Duration;

/**
 * How much a request may ask.
 *
 * @param maxBody bytes of a body
 * @param maxRows rows of a request
 * @param maxDepth levels of nested JSON
 * @param maxHeader bytes of the request line and all headers
 * @param idleTimeout how long a connection may stand still
 * @param headTimeout how long the request line and all headers may take
 * @param maxConnections connections at the same time
 */
record Limits(
        int maxBody,
        int maxRows,
        int maxDepth,
        int maxHeader,
        Duration idleTimeout,
        Duration headTimeout,
        int maxConnections) {
    /** What is allowed unless something else is said. */
    static final Limits DEFAULT =
            new Limits(16 << 20, 100_000, 64, 16 << 10, Duration.ofSeconds(30), Duration.ofSeconds(10), 1_000);

    Limits withMaxBody(int bytes) {
        return new Limits(bytes, maxRows, maxDepth, maxHeader, idleTimeout, headTimeout, maxConnections);
    }

    Limits withMaxRows(int rows) {
        return new Limits(maxBody, rows, maxDepth, maxHeader, idleTimeout, headTimeout, maxConnections);
    }

    Limits withMaxDepth(int levels) {
        return new Limits(maxBody, maxRows, levels, maxHeader, idleTimeout, headTimeout, maxConnections);
    }

    Limits withMaxHeader(int bytes) {
        return new Limits(maxBody, maxRows, maxDepth, bytes, idleTimeout, headTimeout, maxConnections);
    }

    Limits withIdleTimeout(Duration time) {
        return new Limits(maxBody, maxRows, maxDepth, maxHeader, time, headTimeout, maxConnections);
    }

    Limits withHeadTimeout(Duration time) {
        return new Limits(maxBody, maxRows, maxDepth, maxHeader, idleTimeout, time, maxConnections);
    }

    Limits withMaxConnections(int connections) {
        return new Limits(maxBody, maxRows, maxDepth, maxHeader, idleTimeout, headTimeout, connections);
    }
}
