package org.accrete.api.data;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;

/**
 * A source of records of named text cells, for plug-ins that read a format: the plug-in only reads records, one after
 * the other, and this class does the rest.
 *
 * <ul>
 *   <li>The column plan is inferred from the first {@value PlanInference#ROWS} records, unless the request has one.
 *       They are read when the source is opened, and only once.
 *   <li>The columns are the names that come up in these records, in this order. A record without one of them has a
 *       missing cell there. Names that first come up later are ignored, as are names that a given plan lacks.
 *   <li>Bad records and rows are handled as the request says, and every message has the place.
 *   <li>Where the request says that the rows may go on later, a last record {@linkplain RecordReader#isUnended without
 *       its end} is left for then.
 *   <li>A position is the number of records before it and a hash of their cells in the columns of the plan. To seek is
 *       to read those records again: when one of them has changed, the seek is refused.
 * </ul>
 *
 * <p>Memory does not depend on the number of records.
 */
public final class RecordSource implements ChunkSource {
    private final String name;
    private final RecordReader reader;
    private final boolean mayGrow;
    private final BadRows badRows;
    private final ColumnPlan plan;
    private final List<String> warnings;
    private final List<String> header;
    private final List<String> hashed;
    private final List<String> fields;
    private final RowEncoder encoder;
    private final Deque<Entry> sample = new ArrayDeque<>();
    private long records;
    private long hash;

    /** A record or why it cannot be read, and its place. */
    private record Entry(Map<String, String> cells, Optional<AccreteException> failure, String place) {
        boolean isRecord() {
            return failure.isEmpty();
        }
    }

    /**
     * Opens a source at its beginning.
     *
     * @param request what to open and how to encode it; its location is the source's name in messages
     * @param reader at its first record; this source closes it, also when this constructor throws
     * @throws AccreteException bad argument, bad data or I/O, as {@link ChunkSourceProvider#open}
     */
    public RecordSource(SourceRequest request, RecordReader reader) {
        this(request, reader, CellFormat.standard());
    }

    /**
     * Opens a source whose cells have a format of their own.
     *
     * @param request what to open and how to encode it; its location is the source's name in messages
     * @param reader at its first record; this source closes it, also when this constructor throws
     * @param cells how cells are written, where a given column does not say otherwise
     * @throws AccreteException bad argument, bad data or I/O, as {@link ChunkSourceProvider#open}
     */
    public RecordSource(SourceRequest request, RecordReader reader, CellFormat cells) {
        this.name = request.location().equals("-") ? "standard input" : request.location();
        this.reader = reader;
        this.mayGrow = request.mayGrow();
        this.badRows = request.badRows();
        try {
            readSample();
            Set<String> names = new LinkedHashSet<>();
            sample.forEach(entry -> names.addAll(entry.cells().keySet()));
            if (request.plan().isPresent()) {
                plan = request.plan().get().withCells(stored -> stored.or(cells));
                warnings = List.of();
                if (names.isEmpty()) {
                    names.addAll(plan.rawNames());
                }
                header = List.copyOf(names);
            } else {
                header = List.copyOf(names);
                PlanInference inference = infer(request, cells);
                plan = inference.plan();
                warnings = inference.warnings();
            }
            hashed = plan.rawNames();
            fields = new ArrayList<>(Collections.nCopies(header.size(), ""));
            encoder = new RowEncoder(plan, header, request.targetNeeded(), request.where());
        } catch (AccreteException e) {
            throw closed(e.where().isPresent() ? e : e.at(name));
        } catch (RuntimeException e) {
            throw closed(e);
        }
    }

