package org.accrete.io;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.CellFormat;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.RowFilter;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.file.FileMark;
import org.accrete.api.file.FileShare;
import org.accrete.api.file.FollowMark;
import org.accrete.api.file.Input;
import org.accrete.api.file.RowHash;
import org.accrete.api.file.RowPlaces;

/**
 * A source of the rows of text files or of a stream.
 *
 * <p>Opening the source reads the first rows to infer the plan and buffers them until {@code next} returns them, so
 * that a stream is read only once. A position in files is the file and the record; a position in a stream is the number
 * of accepted rows. A stream and {@linkplain FollowedFiles followed files} are waited for.
 */
final class TextSource implements ChunkSource {
    private final String name;
    private final SourceRequest request;
    private volatile List<Input> inputs;
    private final TextFormat format;
    private final boolean mayGrow;
    private final BadRows badRows;
    private final boolean targetNeeded;
    private final Optional<RowFilter> where;
    private final boolean isStream;
    private final ColumnPlan plan;
    /** How cells are read: the plan, or for rows that are encoded already, that of their columns. */
    private final ColumnPlan cellPlan;

    private final Schema schema;
    private final List<String> warnings = new ArrayList<>();
    private final FileMark.Factory marks;
    private final Optional<Duration> maxWait;
    /** Finds files that were renamed; present where files are followed, or were before. */
    private Optional<FollowedFiles> followed = Optional.empty();

    private final int threads;
    private final int readSize;

    private TextBlocks blocks;
    /** The blocks of the sample that were not read yet. */
    private final Deque<TextBlock> sample = new ArrayDeque<>();

    private RowEncoder encoder;
    private TextHeader header = TextHeader.UNKNOWN;

    /** The block of the next row; empty at the beginning and at the end. */
    private Optional<TextBlock> block = Optional.empty();
    /** Index of the next row in the block. */
    private int next;
    /** How many of the block's rows before it are encoded. */
    private int encoded;

    /** How far the files are read, and the shares of its file before and after the present block. */
    private FileShare shares;

    private int shareFile;
    private double shareBefore;
    private double shareAfter;
    private boolean hasEnded;

    private boolean readsAhead;
    /** Says what is wrong with records. */
    private Optional<Splitter> refusals = Optional.empty();

    private final RowHash hash = new RowHash();
    private int file;
    private long record;
    private long accepted;

    /**
     * Opens the files and makes or takes the plan.
     *
     * @param request what is asked for
     * @param format how the files are written
     * @param missing texts that are missing values, joined by {@code |}
     * @param decimal the decimal separator; empty for that of the stored plan, or a point
     * @param threads how many threads read ahead
     * @param readSize the most bytes to read at once
     */
    TextSource(
            SourceRequest request,
            TextFormat format,
            String missing,
            Optional<String> decimal,
            int threads,
            int readSize) {
        this.name = request.location().equals("-") ? "standard input" : request.location();
        this.request = request;
        if (request.follow()) {
            followed = Optional.of(new FollowedFiles(request, format.endings()));
        }
        this.inputs =
                followed.map(FollowedFiles::inputs).orElseGet(() -> Input.find(request.location(), format.endings()));
        this.isStream = inputs.stream().anyMatch(Input::isStream);
        this.format = format;
        this.mayGrow = request.mayGrow();
        this.badRows = request.badRows();
        this.targetNeeded = request.targetNeeded();
        this.where = request.where();
        this.marks = new FileMark.Factory(inputs);
        this.shares = shares();
        this.threads = threads;
        this.readSize = readSize;
        this.maxWait = isStream || request.follow()
                ? Optional.of(request.maxWait().orElse(SourceRequest.MAX_WAIT))
                : Optional.empty();
        this.blocks = followed.isPresent()
                ? new TextBlocks(followed.get(), format, readSize)
                : new TextBlocks(inputs, 0, format, mayGrow, readSize);
        CellFormat cells = CellFormat.parse(missing, decimal.orElse("."));
        try {
            Optional<EncodedRows> rows = EncodedRows.of(inputs, request);
            if (rows.isPresent() && request.follow()) {
                throw AccreteException.badArgument("encoded rows cannot be followed; leave out --follow");
            } else if (rows.isPresent()) {
                plan = rows.get().plan();
                cellPlan = EncodedRows.textColumns(plan);
                format.expect(cellPlan.columns().stream().map(Column::name).toList());
                header = format.header();
                readSample(1);
            } else if (request.plan().isPresent()) {
                plan = request.plan().get().withCells(stored -> {
                    CellFormat both = stored.or(cells);
                    return decimal.isPresent() ? both.withDecimal(cells.decimal()) : both;
                });
                cellPlan = plan;
                format.expect(plan.rawNames());
                header = format.header();
                if (request.follow()) {
                    // The first row may be long in coming, and the position may be in another file.
                    header = header.names().isEmpty() ? new TextHeader(plan.rawNames(), List.of()) : header;
                } else {
                    readSample(1);
                }
            } else {
                plan = infer(request, cells);
                cellPlan = plan;
            }
            warnOfLastLine();
            schema = plan.schema();
            if (header.names().isEmpty()) {
                throw AccreteException.badData("it is empty but must begin with a line of column names");
            }
            encoder = new RowEncoder(cellPlan, header.names(), targetNeeded, where);
        } catch (AccreteException e) {
            blocks.close();
            throw e.where().isPresent() ? e : withHint(e).at(name);
        }
    }

