package org.accrete.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import org.accrete.api.AccreteException;
import org.accrete.api.file.Input;

/**
 * The records of several inputs in order, in blocks. On request, threads read ahead: one at a time reads bytes, while
 * the others split and encode what they have read.
 */
final class TextBlocks implements AutoCloseable {
    /*
     * A thread that reads holds the lock of the reader and puts the block in the queue before it lets go, so the queue
     * is in the order of the files. Whoever takes a block from the queue waits until its thread is done with it.
     */
    private static final long WAIT_MILLIS = 100;

    private final List<Input> inputs;
    private final TextFormat format;
    private final boolean mayGrow;
    private final Optional<FollowedFiles> followed;
    private final int readSize;
    private final Reader reader;

    private final ArrayDeque<TextBlock> queue = new ArrayDeque<>();
    private final ArrayDeque<TextBlock> free = new ArrayDeque<>();
    private int most = 1;
    private boolean hasEnded;
    private boolean closed;
    private List<Thread> threads = List.of();
    private Optional<Throwable> crash = Optional.empty();

    // Used by the caller only.
    private int file = -1;
    private long line;
    private long lastLine;

    /**
     * Starts before the first record of an input.
     *
     * @param inputs the inputs
     * @param first index of the first input to read
     * @param format how the inputs are written
     * @param mayGrow whether the last line of the last file, if it has no line end, is left for later
     * @param readSize the most bytes to read at once
     */
    TextBlocks(List<Input> inputs, int first, TextFormat format, boolean mayGrow, int readSize) {
        this(inputs, first, format, mayGrow, readSize, Optional.empty());
    }

    /**
     * Starts before the first record of the first of some files, and waits for rows at the end of the last one.
     *
     * @param followed the files
     * @param format how the files are written
     * @param readSize the most bytes to read at once
     */
    TextBlocks(FollowedFiles followed, TextFormat format, int readSize) {
        this(followed.inputs(), 0, format, false, readSize, Optional.of(followed));
    }

    private TextBlocks(
            List<Input> inputs,
            int first,
            TextFormat format,
            boolean mayGrow,
            int readSize,
            Optional<FollowedFiles> followed) {
        this.followed = followed;
        this.readSize = readSize;
        this.inputs = inputs;
        this.format = format;
        this.mayGrow = mayGrow;
        this.reader = new Reader(first);
    }

    /** Reads blocks of bytes, each of one file whose header is known. One thread at a time. */
    private final class Reader {
        private final Splitter splitter = format.splitter();
        private int file;
        private volatile Optional<TextInput> input = Optional.empty();
        private TextHeader header = TextHeader.UNKNOWN;
        private CountedInput counted = new CountedInput(InputStream.nullInputStream());
        private boolean isFirst;
        private boolean failed;

        Reader(int first) {
            file = first - 1;
        }

        /** Fills a block; false at the end. What goes wrong is part of the block. */
        synchronized boolean read(TextBlock block) {
            while (!failed && !isClosed()) {
                try {
                    if (input.isEmpty()) {
                        if (file + 1 >= inputs.size()) {
                            return false;
                        }
                        file++;
                        header = format.header();
                        block.file = file;
                        counted = new CountedInput(stored());
                        input = Optional.of(format.open(counted, readSize));
                        isFirst = true;
                    }
                    block.file = file;
                    block.header = header;
                    boolean more = input.get().read(block);
                    block.storedBytes = counted.bytes();
                    if (isClosed()) {
                        break;
                    }
                    if (more) {
                        block.linesBefore = isFirst ? input.get().linesSkipped() : 0;
                        isFirst = false;
                        prepare(block, input.get());
                        return true;
                    }
                    input.get().close();
                    input = Optional.empty();
                } catch (IOException | RuntimeException e) {
                    failed = true;
                    block.begin(new byte[0], 0);
                    block.header = header;
                    block.storedBytes = counted.bytes();
                    block.isSplit = true;
                    boolean isLeft = leavesUnendedLine()
                            && isPlain()
                            && input.filter(TextInput::endsWithinLine).isPresent();
                    block.failure = isLeft ? Optional.empty() : Optional.of(e);
                    return !isLeft;
                }
            }
            return false;
        }

