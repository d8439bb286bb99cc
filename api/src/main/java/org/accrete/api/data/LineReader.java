package org.accrete.api.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
    private final BufferedReader lines;
    private final boolean isStandardInput;
    private final Function<String, Map<String, String>> parse;
    private long line;

    LineReader(String location, Function<String, Map<String, String>> parse) {
        this.isStandardInput = location.equals("-");
        this.parse = parse;
        try {
            this.lines = isStandardInput
                    ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder()))
                    : Files.newBufferedReader(Path.of(location));
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
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                line++;
                if (!text.isBlank()) {
                    return Optional.of(parse.apply(text));
                }
            }
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw new IOException("it is not UTF-8 text after line " + line, e);
        }
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
