package org.accrete.serve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** What a request is answered with. */
final class Answer {
    /** Type of JSON. */
    static final HttpField JSON = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");

    /** Type of plain text. */
    static final HttpField TEXT = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");

    /** Type of a response that is JSON and then binary tensors. */
    static final HttpField BINARY = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/octet-stream");

    private final int status;
    private final HttpField type;
    private final Bytes body;
    private final List<HttpField> headers = new ArrayList<>(0);

    Answer(int status, HttpField type, Bytes body) {
        this.status = status;
        this.type = type;
        this.body = body;
    }

    /** {@return an answer of text} */
    static Answer of(int status, HttpField type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Bytes body = new Bytes(bytes.length);
        body.write(bytes, 0, bytes.length);
        return new Answer(status, type, body);
    }

    /** Adds a header; one that the server gives to all answers is replaced. Returns this. */
    Answer with(HttpField header) {
        headers.add(header);
        return this;
    }

    int status() {
        return status;
    }

    HttpField type() {
        return type;
    }

    Bytes body() {
        return body;
    }

    List<HttpField> headers() {
        return headers;
    }
}
