package org.accrete.io;

import java.nio.charset.Charset;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;

/**
 * A source of the rows of CSV files or of a stream.
 *
 * <p>Opening the source reads the first rows to infer the plan and buffers them until {@code next} returns them, so
 * that a stream is read only once. A position in files is the file and the record; a position in a stream is the number
 * of accepted rows.
 */
final class CsvSource implements ChunkSource {
    /** Other common delimiters, each with its spelling in a source address. */
    private static final List<List<String>> OTHER_DELIMITERS =
            List.of(List.of(";", "%3B"), List.of("\t", CsvSourceProvider.TAB), List.of("|", "%7C"));

    private final String name;
    private final List<Input> inputs;
    private final char delimiter;
    private final Charset charset;
    private final BadRows badRows;
    private final boolean targetNeeded;
    private final boolean isStream;
    private final ColumnPlan plan;
    private final Schema schema;
    private final List<String> warnings;
    private final CsvMark.Factory marks;

    private CsvRecords records;
    private final Deque<SampleRow> sample = new ArrayDeque<>();
    private RowEncoder encoder;
    private List<String> header;

    /** The current row if it comes from the sample; otherwise it is the current row of {@link #records}. */
    private Optional<SampleRow> sampleRow = Optional.empty();

    private final RowHash hash = new RowHash();
    private int file;
    private long record;
    private long accepted;

    /** A row of the sample in one array, because a string per cell would need several times the memory. */
    private record SampleRow(char[] text, int[] ends, List<String> header, int file, long record, long line) {}

    CsvSource(SourceRequest request, char delimiter, Charset charset) {
        this.name = request.location().equals("-") ? "standard input" : request.location();
        this.inputs = Input.find(request.location());
        this.isStream = inputs.stream().anyMatch(Input::isStream);
        this.delimiter = delimiter;
        this.charset = charset;
        this.badRows = request.badRows();
        this.targetNeeded = request.targetNeeded();
        this.marks = new CsvMark.Factory(inputs);
        this.records = new CsvRecords(inputs, 0, delimiter, charset);
        try {
            if (request.plan().isPresent()) {
                plan = request.plan().get();
                warnings = List.of();
                readSample(1);
            } else {
                PlanInference inference = infer(request);
                plan = inference.plan();
                warnings = inference.warnings();
            }
            schema = plan.schema();
            header = sample.isEmpty() ? records.header() : sample.getFirst().header();
            if (header.isEmpty()) {
                throw AccreteException.badData("it is empty but must begin with a line of column names");
            }
            encoder = new RowEncoder(plan, header, targetNeeded);
        } catch (AccreteException e) {
            records.close();
            throw e.where().isPresent() ? e : withOtherDelimiter(e).at(name);
        }
    }

    /** Adds a hint to an error if the header is a single name that contains another common delimiter. */
    private AccreteException withOtherDelimiter(AccreteException e) {
        List<String> names = records.header();
        for (List<String> other : OTHER_DELIMITERS) {
            if (names.size() == 1 && names.get(0).contains(other.get(0))) {
                String hint =
                        "; if something else separates the cells, say so, as in csv:FILE?delimiter=" + other.get(1);
                return new AccreteException(e.kind(), e.getMessage() + hint, e);
            }
        }
        return e;
    }

    private PlanInference infer(SourceRequest request) {
        readSample(PlanInference.ROWS);
        if (sample.isEmpty()) {
            throw AccreteException.badData(
                    "it has no rows to learn from; expected a line of column names, then at least one row");
        }
        List<String> names = sample.getFirst().header();
        PlanInference inference = new PlanInference(names, request.target(), request.columns());
        for (SampleRow row : sample) {
            if (row.header().equals(names)) {
                inference.add(CsvRow.fields(row.text(), row.ends(), row.ends().length));
            }
        }
        return inference;
    }

