package org.accrete.io;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * Opens CSV: a file, a directory, all files that match a glob, sorted by name, or standard input ({@code -}). Gzip and
 * zstd are detected by content.
 *
 * <p>Each file begins with a header line of column names, unless told otherwise; columns are matched by name, and a
 * name that occurs again gets a number, as in {@code id.1}. A cell quoted with {@code "} may contain delimiters, line
 * breaks and doubled quotes. Blank lines and rows of only empty cells are skipped. A byte order mark overrides the
 * charset.
 */
public final class CsvSourceProvider implements ChunkSourceProvider {
    static final String AUTO = "auto";
    private static final String NONE = "none";
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

    /** Whether files begin with names. */
    public enum Header {
        /** The first line of each file names the columns. */
        YES,
        /** The first line is a row; the columns are named 1, 2, …. */
        NO
    }

    /** Whether files begin with a line of column names. */
    public static final ParamSpec<Header> HEADER = ParamSpec.choice(
            "header", Header.class, Header.YES, "whether the first line names the columns; if not, they are 1, 2, ...");

    /** Lines at the beginning of each file that are not read. */
    public static final ParamSpec<Long> SKIP_LINES = ParamSpec.whole(
            "skip-lines",
            0,
            Domain.Range.between(0, 1_000_000),
            "lines at the beginning of each file that are not read");

    /** First character of lines that are not read. */
    public static final ParamSpec<String> COMMENT =
            ParamSpec.text("comment", NONE, "one character, or none", "first character of lines that are not read");

    /** Texts that are missing values. */
    public static final ParamSpec<String> MISSING = ParamSpec.text(
            "missing",
            "",
            "texts joined by |, in which %XX is a byte",
            "texts that are missing values, beside NA, NaN, null and empty cells");

    /** Decimal separator. */
    public static final ParamSpec<String> DECIMAL = ParamSpec.text(
            "decimal",
            AUTO,
            "one character, or auto: that of the model, or a point",
            "the character before the fraction of a number");

    /** Threads that read ahead. */
    public static final ParamSpec<Long> THREADS = ParamSpec.whole(
            "threads", 0, Domain.Range.between(0, 256), "threads that read ahead; 0 for one per processor");

    /** How much memory a thread may need for what it reads ahead. */
    private static final long BYTES_PER_THREAD = 1 << 24;

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public CsvSourceProvider() {}

    @Override
    public String name() {
        return "csv";
    }

    @Override
    public String summary() {
        return "CSV files, plain or packed: a path, a directory, a glob or - for standard input";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(DELIMITER, CHARSET, HEADER, SKIP_LINES, COMMENT, MISSING, DECIMAL, THREADS);
    }

    @Override
    public Set<String> endings() {
        return CsvFormat.ENDINGS;
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        CsvFormat format = new CsvFormat(
                delimiter(request.location(), params),
                charset(params),
                params.get(HEADER) == Header.YES,
                params.get(SKIP_LINES).intValue(),
                comment(params));
        Optional<String> decimal = Optional.of(params.get(DECIMAL)).filter(text -> !text.equals(AUTO));
        return new TextSource(request, format, params.get(MISSING), decimal, threads(params), TextBlock.SIZE);
    }

    static int threads(Params params) {
        int wanted = params.get(THREADS).intValue();
        Runtime runtime = Runtime.getRuntime();
        long affordable = Math.max(1, runtime.maxMemory() / BYTES_PER_THREAD);
        return wanted > 0 ? wanted : (int) Math.min(runtime.availableProcessors(), affordable);
    }

    private static char delimiter(String location, Params params) {
        String text = params.get(DELIMITER);
        if (text.equals(AUTO)) {
            return location.toLowerCase(Locale.ROOT).matches(".*\\.tsv(\\.gz|\\.zst)?") ? '\t' : ',';
        }
        return delimiter(text, DELIMITER);
    }

    /** {@return the separator that a parameter says: a character, or {@code tab}} */
    static char delimiter(String text, ParamSpec<String> spec) {
        if (text.equals(TAB)) {
            return '\t';
        }
        if (text.length() != 1 || "\"\r\n".contains(text)) {
            throw AccreteException.badArgument(
                    spec.name() + " must be " + spec.domain().text() + ", but was '" + text + "'");
        }
        return text.charAt(0);
    }

    private static Optional<Character> comment(Params params) {
        String text = params.get(COMMENT);
        if (text.equals(NONE)) {
            return Optional.empty();
        }
        if (text.length() != 1 || "\"\r\n".contains(text)) {
            throw AccreteException.badArgument(
                    COMMENT.name() + " must be " + COMMENT.domain().text() + ", but was '" + text + "'");
        }
        return Optional.of(text.charAt(0));
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
