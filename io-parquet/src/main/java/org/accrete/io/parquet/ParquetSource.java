package org.accrete.io.parquet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.CellFormat;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnCells;
import org.accrete.api.data.ColumnCells.Form;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.file.FileMark;
import org.accrete.api.file.Input;
import org.accrete.api.file.RowHash;

/**
 * A source of the rows of Parquet files. The plan is inferred from the cells as text, so that it is that of a CSV file
 * of the same table; then only the columns that the plan needs are read, typed. A position is the file and the row.
 */
final class ParquetSource implements ChunkSource {
    private final String name;
    private final List<Input> inputs;
    private final BadRows badRows;
    private final boolean targetNeeded;
    private final ColumnPlan plan;
    private final Schema schema;
    private final List<String> warnings = new ArrayList<>();
    private final FileMark.Factory marks;

    private RowEncoder encoder;
    /** The columns of the files that the encoder is for. */
    private List<String> names = List.of();

    private Optional<ParquetFile> open = Optional.empty();
    private int openFile = -1;
    private int batchRows;
    private int next;

    private final RowHash hash = new RowHash();
    private int file;
    private long record;

    /**
     * Opens files at their beginning.
     *
     * @param request what is asked for
     */
    ParquetSource(SourceRequest request) {
        this.name = request.location();
        this.inputs = Input.find(name, ParquetSourceProvider.ENDINGS);
        this.badRows = request.badRows();
        this.targetNeeded = request.targetNeeded();
        this.marks = new FileMark.Factory(inputs);
        if (inputs.stream().anyMatch(Input::isStream)) {
            throw AccreteException.badArgument("Parquet files must be files but '" + name + "' is a stream");
        }
        try {
            plan = request.plan().isPresent() ? request.plan().get() : infer(request);
            schema = plan.schema();
            try (ParquetFile first = new ParquetFile(inputs.get(0))) {
                encoder = encoder(first, plan);
                names = first.names();
            }
        } catch (AccreteException e) {
            throw e.where().isPresent() ? e : e.at(name);
        }
    }

    private RowEncoder encoder(ParquetFile some, ColumnPlan by) {
        Set<String> crossed = crossed(by.columns());
        by.columns().stream()
                .filter(column -> !(column instanceof Column.Ignore) || crossed.contains(column.name()))
                .filter(column -> targetNeeded || !(column instanceof Column.Label || column instanceof Column.Weight))
                .filter(column -> some.unread().containsKey(column.name()))
                .findFirst()
                .ifPresent(column -> {
                    throw unread(column.name(), some).at(name);
                });
        return new RowEncoder(by, some.names(), targetNeeded);
    }

    /** {@return names of the columns that crosses are of, which are read whatever their kind is} */
    private static Set<String> crossed(List<Column> columns) {
        return columns.stream()
                .filter(Column.Cross.class::isInstance)
                .flatMap(cross -> ((Column.Cross) cross).columns().stream())
                .collect(Collectors.toSet());
    }

