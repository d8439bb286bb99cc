package org.accrete.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.core.plugin.PlugIns;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code completion}: what a shell needs to complete commands, or {@code man} to show them. */
@Command(
        name = "completion",
        description = "Print the completion of commands and options for a shell, or the manual page.",
        footer = {
            "",
            "Names of models are completed, too, in a store that is a directory.",
            "In bash: source <(accrete completion bash). In zsh: source <(accrete completion zsh), after compinit.",
            "The manual page: accrete completion man > /usr/local/share/man/man1/accrete.1"
        })
final class CompletionCommand extends Subcommand {
    /** What is printed. */
    enum Kind {
        BASH,
        ZSH,
        MAN
    }

    /** Looks for models when somebody asks, in a store that is a directory; it starts no JVM. */
    private static final String MODELS = """

            # Prints the names of the models in the directory that --store names.
            function _accrete_models() {
              local store=./models previous="" word model
              for word in "${COMP_WORDS[@]}"; do
                if [ "$word" = "=" ]; then continue; fi
                if [ "$previous" = "--store" ]; then store="${word/#\\~/$HOME}"; fi
                case "$word" in --store=*) store="${word#--store=}" ;; esac
                previous="$word"
              done
              ls "$store" 2>/dev/null | while read -r model; do
                if [ -f "$store/$model/history" ]; then echo "$model"; fi
              done
            }
            """;

    @Parameters(paramLabel = "KIND", description = "bash, zsh or man.", completionCandidates = Kinds.class)
    String kind = "";

    private final Supplier<CommandLine> all;

    /**
     * Makes the command.
     *
     * @param console where it prints
     * @param all makes the command line with all commands
     */
    CompletionCommand(Console console, Supplier<CommandLine> all) {
        super(console);
        this.all = all;
    }

    @Override
    public Integer call() {
        String text = switch (kind()) {
            // The script loads bashcompinit where the shell is zsh.
            case BASH, ZSH ->
                AutoComplete.bash("accrete", all.get()).replace("(\"" + Models.MARK + "\")", "($(_accrete_models))")
                        + MODELS;
            case MAN -> ManPage.of(all.get(), Main.version());
        };
        if (console.isJson()) {
            Map<String, String> document = new LinkedHashMap<>();
            document.put("kind", kind);
            document.put("text", text);
            console.json(document);
        } else {
            console.out().print(text);
        }
        return 0;
    }

    private Kind kind() {
        return Arrays.stream(Kind.values())
                .filter(one -> ParamSpec.word(one).equals(kind))
                .findFirst()
                .orElseThrow(
                        () -> AccreteException.badArgument("KIND must be bash, zsh or man but was '" + kind + "'"));
    }

    /** The values of {@link #kind}. */
    static final class Kinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Kind.values()).map(ParamSpec::word).iterator();
        }
    }

    /** Stands for the names of models, which the shell looks for when they are asked for. */
    static final class Models implements Iterable<String> {
        private static final String MARK = "@models";

        @Override
        public Iterator<String> iterator() {
            return List.of(MARK).iterator();
        }
    }

    /** The names of learners. Plug-ins are only looked for when somebody asks. */
    static final class Learners implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return PlugIns.load().learners().all().stream()
                    .filter(one -> !(one instanceof StepProvider))
                    .map(Provider::name)
                    .iterator();
        }
    }

    /** The names of steps. */
    static final class Steps implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return PlugIns.load().learners().all().stream()
                    .filter(StepProvider.class::isInstance)
                    .map(Provider::name)
                    .iterator();
        }
    }

    /** The names of detectors. */
    static final class Detectors implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return PlugIns.load().detectors().all().stream().map(Provider::name).iterator();
        }
    }
}
