package org.accrete.io;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.CellFormat;
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

    private static final String HEADER_ADVICE =
            "if the first line is no header, say csv:FILE?header=no, which names the columns 1, 2, ...";
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
    private static final int LISTED = 5;

    private final String name;
    private final List<Input> inputs;
    private final CsvFormat format;
    private final boolean mayGrow;
    private final BadRows badRows;
    private final boolean targetNeeded;
    private final boolean isStream;
    private final ColumnPlan plan;
    private final Schema schema;
    private final List<String> warnings = new ArrayList<>();
    private final CsvMark.Factory marks;

    private CsvRecords records;
    private final Deque<SampleRow> sample = new ArrayDeque<>();
    private RowEncoder encoder;
    private List<String> header;

    private List<String> doubled = List.of();

    /** The current row if it comes from the sample; otherwise it is the current row of {@link #records}. */
    private Optional<SampleRow> sampleRow = Optional.empty();

    private final RowHash hash = new RowHash();
    private int file;
    private long record;
    private boolean unended;
    private long accepted;

    /** A row of the sample in one array, because a string per cell would need several times the memory. */
    private record SampleRow(
            char[] text, int[] ends, List<String> header, int file, long record, long line, boolean unended) {}

    /**
     * Opens the files and makes or takes the plan.
     *
     * @param request what is asked for
     * @param format how the files are written
     * @param missing texts that are missing values, joined by {@code |}
     * @param decimal the decimal separator; empty for that of the stored plan, or a point
     */
    CsvSource(SourceRequest request, CsvFormat format, String missing, Optional<String> decimal) {
        this.name = request.location().equals("-") ? "standard input" : request.location();
        this.inputs = Input.find(request.location());
        this.isStream = inputs.stream().anyMatch(Input::isStream);
        this.format = format;
        this.mayGrow = request.mayGrow();
        this.badRows = request.badRows();
        this.targetNeeded = request.targetNeeded();
        this.marks = new CsvMark.Factory(inputs);
        this.records = new CsvRecords(inputs, 0, format, mayGrow);
        CellFormat cells = CellFormat.parse(missing, decimal.orElse("."));
        try {
            if (request.plan().isPresent()) {
                plan = request.plan().get().withCells(stored -> {
                    CellFormat both = stored.or(cells);
                    return decimal.isPresent() ? both.withDecimal(cells.decimal()) : both;
                });
                readSample(1);
            } else {
                plan = infer(request, cells);
            }
            warnOfLastLine();
            schema = plan.schema();
            header = sample.isEmpty() ? records.header() : sample.getFirst().header();
            if (header.isEmpty()) {
                throw AccreteException.badData("it is empty but must begin with a line of column names");
            }
            encoder = new RowEncoder(plan, header, targetNeeded);
        } catch (AccreteException e) {
            records.close();
            throw e.where().isPresent() ? e : withHint(e).at(name);
        }
    }

    /** Adds a hint to an error if the header looks as if the format was another. */
    private AccreteException withHint(AccreteException e) {
        List<String> names = records.header();
        String hint = isMostlyNumbers(names) ? "; " + HEADER_ADVICE : "";
        for (List<String> other : OTHER_DELIMITERS) {
            if (names.size() == 1 && names.get(0).contains(other.get(0))) {
                hint = "; if something else separates the cells, say so, as in csv:FILE?delimiter=" + other.get(1);
            }
        }
        return hint.isEmpty() ? e : new AccreteException(e.kind(), e.getMessage() + hint, e);
    }

    private boolean isMostlyNumbers(List<String> names) {
        long numbers =
                names.stream().filter(name -> NUMBER.matcher(name).matches()).count();
        return format.hasHeader() && 2 * numbers > names.size();
    }

    private ColumnPlan infer(SourceRequest request, CellFormat cells) {
        readSample(PlanInference.ROWS);
        if (sample.isEmpty()) {
            throw AccreteException.badData(
                    "it has no rows to learn from; expected a line of column names, then at least one row"
                            + (mayGrow && inputs.get(inputs.size() - 1).endsWithinLine()
                                    ? "; the last line has no line end, so it is left until it is complete"
                                    : ""));
        }
        SampleRow first = sample.getFirst();
        List<String> names = first.header();
        PlanInference inference = new PlanInference(names, request, cells);
        boolean fits = false;
        for (SampleRow row : sample) {
            if (row.header().equals(names)) {
                inference.add(CsvRow.fields(row.text(), row.ends(), row.ends().length));
                fits |= row.ends().length == names.size();
            }
        }
        try {
            ColumnPlan inferred = inference.plan();
            warnOfHeader(names);
            warnings.addAll(inference.warnings());
            return inferred;
        } catch (AccreteException e) {
            throw fits ? e : e.at(records.place(first.file(), first.line()));
        }
    }

    private void warnOfHeader(List<String> names) {
        if (isMostlyNumbers(names)) {
            warnings.add("the header of '" + name + "' is numbers: " + listed(names) + "; " + HEADER_ADVICE);
        }
        if (!doubled.isEmpty()) {
            warnings.add("column names occur more than once in the header of '" + name + "': " + listed(doubled)
                    + "; the later ones are named " + doubled.get(0) + ".1 and so on"
                    + (isMostlyNumbers(names) ? "" : "; " + HEADER_ADVICE));
        }
    }

    private static String listed(List<String> names) {
        return names.stream().limit(LISTED).collect(Collectors.joining(", ")) + (names.size() > LISTED ? ", ..." : "");
    }

    /** A last line without its end may be all that was written so far. */
    private void warnOfLastLine() {
        Input last = inputs.get(inputs.size() - 1);
        if (last.endsWithinLine()) {
            warnings.add("the last line of '" + last.name() + "' has no line end, so it may be incomplete: "
                    + (mayGrow
                            ? "it is left for the next --resume; end it with a line feed to have it read now"
                            : "it is read as it is; for a file that is still written use --resume, which leaves"
                                    + " such a line until it has its end"));
        }
    }

    private void readSample(int rows) {
        while (sample.size() < rows && records.next()) {
            CsvRow row = records.row();
            int[] ends = Arrays.copyOf(row.ends(), row.count());
            char[] text = Arrays.copyOf(row.text(), ends[ends.length - 1]);
            sample.add(new SampleRow(
                    text, ends, records.header(), records.file(), records.record(), row.line(), records.isUnended()));
            doubled = sample.size() == 1 ? records.doubled() : doubled;
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
                badRows.refused(withLineEnd(e).at(place()), buffer);
            }
        }
        buffer.position(position());
        return buffer.rows() > 0;
    }

    private AccreteException withLineEnd(AccreteException e) {
        return unended && e.kind() == AccreteException.Kind.BAD_DATA
                ? AccreteException.badData(
                        e.getMessage() + "; this last line has no line end: if the file is still written,"
                                + " use --resume, which leaves such a line until it has its end")
                : e;
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
            unended = row.unended();
        } else {
            sampleRow = Optional.empty();
            if (!records.next()) {
                return false;
            }
            names = records.header();
            file = records.file();
            record = records.record();
            unended = records.isUnended();
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
        records = new CsvRecords(inputs, labelsKnown ? mark.file() : 0, format, mayGrow);
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
