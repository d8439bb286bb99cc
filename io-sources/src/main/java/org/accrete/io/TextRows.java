package org.accrete.io;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.CellFormat;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * Turns texts that are one row each, such as messages, into rows of chunks. A text is a JSON object, which may have
 * line breaks, or one record of CSV. The same texts as the lines of a file give the same rows.
 *
 * <p>This is for sources whose texts do not come from files: they have their own order, places and positions. Not
 * thread-safe.
 */
public final class TextRows {
    /** How a text is written. */
    public enum Format {
        /** A JSON object. */
        JSON,
        /** A record of CSV, without a header. */
        CSV
    }

    /** How texts are written. */
    public static final ParamSpec<Format> FORMAT =
            ParamSpec.choice("format", Format.class, Format.JSON, "how a message is written: a JSON object, or cells");

    /** Names of the cells of CSV. */
    public static final ParamSpec<String> COLUMNS = ParamSpec.text(
            "columns",
            "",
            "names joined by commas; empty for those of the model, or 1, 2, ...",
            "format=csv: names of the columns");

    /** Separator of cells. */
    public static final ParamSpec<String> DELIMITER =
            ParamSpec.text("delimiter", ",", "one character, or tab", "format=csv: separator of cells");

    private final TextFormat format;
    private final Splitter splitter;
    private final TextHeader header;
    private final ColumnPlan plan;
    private final Schema schema;
    private final List<String> warnings = new ArrayList<>();
    private final RowEncoder encoder;
    private final TextBlock block = new TextBlock();
    /** Whether the cells of the last text are in the block. */
    private boolean isSplit;
    /** The last text, where its cells are not. */
    private byte[] last = {};

    /** {@return the parameters of a source whose texts this class reads} */
    public static List<ParamSpec<?>> params() {
        return List.of(FORMAT, COLUMNS, DELIMITER, CsvSourceProvider.MISSING, CsvSourceProvider.DECIMAL);
    }

    /**
     * Makes or takes the plan.
     *
     * @param request what is asked for; its location names the source in messages
     * @param params has values of {@link #params()}
     * @param sample gives the first texts, at most {@link PlanInference#ROWS}; asked only where no plan is stored
     * @throws AccreteException bad argument: a parameter; bad data: no plan can be made of the sample, or the stored
     *     one needs other columns
     */
    public TextRows(SourceRequest request, Params params, Supplier<List<byte[]>> sample) {
        boolean isCsv = params.get(FORMAT) == Format.CSV;
        List<String> columns = columns(params);
        if (!isCsv && !columns.isEmpty()) {
            throw AccreteException.badArgument("columns=" + params.get(COLUMNS)
                    + " names the cells of CSV but the format is json, whose keys are names; add format=csv");
        }
        format = isCsv
                ? new CsvFormat(
                        CsvSourceProvider.delimiter(params.get(DELIMITER), DELIMITER),
                        StandardCharsets.UTF_8,
                        false,
                        0,
                        Optional.empty())
                : new JsonFormat();
        splitter = format.splitter();
        Optional<String> decimal =
                Optional.of(params.get(CsvSourceProvider.DECIMAL)).filter(text -> !text.equals(CsvSourceProvider.AUTO));
        CellFormat cells = CellFormat.parse(params.get(CsvSourceProvider.MISSING), decimal.orElse("."));
        if (request.plan().isPresent()) {
            plan = request.plan().get().withCells(stored -> {
                CellFormat both = stored.or(cells);
                return decimal.isPresent() ? both.withDecimal(cells.decimal()) : both;
            });
            format.expect(plan.rawNames());
            header = isCsv ? TextHeader.of(columns.isEmpty() ? plan.rawNames() : columns) : format.header();
        } else {
            List<byte[]> texts = sample.get();
            header = header(request, texts, isCsv ? columns : List.of());
            plan = infer(request, texts, cells);
        }
        schema = plan.schema();
        encoder = new RowEncoder(plan, header.names(), request.targetNeeded(), request.where());
    }

