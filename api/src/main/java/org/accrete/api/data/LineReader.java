package org.accrete.api.data;

import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.accrete.api.AccreteException;

/** Reads a text file that has one record per line. */
final class LineReader implements RecordReader {
    /** Remembers how the text ends, which {@link BufferedReader#readLine} does not tell. */
    private static final class Text extends FilterReader {
        private int last = '\n';
        private boolean ended;

        Text(Reader in) {
            super(in);
        }

        @Override
        public int read(char[] into, int offset, int length) throws IOException {
            int count = super.read(into, offset, length);
            ended = count < 0;
            last = count > 0 ? into[offset + count - 1] : last;
            return count;
        }
    }

    private final Text text;
    private final BufferedReader lines;
    private final boolean isStandardInput;
    private final Function<String, Map<String, String>> parse;
    private long line;

    LineReader(String location, Function<String, Map<String, String>> parse) {
        this.isStandardInput = location.equals("-");
        this.parse = parse;
        try {
            InputStream in = isStandardInput ? System.in : Files.newInputStream(Path.of(location));
            this.text = new Text(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
            this.lines = new BufferedReader(text);
        } catch (NoSuchFileException e) {
            throw AccreteException.badArgument("there is no file '" + location + "'");
        } catch (InvalidPathException e) {
            throw AccreteException.badArgument("'" + location + "' is not a path: " + e.getReason());
        } catch (IOException e) {
            throw new AccreteException(
                    AccreteException.Kind.IO, "'" + location + "' cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<Map<String, String>> next() throws IOException {
        try {
            for (String next = lines.readLine(); next != null; next = lines.readLine()) {
                line++;
                if (!next.isBlank()) {
                    return Optional.of(parse.apply(next));
                }
            }
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw new IOException("it is not UTF-8 text after line " + line, e);
        }
    }

    @Override
    public boolean isUnended() {
        return text.ended && text.last != '\n' && text.last != '\r';
    }

    @Override
    public String place() {
        return "line " + line;
    }

    @Override
    public void close() throws IOException {
        // Standard input belongs to the process.
        if (!isStandardInput) {
            lines.close();
        }
    }
}