    private static AccreteException unread(String column, ParquetFile some) {
        return AccreteException.badData("column '" + oneLine(column) + "' cannot be read: "
                + some.unread().get(column) + ", and only columns with one value in each row are read");
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private ColumnPlan infer(SourceRequest request) {
        try (ParquetFile first = new ParquetFile(inputs.get(0))) {
            Set<String> crossed = crossed(request.columns());
            Set<String> ignored = new HashSet<>();
            List<Column> columns = new ArrayList<>();
            for (Column column : request.columns()) {
                Column named = column.namedAsIn(all(first));
                if (named instanceof Column.Ignore && !crossed.contains(named.name())) {
                    ignored.add(named.name());
                }
                if (!(named instanceof Column.Ignore) || !first.unread().containsKey(named.name())) {
                    columns.add(column);
                }
            }
            Stream.of(
                            request.target().stream(),
                            crossed.stream(),
                            columns.stream()
                                    .map(column -> column.namedAsIn(all(first)).name()))
                    .flatMap(names -> names)
                    .filter(first.unread()::containsKey)
                    .findFirst()
                    .ifPresent(column -> {
                        throw unread(column, first);
                    });
            for (Map.Entry<String, String> unread : first.unread().entrySet()) {
                if (!ignored.contains(unread.getKey())) {
                    warnings.add("column '" + oneLine(unread.getKey()) + "' is ignored: " + unread.getValue()
                            + ", and only columns with one value in each row are read");
                }
            }
            PlanInference inference =
                    new PlanInference(first.names(), request.withColumns(columns), CellFormat.standard());
            if (addSample(inference, first.names(), ignored) == 0) {
                throw AccreteException.badData("it has no rows to learn from");
            }
            ColumnPlan inferred = inference.plan();
            warnings.addAll(inference.warnings());
            return inferred;
        }
    }

    private static List<String> all(ParquetFile some) {
        return Stream.concat(some.names().stream(), some.unread().keySet().stream())
                .toList();
    }

    /** Adds the first rows of the files that have the same columns; returns how many. */
    private int addSample(PlanInference inference, List<String> columns, Set<String> ignored) {
        int rows = 0;
        for (int i = 0; i < inputs.size() && rows < PlanInference.ROWS; i++) {
            try (ParquetFile some = new ParquetFile(inputs.get(i))) {
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
            ColumnCells cells = some.cells()[j];
            int id = ignored.contains(columns.get(j)) ? -1 : cells.ids()[row];
            int begin = id < 0 ? 0 : cells.texts().begin(id);
            int end = id < 0 ? 0 : cells.texts().begin(id + 1);
            texts.add(new String(cells.texts().bytes(), begin, end - begin, StandardCharsets.UTF_8));
        }
        return texts;
    }

    @Override
    public String name() {
        return name;
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
    public boolean next(ChunkBuffer buffer) {
        buffer.clear();
        while (!buffer.isFull() && findRow()) {
            int row = advance();
            try {
                encoder.encode(open.orElseThrow().cells(), row, buffer);
                badRows.accepted();
            } catch (AccreteException e) {
                badRows.refused(e.at(inputs.get(file).name() + " row " + record), buffer);
            }
        }
        buffer.position(
                record == 0
                        ? Position.start()
                        : new Position(
                                marks.create(
                                        file, record, hash, encoder.classes().size()),
                                0));
        return buffer.rows() > 0;
    }

    /** Makes sure that a next row was read; false at the end. */
    private boolean findRow() {
        while (next == batchRows) {
            if (open.isEmpty()) {
                if (openFile + 1 >= inputs.size()) {
                    return false;
                }
                openNext();
            }
            next = 0;
            batchRows = 0;
            batchRows = open.orElseThrow().next();
            if (batchRows == 0) {
                open.orElseThrow().close();
                open = Optional.empty();
            }
        }
        return true;
    }

    private void openNext() {
        openFile++;
        ParquetFile opened = new ParquetFile(inputs.get(openFile));
        open = Optional.of(opened);
        if (!opened.names().equals(names)) {
            try {
                encoder = encoder(opened, plan.withClasses(encoder.classes()));
            } catch (AccreteException e) {
                throw e.at(inputs.get(openFile).name());
            }
            names = opened.names();
        }
        List<Optional<Form>> forms = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            forms.add(encoder.form(i));
        }
        opened.begin(forms);
    }

    /** Goes on behind the next row; returns its index. */
    private int advance() {
        int row = next++;
        record = openFile == file ? record + 1 : 1;
        file = openFile;
        if (record == 1) {
            hash.begin(names);
        }
        hash.add(open.orElseThrow().hash(row));
        return row;
    }

    @Override
    public void seek(Position position) {
        ChunkBuffer dropped = new ChunkBuffer(schema, 1);
        if (!position.mark().isEmpty()) {
            FileMark mark = FileMark.parse(position.mark());
            mark.check(inputs);
            // A plan that knows fewer labels than the run did finds them in all rows before.
            boolean labelsKnown = encoder.classes().size() >= mark.classes();
            openFile = labelsKnown ? mark.file() - 1 : -1;
            do {
                if (!findRow() || openFile > mark.file()) {
                    throw ended();
                }
                int row = advance();
                if (!labelsKnown) {
                    drop(row, dropped);
                }
            } while (file < mark.file() || record < mark.record());
            mark.check(inputs.get(file), hash);
        }
        for (long i = 0; i < position.rows(); ) {
            if (!findRow()) {
                throw ended();
            }
            i += drop(advance(), dropped) ? 1 : 0;
        }
    }

    /** Encodes a row and drops it. Returns false for a bad row. */
    private boolean drop(int row, ChunkBuffer buffer) {
        buffer.clear();
        try {
            encoder.encode(open.orElseThrow().cells(), row, buffer);
            return true;
        } catch (AccreteException e) {
            return false;
        }
    }

    private AccreteException ended() {
        return AccreteException.badState(
                "'" + name + "' ends before the stored position; it must have all the rows that were read before");
    }

    @Override
    public void close() {
        open.ifPresent(ParquetFile::close);
        open = Optional.empty();
        openFile = inputs.size();
        next = 0;
        batchRows = 0;
    }
}
