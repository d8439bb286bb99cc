package org.accrete.serve;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * Decides who comes in: by the name of the host that a browser believes to talk to, by the page that a browser runs,
 * and by the token. Immutable.
 */
final class Doorkeeper {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");
    private static final String SCHEME = "bearer ";

    /** What all answers have. */
    private static final List<HttpField> HEADERS = List.of(
            new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store"),
            new PreEncodedHttpField("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            new PreEncodedHttpField("Cross-Origin-Resource-Policy", "same-origin"),
            new PreEncodedHttpField("Referrer-Policy", "no-referrer"),
            new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
            new PreEncodedHttpField("X-Frame-Options", "DENY"));

    private final Set<String> hosts;
    private final boolean takesAddresses;
    private final Set<String> origins;
    private final Tokens tokens;

    /**
     * Makes a doorkeeper.
     *
     * @param bound what the server is bound to
     * @param hosts other names that it has
     * @param origins pages of other hosts that may call
     * @param tokens what callers must show, if there are any
     */
    Doorkeeper(String bound, Set<String> hosts, Set<String> origins, Tokens tokens) {
        Set<String> all = new TreeSet<>(LOOPBACK);
        all.add(bound.contains(":") && !bound.startsWith("[") ? "[" + bound + "]" : bound.toLowerCase(Locale.ROOT));
        hosts.forEach(host -> all.add(host.toLowerCase(Locale.ROOT)));
        this.hosts = Set.copyOf(all);
        // A name can be made to mean this machine by whoever owns the name; an address cannot.
        this.takesAddresses = bound.equals("0.0.0.0") || bound.equals("::");
        this.origins = Set.copyOf(origins);
        this.tokens = tokens;
    }

    /** Writes the headers that all answers have. */
    static void headers(HttpFields.Mutable to) {
        for (HttpField header : HEADERS) {
            to.put(header);
        }
    }

    /**
     * Refuses a host that this server does not have: a page whose name was pointed at this machine.
     *
     * @param header the host with or without a port; empty if there is none
     */
    void checkHost(String header) {
        String host = header.toLowerCase(Locale.ROOT);
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']')) {
            host = host.substring(0, colon);
        }
        if (!hosts.contains(host) && !(takesAddresses && ADDRESS.matcher(host).matches())) {
            throw Refusal.of(
                    421,
                    "this server has no host " + Refusal.quote(header)
                            + "; one that it has beside its address is given by --host NAME, or host(name)");
        }
    }

    /**
     * Refuses a page of another host that was not named. Writes what lets a page that was named read the answer.
     *
     * @param origin the origin that a browser says; empty if there is none
     * @param host the host of the request
     * @param response gets headers
     */
    void checkOrigin(Optional<String> origin, String host, HttpFields.Mutable response) {
        if (origin.isEmpty()) {
            return;
        }
        if (origins.contains(origin.get())) {
            response.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin.get());
            response.put(HttpHeader.VARY, "Origin");
            response.put("Cross-Origin-Resource-Policy", "cross-origin");
        } else if (!isOwn(origin.get(), host)) {
            throw Refusal.of(
                    403,
                    "pages of " + Refusal.quote(origin.get())
                            + " may not call this server; --cors ORIGIN, or cors(origin), lets them");
        }
    }

    private static boolean isOwn(String origin, String host) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** {@return whether a page of an origin may call} */
    boolean takesOrigin(String origin) {
        return origins.contains(origin);
    }

    /**
     * Refuses who may not do something.
     *
     * @param wanted what is to be done
     * @param authorization the header; empty if there is none
     */
    void checkToken(Access wanted, Optional<String> authorization) {
        if (wanted == Access.OPEN) {
            return;
        }
        if (tokens.isEmpty()) {
            // Bound to the loopback, or open to all as was asked for.
            return;
        }
        String header = authorization.orElse("");
        if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw Refusal.of(401, "a token is needed: Authorization: Bearer TOKEN")
                    .with(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        }
        Optional<Access> access =
                tokens.access(header.substring(SCHEME.length()).strip());
        if (access.isEmpty()) {
            throw Refusal.of(401, "the token is unknown")
                    .with(HttpHeader.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
        }
        if (access.get().compareTo(wanted) < 0) {
            throw Refusal.of(403, "the token lets read only; this needs one that lets write")
                    .with(HttpHeader.WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\"");
        }
    }
}
