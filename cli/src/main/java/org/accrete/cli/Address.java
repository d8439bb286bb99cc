package org.accrete.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.param.ParamSpec;

/**
 * A source or a store as users write it: {@code name:location?key=value&…} with a plug-in's name, where {@code %XX} is
 * a byte of UTF-8; or a plain path, in which {@code %} means itself. Messages never repeat a password.
 *
 * @param plugIn name of the plug-in, if one was given
 * @param location what follows the name; the whole text if there is no name
 * @param settings parameters of the plug-in, in the order given
 */
record Address(Optional<String> plugIn, String location, Map<String, String> settings) {
    private static final Pattern NAMED = Pattern.compile("([a-z][a-z0-9-]+):(.*)", Pattern.DOTALL);

    /** What must not be shown: all between the user and the last {@code @}, and values of parameters. */
    private static final Pattern PASSWORD = Pattern.compile(
            "(//[^/:@]*:|oracle:[^/@]*/).*@" + "|(?i:(?<=(password|passwd|pwd|passphrase|secret|token)=))[^&;]*");

    static Address parse(String text) {
        return parse(text, name -> Optional.empty());
    }

    /**
     * {@return what a text stands for}
     *
     * @param text as users write it
     * @param parametersOf names of the parameters of a plug-in whose locations are URLs; what follows {@code ?} and is
     *     none of them stays in the location, as it is written. Empty for all other plug-ins
     */
    static Address parse(String text, Function<String, Optional<Set<String>>> parametersOf) {
        Matcher named = NAMED.matcher(text);
        if (!named.matches()) {
            return new Address(Optional.empty(), text, Map.of());
        }
        String rest = named.group(2);
        int question = rest.indexOf('?');
        StringBuilder location = new StringBuilder(decode(question < 0 ? rest : rest.substring(0, question), text));
        Optional<Set<String>> known = parametersOf.apply(named.group(1));
        Map<String, String> settings = new LinkedHashMap<>();
        if (question >= 0 && question + 1 < rest.length()) {
            for (String pair : rest.substring(question + 1).split("&", -1)) {
                int equals = pair.indexOf('=');
                if (known.isPresent() && !known.get().contains(key(pair, equals, text))) {
                    location.append(location.indexOf("?") < 0 ? '?' : '&').append(pair);
                    continue;
                }
                if (equals < 1) {
                    throw AccreteException.badArgument(
                            "after '?' must come key=value pairs joined by '&' but '" + pair + "' in '" + shown(text)
                                    + "' is not one; write %3F for '?' and %26 for '&' inside a name or value");
                }
                String key = key(pair, equals, text);
                if (settings.put(key, decode(pair.substring(equals + 1), text)) != null) {
                    throw AccreteException.badArgument("'" + key + "' is given twice in '" + shown(text) + "'");
                }
            }
        }
        return new Address(Optional.of(named.group(1)), location.toString(), settings);
    }

    /**
     * {@return for the name of a plug-in whose locations are URLs the names of its parameters, as {@link #parse} wants
     * it}
     *
     * @param providers all plug-ins of a kind
     * @param takesUrls tells those whose locations are URLs
     */
    static <P extends Provider> Function<String, Optional<Set<String>>> parametersBesideUrls(
            List<P> providers, Predicate<P> takesUrls) {
        return name -> providers.stream()
                .filter(provider -> takesUrls.test(provider) && provider.name().equals(name))
                .findFirst()
                .map(provider -> provider.params().stream().map(ParamSpec::name).collect(Collectors.toSet()));
    }

    private static String key(String pair, int equals, String whole) {
        return ParamSpec.word(decode(equals < 0 ? pair : pair.substring(0, equals), whole));
    }

    /** {@return an address for a message} */
    static String shown(String text) {
        return PASSWORD.matcher(text).replaceAll("$1...");
    }

    private static String decode(String part, String whole) {
        if (part.indexOf('%') < 0) {
            return part;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c != '%') {
                int end = Character.isHighSurrogate(c) && i + 1 < part.length() ? i + 2 : i + 1;
                bytes.writeBytes(part.substring(i, end).getBytes(StandardCharsets.UTF_8));
                i = end - 1;
                continue;
            }
            int high = i + 1 < part.length() ? Character.digit(part.charAt(i + 1), 16) : -1;
            int low = i + 2 < part.length() ? Character.digit(part.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                throw AccreteException.badArgument(
                        "'%' must be followed by two hexadecimal digits in '" + shown(whole) + "'; write %25 for '%'");
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