        private InputStream stored() {
            return followed.isPresent()
                    ? followed.get().open(file)
                    : inputs.get(file).open();
        }

        private void prepare(TextBlock block, TextInput from) {
            block.leavesUnendedLine = leavesUnendedLine();
            block.isUnendedFile = block.isEnd && isPlain() && from.endsWithinLine();
            failed = block.isCut;
            if (!header.names().isEmpty()) {
                return;
            }
            header = splitter.readHeader(block);
            failed |= block.failure.isPresent();
            block.header = header;
        }

        private boolean leavesUnendedLine() {
            return mayGrow && file + 1 == inputs.size();
        }

        private boolean isPlain() {
            return input.filter(some -> !some.isPacked()).isPresent()
                    && !inputs.get(file).isStream();
        }

        void closeStored() {
            try {
                Optional<TextInput> open = input;
                if (open.isPresent()) {
                    open.get().closeStored();
                }
            } catch (IOException e) {
                throw Input.unreadable(inputs.get(file).name(), e);
            }
        }

        void close() {
            try {
                if (input.isPresent()) {
                    input.get().close();
                }
            } catch (IOException e) {
                throw Input.unreadable(inputs.get(file).name(), e);
            } finally {
                input = Optional.empty();
            }
        }
    }

    /**
     * {@return the next block, split; empty at the end}
     *
     * @throws AccreteException if the thread that reads it failed
     */
    Optional<TextBlock> next() {
        Optional<TextBlock> next = threads.isEmpty() ? readHere() : take();
        if (next.isPresent()) {
            TextBlock block = next.get();
            if (block.file != file) {
                file = block.file;
                line = 1;
                lastLine = 0;
            }
            lastLine = block.headerLine < 0 ? lastLine : line + block.headerLine;
            block.firstLine = line + block.linesBefore;
            line = block.firstLine + block.lineCount;
            lastLine = block.lastLine < 0 ? lastLine : block.firstLine + block.lastLine;
        }
        return next;
    }

    private Optional<TextBlock> readHere() {
        TextBlock block = new TextBlock();
        if (!reader.read(block)) {
            return Optional.empty();
        }
        if (!block.isSplit) {
            reader.splitter.split(block);
        }
        if (!block.header.names().isEmpty()) {
            block.bytes = new byte[0]; // A sample keeps many blocks.
        }
        return Optional.of(block);
    }

    /**
     * {@return the exception for what is wrong behind the last record of the block that {@link #next} returned last}
     *
     * @param block that block
     */
    AccreteException failure(TextBlock block) {
        long place = block.failureLine < 0 ? lastLine : block.firstLine + block.failureLine;
        return broken(block.failure.orElseThrow(), block.file, place(block.file, Math.max(place, 1)));
    }

    /** {@return the exception for a damaged file} It ends the reading, even where bad rows are skipped. */
    private AccreteException broken(Exception why, int inFile, String place) {
        if (why instanceof RuntimeException e) {
            throw e;
        }
        if (why instanceof CharacterCodingException) {
            return AccreteException.badData(format.notText()).at(place);
        }
        if (why instanceof Splitter.BrokenException) {
            return AccreteException.badData(why.getMessage()).at(place);
        }
        if (why instanceof ZipException || why instanceof EOFException) {
            return AccreteException.badData("after this line, " + why.getMessage())
                    .at(place);
        }
        return Input.unreadable(inputs.get(inFile).name(), why).at(place);
    }

    /**
     * {@return the name of a line for messages}
     *
     * @param inFile index of the input
     * @param lineNumber line number, from 1
     */
    String place(int inFile, long lineNumber) {
        return inputs.get(inFile).name() + " line " + lineNumber;
    }

    /**
     * Begins to read ahead; the blocks are encoded, too.
     *
     * @param count number of threads
     * @param encoders makes the encoder of each thread
     */
    void readAhead(int count, Supplier<BlockEncoder> encoders) {
        most = count + 1;
        threads = IntStream.range(0, count)
                .mapToObj(i -> {
                    Thread thread = new Thread(() -> work(encoders.get()), "accrete-read-" + i);
                    thread.setDaemon(true);
                    return thread;
                })
                .toList();
        threads.forEach(Thread::start);
    }

