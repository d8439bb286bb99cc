package org.accrete.cli;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.core.plugin.PlugIns;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench}: what a learner costs per row, alone or beside another. */
@Command(
        name = "bench",
        description = "Measure what a learner costs per row, to learn and to predict, on random rows, with JMH.",
        footer = {
            "",
            "--width, --rows and --density take lists, as in --width 20,100. The JMH suites come in a jar of",
            "their own, accrete-benchmarks; if it is missing, a message says where to put it."
        })
final class BenchCommand extends Subcommand {
    static final ParamSpec<Long> WIDTH =
            ParamSpec.whole("width", 20, Domain.Range.between(1, 100_000_000), "number of columns");
    static final ParamSpec<Long> ROWS =
            ParamSpec.whole("rows", 1_000, Domain.Range.between(1, 10_000_000), "rows per chunk");
    static final ParamSpec<Double> DENSITY =
            ParamSpec.real("density", 1, Domain.Range.between(1e-9, 1), "share of columns with an entry in a row");
    static final ParamSpec<Long> CLASSES =
            ParamSpec.whole("classes", 2, Domain.Range.between(2, 10_000), "number of classes");
    static final ParamSpec<Double> SECONDS =
            ParamSpec.real("seconds", 5, Domain.Range.between(0.01, 3_600), "seconds of each measurement");

    @Parameters(
            paramLabel = "LEARNER",
            completionCandidates = CompletionCommand.Learners.class,
            description = "Name of a learner or a step; 'learners' lists them.")
    String learner = "";