    private static List<String> columns(Params params) {
        String text = params.get(COLUMNS);
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(",", -1));
    }

    /** {@return the columns, found in a sample where they are not given} */
    private TextHeader header(SourceRequest request, List<byte[]> sample, List<String> columns) {
        if (sample.isEmpty()) {
            throw AccreteException.badData("it has no rows to learn from; expected one in each message");
        }
        if (!columns.isEmpty()) {
            return TextHeader.of(columns);
        }
        Optional<AccreteException> wrong = Optional.empty();
        int cells = 0;
        for (byte[] text : sample) {
            try {
                split(text, TextHeader.UNKNOWN);
                cells = cells == 0 ? block.cells(0) : cells;
            } catch (AccreteException e) {
                wrong = wrong.or(() -> Optional.of(e));
            }
        }
        TextHeader found = format instanceof CsvFormat ? TextHeader.numbered(cells) : format.learn(request);
        if (found.names().isEmpty()) {
            throw wrong.orElseGet(() -> AccreteException.badData(format.noRows()));
        }
        TextHeader.requireRoom(found.names().size());
        return found;
    }

    private ColumnPlan infer(SourceRequest request, List<byte[]> sample, CellFormat cells) {
        PlanInference inference = new PlanInference(header.names(), request, cells);
        Optional<AccreteException> wrong = Optional.empty();
        boolean isAnyRight = false;
        for (byte[] text : sample) {
            try {
                split(text, header);
                inference.add(block.fields(0));
                isAnyRight = true;
            } catch (AccreteException e) {
                wrong = wrong.or(() -> Optional.of(e));
            }
        }
        if (!isAnyRight && wrong.isPresent()) {
            throw wrong.get();
        }
        ColumnPlan inferred = inference.plan();
        warnings.addAll(format.warnings(header, request.location()));
        warnings.addAll(inference.warnings());
        return inferred;
    }

    /** Puts the cells of a text into the block. */
    private void split(byte[] text, TextHeader columns) {
        isSplit = false;
        last = text;
        block.begin(text, 0);
        if (block.isTooLong()) {
            throw AccreteException.badData("a row has more than " + TextBlock.MOST_CHARACTERS + " characters");
        }
        block.header = columns;
        block.isEnd = true;
        if (splitter instanceof LineSplitter lines) {
            lines.splitWhole(block);
        } else {
            splitter.split(block);
            requireOneRecord();
        }
        isSplit = true;
    }

    private void requireOneRecord() {
        if (block.failure.isPresent()) {
            Exception why = block.failure.get();
            throw AccreteException.badData(
                    why instanceof CharacterCodingException
                            ? "it is not UTF-8 text"
                            : LineSplitter.oneLine(String.valueOf(why.getMessage())));
        }
        if (block.records != 1) {
            throw AccreteException.badData(
                    block.records == 0
                            ? "it is blank but must be a record of CSV"
                            : "it must be one record of CSV but has " + block.records
                                    + "; a line break within a cell must be between quotation marks");
        }
    }

    /** {@return what the columns are; its target's classes are those known before the first row} */
    public Schema schema() {
        return schema;
    }

    /** {@return how raw columns become numbers} */
    public ColumnPlan plan() {
        return plan;
    }

    /** {@return warnings for the user, one line each} */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** {@return the labels known so far, in the order of their indexes} */
    public List<String> classes() {
        return encoder.classes();
    }

    /**
     * Appends the row of a text to a chunk, if it passes the request's condition.
     *
     * @param text UTF-8, not changed
     * @param out the chunk; unchanged if the row is refused or does not pass
     * @return whether it passes
     * @throws AccreteException bad data: it is not such a text, or its row cannot be used
     */
    public boolean encode(byte[] text, ChunkBuffer out) {
        split(text, header);
        boolean passes = encoder.accepts(block.text, block.borders, block.firsts[0], block.cells(0));
        if (passes) {
            encoder.encode(block.text, block.borders, block.firsts[0], block.cells(0), out);
        }
        return passes;
    }

    /**
     * {@return what is kept of the text that {@link #encode} refused last: its cells, or all of it as one}
     *
     * @param place where it stands
     * @param why why it was refused
     */
    public BadRow badRow(RowPlace place, AccreteException why) {
        return new BadRow(
                place,
                why.column(),
                String.valueOf(why.getMessage()),
                isSplit ? header.names() : List.of(),
                isSplit ? block.fields(0) : List.of(new String(last, StandardCharsets.UTF_8)));
    }
}
