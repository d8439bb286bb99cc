package org.accrete.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.accrete.api.data.Column;
import org.accrete.api.data.SourceRequest;

/** How the text of files is written: what their columns are, and how the text is cut into records and cells. */
interface TextFormat {
    /**
     * Opens an input: UTF-8 where each line is a record, unless a format says otherwise.
     *
     * @param stored the bytes of the input, from the first on
     * @param readSize the most bytes to read at once
     * @throws IOException if it cannot be read; it is closed then
     */
    default TextInput open(InputStream stored, int readSize) throws IOException {
        return TextInput.ofLines(stored, readSize);
    }

    /** {@return the endings of its files} */
    Set<String> endings();

    /** {@return a new splitter, for one thread} */
    Splitter splitter();

    /** {@return what to do about bytes that are no text} */
    default String notText() {
        return "soon after this line there is something that is not text";
    }

    /** {@return why a file that has no rows is refused} */
    String noRows();

    /** {@return the columns of any file, if they are known before it is read; else unknown} */
    default TextHeader header() {
        return TextHeader.UNKNOWN;
    }

    /** Says that the columns are those of a stored plan. Called before the first read. */
    default void expect(List<String> names) {}

    /**
     * {@return the columns, after all records of a sample were split without knowing them} They are {@link #header()}
     * from then on.
     *
     * @param request names columns, too
     */
    default TextHeader learn(SourceRequest request) {
        return header();
    }

    /**
     * {@return the columns whose kind a file declares}
     *
     * @param header the columns of the file
     * @param request names the target
     */
    default List<Column> declared(TextHeader header, SourceRequest request) {
        return List.of();
    }

    /**
     * {@return what the user can do when columns are not those expected; empty or beginning with a semicolon}
     *
     * @param names the columns
     */
    default String hint(List<String> names) {
        return "";
    }

    /**
     * {@return what the user should know about the columns of a file}
     *
     * @param header the columns
     * @param name name of the source
     */
    default List<String> warnings(TextHeader header, String name) {
        return List.of();
    }
}
