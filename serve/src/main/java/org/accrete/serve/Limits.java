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
 */
record Limits(int maxBody, int maxRows, int maxDepth, int maxHeader, Duration idleTimeout) {
    /** What is allowed unless something else is said. */
    static final Limits DEFAULT = new Limits(16 << 20, 100_000, 64, 16 << 10, Duration.ofSeconds(30));

    Limits withMaxBody(int bytes) {
        return new Limits(bytes, maxRows, maxDepth, maxHeader, idleTimeout);
    }

    Limits withMaxRows(int rows) {
        return new Limits(maxBody, rows, maxDepth, maxHeader, idleTimeout);
    }

    Limits withMaxDepth(int levels) {
        return new Limits(maxBody, maxRows, levels, maxHeader, idleTimeout);
    }

    Limits withMaxHeader(int bytes) {
        return new Limits(maxBody, maxRows, maxDepth, bytes, idleTimeout);
    }

    Limits withIdleTimeout(Duration time) {
        return new Limits(maxBody, maxRows, maxDepth, maxHeader, time);
    }
}