    /** {@return the sizes of the files; of followed ones none, because they have no end} */
    private FileShare shares() {
        return new FileShare(request.follow() ? List.of() : inputs);
    }

    private AccreteException withHint(AccreteException e) {
        String hint = format.hint(header.names());
        return hint.isEmpty() ? e : new AccreteException(e.kind(), e.getMessage() + hint, e);
    }

    private ColumnPlan infer(SourceRequest request, CellFormat cells) {
        readSample(PlanInference.ROWS);
        TextBlock first = sample.stream()
                .filter(some -> some.records > 0)
                .findFirst()
                .orElseThrow(() -> AccreteException.badData(format.noRows()
                        + (mayGrow && TextInput.endsWithinLine(inputs.get(inputs.size() - 1))
                                ? "; the last line has no line end, so it is left until it is complete"
                                : "")));
        learnHeader(request);
        if (sample.stream().allMatch(some -> some.wrong.cardinality() == some.records)) {
            throw refusal(first, 0).at(blocks.place(first.file, first.line(0)));
        }
        List<String> names = header.names();
        if (names.isEmpty()) {
            throw AccreteException.badData(format.noRows());
        }
        PlanInference inference = new PlanInference(names, withDeclared(request), cells);
        boolean fits = false;
        int rows = 0;
        for (TextBlock some : sample) {
            for (int row = 0; row < some.records && rows < PlanInference.ROWS; row++, rows++) {
                if (some.header.names().equals(names) && !some.wrong.get(row)) {
                    inference.add(some.fields(row));
                    fits |= some.cells(row) == names.size();
                }
            }
        }
        try {
            ColumnPlan inferred = inference.plan();
            warnings.addAll(format.warnings(header, name));
            warnings.addAll(inference.warnings());
            return inferred;
        } catch (AccreteException e) {
            throw fits ? e : e.at(blocks.place(first.file, first.line(0)));
        }
    }

    /** Splits the sample again where its columns were not known before. */
    private void learnHeader(SourceRequest request) {
        if (!header.names().isEmpty()) {
            return;
        }
        header = format.learn(request);
        Splitter splitter = format.splitter();
        for (TextBlock some : sample) {
            some.header = header;
            splitter.split(some);
            some.bytes = new byte[0];
        }
    }

    /** Adds the kinds that a file declares, where the user does not give others. */
    private SourceRequest withDeclared(SourceRequest request) {
        List<Column> columns = new ArrayList<>(request.columns());
        Set<String> given = columns.stream()
                .map(column -> column.namedAsIn(header.names()).name())
                .collect(Collectors.toSet());
        format.declared(header, request).stream()
                .filter(column -> !given.contains(column.name()))
                .forEach(columns::add);
        return request.withColumns(columns);
    }

    private AccreteException refusal(TextBlock some, int row) {
        return refusals.orElseGet(() -> {
                    refusals = Optional.of(format.splitter());
                    return refusals.get();
                })
                .refusal(some, row);
    }

