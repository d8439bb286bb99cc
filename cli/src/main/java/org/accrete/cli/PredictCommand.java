package org.accrete.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.learn.Model;
import org.accrete.core.explain.Explainer;
import org.accrete.core.explain.Explanation;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.source.Sources;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** {@code predict}: one line per row, in order. */
@Command(
        name = "predict",
        description =
                "Predict each row of the data: key columns, prediction, probabilities, version; as CSV. A model that"
                        + " transforms rows writes their new columns in place of a prediction.")
final class PredictCommand extends Subcommand {
    @Parameters(
            index = "0",
            paramLabel = "MODEL[@V]",
            completionCandidates = CompletionCommand.Models.class,
            description = "The model (default V: live).")
    String model = "";

    @Parameters(
            index = "1",
            paramLabel = "SOURCE",
            description = "The data; as in 'train', but the target may be left out.")
    String source = "";

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "Write the lines to this file, which appears when it is complete" + " (default: standard output).")
    Optional<Path> output = Optional.empty();

    @Option(
            names = "--explain",
            paramLabel = "N",
            description = "Add to each prediction what its columns contributed: the N largest contributions, the sum of"
                    + " the others, and the base value. Together they are the decision value of the predicted"
                    + " class (of two classes, of the second), or the predicted number.")
    Optional<Integer> explain = Optional.empty();

    @Mixin
    BadRowsOption badRows = new BadRowsOption();

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    private Optional<Explanations> explanations = Optional.empty();

    PredictCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws IOException {
        PlugIns plugIns = plugIns();
        SourceAddress address = SourceAddress.resolve(plugIns, source, threads);
        BadRows policy = badRows.blanking(address, console::note);
        if (output.isPresent()) {
            NewFile.requireWritable(output.get(), "--output", address);
        }
        if (explain.isPresent() && explain.get() < 1) {
            throw AccreteException.badArgument("--explain must be >= 1 but was " + explain.get());
        }
        StoredModel loaded = StoredModel.load(plugIns, this, model);
        loaded.resolveVectorModule(address.rows(loaded.schema()));
        Model view = Pipeline.restore(plugIns, loaded.state()).view();
        Answers answers = Answers.of(view, loaded.version());
        Optional<Explainer> explainer = explain.map(most -> explainer(view, loaded));
        StoredModel stored = explain.isPresent() ? loaded.withPlan(Explainer::withTexts) : loaded;
        try (ChunkSource opened = stored.open(address, false, policy);
                ChunkSource ahead = Sources.prefetch(opened, StoredModel.CHUNK_ROWS)) {
            List<String> keys = opened.plan().map(ColumnPlan::keys).orElse(List.of());
            ChunkBuffer buffer = new ChunkBuffer(opened.schema(), StoredModel.CHUNK_ROWS, keys.size());
            List<String> passedOn =
                    explain.isPresent() ? loaded.plan().map(ColumnPlan::keys).orElse(List.of()) : keys;
            Rows rows = new Rows(ahead, buffer, passedOn, policy);
            explanations = explainer.map(one -> new Explanations(one, buffer, keys, explain.orElse(0)));
            if (output.isPresent()) {
                toFile(output.get(), stored, answers, rows);
            } else if (console.isJson()) {
                asJson(stored, answers, rows);
            } else {
                asCsv(console.writer(), answers, rows);
            }
        }
        return 0;
    }

    private static Explainer explainer(Model view, StoredModel stored) {
        try {
            return new Explainer(view, stored.plan());
        } catch (AccreteException e) {
            throw new AccreteException(
                    e.kind(),
                    "model " + stored.version().reference() + " of learner '"
                            + stored.version().note().learner() + "': " + e.getMessage(),
                    e);
        }
    }

    /**
     * Explains predictions.
     *
     * @param by what does it
     * @param rows the rows of the chunk that is predicted
     * @param keys names of the texts that come with them
     * @param most how many columns are told by name
     */
    private record Explanations(Explainer by, ChunkBuffer rows, List<String> keys, int most) {
        Explanation of(int row) {
            return by.explain(rows, row, keys);
        }

        Map<String, Object> facts(int row) {
            Explanation all = of(row);
            List<Map<String, Object>> largest = new ArrayList<>();
            for (Explanation.Contribution one : all.contributions()
                    .subList(0, Math.min(most, all.contributions().size()))) {
                Map<String, Object> facts = new LinkedHashMap<>();
                facts.put("column", one.column());
                facts.put("value", one.value());
                facts.put("amount", one.amount());
                largest.add(facts);
            }
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("for", all.target());
            facts.put("value", all.value());
            facts.put("base", all.base());
            facts.put("contributions", largest);
            facts.put("rest", all.rest(most));
            return facts;
        }
    }

    @Override
    void ended() {
        badRows.close();
    }

    /** The rows to predict. */
    private static final class Rows {
        final ChunkBuffer buffer;
        final List<String> keys;
        private final ChunkSource source;
        private final BadRows policy;
        private long read;
        private long bad;

        Rows(ChunkSource source, ChunkBuffer buffer, List<String> keys, BadRows policy) {
            this.source = source;
            this.buffer = buffer;
            this.keys = keys;
            this.policy = policy;
        }

        /** Reads the next rows; at their end, too many bad ones are refused. */
        boolean next() {
            boolean more = source.next(buffer);
            read += buffer.rows();
            bad += buffer.refusedRows();
            if (!more) {
                policy.requireShare(read, bad, true);
            }
            return more;
        }

        /** {@return whether a row of the chunk could not be used and has no prediction} */
        boolean isBad(int row) {
            return Double.isNaN(buffer.chunk().weight(row));
        }

        long predicted() {
            return read - bad;
        }
    }

    private void toFile(Path file, StoredModel stored, Answers answers, Rows rows) throws IOException {
        long count;
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            try (Writer out = new OutputStreamWriter(Files.newOutputStream(file), StandardCharsets.UTF_8)) {
                count = asCsv(out, answers, rows);
            }
        } else {
            count = toNewFile(file, answers, rows);
        }
        if (console.isJson()) {
            Map<String, Object> document = head(stored);
            document.put("rows", count);
            document.put("rows_refused", rows.bad);
            document.put("output", file.toString());
            console.json(document);
        } else {
            console.note(Console.count(rows.predicted(), "prediction") + " by "
                    + stored.version().reference() + " written to " + file
                    + (rows.bad > 0 ? "; " + Console.count(rows.bad, "bad row") + " without one" : ""));
        }
    }

    private long toNewFile(Path file, Answers answers, Rows rows) throws IOException {
        try (NewFile made = new NewFile(file)) {
            long count;
            try (OutputStream stream = Files.newOutputStream(made.unfinished());
                    Writer out = new OutputStreamWriter(stream, StandardCharsets.UTF_8)) {
                count = asCsv(out, answers, rows);
            }
            made.appear();
            return count;
        }
    }

    private long asCsv(Writer out, Answers answers, Rows rows) throws IOException {
        CsvWriter csv = CsvWriter.builder().build(out);
        List<String> head = new ArrayList<>(rows.keys);
        if (answers.columns().isEmpty()) {
            head.add("prediction");
        }
        head.addAll(answers.columns());
        answers.classes().forEach(label -> head.add("probability_" + label));
        explanations.ifPresent(some -> head.add("explanation"));
        head.add("version");
        csv.writeRecord(head);
        String version = answers.version();
        String[] cells = new String[head.size()];
        long count = 0;
        while (rows.next()) {
            answers.answer(rows.buffer.chunk());
            for (int row = 0; row < rows.buffer.rows(); row++) {
                int cell = 0;
                for (int key = 0; key < rows.keys.size(); key++) {
                    cells[cell++] = rows.buffer.key(row, key);
                }
                if (rows.isBad(row)) {
                    Arrays.fill(cells, cell, cells.length, "");
                } else {
                    answer(answers, row, cells, cell);
                    if (explanations.isPresent()) {
                        Explanations some = explanations.get();
                        cells[cells.length - 2] = some.of(row).toText(some.most());
                    }
                }
                cells[cells.length - 1] = version;
                csv.writeRecord(cells);
            }
            csv.flush();
            count += rows.buffer.rows();
            markUnderway();
            requireReader();
        }
        csv.flush();
        return count;
    }

    /** Puts the prediction and all that belongs to it into the cells of a line, from a cell on. */
    private static void answer(Answers answers, int row, String[] cells, int first) {
        int cell = first;
        if (answers.columns().isEmpty()) {
            cells[cell++] = answers.prediction(row);
        }
        for (int column = 0; column < answers.columns().size(); column++) {
            double value = answers.value(row, column);
            cells[cell++] = answers.isWhole(column) ? Long.toString((long) value) : Double.toString(value);
        }
        for (int c = 0; c < answers.classes().size(); c++) {
            cells[cell++] = Double.toString(answers.probability(row, c));
        }
    }

    /** Ends early if the reader of standard output is gone, as in {@code accrete predict ... | head}. */
    private void requireReader() {
        if (console.out().checkError()) {
            throw new AccreteException(AccreteException.Kind.IO, "standard output was closed");
        }
    }

    /** A failure midway ends the list and becomes the last member, so that the document is complete. */
    private void asJson(StoredModel stored, Answers answers, Rows rows) {
        Optional<RuntimeException> failed = Optional.empty();
        // The first chunk is read before anything is written, so that a failure until then is reported as usual.
        boolean more = rows.next();
        try (JsonGenerator json = JsonOutput.generator(console.out())) {
            json.writeStartObject();
            head(stored).forEach((name, value) -> {
                json.writeName(name);
                JsonOutput.value(json, value);
            });
            json.writeName("predictions");
            json.writeStartArray();
            long count = 0;
            while (more) {
                answers.answer(rows.buffer.chunk());
                for (int row = 0; row < rows.buffer.rows(); row++) {
                    JsonOutput.write(json, prediction(answers, rows, row));
                }
                count += rows.buffer.rows();
                markUnderway();
                requireReader();
                try {
                    more = rows.next();
                } catch (RuntimeException e) {
                    failed = Optional.of(e);
                    more = false;
                }
            }
            json.writeEndArray();
            json.writeName("rows");
            json.writeNumber(count);
            json.writeName("rows_refused");
            json.writeNumber(rows.bad);
            if (failed.isPresent()) {
                json.writeName("error");
                JsonOutput.write(json, Failure.of(failed.get(), true).toMap());
            }
            json.writeEndObject();
        }
        console.print("");
        failed.ifPresent(e -> {
            throw new Reported(e);
        });
    }

    private Map<String, Object> prediction(Answers answers, Rows rows, int row) {
        Map<String, Object> facts = new LinkedHashMap<>();
        if (!rows.keys.isEmpty()) {
            Map<String, String> keys = new LinkedHashMap<>();
            for (int key = 0; key < rows.keys.size(); key++) {
                keys.put(rows.keys.get(key), rows.buffer.key(row, key));
            }
            facts.put("keys", keys);
        }
        if (rows.isBad(row)) {
            facts.put("prediction", Optional.empty());
            return facts;
        }
        if (!answers.columns().isEmpty()) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (int column = 0; column < answers.columns().size(); column++) {
                double value = answers.value(row, column);
                values.put(
                        answers.columns().get(column),
                        answers.isWhole(column) ? (Object) (long) value : (Object) value);
            }
            facts.put("values", values);
            return facts;
        }
        facts.put("prediction", answers.isNumeric() ? (Object) answers.number(row) : answers.prediction(row));
        if (!answers.classes().isEmpty()) {
            Map<String, Double> probabilities = new LinkedHashMap<>();
            for (int c = 0; c < answers.classes().size(); c++) {
                probabilities.put(answers.classes().get(c), answers.probability(row, c));
            }
            facts.put("probabilities", probabilities);
        }
        explanations.ifPresent(some -> facts.put("explanation", some.facts(row)));
        return facts;
    }

    private static Map<String, Object> head(StoredModel stored) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("model", stored.version().model());
        head.put("version", stored.version().number());
        return head;
    }
}
