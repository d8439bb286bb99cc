package org.accrete.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.core.source.Sources;
import org.accrete.io.EncodedRowsWriter;
import org.accrete.io.PlanFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code convert}: writes encoded rows for another pass over them.
 *
 * <p>Both files are written to other names and get theirs at the end, that of the plan first: rows without their plan
 * would be read as other rows, while a plan without its rows, or beside others, is noticed by their length.
 */
@Command(
        name = "convert",
        description = "Encode the rows of a source and write them to a file, from which training gives the same model,"
                + " bit for bit.",
        footer = {
            "",
            "SOURCE is as in 'train'. The ending of OUT says how it is written: .npz (CSR, as SciPy's load_npz reads),",
            ".npy (a matrix; the weight and the target, where there are such, are its last columns), .libsvm, .csv",
            "or .jsonl. Beside it, OUT.encoding says how the rows were encoded; both belong together."
        })
final class ConvertCommand extends Subcommand {
    /** The most numbers of the rows that are read at once, so that wide rows fit a small heap. */
    private static final int BATCH = 1 << 18;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The data; see below.")
    String source = "";

    @Parameters(index = "1", paramLabel = "OUT", description = "The file to write; see below.")
    Path out = Path.of("");

    @Mixin
    ColumnOptions columns = new ColumnOptions();

    @Mixin
    PlanOption plan = new PlanOption();

    @Mixin
    BadRowsOption badRows = new BadRowsOption();

    @Mixin
    WhereOption where = new WhereOption();

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(names = "--rows", paramLabel = "N", description = "The most rows that are written (default: all).")
    Optional<String> rows = Optional.empty();

    @Option(names = "--replace", description = "Overwrite OUT if it exists.")
    boolean replace;

    ConvertCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws IOException {
        long most = rows.map(TrainOptions.ROWS::parse).orElse(Long.MAX_VALUE);
        SourceAddress address =
                SourceAddress.resolve(plugIns(), source, threads).where(where.condition());
        Path encoding = EncodedRowsWriter.planFile(out);
        NewFile.requireWritable(out, "OUT", address);
        NewFile.requireAbsent(out, replace);
        NewFile.requireAbsent(encoding, replace);
        BadRows policy = badRows.dropping(address, false, console::note);
        try (ChunkSource opened = address.open(plan.in(columns.request(address, policy)))) {
            ColumnPlan used = opened.plan()
                    .or(() -> ColumnPlan.ofNumbers(opened.schema()))
                    .orElseThrow(() -> AccreteException.badArgument(
                            "the source has no column plan, so its rows cannot be written"));
            EncodedRowsWriter.require(out, used);
            opened.warnings().forEach(warning -> console.note("warning: " + warning));
            try (NewFile rowsFile = new NewFile(out);
                    NewFile planFile = new NewFile(encoding)) {
                Counts counts = new Counts();
                PlanFile written = write(opened, used, rowsFile, most, policy, counts);
                planFile.write(written.toJson());
                planFile.appear();
                rowsFile.appear();
                show(opened.schema(), written, counts);
            } catch (IOException e) {
                throw NewFile.unwritable(out, e);
            }
        }
        return 0;
    }

    @Override
    void ended() {
        badRows.close();
    }

    /** What became of the rows. */
    private static final class Counts {
        private long rows;
        private long unlabelled;
        private DroppedRows dropped = DroppedRows.NONE;
    }

    private PlanFile write(ChunkSource opened, ColumnPlan used, NewFile file, long most, BadRows policy, Counts counts)
            throws IOException {
        Schema schema = opened.schema();
        // A sparse row is short, however many columns there are.
        int chunkRows = schema.isSparse()
                ? StoredModel.CHUNK_ROWS
                : Math.max(1, Math.min(StoredModel.CHUNK_ROWS, BATCH / Math.max(1, schema.width())));
        ChunkBuffer buffer = new ChunkBuffer(schema, chunkRows, used.keys().size());
        try (ChunkSource ahead = Sources.prefetch(opened, chunkRows, most);
                EncodedRowsWriter writer = EncodedRowsWriter.open(out, file.unfinished(), used)) {
            boolean more = true;
            while (more) {
                more = ahead.next(buffer);
                writer.write(buffer);
                Chunk chunk = buffer.chunk();
                counts.rows += chunk.rows();
                counts.unlabelled += unlabelled(chunk);
                counts.dropped = counts.dropped.plus(buffer.dropped());
                markUnderway();
            }
            long refused = counts.dropped.refused();
            policy.requireShare(counts.rows + refused, refused, true);
            return writer.finish();
        }
    }

    private static int unlabelled(Chunk chunk) {
        int count = 0;
        for (int row = 0; chunk.hasTargets() && row < chunk.rows(); row++) {
            count += Double.isNaN(chunk.target(row)) ? 1 : 0;
        }
        return count;
    }

    private void show(Schema schema, PlanFile written, Counts counts) throws IOException {
        Path encoding = EncodedRowsWriter.planFile(out);
        if (console.isJson()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("output", out.toString());
            document.put("encoding", encoding.toString());
            document.put("bytes", Files.size(out));
            document.put("rows", counts.rows);
            document.put("rows_unlabelled", counts.unlabelled);
            document.put("rows_refused", counts.dropped.refused());
            document.put("rows_left_out", counts.dropped.leftOut());
            document.put("rows_filtered", counts.dropped.filtered());
            document.put("columns", schema.width());
            document.put(
                    "classes",
                    written.encoded()
                            .map(PlanFile.Encoded::classes)
                            .filter(names -> schema.target().kind() == Target.Kind.CATEGORICAL));
            console.json(document);
            return;
        }
        console.print(Console.count(counts.rows, "row") + " of " + Console.count(schema.width(), "column")
                + " written to " + out + " (" + Console.bytes(Files.size(out)) + ")"
                + (counts.unlabelled > 0 ? ", " + Console.count(counts.unlabelled) + " without a target" : "")
                + (counts.dropped.leftOut() > 0 ? ", " + Console.count(counts.dropped.leftOut()) + " left out" : "")
                + (counts.dropped.filtered() > 0
                        ? ", " + Console.count(counts.dropped.filtered()) + " filtered out"
                        : "")
                + (counts.dropped.refused() > 0
                        ? ", " + Console.count(counts.dropped.refused()) + " bad and "
                                + badRows.file().map(file -> "kept in " + file).orElse("dropped")
                        : "")
                + "; "
                + encoding + " says how they are encoded");
    }
}