    @Option(names = "--against", paramLabel = "OTHER", description = "Also measure this one, and show the ratio.")
    Optional<String> against = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "K=V",
            description = "A parameter of LEARNER, OTHER.key=value of the other, or step.key=value of a step; may be"
                    + " repeated.")
    List<String> set = new ArrayList<>();

    @Option(
            names = "--steps",
            paramLabel = "LIST",
            split = ",",
            description = "Steps before the learners, measured with them (default: none).")
    List<String> steps = new ArrayList<>();

    @Option(names = "--width", paramLabel = "N", split = ",", description = "Number of columns (default: 20).")
    List<String> width = new ArrayList<>();

    @Option(names = "--rows", paramLabel = "N", split = ",", description = "Rows per chunk (default: 1000).")
    List<String> rows = new ArrayList<>();

    @Option(
            names = "--density",
            paramLabel = "D",
            split = ",",
            description = "Share of columns that have an entry in a row; below 1, rows are sparse (default: 1).")
    List<String> density = new ArrayList<>();

    @Option(names = "--classes", paramLabel = "N", description = "Number of classes of a classifier (default: 2).")
    Optional<String> classes = Optional.empty();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description =
                    "How long each measurement takes, after a warm-up as long, of at most 5 seconds (default: 5).")
    Optional<String> seconds = Optional.empty();

    BenchCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws IOException {
        PlugIns plugIns = plugIns();
        Optional<LearnerProvider> other = against.map(plugIns.learners()::find);
        Map<String, String> ownSettings = settings(set);
        Map<String, String> otherSettings = new LinkedHashMap<>();
        other.ifPresent(provider -> ownSettings.keySet().removeIf(key -> {
            boolean its = key.startsWith(provider.name() + ".");
            if (its) {
                otherSettings.put(key.substring(provider.name().length() + 1), ownSettings.get(key));
            }
            return its;
        }));
        LearnerProvider one = plugIns.learner(learner, ownSettings);
        Map<String, String> params = new LinkedHashMap<>();
        List<String> before = steps.equals(List.of("none"))
                ? List.of()
                : steps.stream()
                        .map(step -> plugIns.learners().find(step).name())
                        .toList();
        Map<String, String> stepSettings = new LinkedHashMap<>(ownSettings);
        stepSettings.keySet().removeIf(key -> before.stream().noneMatch(step -> key.startsWith(step + ".")));
        ownSettings.keySet().removeAll(stepSettings.keySet());
        Params.parse(one.params(), ownSettings);
        other.ifPresent(provider -> Params.parse(provider.params(), otherSettings));
        // The suites check these, with the steps.
        ownSettings.putAll(stepSettings);
        otherSettings.putAll(stepSettings);
        if (!before.isEmpty()) {
            params.put("steps", String.join(";", before));
        }
        params.put("width", values(WIDTH, width));
        params.put("rows", values(ROWS, rows));
        params.put("density", values(DENSITY, density));
        params.put(
                "classes",
                classes.map(CLASSES::parse).orElse(CLASSES.defaultValue()).toString());
        String folders = Arrays.stream(plugInFolders())
                .map(folder -> folder.toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        if (!folders.isEmpty()) {
            params.put("plugins", BenchmarkJvm.escaped(folders));
        }
        double time = seconds.map(SECONDS::parse).orElse(SECONDS.defaultValue());

        BenchmarkJvm jvm = BenchmarkJvm.find(console, debug);
        List<Measurement> own = measure(jvm, one, ownSettings, params, time);
        List<Measurement> others =
                other.isPresent() ? measure(jvm, other.get(), otherSettings, params, time) : List.of();
        if (console.isJson()) {
            console.json(document(own, others));
        } else {
            console.print(table(own, others, other.map(LearnerProvider::name)));
        }
        return 0;
    }

    private static <T> String values(ParamSpec<T> spec, List<String> given) {
        return given.isEmpty()
                ? spec.defaultText()
                : given.stream().map(spec::parse).map(Object::toString).collect(Collectors.joining(","));
    }

    private List<Measurement> measure(
            BenchmarkJvm jvm,
            LearnerProvider provider,
            Map<String, String> settings,
            Map<String, String> params,
            double time)
            throws IOException {
        if (!console.isJson()) {
            console.note("measuring " + provider.name() + " ...");
        }
        markUnderway();
        return jvm.measure(provider.name(), settings, params, time);
    }

    /** {@return what the other took for the same work on the same rows} */
    private static Optional<Measurement> counterpart(Measurement one, List<Measurement> others) {
        return others.stream()
                .filter(other ->
                        other.work().equals(one.work()) && other.shape().equals(one.shape()))
                .findFirst();
    }

    private static Map<String, ?> document(List<Measurement> own, List<Measurement> others) {
        List<Map<String, Object>> measurements = new ArrayList<>();
        for (Measurement one : own) {
            Map<String, Object> facts = one.toMap();
            Optional<Measurement> other = counterpart(one, others);
            facts.put("ratio", other.map(found -> one.nanosPerRow() / found.nanosPerRow()));
            measurements.add(facts);
        }
        for (Measurement other : others) {
            measurements.add(other.toMap());
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("java", Runtime.version().toString());
        document.put("measurements", measurements);
        return document;
    }

    private static Table table(List<Measurement> own, List<Measurement> others, Optional<String> other) {
        Table table = new Table("llrrrrrrr");
        List<String> head = new ArrayList<>(
                List.of("work", "learner", "columns", "rows/chunk", "density", "ns/row", "+-", "bytes/row"));
        other.ifPresent(name -> head.add("times " + name));
        table.head(head.toArray());
        for (Measurement one : own) {
            Optional<Measurement> found = counterpart(one, others);
            line(
                    table,
                    one,
                    found.map(than -> figure(one.nanosPerRow() / than.nanosPerRow()))
                            .orElse(""));
            found.ifPresent(than -> line(table, than, "1"));
        }
        return table;
    }

    private static void line(Table table, Measurement one, String ratio) {
        table.line(
                one.work(),
                name(one),
                Console.count(one.shape().width()),
                Console.count(one.shape().rows()),
                DENSITY.format(one.shape().density()),
                figure(one.nanosPerRow()),
                figure(one.errorPerRow()),
                figure(one.bytesPerRow()),
                ratio);
    }

    private static String name(Measurement one) {
        StringBuilder name = new StringBuilder(one.learner());
        one.settings()
                .forEach(
                        (key, value) -> name.append(' ').append(key).append('=').append(value));
        return name.toString();
    }

    /** {@return a number to about three digits; its size differs by learner more than any fixed number of decimals} */
    private static String figure(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
