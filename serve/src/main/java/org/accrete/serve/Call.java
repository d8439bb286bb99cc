package org.accrete.serve;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/** A request that is being answered. Of one thread at a time. */
final class Call {
    private final Request request;
    private final Router.Match match;
    private final MediaKind kind;
    private final Bytes body;
    private final boolean isCounted;
    private final Map<String, String> parameters;
    private String version = "";

    Call(Request request, Router.Match match, MediaKind kind, Bytes body, boolean isCounted) {
        this.request = request;
        this.match = match;
        this.kind = kind;
        this.body = body;
        this.isCounted = isCounted;
        this.parameters = parameters(request, match.route().parameters());
    }

    private static Map<String, String> parameters(Request request, Set<String> known) {
        String query = request.getHttpURI().getQuery();
        if (query == null || query.isEmpty()) {
            return Map.of();
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (Fields.Field field : fields(request)) {
            if (!known.contains(field.getName())) {
                throw Refusal.bad("unknown parameter " + Refusal.quote(field.getName())
                        + (known.isEmpty()
                                ? "; there are none"
                                : "; known: " + String.join(", ", new TreeSet<>(known))));
            }
            if (field.hasMultipleValues()) {
                throw Refusal.bad("parameter '" + field.getName() + "' must be given once");
            }
            found.put(field.getName(), field.getValue());
        }
        return found;
    }

    private static Fields fields(Request request) {
        try {
            return Request.extractQueryParameters(request);
        } catch (RuntimeException e) {
            throw Refusal.bad("what is behind the '?' cannot be read; it must be name=value&name=value, with %XX");
        }
    }

    /** {@return whether the metrics count it: the server's own requests do not count} */
    boolean isCounted() {
        return isCounted;
    }

    /** {@return the route that was found} */
    Route route() {
        return match.route();
    }

    /** {@return a segment of the path that varies, from 0} */
    String variable(int index) {
        return match.variables().get(index);
    }

    /** {@return what was given behind the question mark; empty text is given too} */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** {@return a whole number behind the question mark} */
    int parameter(String name, int least, int most, int otherwise) {
        Optional<String> text = parameter(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        String digits = text.get();
        if (!digits.isEmpty() && digits.length() <= 9 && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int value = Integer.parseInt(digits);
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw Refusal.bad("parameter '" + name + "' must be a whole number from " + least + " to " + most + " but was "
                + Refusal.quote(digits));
    }

    /** {@return a header; empty if it is missing} */
    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** {@return a header; empty if it is missing} */
    Optional<String> header(HttpHeader name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** {@return what the body is} */
    MediaKind kind() {
        return kind;
    }

    /** {@return the bytes of the body, at the beginning of an array} */
    byte[] body() {
        return body.array();
    }

    /** {@return bytes of the body} */
    int length() {
        return body.length();
    }

    /** Remembers the version that answers, for the access log. */
    void answeredBy(String name) {
        version = name;
    }

    /** {@return the version that answered; empty if none did} */
    String version() {
        return version;
    }
}