    private void readSample(int rows) {
        while (sample.size() < rows && records.next()) {
            CsvRow row = records.row();
            int[] ends = Arrays.copyOf(row.ends(), row.count());
            char[] text = Arrays.copyOf(row.text(), ends[ends.length - 1]);
            sample.add(new SampleRow(text, ends, records.header(), records.file(), records.record(), row.line()));
        }
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
        while (!buffer.isFull() && advance()) {
            try {
                encode(buffer);
                accepted++;
                badRows.accepted();
            } catch (AccreteException e) {
                badRows.refused(e.at(place()), buffer);
            }
        }
        buffer.position(position());
        return buffer.rows() > 0;
    }

    private Position position() {
        if (isStream) {
            return new Position("", accepted);
        }
        return record == 0
                ? Position.start()
                : new Position(
                        marks.create(file, record, hash, encoder.classes().size()), 0);
    }

    private String place() {
        return records.place(
                file, sampleRow.map(SampleRow::line).orElse(records.row().line()));
    }

    /** Moves to the next row, good or bad. Replaces the encoder when the header changes. Returns false at the end. */
    private boolean advance() {
        List<String> names;
        if (!sample.isEmpty()) {
            SampleRow row = sample.remove();
            sampleRow = Optional.of(row);
            names = row.header();
            file = row.file();
            record = row.record();
        } else {
            sampleRow = Optional.empty();
            if (!records.next()) {
                return false;
            }
            names = records.header();
            file = records.file();
            record = records.record();
        }
        if (!isStream) {
            addToHash(names);
        }
        if (names != header) {
            if (!names.equals(header)) {
                try {
                    encoder = new RowEncoder(plan.withClasses(encoder.classes()), names, targetNeeded);
                } catch (AccreteException e) {
                    throw e.at(records.place(file, 1));
                }
            }
            header = names;
        }
        return true;
    }

    private void addToHash(List<String> names) {
        if (record == 1) {
            hash.begin(names);
        }
        if (sampleRow.isPresent()) {
            SampleRow row = sampleRow.get();
            hash.add(row.text(), row.ends(), row.ends().length);
        } else {
            CsvRow row = records.row();
            hash.add(row.text(), row.ends(), row.count());
        }
    }

    private void encode(ChunkBuffer buffer) {
        if (sampleRow.isPresent()) {
            SampleRow row = sampleRow.get();
            encoder.encode(row.text(), row.ends(), row.ends().length, buffer);
        } else {
            CsvRow row = records.row();
            encoder.encode(row.text(), row.ends(), row.count(), buffer);
        }
    }

    @Override
    public void seek(Position position) {
        if (!position.mark().isEmpty()) {
            if (isStream) {
                throw AccreteException.badState(
                        "'" + name + "' can only be read from its beginning but the stored position is in a file");
            }
            seekTo(CsvMark.parse(position.mark()));
        }
        ChunkBuffer dropped = new ChunkBuffer(schema, 1);
        for (long i = 0; i < position.rows(); ) {
            if (!advance()) {
                throw ended();
            }
            i += drop(dropped) ? 1 : 0;
        }
    }

    /**
     * Moves to the position after the marked record. If the plan lacks labels that were known there, all rows before it
     * are encoded to find them.
     */
    private void seekTo(CsvMark mark) {
        mark.check(inputs);
        boolean labelsKnown = encoder.classes().size() >= mark.classes();
        records.close();
        sample.clear();
        records = new CsvRecords(inputs, labelsKnown ? mark.file() : 0, delimiter, charset);
        ChunkBuffer dropped = new ChunkBuffer(schema, 1);
        do {
            if (!advance() || file > mark.file()) {
                throw ended();
            }
            if (!labelsKnown) {
                drop(dropped);
            }
        } while (file < mark.file() || record < mark.record());
        mark.check(inputs.get(file), hash);
    }

    /** Encodes a row and drops it. Returns false for a bad row. */
    private boolean drop(ChunkBuffer buffer) {
        buffer.clear();
        try {
            encode(buffer);
            accepted++;
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
        sample.clear();
        records.close();
    }
}
