package org.accrete.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/**
 * Figures as one HTML page that loads nothing: script and style of uPlot, read from its WebJar, are in the page, and a
 * policy in its head forbids the browser to fetch anything.
 *
 * <p>Labels, names and texts come from data. In tables they are escaped; in the script they are data of a JSON document
 * in which {@code <}, {@code >} and {@code &} are escaped too, so that no text ends it.
 */
final class HtmlPage {
    private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

    private HtmlPage() {}

    /**
     * {@return the page}
     *
     * @param title its heading
     * @param sentence what it says above the plots
     * @param sections tables below the plots
     * @param document the data of the plots
     * @param script name of the script that draws them
     */
    static String html(
            String title,
            Optional<String> sentence,
            List<Comparison.Section> sections,
            Map<String, ?> document,
            String script) {
        StringBuilder page =
                new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"")
                .append(POLICY)
                .append("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(escape(title))
                .append("</title>\n<style>\n")
                .append(inlined(library("uPlot.min.css")))
                .append('\n')
                .append(inlined(own("page.css")))
                .append("</style>\n</head>\n<body>\n<h1>")
                .append(escape(title))
                .append("</h1>\n");
        sentence.ifPresent(
                text -> page.append("<p id=\"verdict\">").append(escape(text)).append("</p>\n"));
        page.append("<div id=\"plots\"></div>\n");
        sections.forEach(section -> section(section, page));
        page.append("<script type=\"application/json\" id=\"data\">")
                .append(json(document))
                .append("</script>\n<script>\n")
                .append(inlined(library("uPlot.iife.min.js")))
                .append('\n')
                .append(inlined(own(script)))
                .append("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private static void section(Comparison.Section section, StringBuilder page) {
        page.append("<h2>").append(escape(section.title())).append("</h2>\n");
        if (section.lines().isEmpty()) {
            return;
        }
        page.append("<table>\n");
        row("th", section.head(), page);
        section.lines().forEach(line -> row("td", line, page));
        page.append("</table>\n");
    }

    private static void row(String cell, List<String> texts, StringBuilder page) {
        page.append("<tr>");
        texts.forEach(text -> page.append('<')
                .append(cell)
                .append('>')
                .append(escape(text))
                .append("</")
                .append(cell)
                .append('>'));
        page.append("</tr>\n");
    }

    /** {@return a text in which HTML sees no markup} */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** {@return JSON that neither ends a script element nor begins a comment in it} */
    static String json(Map<String, ?> document) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = JsonOutput.generator(bytes)) {
            JsonOutput.write(generator, document);
        }
        return bytes.toString(StandardCharsets.UTF_8)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /** {@return a script or style, which must not end its element} */
    private static String inlined(String text) {
        if (text.contains("</script") || text.contains("</style")) {
            throw new IllegalStateException("a script or style of the page ends its own element");
        }
        return text;
    }

    private static String library(String name) {
        return read(HtmlPage.class.getClassLoader().getResourceAsStream(UPLOT + name), UPLOT + name);
    }

    private static String own(String name) {
        return read(HtmlPage.class.getResourceAsStream(name), name);
    }

    private static String read(InputStream stream, String name) {
        if (stream == null) {
            throw new IllegalStateException("there is no " + name + " in the jars of the command");
        }
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