    /** A last line without its end may be all that was written so far. */
    private void warnOfLastLine() {
        if (request.follow()) {
            return;
        }
        Input last = inputs.get(inputs.size() - 1);
        if (TextInput.endsWithinLine(last)) {
            warnings.add("the last line of '" + last.name() + "' has no line end, so it may be incomplete: "
                    + (mayGrow
                            ? "it is left for the next --resume; end it with a line feed to have it read now"
                            : "it is read as it is; for a file that is still written use --resume, which leaves"
                                    + " such a line until it has its end"));
        }
    }

    /** Reads the first rows and the header of the first of them, or of the last file if there are none. */
    private void readSample(int rows) {
        int count = 0;
        while (count < rows) {
            Optional<TextBlock> more = blocks.next();
            if (more.isEmpty()) {
                return;
            }
            TextBlock some = more.get();
            header = count == 0 && !some.header.names().isEmpty() ? some.header : header;
            if (some.records > 0 || some.failure.isPresent()) {
                sample.add(some);
            }
            count += some.records;
            if (count < rows && some.failure.isPresent()) {
                throw blocks.failure(some);
            }
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
        readAhead(buffer.keyCount());
        long until = Long.MAX_VALUE;
        while (!buffer.isFull()) {
            if (maxWait.isPresent() && buffer.rows() > 0) {
                until = until == Long.MAX_VALUE
                        ? System.nanoTime() + maxWait.get().toNanos()
                        : until;
                if (!awaitRows(until)) {
                    break;
                }
            }
            Optional<TextBlock> some = findNext();
            if (some.isEmpty()) {
                break;
            }
            int rows = encodedRows(some.get(), buffer);
            if (rows > 0) {
                copy(some.get(), rows, buffer);
            } else {
                int row = advance(some.get());
                if (isFiltered(some.get(), row)) {
                    buffer.filtered(1);
                    continue;
                }
                try {
                    encode(some.get(), row, buffer);
                    buffer.place(
                            buffer.rows() - 1,
                            RowPlaces.of(some.get().file, some.get().line(row)));
                    badRows.accepted();
                } catch (AccreteException e) {
                    badRows.refused(placed(e, some.get(), row), buffer, () -> badRow(some.get(), row, e));
                }
            }
        }
        buffer.position(position());
        return buffer.rows() > 0;
    }

    @Override
    public OptionalDouble share() {
        if (hasEnded) {
            return shares.at(inputs.size() - 1, 1);
        }
        double rows = block.map(some -> some.records == 0 ? 1 : (double) next / some.records)
                .orElse(0.0);
        return shares.at(shareFile, shareBefore + rows * (shareAfter - shareBefore));
    }

    @Override
    public Optional<Duration> maxWait() {
        return maxWait;
    }

    @Override
    public boolean awaitRows(Duration atMost) {
        return awaitRows(System.nanoTime() + atMost.toNanos());
    }

    private boolean awaitRows(long until) {
        while (isUsedUp()
                && sample.isEmpty()
                && block.filter(some -> some.failure.isPresent()).isEmpty()) {
            if (!blocks.await(until)) {
                return false;
            }
            if (!readsAhead || !nextBlock()) {
                return true;
            }
        }
        return true;
    }

    private void readAhead(int keyCount) {
        if (!readsAhead) {
            readsAhead = true;
            blocks.readAhead(
                    threads, () -> new BlockEncoder(cellPlan, schema, targetNeeded, where, keyCount, !isStream));
        }
    }

    private AccreteException placed(AccreteException e, TextBlock some, int row) {
        AccreteException told = some.isUnended(row) && e.kind() == AccreteException.Kind.BAD_DATA
                ? AccreteException.badData(
                        e.getMessage() + "; this last line has no line end: if the file is still written,"
                                + " use --resume, which leaves such a line until it has its end")
                : e;
        return told.at(blocks.place(some.file, some.line(row)));
    }

    private BadRow badRow(TextBlock some, int row, AccreteException why) {
        List<String> names = header.names();
        return new BadRow(
                place(RowPlaces.of(some.file, some.line(row))).orElseThrow(),
                why.column(),
                String.valueOf(why.getMessage()),
                some.wrong.get(row) ? List.of() : names,
                some.fields(row));
    }

    /** {@inheritDoc} It does. */
    @Override
    public boolean isFiltered() {
        return true;
    }

    @Override
    public Optional<RowPlace> place(long place) {
        return Optional.of(RowPlaces.place(inputs, place, RowPlace.Unit.LINE));
    }

    private Position position() {
        if (isStream) {
            return new Position("", accepted);
        }
        if (record == 0) {
            return Position.start();
        }
        int classes = encoder.classes().size();
        String mark = followed.isEmpty()
                ? marks.create(file, record, hash, classes)
                : new FollowMark(
                                inputs.get(file).key(),
                                record,
                                hash.toText(),
                                followed.get().key(file),
                                classes)
                        .toText();
        return new Position(mark, 0);
    }

    /**
     * {@return the block of the next row, good or bad; empty at the end} Replaces the encoder when the header changes.
     */
    private Optional<TextBlock> findNext() {
        while (isUsedUp()) {
            if (!nextBlock()) {
                return block;
            }
        }
        TextHeader now = block.get().header;
        if (!now.equals(header)) {
            try {
                encoder = new RowEncoder(cellPlan.withClasses(encoder.classes()), now.names(), targetNeeded, where);
            } catch (AccreteException e) {
                throw e.at(blocks.place(block.get().file, 1));
            }
            header = now;
        }
        return block;
    }

    /** {@return whether there is no further row in the present block} */
    private boolean isUsedUp() {
        return block.isEmpty() || next == block.get().records;
    }

    /** Goes to the block after one that is used up; false at the end. */
    private boolean nextBlock() {
        if (block.isPresent()) {
            if (block.get().failure.isPresent()) {
                throw blocks.failure(block.get());
            }
            blocks.recycle(block.get());
        }
        block = sample.isEmpty() ? blocks.next() : Optional.of(sample.remove());
        if (block.isPresent()) {
            TextBlock some = block.get();
            shareBefore = some.file == shareFile ? shareAfter : 0;
            shareAfter = shares.ofFile(some.file, some.storedBytes);
            shareFile = some.file;
        }
        hasEnded |= block.isEmpty();
        next = 0;
        encoded = 0;
        return block.isPresent();
    }

    /** Goes on behind the next row; returns its index. */
    private int advance(TextBlock some) {
        int row = next++;
        record = some.file == file ? record + 1 : 1;
        file = some.file;
        if (!isStream) {
            if (record == 1) {
                hash.begin(some.header.names());
            }
            hash.add(some.hash(row));
        }
        return row;
    }

    /** {@return how many of the next rows are encoded and fit in a buffer} */
    private int encodedRows(TextBlock some, ChunkBuffer buffer) {
        if (some.labels.isEmpty() || some.rows.orElseThrow().keyCount() != buffer.keyCount()) {
            return 0;
        }
        int refused = some.refused.nextSetBit(next);
        return Math.min(buffer.room(), (refused < 0 ? some.records : refused) - next);
    }

    /** Copies rows that are encoded. */
    private void copy(TextBlock some, int rows, ChunkBuffer buffer) {
        some.labels.orElseThrow().append(some, encoded, encoded + rows, encoder, buffer);
        int first = buffer.rows() - rows;
        for (int i = 0; i < rows; i++) {
            int row = advance(some);
            buffer.place(first + i, RowPlaces.of(some.file, some.line(row)));
            badRows.accepted();
        }
        accepted += rows;
        encoded += rows;
    }

    private boolean isFiltered(TextBlock some, int row) {
        if (where.isEmpty() || some.wrong.get(row)) {
            return false;
        }
        return some.labels.isPresent()
                ? some.filtered.get(row)
                : !encoder.accepts(some.text, some.borders, some.firsts[row], some.cells(row));
    }

    private void encode(TextBlock some, int row, ChunkBuffer buffer) {
        if (some.labels.isPresent() && !some.refused.get(row)) {
            encoded++;
        }
        if (some.wrong.get(row)) {
            throw refusal(some, row);
        }
        encoder.encode(some.text, some.borders, some.firsts[row], some.cells(row), buffer);
        accepted++;
    }

    @Override
    public void seek(Position position) {
        if (!position.mark().isEmpty()) {
            if (isStream) {
                throw AccreteException.badState(
                        "'" + name + "' can only be read from its beginning but the stored position is in a file");
            }
            if (FollowMark.isOne(position.mark())) {
                seekTo(FollowMark.parse(position.mark()));
            } else {
                seekTo(FileMark.parse(position.mark()));
            }
        }
        ChunkBuffer dropped = new ChunkBuffer(schema, 1);
        for (long i = 0; i < position.rows(); ) {
            TextBlock some = findNext().orElseThrow(this::ended);
            i += drop(some, advance(some), dropped) ? 1 : 0;
        }
    }

    /**
     * Moves to the position after the marked record. If the plan lacks labels that were known there, all rows before it
     * are encoded to find them.
     */
    private void seekTo(FileMark mark) {
        if (request.follow()) {
            seekTo(followed(mark));
            return;
        }
        mark.check(inputs);
        boolean labelsKnown = encoder.classes().size() >= mark.classes();
        blocks.close();
        sample.clear();
        blocks = new TextBlocks(inputs, labelsKnown ? mark.file() : 0, format, mayGrow, readSize);
        ChunkBuffer dropped = new ChunkBuffer(schema, 1);
        do {
            TextBlock some =
                    findNext().filter(found -> found.file <= mark.file()).orElseThrow(this::ended);
            int row = advance(some);
            if (!labelsKnown) {
                drop(some, row, dropped);
            }
        } while (file < mark.file() || record < mark.record());
        mark.check(inputs.get(file), hash);
    }

    /** {@return the position of files that were not followed before, checked as far as they were rotated since} */
    private FollowMark followed(FileMark mark) {
        List<Input> now = Input.find(request.location(), format.endings());
        if (now.size() > 1) {
            mark.check(now);
        }
        return new FollowMark(mark.key(), mark.record(), mark.rows(), "", mark.classes());
    }

    /** Moves to the position after the marked record, also if its file was renamed since. */
    private void seekTo(FollowMark mark) {
        if (encoder.classes().size() < mark.classes()) {
            throw AccreteException.badState("the stored position is in followed files, where " + mark.classes()
                    + " labels were known, but the plan has only "
                    + encoder.classes().size()
                    + "; open '" + name + "' with the plan that was stored with it");
        }
        FollowedFiles files = followed.isPresent() ? followed.get() : new FollowedFiles(request, format.endings());
        FollowedFiles.Next found = files.find(mark, some -> hashOf(some, mark.record()));
        blocks.close();
        sample.clear();
        if (request.follow()) {
            // The one that was closed waits no more.
            files = new FollowedFiles(request, format.endings());
        }
        files.begin(found);
        if (!request.follow()) {
            files.after(found.input(), found.key()).forEach(files::add);
        }
        followed = Optional.of(files);
        inputs = files.inputs();
        shares = shares();
        blocks = request.follow()
                ? new TextBlocks(files, format, readSize)
                : new TextBlocks(inputs, 0, format, mayGrow, readSize);
        do {
            advance(findNext().orElseThrow(this::ended));
        } while (record < mark.record());
    }

    /** {@return the hash of the first records of a file; empty if there are fewer, or if it cannot be read} */
    private Optional<String> hashOf(Input input, long records) {
        RowHash rows = new RowHash();
        long left = records;
        try (TextBlocks all = new TextBlocks(List.of(input), 0, format, true, readSize)) {
            for (Optional<TextBlock> some = all.next(); some.isPresent() && left > 0; some = all.next()) {
                TextBlock read = some.get();
                if (left == records && read.records > 0) {
                    rows.begin(read.header.names());
                }
                for (int row = 0; row < read.records && left > 0; row++, left--) {
                    rows.add(read.hash(row));
                }
                if (read.failure.isPresent()) {
                    break;
                }
            }
        }
        return left == 0 ? Optional.of(rows.toText()) : Optional.empty();
    }

    /** Encodes a row and drops it. Returns false for a row that is bad or not wanted. */
    private boolean drop(TextBlock some, int row, ChunkBuffer buffer) {
        buffer.clear();
        if (isFiltered(some, row)) {
            return false;
        }
        try {
            encode(some, row, buffer);
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
        blocks.close();
    }
}
