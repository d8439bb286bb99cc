package org.accrete.api.data;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Percent-escapes for names and labels inside the one-line texts of schemas and plans. */
final class Escapes {
    private Escapes() {}

    static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** {@return as {@link #escape}, but letters beyond ASCII stay as they are: for texts that people read and write} */
    static String escapeLegibly(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            String one = Character.toString(c);
            escaped.append(isLegible(c) ? one : escape(one));
        });
        return escaped.toString();
    }

    /** Fixed ranges without blanks. Character.isLetter differs between JDKs, but these texts are stored. */
    private static boolean isLegible(int c) {
        return (c >= 0xC0 && c < 0x1680) || (c > 0x1680 && c < 0x2000) || (c > 0x3000 && c < 0xD800) || c >= 0x10000;
    }

    /** {@return the text without its escapes; the text itself where a percent sign does not begin one} */
    static String unescapeOrKeep(String text) {
        try {
            String plain = unescape(text);
            boolean broken = plain.indexOf('\uFFFD') >= 0
                    && text.indexOf('\uFFFD') < 0
                    && !text.toUpperCase(Locale.ROOT).contains("%EF%BF%BD");
            return broken ? text : plain;
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    static String unescape(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
