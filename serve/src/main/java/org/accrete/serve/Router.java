package org.accrete.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;

/** Finds the route of a path. Immutable. */
final class Router {
    /** A route with the segments of its path. */
    private record Entry(List<String> segments, Route route) {}

    /**
     * What was found.
     *
     * @param route the route
     * @param variables the segments that vary, in order
     */
    record Match(Route route, List<String> variables) {
        /** {@return the name of the model that is asked for, which may not be there; empty for none} */
        String model() {
            return variables.isEmpty() ? "" : variables.get(0);
        }
    }

    private final List<Entry> entries;

    Router(List<Route> routes) {
        entries = routes.stream()
                .map(route -> new Entry(List.of(Route.segments(route.path())), route))
                .toList();
    }

    /** {@return all routes} */
    List<Route> routes() {
        return entries.stream().map(Entry::route).toList();
    }

    /**
     * {@return the route of a request}
     *
     * @param method the method; {@code HEAD} is answered as {@code GET}
     * @param path the decoded path
     * @throws Refusal 404: no such path; 405: another method
     */
    Match find(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        String[] segments = Route.segments(path);
        TreeSet<String> others = new TreeSet<>();
        for (Entry entry : entries) {
            if (matches(entry.segments, segments)) {
                if (entry.route.method().equals(wanted)) {
                    return new Match(entry.route, variables(entry.segments, segments));
                }
                others.add(entry.route.method());
            }
        }
        if (!others.isEmpty()) {
            String allowed = allowed(others);
            throw Refusal.of(405, "the method must be " + allowed + " but was " + Refusal.quote(method))
                    .with(HttpHeader.ALLOW, allowed);
        }
        throw Refusal.missing("there is no path " + Refusal.quote(path) + "; /openapi.json lists those there are");
    }

    private static String allowed(Set<String> methods) {
        List<String> names = new ArrayList<>(methods);
        if (names.contains("GET")) {
            names.add(names.indexOf("GET") + 1, "HEAD");
        }
        return String.join(", ", names);
    }

    private static boolean matches(List<String> pattern, String[] segments) {
        if (pattern.size() != segments.length) {
            return false;
        }
        for (int i = 0; i < pattern.size(); i++) {
            if (Route.varies(pattern.get(i))
                    ? segments[i].isEmpty()
                    : !pattern.get(i).equals(segments[i])) {
                return false;
            }
        }
        return true;
    }

    private static List<String> variables(List<String> pattern, String[] segments) {
        List<String> found = new ArrayList<>(2);
        for (int i = 0; i < pattern.size(); i++) {
            if (Route.varies(pattern.get(i))) {
                found.add(segments[i]);
            }
        }
        return found;
    }
}
