package org.accrete.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Model;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;
import org.accrete.core.source.Sources;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code evaluate}: scores a stored model on rows that it does not learn. */
@Command(name = "evaluate", description = "Score a stored model on data; nothing is learned and nothing stored.")
final class EvaluateCommand extends Subcommand {
    @Parameters(
            index = "0",
            paramLabel = "MODEL[@V]",
            completionCandidates = CompletionCommand.Models.class,
            description = "The model (default V: live).")
    String model = "";

    @Parameters(index = "1", paramLabel = "SOURCE", description = "The data, with targets; as in 'train'.")
    String source = "";

    @Mixin
    BadRowsOption badRows = new BadRowsOption();

    @Mixin
    WhereOption where = new WhereOption();

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    EvaluateCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        PlugIns plugIns = plugIns();
        SourceAddress address = SourceAddress.resolve(plugIns, source, threads).where(where.condition());
        BadRows policy = badRows.dropping(address, false, console::note);
        StoredModel stored = StoredModel.load(plugIns, this, model);
        Target target = stored.schema().target();
        stored.resolveVectorModule(address.rows(stored.schema()));
        Model fixed = Pipeline.restore(plugIns, stored.state()).view();
        if (!Scores.canScore(target, fixed)) {
            throw AccreteException.badArgument("model " + stored.version().reference() + " of learner '"
                    + stored.version().note().learner() + "' has no target, so there is nothing to score");
        }
        Scores scores = Scores.forTarget(target);
        long rows = 0;
        DroppedRows dropped = DroppedRows.NONE;
        try (ChunkSource opened = stored.open(address, true, policy);
                ChunkSource ahead = Sources.prefetch(opened, StoredModel.CHUNK_ROWS)) {
            int keys = opened.plan().map(plan -> plan.keys().size()).orElse(0);
            ChunkBuffer buffer = new ChunkBuffer(opened.schema(), StoredModel.CHUNK_ROWS, keys);
            while (ahead.next(buffer)) {
                scores.update(fixed, buffer.chunk());
                rows += buffer.rows();
                dropped = dropped.plus(buffer.dropped());
                markUnderway();
            }
            dropped = dropped.plus(buffer.dropped());
        }
        policy.requireShare(rows + dropped.refused(), dropped.refused(), true);
        show(stored, rows, dropped, scores.report());
        return 0;
    }

    @Override
    void ended() {
        badRows.close();
    }

    private void show(StoredModel stored, long rows, DroppedRows dropped, ScoreReport scores) {
        long unlabelled = rows - scores.rows();
        if (console.isJson()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("model", stored.version().model());
            document.put("version", stored.version().number());
            document.put("rows", rows);
            document.put("rows_unlabelled", unlabelled);
            document.put("rows_refused", dropped.refused());
            document.put("rows_left_out", dropped.leftOut());
            document.put("rows_filtered", dropped.filtered());
            document.putAll(Figures.document(scores));
            console.json(document);
            return;
        }
        console.print("scores of " + stored.version().reference() + ", on rows that it did not learn");
        console.print(Figures.table(scores));
        if (unlabelled > 0) {
            console.print(Console.count(unlabelled, "row") + " without a target, not scored");
        }
        if (dropped.leftOut() > 0) {
            console.print(Console.count(dropped.leftOut(), "row") + " left out, as the model's columns say");
        }
        if (dropped.filtered() > 0) {
            console.print(Console.count(dropped.filtered(), "row") + " filtered out");
        }
        if (dropped.refused() > 0) {
            console.print(Console.count(dropped.refused(), "bad row")
                    + badRows.file().map(file -> " kept in " + file).orElse(" dropped"));
        }
    }
}
