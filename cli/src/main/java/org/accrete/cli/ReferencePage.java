package org.accrete.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.accrete.api.Provider;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.plugin.Registry;

/** The page of all plug-ins and their parameters, {@code docs/reference.md}: generated, never edited. */
final class ReferencePage {
    private ReferencePage() {}

    /**
     * {@return the page as Markdown}
     *
     * @param plugIns what it lists
     */
    static String of(PlugIns plugIns) {
        StringBuilder page = new StringBuilder("""
                # Reference

                All plug-ins and their parameters. This page is made from what the plug-ins say of themselves, so do not edit it;
                `mvn test -pl cli -am -Dtest=ReferencePageTest -Dsurefire.failIfNoSpecifiedTests=false -Daccrete.update=true`
                makes it again. `accrete describe NAME` shows the same. A tunable parameter may be changed by `train --from`.
                """);
        section(page, "Learners and steps", plugIns.learners());
        section(page, "Sources", plugIns.sources());
        section(page, "Stores", plugIns.stores());
        section(page, "Detectors of drift", plugIns.detectors());
        return page.toString();
    }

    private static void section(StringBuilder page, String title, Registry<? extends Provider> registry) {
        page.append("\n## ").append(title).append('\n');
        for (Provider provider : registry.all()) {
            page.append("\n### `").append(provider.name()).append("`\n\n");
            page.append(sentence(provider.summary()))
                    .append(" A ")
                    .append(Descriptions.kind(provider))
                    .append('.');
            Descriptions.traits(provider).forEach((trait, values) -> page.append(trait(trait, values)));
            page.append('\n');
            List<Map<String, ?>> params = Descriptions.params(provider);
            if (!params.isEmpty()) {
                page.append(
                        "\n| parameter | type | default | values | tunable | meaning |\n|---|---|---|---|---|---|\n");
                for (Map<String, ?> param : params) {
                    row(page, param);
                }
            }
        }
    }

    private static String trait(String trait, List<String> values) {
        String list = values.isEmpty() ? "none" : "`" + String.join("`, `", values) + "`";
        return switch (trait) {
            case "targets" -> " Targets: " + list + ".";
            case "steps" -> " Steps unless others are named: " + list + ".";
            case "input" -> " Made for: " + list + ".";
            default -> values.isEmpty() ? "" : " Reads files ending in " + list + ".";
        };
    }

    private static void row(StringBuilder page, Map<String, ?> param) {
        Object given = param.get("default");
        page.append("| `").append(param.get("name")).append("` | ").append(param.get("type"));
        page.append(" | ").append(given.toString().isEmpty() ? "" : "`" + cell(given) + "`");
        page.append(" | ").append(cell(param.get("domain")));
        page.append(" | ").append(Boolean.TRUE.equals(param.get("tunable")) ? "yes" : "");
        page.append(" | ").append(cell(param.get("summary"))).append(" |\n");
    }

    private static String sentence(String text) {
        String first = text.substring(0, 1).toUpperCase(Locale.ROOT);
        return first + text.substring(1) + (text.endsWith(".") ? "" : ".");
    }

    private static String cell(Object text) {
        return Console.oneLine(text.toString()).replace("|", "\\|");
    }
}