    /** {@return what made opening fail, after the reader was closed} */
    private RuntimeException closed(RuntimeException failure) {
        try {
            reader.close();
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private void readSample() {
        for (Optional<Entry> entry = read(); entry.isPresent(); entry = read()) {
            sample.add(entry.get());
            if (sample.size() == PlanInference.ROWS) {
                return;
            }
        }
    }

    private PlanInference infer(SourceRequest request, CellFormat cells) {
        if (sample.stream().noneMatch(Entry::isRecord)) {
            throw sample.stream()
                    .flatMap(entry -> entry.failure().stream())
                    .findFirst()
                    .orElseGet(() -> AccreteException.badData("it has no records to learn from"));
        }
        PlanInference inference = new PlanInference(header, request, cells);
        for (Entry entry : sample) {
            if (entry.isRecord()) {
                inference.add(header.stream().map(column -> cell(entry, column)).toList());
            }
        }
        return inference;
    }

    private static String cell(Entry entry, String column) {
        String cell = entry.cells().get(column);
        return cell == null ? "" : cell;
    }

    /** {@return the next record from the reader, good or bad; empty at the end} */
    private Optional<Entry> read() {
        Optional<Entry> entry = readAny();
        return mayGrow && reader.isUnended() ? Optional.empty() : entry;
    }

    private Optional<Entry> readAny() {
        try {
            Optional<Map<String, String>> cells = reader.next();
            return cells.map(some -> new Entry(some, Optional.empty(), reader.place()));
        } catch (AccreteException e) {
            if (e.kind() != AccreteException.Kind.BAD_DATA) {
                throw e;
            }
            return Optional.of(new Entry(Map.of(), Optional.of(placed(e, reader.place())), reader.place()));
        } catch (IOException e) {
            throw new AccreteException(AccreteException.Kind.IO, "'" + name + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private AccreteException placed(AccreteException e, String place) {
        return e.at(name + " " + place);
    }

    /** {@return the next record, from the sample or the reader, counted} */
    private Optional<Entry> advance() {
        Optional<Entry> entry = sample.isEmpty() ? read() : Optional.of(sample.remove());
        if (entry.isPresent()) {
            records++;
            for (String column : hashed) {
                add(cell(entry.get(), column));
            }
        }
        return entry;
    }

    /** Adds a cell and its end to the hash of all cells so far, 64-bit FNV-1a over characters. */
    private void add(String cell) {
        long now = hash;
        for (int i = 0; i < cell.length(); i++) {
            now = (now ^ cell.charAt(i)) * 0x100000001b3L;
        }
        hash = (now ^ 0x10000) * 0x100000001b3L;
    }

    /** Encodes a record; returns false for one that is not wanted. */
    private boolean encode(Entry entry, ChunkBuffer out) {
        if (entry.failure().isPresent()) {
            throw entry.failure().get();
        }
        for (int i = 0; i < fields.size(); i++) {
            fields.set(i, cell(entry, header.get(i)));
        }
        try {
            boolean isWanted = encoder.accepts(fields);
            if (isWanted) {
                encoder.encode(fields, out);
            }
            return isWanted;
        } catch (AccreteException e) {
            throw placed(e, entry.place());
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Schema schema() {
        return plan.schema();
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
        while (!buffer.isFull()) {
            Optional<Entry> entry = advance();
            if (entry.isEmpty()) {
                break;
            }
            try {
                if (encode(entry.get(), buffer)) {
                    buffer.place(buffer.rows() - 1, records);
                    badRows.accepted();
                } else {
                    buffer.filtered(1);
                }
            } catch (AccreteException e) {
                badRows.refused(e, buffer, () -> badRow(entry.get(), e));
            }
        }
        buffer.position(
                records == 0
                        ? Position.start()
                        : new Position(new Mark(records, encoder.classes().size(), hash).toText(), 0));
        return buffer.rows() > 0;
    }

    private BadRow badRow(Entry entry, AccreteException why) {
        return new BadRow(
                new RowPlace(name, RowPlace.Unit.ROW, records),
                why.column(),
                entry.place() + ": " + why.getMessage(),
                entry.isRecord() ? header : List.of(),
                entry.isRecord() ? fields : List.of());
    }

    /** {@inheritDoc} It does. */
    @Override
    public boolean isFiltered() {
        return true;
    }

    /** {@inheritDoc} It counts records. */
    @Override
    public Optional<RowPlace> place(long place) {
        return Optional.of(new RowPlace(name, RowPlace.Unit.ROW, place));
    }

    @Override
    public void seek(Position position) {
        ChunkBuffer dropped = new ChunkBuffer(schema(), 1);
        if (!position.mark().isEmpty()) {
            Mark mark = Mark.parse(position.mark());
            // Labels that the plan lacks get their indexes from the rows.
            boolean labelsKnown = encoder.classes().size() >= mark.classes();
            while (records < mark.records()) {
                Entry entry = advance().orElseThrow(this::ended);
                if (!labelsKnown) {
                    drop(entry, dropped);
                }
            }
            if (hash != mark.hash()) {
                throw AccreteException.badState("the first " + records + " records of '" + name
                        + "' are not those that were read before; put them back as they were, or train a new model, or"
                        + " go on from this one with --from");
            }
        }
        for (long rows = 0; rows < position.rows(); ) {
            rows += drop(advance().orElseThrow(this::ended), dropped) ? 1 : 0;
        }
    }

    /** Encodes a record and drops it. Returns false for one that is bad or not wanted. */
    private boolean drop(Entry entry, ChunkBuffer buffer) {
        buffer.clear();
        try {
            return encode(entry, buffer);
        } catch (AccreteException e) {
            return false;
        }
    }

    private AccreteException ended() {
        return AccreteException.badState(
                "'" + name + "' ends before the stored position; it must have all the records that were read before");
    }

    @Override
    public void close() {
        sample.clear();
        try {
            reader.close();
        } catch (IOException e) {
            throw new AccreteException(
                    AccreteException.Kind.IO, "'" + name + "' cannot be closed: " + e.getMessage(), e);
        }
    }

    /**
     * The mark of a position: {@code records:classes:hash}.
     *
     * @param records number of records before it, good and bad ones
     * @param classes number of labels known there
     * @param hash of the cells of these records
     */
    private record Mark(long records, int classes, long hash) {
        String toText() {
            return records + ":" + classes + ":" + Long.toHexString(hash);
        }

        static Mark parse(String text) {
            String[] parts = text.split(":", -1);
            try {
                if (parts.length == 3) {
                    return new Mark(
                            Long.parseLong(parts[0]), Integer.parseInt(parts[1]), Long.parseUnsignedLong(parts[2], 16));
                }
            } catch (NumberFormatException e) {
                // Refused below.
            }
            throw AccreteException.badState("the stored position '" + text + "' is not one in records");
        }
    }
}
