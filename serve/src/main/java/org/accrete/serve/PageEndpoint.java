package org.accrete.serve;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * {@code GET /}: the page, and what it loads. It is the same for all, so no token is needed; what it shows it asks for
 * with the token that it is given.
 */
final class PageEndpoint {
    private static final HttpField POLICY = new PreEncodedHttpField(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    private static final HttpField HTML = type("text/html");
    private static final HttpField CSS = type("text/css");
    private static final HttpField SCRIPT = type("text/javascript");

    private static HttpField type(String name) {
        return new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, name + "; charset=utf-8");
    }

    private final Map<String, Answered> files = Map.of(
            "page.css", new Answered(CSS, Release.text("page/page.css")),
            "page.js", new Answered(SCRIPT, Release.text("page/page.js")),
            "uplot.css", new Answered(CSS, Release.library("uPlot.min.css")),
            "uplot.js", new Answered(SCRIPT, Release.library("uPlot.iife.min.js")));

    /** A file. */
    private record Answered(HttpField type, String text) {}

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/",
                        Access.OPEN,
                        Set.of(),
                        call -> answer(new Answered(HTML, Release.text("page/index.html")))),
                Route.get("/page/{file}", Access.OPEN, Set.of(), this::file));
    }

    private Answer file(Call call) {
        Answered found = files.get(call.variable(0));
        if (found == null) {
            throw Refusal.missing("the page has no file " + Refusal.quote(call.variable(0)));
        }
        return answer(found);
    }

    private static Answer answer(Answered file) {
        return Answer.of(200, file.type(), file.text()).with(POLICY);
    }
}
