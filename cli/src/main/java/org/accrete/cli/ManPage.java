package org.accrete.cli;

import java.util.Arrays;
import java.util.IllegalFormatException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** All commands as one page for {@code man}, made of what the commands say of themselves. */
final class ManPage {
    private static final int ASCII = 0x7F;

    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    /**
     * {@return the page in the macros of man(7)}
     *
     * @param line the command line with all commands
     * @param version of this release
     */
    static String of(CommandLine line, String version) {
        ManPage made = new ManPage();
        made.all(line, version);
        return made.page.toString();
    }

    private void all(CommandLine line, String version) {
        String name = line.getCommandName();
        macro("TH", name.toUpperCase(Locale.ROOT), "1", "", name + " " + version, "User Commands");
        macro("SH", "NAME");
        String summary =
                String.join(" ", texts(line.getCommandSpec().usageMessage().description()));
        text(name + " - " + summary);
        macro("SH", "SYNOPSIS");
        synopsis(line);
        macro("SH", "OPTIONS");
        line.getCommandSpec().options().forEach(this::option);
        Set<String> common = common(line);
        macro("SH", "OPTIONS OF ALL COMMANDS");
        CommandLine first = line.getSubcommands().values().iterator().next();
        first.getCommandSpec().options().stream()
                .filter(option -> common.contains(option.longestName()))
                .forEach(this::option);
        macro("SH", "COMMANDS");
        line.getSubcommands().values().forEach(command -> command(command, common));
        macro("SH", "NOTES");
        footer(line);
    }

    /** {@return the options that every command has} */
    private static Set<String> common(CommandLine line) {
        Set<String> common = null;
        for (CommandLine command : line.getSubcommands().values()) {
            Set<String> names = command.getCommandSpec().options().stream()
                    .map(OptionSpec::longestName)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            if (common == null) {
                common = names;
            } else {
                common.retainAll(names);
            }
        }
        return common == null ? Set.of() : common;
    }

    private void command(CommandLine command, Set<String> common) {
        macro("SS", command.getCommandSpec().qualifiedName());
        synopsis(command);
        macro("PP");
        texts(command.getCommandSpec().usageMessage().description()).forEach(this::text);
        command.getCommandSpec().positionalParameters().forEach(this::parameter);
        command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden() && !common.contains(option.longestName()))
                .forEach(this::option);
        footer(command);
    }

    private void synopsis(CommandLine line) {
        macro("nh");
        text(line.getHelp().synopsis(0).strip().replaceAll("\\s+", " "));
        macro("hy");
    }

    private void option(OptionSpec option) {
        String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        entry(String.join(", ", option.names()) + label, option);
    }

    private void parameter(PositionalParamSpec parameter) {
        entry(parameter.paramLabel(), parameter);
    }

    private void entry(String label, ArgSpec described) {
        macro("TP");
        macro("B", label);
        texts(described.description()).forEach(this::text);
    }

    private void footer(CommandLine line) {
        for (String text : line.getCommandSpec().usageMessage().footer()) {
            if (text.isBlank()) {
                macro("PP");
            } else {
                texts(text).forEach(this::text);
            }
        }
    }

    /** {@return texts of the model as they are shown: without its formats and its markup} */
    private static List<String> texts(String... texts) {
        return Arrays.stream(texts)
                .map(text -> CommandLine.Help.Ansi.OFF.text(formatted(text)).plainString())
                .toList();
    }

    /** {@return a text as picocli formats it: one that is no format, as it has a lone percent sign, stays as it is} */
    private static String formatted(String text) {
        try {
            return String.format(Locale.ROOT, text);
        } catch (IllegalFormatException e) {
            return text;
        }
    }

    private void macro(String name, String... arguments) {
        page.append('.').append(name);
        for (String argument : arguments) {
            page.append(" \"").append(escape(argument).replace("\"", "\\(dq")).append('"');
        }
        page.append('\n');
    }

    /** Adds a line of text, which begins no macro whatever it begins with. */
    private void text(String line) {
        page.append(line.startsWith(".") ? "\\&" : "").append(escape(line)).append('\n');
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\\') {
                escaped.append("\\e");
            } else if (c == '-') {
                escaped.append("\\-");
            } else if (c == '\'') {
                escaped.append("\\(aq");
            } else if (c > ASCII) {
                escaped.append(String.format(Locale.ROOT, "\\[u%04X]", c));
            } else {
                escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
