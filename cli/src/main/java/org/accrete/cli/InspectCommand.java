package org.accrete.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.io.PlanFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code inspect}: the column plan that a source would be read by, and what its columns hold.
 *
 * <p>The source is opened twice: to infer the plan, and then with all columns as keys, which gives their cells as they
 * are written. Of standard input, what the first source read is kept for the second. A source that has no cells, or
 * whose rows are encoded already, is told by its numbers.
 */
@Command(
        name = "inspect",
        description =
                "Show how the columns of a source would be read, what they hold, and what may be wrong with them.",
        footer = {
            "",
            "SOURCE is as in 'train'. The plan follows from the first 1,000 rows, all else from --rows. Distinct values",
            "are counted up to a bound: >N are more. A standard deviation is that of the rows as a population; of a",
            "sparse column, all is of the numbers that are not 0.",
            "",
            "The file of --plan may be edited; 'train' and 'convert' take it with --plan."
        })
final class InspectCommand extends Subcommand {
    private static final long ROWS = 10_000;

    /** The most distinct values of all columns, and of one; the least of one. */
    private static final int MOST_VALUES = 200_000;

    private static final int MOST_DISTINCT = 10_000;
    private static final int LEAST_DISTINCT = 100;

    /** The most cells of the rows that are read at once. */
    private static final int BATCH = 1 << 16;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The data; see below.")
    String source = "";

