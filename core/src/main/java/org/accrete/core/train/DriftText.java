package org.accrete.core.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;

/**
 * A name with settings: {@code name?key=value&key=value}. In a value {@code %25} is {@code %} and {@code %26} is
 * {@code &}.
 *
 * @param name what comes before the question mark
 * @param settings the pairs, in their order
 */
record DriftText(String name, Map<String, String> settings) {
    static DriftText parse(String text) {
        int question = text.indexOf('?');
        Map<String, String> settings = new LinkedHashMap<>();
        if (question >= 0) {
            for (String pair : text.substring(question + 1).split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw AccreteException.badArgument("after '?' must come key=value pairs joined by '&' but '" + pair
                            + "' in '" + text + "' is not one");
                }
                String value = pair.substring(equals + 1).replace("%26", "&").replace("%25", "%");
                if (settings.put(ParamSpec.word(pair.substring(0, equals)), value) != null) {
                    throw AccreteException.badArgument(
                            "'" + pair.substring(0, equals) + "' is given twice in '" + text + "'");
                }
            }
        }
        return new DriftText(question < 0 ? text : text.substring(0, question), settings);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name);
        settings.forEach((key, value) -> text.append(text.indexOf("?") < 0 ? '?' : '&')
                .append(key)
                .append('=')
                .append(value.replace("%", "%25").replace("&", "%26")));
        return text.toString();
    }
}
