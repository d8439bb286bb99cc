package org.accrete.serve;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A path and a method that are answered.
 *
 * @param method {@code GET} or {@code POST}
 * @param path with {@code {name}} for a segment that varies
 * @param access what a caller needs
 * @param bodies what a body may be; empty for no body
 * @param parameters names of parameters behind the question mark
 * @param endpoint what answers
 * @param isQuick whether a small request without parameters is answered within microseconds, waiting for nothing, so
 *     that the thread that read it may answer it
 */
record Route(
        String method,
        String path,
        Access access,
        Set<MediaKind> bodies,
        Set<String> parameters,
        Endpoint endpoint,
        Predicate<List<String>> isQuick) {
    /** {@return a route that is read} */
    static Route get(String path, Access access, Set<String> parameters, Endpoint endpoint) {
        return new Route("GET", path, access, Set.of(), parameters, endpoint, segments -> false);
    }

    /** {@return a route that takes a body} */
    static Route post(String path, Access access, Set<MediaKind> bodies, Set<String> parameters, Endpoint endpoint) {
        return new Route("POST", path, access, bodies, parameters, endpoint, segments -> false);
    }

    /** {@return this route, of which some small requests are {@linkplain #isQuick quick}} */
    Route quick(Predicate<List<String>> is) {
        return new Route(method, path, access, bodies, parameters, endpoint, is);
    }

    /** {@return the segments of a path} */
    static String[] segments(String path) {
        return path.substring(1).split("/", -1);
    }

    /** {@return whether a segment of a route varies} */
    static boolean varies(String segment) {
        return segment.startsWith("{");
    }
}