    @Mixin
    ColumnOptions columns = new ColumnOptions();

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "The most rows that are looked at, or all (default: 10000).")
    Optional<String> rows = Optional.empty();

    @Option(names = "--plan", paramLabel = "FILE", description = "Write the column plan to this file, as JSON.")
    Optional<Path> plan = Optional.empty();

    @Option(names = "--replace", description = "Overwrite the file of --plan if it exists.")
    boolean replace;

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    InspectCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        long most = rows.filter(text -> !text.equals("all"))
                .map(TrainOptions.ROWS::parse)
                .orElse(rows.isPresent() ? Long.MAX_VALUE : ROWS);
        SourceAddress address = SourceAddress.resolve(plugIns(), source, threads);
        if (address.isPipe()) {
            throw AccreteException.badArgument("inspect opens a source twice, which '" + source
                    + "' does not allow; give it as standard input: -, or the source's name before it, as in jsonl:-");
        }
        plan.ifPresent(file -> {
            NewFile.requireWritable(file, "--plan", address);
            NewFile.requireAbsent(file, replace);
        });
        List<String> refused = new ArrayList<>();
        SourceRequest request = columns.request(address, BadRows.skip(1, refused::add));
        try (ReplayedInput input = new ReplayedInput();
                ChunkSource opened = address.open(request)) {
            ColumnPlan inferred = opened.plan()
                    .or(() -> ColumnPlan.ofNumbers(opened.schema()))
                    .orElse(new ColumnPlan(List.of()));
            Findings findings = new Findings(opened.schema());
            int sampled = input.position();
            input.position(0);
            Optional<ChunkSource> raw = openCells(address, request, inferred);
            if (raw.isEmpty()) {
                input.position(sampled);
            }
            input.release();
            if (raw.isPresent()) {
                try (ChunkSource cells = raw.get()) {
                    findings.readCells(cells, inferred, most);
                }
            } else {
                findings.readNumbers(opened, most);
            }
            List<String> warnings = new ArrayList<>(opened.warnings());
            findings.summaries.forEach(summary -> summary.warning().ifPresent(warnings::add));
            refused.stream()
                    .limit(1)
                    .forEach(why -> warnings.add("a row is bad: " + why.replace("dropped a bad row: ", "")));
            plan.ifPresent(file -> NewFile.write(file, new PlanFile(inferred, Optional.empty()).toJson()));
            show(findings, inferred, warnings);
        }
        return 0;
    }

    /** {@return the source with all cells as keys, but for those of sparse columns; empty if it has no such cells} */
    private static Optional<ChunkSource> openCells(SourceAddress address, SourceRequest request, ColumnPlan inferred) {
        List<Column> keys = new ArrayList<>();
        for (Column column : raw(inferred)) {
            keys.add(column instanceof Column.Sparse ? column : new Column.Key(column.name()));
        }
        try {
            return Optional.of(address.open(request.withPlan(new ColumnPlan(keys), false)));
        } catch (AccreteException e) {
            if (e.kind() == AccreteException.Kind.IO || e.kind() == AccreteException.Kind.PLUG_IN_FAILED) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** {@return the columns that have cells: all but crosses} */
    private static List<Column> raw(ColumnPlan plan) {
        return plan.columns().stream()
                .filter(column -> !(column instanceof Column.Cross))
                .toList();
    }

    /** What is found in the rows. */
    private static final class Findings {
        private final Schema schema;
        private final List<ColumnSummary> summaries = new ArrayList<>();
        private long rows;
        private long refused;

        Findings(Schema schema) {
            this.schema = schema;
        }

        private static int mostDistinct(int columns) {
            return Math.max(LEAST_DISTINCT, Math.min(MOST_DISTINCT, MOST_VALUES / Math.max(1, columns)));
        }

        /** Looks at cells, and at the numbers of sparse columns. */
        void readCells(ChunkSource source, ColumnPlan plan, long most) {
            List<ColumnSummary> keys = new ArrayList<>();
            List<ColumnSummary> sparse = new ArrayList<>();
            List<Column> columns = raw(plan);
            for (Column column : columns) {
                ColumnSummary summary = new ColumnSummary(column, mostDistinct(columns.size()));
                summaries.add(summary);
                (column instanceof Column.Sparse ? sparse : keys).add(summary);
            }
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), chunkRows(keys.size()), keys.size());
            while (next(source, buffer, most)) {
                for (int row = 0; row < buffer.rows(); row++) {
                    for (int key = 0; key < keys.size(); key++) {
                        keys.get(key).add(buffer.key(row, key));
                    }
                }
                addBlocks(buffer.chunk(), source.schema(), sparse);
            }
        }

        /** Looks at the numbers of encoded rows. */
        void readNumbers(ChunkSource source, long most) {
            List<Column> columns = new ArrayList<>();
            for (Block block : schema.blocks()) {
                switch (block.kind()) {
                    case NUMERIC -> columns.add(new Column.Numeric(block.name()));
                    case ONE_HOT -> columns.add(new Column.Categorical(block.name(), block.width()));
                    case SPARSE -> columns.add(new Column.Sparse(block.name(), block.width(), 0));
                    // All that it says of a date is in the block of days.
                    case CYCLE -> {}
                }
            }
            columns.forEach(column -> summaries.add(new ColumnSummary(column, mostDistinct(columns.size()))));
            List<ColumnSummary> blocks = List.copyOf(summaries);
            Optional<ColumnSummary> target = source.plan()
                    .flatMap(ColumnPlan::label)
                    .map(label -> new ColumnSummary(label, mostDistinct(columns.size())));
            target.ifPresent(summaries::add);
            ChunkBuffer buffer = new ChunkBuffer(schema, chunkRows(schema.isSparse() ? 1 : schema.width()));
            while (next(source, buffer, most)) {
                Chunk chunk = buffer.chunk();
                addBlocks(chunk, schema, blocks);
                target.ifPresent(summary -> addTargets(chunk, summary));
            }
        }

        private static void addTargets(Chunk chunk, ColumnSummary summary) {
            for (int row = 0; row < chunk.rows(); row++) {
                double value = chunk.target(row);
                if (chunk.schema().target().kind() == Target.Kind.NUMERIC || Double.isNaN(value)) {
                    summary.add(value);
                } else {
                    summary.add(chunk.classes().get((int) value));
                }
            }
        }

        private static int chunkRows(int columns) {
            return Math.max(1, Math.min(StoredModel.CHUNK_ROWS, BATCH / Math.max(1, columns)));
        }

        private boolean next(ChunkSource source, ChunkBuffer buffer, long most) {
            buffer.limit((int) Math.min(buffer.capacity(), most - rows));
            if (rows == most) {
                return false;
            }
            boolean more = source.next(buffer);
            rows += buffer.rows();
            refused += buffer.refusedRows();
            return more;
        }

        /** Adds the rows of a chunk to the summaries of its blocks, in their order without the cycles. */
        private static void addBlocks(Chunk chunk, Schema schema, List<ColumnSummary> blocks) {
            for (int row = 0; row < chunk.rows(); row++) {
                int from = 0;
                int next = 0;
                int entry = chunk instanceof SparseChunk sparse ? sparse.start(row) : 0;
                for (Block block : schema.blocks()) {
                    int to = from + block.width();
                    if (chunk instanceof SparseChunk sparse) {
                        int begin = entry;
                        while (entry < sparse.end(row) && sparse.indices()[entry] < to) {
                            entry++;
                        }
                        if (block.kind() != Block.Kind.CYCLE) {
                            add(blocks.get(next), block, sparse, begin, entry, from);
                        }
                    } else if (chunk instanceof DenseChunk dense && block.kind() == Block.Kind.NUMERIC) {
                        blocks.get(next).add(dense.values()[dense.offset(row) + from]);
                    }
                    next += block.kind() == Block.Kind.CYCLE ? 0 : 1;
                    from = to;
                }
            }
        }

        /** Adds the entries of one row in one block. */
        private static void add(ColumnSummary summary, Block block, SparseChunk rows, int begin, int end, int first) {
            switch (block.kind()) {
                case NUMERIC -> summary.add(begin < end ? rows.values()[begin] : 0);
                case ONE_HOT -> summary.add(begin < end ? "#" + (rows.indices()[begin] - first) : "");
                case SPARSE -> {
                    summary.addRow();
                    for (int k = begin; k < end; k++) {
                        summary.addEntry(rows.values()[k]);
                    }
                }
                case CYCLE -> {}
            }
        }
    }

    private void show(Findings findings, ColumnPlan inferred, List<String> warnings) {
        if (console.isJson()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("source", source);
            document.put("rows", findings.rows);
            document.put("rows_refused", findings.refused);
            document.put("features", findings.schema.width());
            document.put(
                    "columns",
                    findings.summaries.stream().map(ColumnSummary::document).toList());
            document.put("plan", inferred.columns().stream().map(Column::toText).toList());
            document.put("plan_file", plan.map(Path::toString));
            document.put("warnings", warnings);
            console.json(document);
            return;
        }
        console.print(Console.count(findings.rows, "row") + " of " + source
                + (findings.refused > 0 ? ", and " + Console.count(findings.refused, "bad row") : "") + "; "
                + Console.count(findings.summaries.size(), "column") + " become "
                + Console.count(findings.schema.width(), "feature"));
        Table table = ColumnSummary.table();
        findings.summaries.forEach(summary -> summary.line(table));
        console.print(table);
        for (Column column : inferred.columns()) {
            if (column instanceof Column.Cross cross) {
                console.print("cross of " + Console.oneLine(String.join(", ", cross.columns())) + ": "
                        + Console.count(cross.width(), "feature"));
            }
        }
        warnings.forEach(warning -> console.print("warning: " + Console.oneLine(warning)));
        plan.ifPresent(file -> console.print("plan written to " + file));
    }
}
