package org.accrete.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
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
            case BASH, ZSH -> AutoComplete.bash("accrete", all.get());
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
