package org.accrete.serve;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a body is, by its content type. */
enum MediaKind {
    /** JSON. */
    JSON("application/json"),
    /** One JSON object a line. */
    JSON_LINES("application/x-ndjson"),
    /** CSV with a header line. */
    CSV("text/csv"),
    /** JSON, then binary tensors; a request without a content type is taken for it where it is allowed. */
    BINARY("application/octet-stream");

    private final String type;

    MediaKind(String type) {
        this.type = type;
    }

    /**
     * {@return what a content type says}
     *
     * @param header the header; empty if there is none
     * @param allowed what the route takes
     * @throws Refusal none of these
     */
    static MediaKind of(String header, Set<MediaKind> allowed) {
        if (header.isEmpty() && allowed.contains(BINARY)) {
            return BINARY;
        }
        int end = header.indexOf(';');
        String name = (end < 0 ? header : header.substring(0, end)).trim().toLowerCase(Locale.ROOT);
        if (end >= 0) {
            requireUtf8(header.substring(end).toLowerCase(Locale.ROOT));
        }
        if (name.equals("application/x-www-form-urlencoded") && allowed.contains(JSON)) {
            // What curl says of a body unless it is told otherwise.
            return JSON;
        }
        for (MediaKind kind : allowed) {
            if (kind.type.equals(name)
                    || (kind == JSON_LINES
                            && (name.equals("application/jsonl") || name.equals("application/ndjson")))) {
                return kind;
            }
        }
        throw Refusal.of(
                415,
                "the content type must be "
                        + allowed.stream().map(kind -> kind.type).collect(Collectors.joining(" or "))
                        + (header.isEmpty() ? " but there is none" : " but was " + Refusal.quote(header)));
    }

    private static void requireUtf8(String parameters) {
        int charset = parameters.indexOf("charset=");
        if (charset >= 0) {
            String name = parameters
                    .substring(charset + 8)
                    .replaceFirst(";.*", "")
                    .replace("\"", "")
                    .trim();
            if (!name.equals("utf-8") && !name.equals("utf8") && !name.equals("us-ascii")) {
                throw Refusal.of(415, "the charset must be utf-8 but was " + Refusal.quote(name));
            }
        }
    }
}