    private void work(BlockEncoder encoder) {
        try {
            Splitter splitter = format.splitter();
            for (Optional<TextBlock> next = readNext(); next.isPresent(); next = readNext()) {
                TextBlock block = next.get();
                if (!block.isSplit) {
                    splitter.split(block);
                }
                encoder.encode(block);
                block.ready();
            }
        } catch (InterruptedException e) {
            // Closed.
        } catch (Throwable e) {
            synchronized (this) {
                crash = Optional.of(e);
                notifyAll();
            }
        }
    }

    /** Reads a block and puts it in the queue; empty at the end. */
    private Optional<TextBlock> readNext() throws InterruptedException {
        synchronized (reader) {
            Optional<TextBlock> block = takeFree();
            if (block.isEmpty() || !reader.read(block.get())) {
                synchronized (this) {
                    hasEnded = true;
                    notifyAll();
                }
                return Optional.empty();
            }
            synchronized (this) {
                queue.add(block.get());
                notifyAll();
            }
            return block;
        }
    }

    /** Waits until the queue has room; returns a block for its end; empty when nobody wants more. */
    private synchronized Optional<TextBlock> takeFree() throws InterruptedException {
        while (queue.size() >= most && !closed) {
            wait();
        }
        if (closed) {
            return Optional.empty();
        }
        return Optional.of(free.isEmpty() ? new TextBlock() : free.remove());
    }

    /** {@return whether rows may come while this waits for them} */
    private boolean isLive() {
        return followed.isPresent() || inputs.stream().anyMatch(Input::isStream);
    }

    /**
     * Waits until {@link #next} need not wait.
     *
     * @param until the latest {@link System#nanoTime}
     * @return whether it need not
     */
    boolean await(long until) {
        if (threads.isEmpty()) {
            return true;
        }
        try {
            while (true) {
                Optional<TextBlock> first;
                long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                synchronized (this) {
                    if (queue.isEmpty() && !hasEnded && !closed && crash.isEmpty() && millis > 0) {
                        wait(millis);
                        continue;
                    }
                    if (queue.isEmpty() || closed || crash.isPresent()) {
                        return hasEnded || closed || crash.isPresent();
                    }
                    first = Optional.of(queue.element());
                }
                if (first.get().await(Math.max(1, Math.min(millis, WAIT_MILLIS)))) {
                    return true;
                }
                if (until - System.nanoTime() <= 0) {
                    return false;
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** {@return the failure to wait for rows} The caller stays interrupted. */
    private static AccreteException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AccreteException(AccreteException.Kind.IO, "interrupted while waiting for rows", e);
    }

    /** {@return the first block of the queue when its thread is done with it; empty at the end} */
    private Optional<TextBlock> take() {
        boolean interrupted = false;
        Optional<TextBlock> block = Optional.empty();
        try {
            while (block.isEmpty()) {
                try {
                    synchronized (this) {
                        if (closed) {
                            // A thread that read while this was closed may have failed because of it.
                            return Optional.empty();
                        }
                        requireNoCrash();
                        if (queue.isEmpty()) {
                            if (hasEnded) {
                                return Optional.empty();
                            }
                            wait();
                            continue;
                        }
                        block = Optional.of(queue.element());
                    }
                    if (!block.get().await(WAIT_MILLIS)) {
                        block = Optional.empty();
                    }
                } catch (InterruptedException e) {
                    if (isLive()) {
                        throw interrupted(e);
                    }
                    // The threads always answer; the caller is interrupted afterwards.
                    interrupted = true;
                    block = Optional.empty();
                }
            }
            synchronized (this) {
                queue.remove();
                notifyAll();
            }
            return block;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void requireNoCrash() {
        if (crash.isPresent()) {
            if (crash.get() instanceof Error e) {
                throw e;
            }
            throw new IllegalStateException(crash.get());
        }
    }

    /** Takes back a block that nobody needs any more. */
    synchronized void recycle(TextBlock block) {
        if (!threads.isEmpty() && block.bytes.length <= 4 * TextBlock.SIZE) {
            free.add(block);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Closes the current input. Does not wait for a thread that reads a stream, since it may wait for ever. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        followed.ifPresent(FollowedFiles::close);
        if (!threads.isEmpty() && isLive()) {
            reader.closeStored();
        } else {
            synchronized (reader) {
                reader.close();
            }
        }
    }
}
