package org.accrete.serve;

import java.util.Optional;
import org.accrete.api.AccreteException;
import org.eclipse.jetty.http.HttpHeader;

/** Why a request is not answered: a status and one line. Thrown as control flow, so it has no stack trace. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 1_000;

    /** Header that goes with a refusal. */
    record Header(HttpHeader name, String value) {}

    private final int status;
    private final transient Optional<Header> header;

    private Refusal(int status, String message, Optional<Header> header) {
        super(oneLine(message), null, false, false);
        this.status = status;
        this.header = header;
    }

    /** {@return a refusal of a status} */
    static Refusal of(int status, String message) {
        return new Refusal(status, message, Optional.empty());
    }

    /** {@return 400: the request is wrong} */
    static Refusal bad(String message) {
        return of(400, message);
    }

    /** {@return 404: there is no such thing} */
    static Refusal missing(String message) {
        return of(404, message);
    }

    /** {@return the same refusal with a header} */
    Refusal with(HttpHeader name, String value) {
        return new Refusal(status, message(), Optional.of(new Header(name, value)));
    }

    /**
     * {@return what a row is refused for}
     *
     * @param row from 0
     * @param why what was expected and what was found
     */
    static Refusal badRow(long row, String why) {
        return bad("row " + row + ": " + why);
    }

    /**
     * {@return the refusal that an exception of the library stands for} What is wrong with the store is not told, since
     * such messages name files: the caller logs it.
     */
    static Refusal of(AccreteException e) {
        return switch (e.kind()) {
            case BAD_ARGUMENT, BAD_DATA, LEFT_OUT, UNKNOWN_PLUG_IN -> bad(e.line());
            case BAD_STATE -> of(409, e.line());
            default -> of(503, "the store cannot be read or written now; the log of the server says why");
        };
    }

    int status() {
        return status;
    }

    Optional<Header> header() {
        return header;
    }

    String message() {
        return String.valueOf(getMessage());
    }

    /** {@return a text with a blank for each control character, and not too long} */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), LONGEST));
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) || Character.isSurrogate(c) ? ' ' : c);
        }
        return text.length() > LONGEST ? line.append('…').toString() : line.toString();
    }

    /** {@return a text from a request as a message shows it: in quotes, on one line, not too long} */
    static String quote(String text) {
        String line = oneLine(text);
        return line.length() <= 60 ? "'" + line + "'" : "'" + line.substring(0, 60) + "…'";
    }
}
