package org.accrete.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;

/** Entry of the {@code accrete} command. */
public final class Main {
    private Main() {}

    /**
     * Runs the command and ends the JVM with its exit status.
     *
     * @param args command line
     */
    public static void main(String[] args) {
        List<String> words = Arrays.asList(args);
        LogSettings.use(words.contains("--debug"), words.contains(ServeCommand.ACCESS_LOG));
        PrintStream out = stream(FileDescriptor.out);
        PrintStream err = stream(FileDescriptor.err);
        int status = run(args, out, err);
        out.flush();
        System.exit(status);
    }

    /** Output is UTF-8 in every locale, because labels and names can have any character. */
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /**
     * Runs the command.
     *
     * @param args command line
     * @param out receives the result and nothing else
     * @param err receives everything else
     * @return the exit status: 0 done, 2 the user can fix it, 1 anything else
     */
    static int run(String[] args, PrintStream out, PrintStream err) {
        List<String> words = Arrays.asList(args);
        Console console = new Console(
                out,
                err,
                words.contains("--json"),
                words.contains("--debug"),
                Integer.getInteger("accrete.out.columns", Console.NO_TERMINAL),
                Integer.getInteger("accrete.err.columns", Console.NO_TERMINAL),
                System.getenv());
        int status = run(words, console);
        if (status == 0 && out.checkError()) {
            console.note("accrete: standard output could not be written (is the disk full, or its reader gone?);"
                    + " the result there is incomplete");
            return Failure.OTHER;
        }
        return status;
    }

    private static int run(List<String> words, Console console) {
        Subcommand running = null;
        try {
            List<CommandLine> named = parse(asOption(words), console).asCommandLineList();
            CommandLine last = named.get(named.size() - 1);
            if (last.isUsageHelpRequested()) {
                last.usage(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
                return 0;
            }
            if (last.getCommand() instanceof Subcommand command) {
                running = command;
                return command.call();
            }
            return root(last.getCommand(), last, console);
        } catch (Reported e) {
            Failure failure = Failure.of(e.getCause(), true);
            console.trace(failure);
            return failure.status();
        } catch (Exception | VirtualMachineError | LinkageError e) {
            Failure failure = Failure.of(e, running != null && running.isUnderway());
            console.failure(failure);
            return failure.status();
        } finally {
            if (running != null) {
                running.ended();
            }
        }
    }

    /** {@return the words, with {@code help COMMAND} turned into {@code COMMAND --help}} */
    private static String[] asOption(List<String> words) {
        if (words.isEmpty() || !words.get(0).equals("help")) {
            return words.toArray(String[]::new);
        }
        List<String> turned = new ArrayList<>(words.subList(1, words.size()));
        turned.add("--help");
        return turned.toArray(String[]::new);
    }

    private static int root(Root root, CommandLine line, Console console) {
        if (!root.version) {
            throw new CommandLine.ParameterException(line, "no command was given");
        }
        if (console.isJson()) {
            console.json(Map.of("version", version()));
        } else {
            console.print("accrete " + version());
        }
        return 0;
    }

    private static CommandLine.ParseResult parse(String[] words, Console console) {
        try {
            return commandLine(console, words.length > 0 ? words[0] : "").parseArgs(words);
        } catch (CommandLine.ParameterException e) {
            // The message may name an option of another command.
            return commandLine(console, "").parseArgs(words);
        }
    }

    /**
     * {@return the command line of one command, because each takes time to describe; the whole one for another word}
     * Nothing is read or opened.
     */
    private static CommandLine commandLine(Console console, String word) {
        Map<String, Supplier<Subcommand>> commands = new LinkedHashMap<>();
        commands.put("train", () -> new TrainCommand(console));
        commands.put("predict", () -> new PredictCommand(console));
        commands.put("evaluate", () -> new EvaluateCommand(console));
        commands.put("compare", () -> new CompareCommand(console));
        commands.put("convert", () -> new ConvertCommand(console));
        commands.put("export", () -> new ExportCommand(console));
        commands.put("inspect", () -> new InspectCommand(console));
        commands.put("serve", () -> new ServeCommand(console));
        commands.put("models", () -> new ModelsCommand(console));
        commands.put("versions", () -> new VersionsCommand(console));
        commands.put("plot", () -> new PlotCommand(console));
        commands.put("rollback", () -> new RollbackCommand(console));
        commands.put("tag", () -> new TagCommand(console));
        commands.put("prune", () -> new PruneCommand(console));
        commands.put("copy", () -> new CopyCommand(console));
        commands.put("rm", () -> new RmCommand(console));
        commands.put("verify", () -> new VerifyCommand(console));
        commands.put("learners", () -> new PlugInsCommand(console, PlugInsCommand.Kind.LEARNERS));
        commands.put("sources", () -> new PlugInsCommand(console, PlugInsCommand.Kind.SOURCES));
        commands.put("stores", () -> new PlugInsCommand(console, PlugInsCommand.Kind.STORES));
        commands.put("detectors", () -> new PlugInsCommand(console, PlugInsCommand.Kind.DETECTORS));
        commands.put("describe", () -> new DescribeCommand(console));
        commands.put("bench", () -> new BenchCommand(console));
        commands.put("completion", () -> new CompletionCommand(console, () -> commandLine(console, "")));
        if (commands.containsKey(word)) {
            commands.keySet().retainAll(Set.of(word));
        }
        CommandLine line = new CommandLine(new Root());
        commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
        describe(line, "learners", "List the learners and steps, broken plug-ins too; 'describe NAME' shows one.");
        describe(line, "sources", "List the sources that rows can be read from.");
        describe(line, "stores", "List the stores that models can be kept in.");
        describe(line, "detectors", "List the detectors that notice drift, for 'train --drift'.");
        line.setUsageHelpWidth(console.helpColumns());
        line.setUsageHelpLongOptionsMaxWidth(30);
        wrapFooter(line, console.helpColumns());
        line.getSubcommands().values().forEach(command -> wrapFooter(command, console.helpColumns()));
        return line;
    }

    private static void describe(CommandLine line, String name, String description) {
        CommandLine command = line.getSubcommands().get(name);
        if (command != null) {
            command.getCommandSpec().usageMessage().description(description);
        }
    }

    /** Wraps the lines below the options, which picocli does not. */
    private static void wrapFooter(CommandLine line, int columns) {
        CommandLine.Model.UsageMessageSpec help = line.getCommandSpec().usageMessage();
        help.footer(Arrays.stream(help.footer())
                .flatMap(text -> Table.wrapped(text, columns).stream())
                .toArray(String[]::new));
    }

    /** {@return the version of this release} */
    static String version() {
        Properties properties = new Properties();
        try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    /** The options without a command. */
    @CommandLine.Command(
            name = "accrete",
            description = "Incremental training: models trained chunk by chunk, every trained state a version.",
            synopsisSubcommandLabel = "COMMAND",
            footer = {
                "",
                "Exit status: 0 done; 2 fix the command, the data or the store; 1 anything else.",
                "ACCRETE_OPTS holds options of the JVM, such as -Xmx64m."
            })
    static final class Root {
        @CommandLine.Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;

        @CommandLine.Option(
                names = {"-V", "--version"},
                description = "Show the version.")
        boolean version;

        @CommandLine.Option(names = "--json", description = "Print the version as JSON.")
        boolean json;

        @CommandLine.Option(
                names = "--debug",
                description = "Show what is logged, and where in the code a failure came from.")
        boolean debug;
    }
}
