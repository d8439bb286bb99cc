package org.accrete.io;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * Opens CSV: a file, all files that match a glob (sorted by name), or standard input ({@code -}). Gzip is detected by
 * content.
 *
 * <p>Each file begins with a header line of column names; columns are matched by name. A cell quoted with {@code "} may
 * contain delimiters, line breaks and doubled quotes. Blank lines are skipped. A byte order mark overrides the charset.
 */
public final class CsvSourceProvider implements ChunkSourceProvider {
    private static final String AUTO = "auto";
    static final String TAB = "tab";

    /** Separator of cells. */
    public static final ParamSpec<String> DELIMITER = ParamSpec.text(
            "delimiter",
            AUTO,
            "one character, tab, or auto: a tab for files that end in .tsv, else a comma",
            "separator of cells");

    /** Charset of files without a byte order mark. */
    public static final ParamSpec<String> CHARSET = ParamSpec.text(
            "charset", "UTF-8", "a charset's name, such as windows-1252", "charset of files without a byte order mark");

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public CsvSourceProvider() {}

    @Override
    public String name() {
        return "csv";
    }

    @Override
    public String summary() {
        return "CSV files, plain or gzip: a path, a glob or - for standard input";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(DELIMITER, CHARSET);
    }

    @Override
    public Set<String> endings() {
        return Set.of("csv", "csv.gz", "tsv", "tsv.gz");
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        return new CsvSource(request, delimiter(request.location(), params), charset(params));
    }

    private static char delimiter(String location, Params params) {
        String text = params.get(DELIMITER);
        if (text.equals(AUTO)) {
            return location.toLowerCase(Locale.ROOT).matches(".*\\.tsv(\\.gz)?") ? '\t' : ',';
        }
        if (text.equals(TAB)) {
            return '\t';
        }
        if (text.length() != 1 || "\"\r\n".contains(text)) {
            throw AccreteException.badArgument(
                    DELIMITER.name() + " must be " + DELIMITER.domain().text() + ", but was '" + text + "'");
        }
        return text.charAt(0);
    }

    private static Charset charset(Params params) {
        String text = params.get(CHARSET);
        try {
            return Charset.forName(text);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw AccreteException.badArgument(
                    CHARSET.name() + " must be " + CHARSET.domain().text() + ", but was '" + text + "'");
        }
    }
}
