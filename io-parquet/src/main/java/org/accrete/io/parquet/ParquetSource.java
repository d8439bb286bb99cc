package org.accrete.io.parquet;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.CellFormat;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnCells;
import org.accrete.api.data.ColumnCells.Form;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.RowFilter;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.file.FileRows;
import org.accrete.api.file.Input;
import org.accrete.api.file.RowHash;
import org.accrete.api.file.TableColumns;

/**
 * A source of the rows of Parquet files. The plan is inferred from the cells as text, so that it is that of a CSV file
 * of the same table; then only the columns that the plan needs are read, typed. A position is the file and the row.
 */
final class ParquetSource extends FileRows<ParquetFile> {
    /** Whole numbers below have a double of their own. */
    private static final double EXACT = 1L << 53;

    private final boolean targetNeeded;
    private final Optional<RowFilter> where;
    private final ColumnPlan plan;
    private final Schema schema;
    private final List<String> warnings = new ArrayList<>();

    private RowEncoder encoder;
    /** The columns of the files that the encoder is for. */
    private List<String> names = List.of();

    /**
     * Opens files at their beginning.
     *
     * @param request what is asked for
     */
    ParquetSource(SourceRequest request) {
        super(request, ParquetSourceProvider.ENDINGS, "Parquet");
        this.targetNeeded = request.targetNeeded();
        this.where = request.where();
        try {
            plan = request.plan().isPresent() ? request.plan().get() : infer(request);
            schema = plan.schema();
            try (ParquetFile first = new ParquetFile(inputs().get(0))) {
                encoder = columns(first).encoder(plan, targetNeeded, where);
                names = first.names();
            }
        } catch (AccreteException e) {
            throw e.where().isPresent() ? e : e.at(name());
        }
    }

    private static TableColumns columns(ParquetFile some) {
        return new TableColumns(some.names(), some.unread(), "only columns with one value in each row are read");
    }

    private ColumnPlan infer(SourceRequest request) {
        try (ParquetFile first = new ParquetFile(inputs().get(0))) {
            TableColumns columns = columns(first);
            PlanInference inference =
                    new PlanInference(first.names(), columns.readable(request), CellFormat.standard());
            warnings.addAll(columns.warnings(request));
            if (addSample(inference, first.names(), columns.ignored(request)) == 0) {
                throw AccreteException.badData("it has no rows to learn from");
            }
            ColumnPlan inferred = inference.plan();
            warnings.addAll(inference.warnings());
            return inferred;
        }
    }

    /** Adds the first rows of the files that have the same columns; returns how many. */
    private int addSample(PlanInference inference, List<String> columns, Set<String> ignored) {
        int rows = 0;
        for (int i = 0; i < inputs().size() && rows < PlanInference.ROWS; i++) {
            try (ParquetFile some = new ParquetFile(inputs().get(i))) {
                if (!some.names().equals(columns)) {
                    continue;
                }
                some.begin(columns.stream()
                        .map(column -> ignored.contains(column) ? Optional.<Form>empty() : Optional.of(Form.TEXTS))
                        .toList());
                for (int count = some.next(); count > 0 && rows < PlanInference.ROWS; count = some.next()) {
                    for (int row = 0; row < count && rows < PlanInference.ROWS; row++, rows++) {
                        inference.add(texts(some, row, columns, ignored));
                    }
                }
            }
        }
        return rows;
    }

    private static List<String> texts(ParquetFile some, int row, List<String> columns, Set<String> ignored) {
        List<String> texts = new ArrayList<>(columns.size());
        for (int j = 0; j < columns.size(); j++) {
            texts.add(ignored.contains(columns.get(j)) ? "" : text(some.cells()[j], row));
        }
        return texts;
    }

    /** {@return a cell as a CSV file would have it} */
    private static String text(ColumnCells cells, int row) {
        switch (cells.form()) {
            case NUMBERS -> {
                double number = cells.numbers()[row];
                boolean isWhole = number == Math.rint(number) && Math.abs(number) < EXACT;
                return Double.isNaN(number) ? "" : isWhole ? Long.toString((long) number) : Double.toString(number);
            }
            case SECONDS -> {
                long seconds = cells.seconds()[row];
                return seconds == ColumnCells.MISSING
                        ? ""
                        : LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC)
                                .toString()
                                .replace('T', ' ');
            }
            default -> {
                int id = cells.ids()[row];
                int begin = id < 0 ? 0 : cells.texts().begin(id);
                int end = id < 0 ? 0 : cells.texts().begin(id + 1);
                return new String(cells.texts().bytes(), begin, end - begin, StandardCharsets.UTF_8);
            }
        }
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<ColumnPlan> plan() {
        return Optional.of(plan);
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    protected ParquetFile open(Input input) {
        ParquetFile opened = new ParquetFile(input);
        if (!opened.names().equals(names)) {
            try {
                encoder = columns(opened).encoder(plan.withClasses(encoder.classes()), targetNeeded, where);
            } catch (AccreteException e) {
                opened.close();
                throw e.at(input.name());
            }
            names = opened.names();
        }
        List<Optional<Form>> forms = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            forms.add(encoder.form(i));
        }
        opened.begin(forms);
        return opened;
    }

    @Override
    protected int readBatch(ParquetFile from, Input input) {
        return from.next();
    }

    @Override
    protected List<String> names() {
        return names;
    }

    @Override
    protected int labels() {
        return encoder.classes().size();
    }

    @Override
    protected void hash(ParquetFile from, int row, RowHash to) {
        to.add(from.hash(row));
    }

    @Override
    protected boolean accepts(ParquetFile from, int row) {
        return encoder.accepts(from.cells(), row);
    }

    @Override
    protected void encode(ParquetFile from, int row, ChunkBuffer out) {
        encoder.encode(from.cells(), row, out);
    }

    /** {@inheritDoc} Of columns that the plan does not need, nothing was read. */
    @Override
    protected BadRow badRow(ParquetFile from, int row, RowPlace place, AccreteException why) {
        List<String> read = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (encoder.form(i).isPresent()) {
                read.add(names.get(i));
                cells.add(text(from.cells()[i], row));
            }
        }
        return new BadRow(place, why.column(), String.valueOf(why.getMessage()), read, cells);
    }
}
