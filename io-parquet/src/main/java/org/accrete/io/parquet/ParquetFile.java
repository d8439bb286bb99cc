package org.accrete.io.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ColumnCells;
import org.accrete.api.data.ColumnCells.Form;
import org.accrete.api.file.FileRows;
import org.accrete.api.file.Input;
import org.accrete.io.parquet.Footer.RowGroup;

/**
 * The rows of one file, in batches that do not cross row groups. Everything that is wrong is told with its place.
 *
 * <pre>
 * "PAR1", pages of the columns, footer, length of the footer (4 bytes), "PAR1"
 * </pre>
 */
final class ParquetFile implements FileRows.OpenFile {
    /** The most rows of a batch. */
    static final int BATCH = 1 << 10;

    private static final int TAIL = 8;

    private final String name;
    private final FileChannel file;
    private final long length;
    private final Footer footer;
    private final List<String> names;
    private final List<ColumnReader> readers = new ArrayList<>();
    private final ColumnCells[] cells;
    private final long[] hashes = new long[BATCH];
    private final Pages.Spare spare = new Pages.Spare();

    private int group = -1;
    private long left;

    /**
     * Opens a file and reads its footer.
     *
     * @param input the file
     */
    ParquetFile(Input input) {
        name = input.name();
        try {
            file = FileChannel.open(input.path().orElseThrow(), StandardOpenOption.READ);
        } catch (IOException e) {
            throw unreadable(e);
        }
        try {
            length = file.size();
            footer = readFooter();
        } catch (Damage e) {
            close();
            throw AccreteException.badData("the file is damaged: " + e.getMessage())
                    .at(name);
        } catch (IOException e) {
            close();
            throw unreadable(e);
        } catch (AccreteException e) {
            close();
            throw e;
        }
        names = footer.columns().stream().map(FileColumn::name).toList();
        cells = new ColumnCells[names.size()];
        Arrays.fill(cells, new ColumnCells(Form.TEXTS, 1));
    }

    @Override
    public long rows() {
        return footer.groups().stream().mapToLong(Footer.RowGroup::rows).sum();
    }

    private AccreteException unreadable(IOException e) {
        return e instanceof NoSuchFileException
                ? AccreteException.badArgument("there is no file '" + name + "'")
                : Input.unreadable(name, e);
    }

    private Footer readFooter() throws IOException {
        if (length == 0) {
            throw AccreteException.badData("it is empty but must be a Parquet file")
                    .at(name);
        }
        String first = text(read(0, (int) Math.min(4, length)));
        if (first.equals("PARE")) {
            throw AccreteException.badData("its footer is encrypted, which is not read; write it without encryption")
                    .at(name);
        }
        if (!first.equals("PAR1")) {
            throw AccreteException.badData("it is not a Parquet file: those begin with PAR1")
                    .at(name);
        }
        byte[] tail = read(Math.max(0, length - TAIL), (int) Math.min(TAIL, length));
        if (length < 4 + TAIL || !text(Arrays.copyOfRange(tail, 4, TAIL)).equals("PAR1")) {
            throw AccreteException.badData(
                            "it does not end as Parquet files do: was it cut off, or is it still" + " being written?")
                    .at(name);
        }
        long size = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xFFFF_FFFFL;
        if (size > length - 4 - TAIL) {
            throw new Damage("it says that its footer has " + size + " bytes, more than it has");
        }
        return Footer.read(read(length - TAIL - size, (int) size));
    }

    private byte[] read(long from, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("it was cut off while it was read");
            }
        }
        return bytes.array();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** {@return the names of the columns that can be read, in order} */
    List<String> names() {
        return names;
    }

    /** {@return the names of the other columns, and why they are not read} */
    Map<String, String> unread() {
        return footer.unread();
    }

    /**
     * Says which columns are read. Called once, before {@link #next}.
     *
     * @param forms the form that is wanted of each column; empty if it is not read
     */
    void begin(List<Optional<Form>> forms) {
        for (int i = 0; i < names.size(); i++) {
            FileColumn column = footer.columns().get(i);
            if (forms.get(i).isPresent()) {
                ColumnReader reader =
                        new ColumnReader(column, column.form(forms.get(i).get()), file, spare, BATCH);
                readers.add(reader);
                cells[i] = reader.cells();
            }
        }
    }

    /** {@return how many rows were read, at most {@link #BATCH}; 0 at the end} */
    int next() {
        while (left == 0) {
            if (group + 1 == footer.groups().size()) {
                return 0;
            }
            group++;
            RowGroup some = footer.groups().get(group);
            left = some.rows();
            if (left > 0) {
                for (ColumnReader reader : readers) {
                    told(
                            reader,
                            () -> reader.begin(some.parts().get(reader.column().index()), left, length));
                }
            }
        }
        int rows = (int) Math.min(left, BATCH);
        Arrays.fill(hashes, 0, rows, 0);
        for (ColumnReader reader : readers) {
            told(reader, () -> {
                reader.read(rows);
                reader.hash(hashes, rows);
            });
        }
        left -= rows;
        return rows;
    }

    private interface Reading {
        void run() throws IOException;
    }

    private void told(ColumnReader reader, Reading reading) {
        try {
            reading.run();
        } catch (Damage | IndexOutOfBoundsException | ArithmeticException e) {
            String what = e instanceof Damage ? e.getMessage() : "a page is not what its header says";
            throw AccreteException.badData("the column cannot be read: " + what)
                    .at(name + ", row group " + (group + 1) + ", column '"
                            + reader.column().name().replaceAll("\\p{Cntrl}", " ") + "'");
        } catch (IOException e) {
            throw Input.unreadable(name, e);
        }
    }

    /** {@return the cells of the batch; of columns that are not read, any} */
    ColumnCells[] cells() {
        return cells;
    }

    /**
     * {@return the hash of a row, of the cells that are read}
     *
     * @param row its index in the batch
     */
    long hash(int row) {
        return hashes[row];
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw Input.unreadable(name, e);
        }
    }
}
