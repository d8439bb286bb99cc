package org.accrete.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.compare.PairedReport;
import org.accrete.core.compare.PairedRun;
import org.accrete.core.compare.VersionDiff;
import org.accrete.core.compare.WeightNames;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.source.Sources;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compare}: what changed between two versions, and whether it matters. */
@Command(
        name = "compare",
        description = "Compare two versions of a model: parameters, weights, scores; with SOURCE also how both predict"
                + " the same rows, and whether the difference is real.",
        footer = {
            "",
            "V1 and V2 are numbers, aliases or latest; OTHER@V is a version of another model of the same columns.",
            "SOURCE is as in 'train'; without targets, only the predictions are compared."
        })
final class CompareCommand extends Subcommand {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            description = "Name of the model.")
    String model = "";

    @Parameters(index = "1", paramLabel = "V1", description = "The first version, such as live.")
    String first = "";

    @Parameters(index = "2", paramLabel = "V2", description = "The second version, such as latest.")
    String second = "";

    @Parameters(index = "3", arity = "0..1", paramLabel = "SOURCE", description = "Rows that both predict; see below.")
    Optional<String> source = Optional.empty();

    @Option(
            names = "--by",
            paramLabel = "COLUMN",
            description = "Also compare the rows of each value of a column of SOURCE; may be repeated.")
    List<String> by = new ArrayList<>();

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "15",
            description = "The most weights and values of a column that are shown (default: ${DEFAULT-VALUE}).")
    int top = 15;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page with plots to this file; it needs nothing but a browser.")
    Optional<Path> html = Optional.empty();

    @Option(names = "--replace", description = "Overwrite the FILE of --html if it exists.")
    boolean replace;

    @Mixin
    BadRowsOption badRows = new BadRowsOption();

    @Mixin
    WhereOption where = new WhereOption();

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    CompareCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        if (top < 1) {
            throw AccreteException.badArgument("--top must be >= 1 but was " + top);
        }
        if (source.isEmpty() && !(by.isEmpty() && where.text.isEmpty())) {
            throw AccreteException.badArgument("--by and --where are about rows; give the SOURCE of some");
        }
        PlugIns plugIns = plugIns();
        Optional<SourceAddress> address =
                source.map(text -> SourceAddress.resolve(plugIns, text, threads).where(where.condition()));
        html.ifPresent(file -> {
            if (address.isPresent()) {
                NewFile.requireWritable(file, "--html", address.get());
            }
            NewFile.requireAbsent(file, replace);
        });
        StoredModel before;
        StoredModel after;
        try (ModelStore store = openStore(plugIns)) {
            ModelVersion one = version(store, first);
            ModelVersion other = version(store, second);
            before = StoredModel.load(store, one);
            after = one.equals(other) ? before : StoredModel.load(store, other);
        }
        WeightNames names = new WeightNames(after.schema(), after.plan());
        before.plan().ifPresent(plan -> plan.seen().forEach(names::know));
        address.ifPresent(some -> SampleNames.know(names, some));
        VersionDiff diff = VersionDiff.of(before.version(), before.state(), after.version(), after.state(), names, top);
        Optional<ComparedRows> rows = address.map(some -> compare(plugIns, some, before, after));
        Comparison comparison = new Comparison(diff, rows, top);
        html.ifPresent(file -> NewFile.write(file, comparison.page()));
        if (console.isJson()) {
            console.json(comparison.document());
        } else {
            comparison.print(console);
            html.ifPresent(file -> console.note("page written to " + file));
        }
        return 0;
    }

    @Override
    void ended() {
        badRows.close();
    }

    private ModelVersion version(ModelStore store, String word) {
        if (word.indexOf('@') >= 0) {
            return resolve(store, word);
        }
        existing(store, model);
        return new ModelReference(model, word).resolve(store);
    }

    private ComparedRows compare(PlugIns plugIns, SourceAddress address, StoredModel before, StoredModel after) {
        Target target = before.schema().target();
        before.resolveVectorModule(2 * address.rows(before.schema()));
        Set<String> classes = new LinkedHashSet<>(after.schema().target().classes());
        classes.addAll(before.schema().target().classes());
        List<String> labels = List.copyOf(classes);
        boolean isOnePlan = before.plan()
                .map(plan -> plan.withClasses(List.of()))
                .equals(after.plan().map(plan -> plan.withClasses(List.of())));
        if (!isOnePlan && (address.isStandardInput() || address.isPipe())) {
            throw AccreteException.badArgument("both versions encode rows by plans of their own, so the rows are read"
                    + " twice, which a pipe cannot; give a file");
        }
        BadRows policy =
                isOnePlan ? badRows.dropping(address, false, console::note) : badRows.blanking(address, console::note);
        ExecutorService helper = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "accrete-compare");
            thread.setDaemon(true);
            return thread;
        });
        Target known = target.kind() == Target.Kind.CATEGORICAL ? target.withClasses(labels) : target;
        try (ChunkSource one = open(address, before, labels, policy, true);
                ChunkSource ahead = Sources.prefetch(one, StoredModel.CHUNK_ROWS);
                Other other = isOnePlan ? Other.NONE : new Other(open(address, after, labels, blank(), false))) {
            PairedRun run = new PairedRun(
                    known,
                    Pipeline.restore(plugIns, before.state()).view(),
                    Pipeline.restore(plugIns, after.state()).view(),
                    by,
                    helper);
            List<String> keys = one.plan().map(ColumnPlan::keys).orElse(List.of());
            int[] columns = by.stream().mapToInt(keys::indexOf).toArray();
            ChunkBuffer buffer = new ChunkBuffer(one.schema(), StoredModel.CHUNK_ROWS, by.isEmpty() ? 0 : keys.size());
            DroppedRows dropped = DroppedRows.NONE;
            long rows = 0;
            while (ahead.next(buffer)) {
                run.add(buffer.chunk(), other.next(buffer).chunk(), (row, column) -> buffer.key(row, columns[column]));
                rows += buffer.rows();
                dropped = dropped.plus(buffer.dropped());
                markUnderway();
            }
            dropped = dropped.plus(buffer.dropped());
            policy.requireShare(isOnePlan ? rows + dropped.refused() : rows, dropped.refused(), true);
            return new ComparedRows(address.location(), dropped, run.report());
        } finally {
            helper.shutdownNow();
        }
    }

    /** Rows of the second plan are blank where those of the first are reported. */
    private static BadRows blank() {
        return BadRows.blank(1, line -> {});
    }

    private ChunkSource open(
            SourceAddress address, StoredModel stored, List<String> labels, BadRows policy, boolean withKeys) {
        SourceRequest request = stored.request(address, false, policy);
        if (stored.plan().isPresent()) {
            ColumnPlan plan = stored.plan().get().withClasses(labels);
            List<Column> columns = new ArrayList<>(plan.columns());
            if (withKeys) {
                by.stream()
                        .distinct()
                        .filter(name -> !plan.keys().contains(name))
                        .forEach(name -> columns.add(new Column.Key(name)));
            }
            request = request.withPlan(new ColumnPlan(columns), false);
        }
        ChunkSource opened = stored.open(address, request);
        List<String> keys = opened.plan().map(ColumnPlan::keys).orElse(List.of());
        for (String name : withKeys ? by : List.<String>of()) {
            if (!keys.contains(name)) {
                opened.close();
                throw AccreteException.badArgument("--by " + name + ": source '"
                        + address.provider().name() + "' does not hand out the texts of columns");
            }
        }
        return opened;
    }

    /** The same rows by another plan, where there is one. */
    private static final class Other implements AutoCloseable {
        private static final Other NONE = new Other();

        private final Optional<ChunkSource> source;
        private final Optional<ChunkBuffer> rows;

        private Other() {
            this.source = Optional.empty();
            this.rows = Optional.empty();
        }

        private Other(ChunkSource source) {
            this.source = Optional.of(source);
            this.rows = Optional.of(new ChunkBuffer(source.schema(), StoredModel.CHUNK_ROWS));
        }

        /** {@return the rows that a buffer has, encoded by the other plan; the buffer itself without one} */
        ChunkBuffer next(ChunkBuffer first) {
            if (source.isEmpty() || rows.isEmpty()) {
                return first;
            }
            ChunkBuffer same = rows.get();
            same.limit(first.rows());
            source.get().next(same);
            for (int row = 0; row < Math.min(first.rows(), same.rows()); row++) {
                if (first.place(row) != same.place(row)) {
                    throw AccreteException.badState("the column plans of both versions leave out different rows, so"
                            + " their predictions cannot be compared row by row");
                }
            }
            return same;
        }

        @Override
        public void close() {
            source.ifPresent(ChunkSource::close);
        }
    }

    /**
     * What rows said.
     *
     * @param source where they were read
     * @param dropped rows that were not used
     * @param report of both models
     */
    record ComparedRows(String source, DroppedRows dropped, PairedReport report) {}
}
