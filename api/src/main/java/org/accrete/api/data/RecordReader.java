package org.accrete.api.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads records of named text cells in order, for a {@link RecordSource}. */
public interface RecordReader extends Closeable {
    /**
     * {@return a reader of a text file that has one record per line} Blank lines are skipped. The text is UTF-8.
     *
     * @param location path of the file, or {@code -} for standard input
     * @param parse makes a record of a line; throws bad data for a line that holds no record
     * @throws org.accrete.api.AccreteException bad argument: there is no such file; I/O: it cannot be read
     */
    static RecordReader lines(String location, Function<String, Map<String, String>> parse) {
        return new LineReader(location, parse);
    }

    /**
     * {@return the next record: its cells by name, in any order; empty at the end} A cell that is null or absent is
     * missing. The map belongs to the caller.
     *
     * @throws org.accrete.api.AccreteException bad data: this record cannot be read; the next call continues with the
     *     record after it
     * @throws IOException if the input cannot be read
     */
    Optional<Map<String, String>> next() throws IOException;

    /**
     * {@return whether the input ended within the last record, so that its end may be missing} Where the rows may go on
     * later, such a record is left for then.
     */
    default boolean isUnended() {
        return false;
    }

    /** {@return where the last record is, for messages, such as {@code line 17}} */
    String place();
}
