package org.accrete.io;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.file.Input;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * Opens LibSVM files, which SVMlight and scikit-learn write too: a file, a directory, all files that match a glob, or
 * standard input ({@code -}). Gzip and zstd are detected by content.
 *
 * <p>The columns are {@code y}, the label; {@code qid}, which is ignored unless it is given another kind, such as key;
 * and {@code x}, all features in one sparse column. How many features there are is found by reading all files once,
 * unless it is given. Without another target, {@code y} is the target; a line without a label has none.
 */
public final class LibSvmSourceProvider implements ChunkSourceProvider {
    /** Whether indices begin at 0. */
    public enum ZeroBased {
        /** At 0 if index 0 occurs anywhere, else at 1. */
        AUTO,
        /** At 0. */
        TRUE,
        /** At 1. */
        FALSE
    }

    /** Whether indices begin at 0. */
    public static final ParamSpec<ZeroBased> ZERO_BASED = ParamSpec.choice(
            "zero-based",
            ZeroBased.class,
            ZeroBased.AUTO,
            "whether indices begin at 0; auto: if index 0 occurs anywhere; at 1 on standard input");

    private static final int MOST = 1 << 28;

    /** Number of features. */
    public static final ParamSpec<Long> COLUMNS = ParamSpec.whole(
            "columns",
            0,
            Domain.Range.between(0, MOST),
            "number of features; 0 to find it by reading the files once, which standard input does not allow");

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public LibSvmSourceProvider() {}

    @Override
    public String name() {
        return "libsvm";
    }

    @Override
    public String summary() {
        return "LibSVM and SVMlight files, plain or packed: a path, a directory, a glob or - for standard input";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(ZERO_BASED, COLUMNS, CsvSourceProvider.THREADS);
    }

    @Override
    public Set<String> endings() {
        return LibSvmFormat.ENDINGS;
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        Optional<EncodedRows> rows = EncodedRows.of(Input.find(request.location(), LibSvmFormat.ENDINGS), request);
        if (rows.isPresent()) {
            return new TextSource(
                    request,
                    new EncodedLibSvmFormat(rows.get()),
                    "",
                    Optional.empty(),
                    CsvSourceProvider.threads(params),
                    TextBlock.SIZE);
        }
        Optional<LibSvmFormat.Indices> indices =
                request.plan().isPresent() ? Optional.empty() : Optional.of(indices(request, params));
        return new TextSource(
                request.target().isPresent() ? request : request.withTarget(LibSvmFormat.LABEL),
                new LibSvmFormat(indices),
                "",
                Optional.empty(),
                CsvSourceProvider.threads(params),
                TextBlock.SIZE);
    }

    private static LibSvmFormat.Indices indices(SourceRequest request, Params params) {
        String location = request.location();
        ZeroBased base = params.get(ZERO_BASED);
        int columns = params.get(COLUMNS).intValue();
        List<Input> inputs = Input.find(location, LibSvmFormat.ENDINGS);
        boolean isOnce = request.follow() || inputs.stream().anyMatch(Input::isStream);
        if (isOnce && columns == 0) {
            throw AccreteException.badArgument("columns must be given for '" + location + "', "
                    + (request.follow() ? "whose later rows are not known yet" : "which can be read only once")
                    + ", as in libsvm:" + location + "?columns=1000");
        }
        if (columns > 0 && (isOnce || base != ZeroBased.AUTO)) {
            return new LibSvmFormat.Indices(base == ZeroBased.TRUE ? 0 : 1, columns, "");
        }
        LibSvmIndices found = new LibSvmIndices(inputs);
        int first = base == ZeroBased.TRUE || (base == ZeroBased.AUTO && found.least() == 0) ? 0 : 1;
        long width = columns > 0 ? columns : Math.max(1, found.largest() + 1 - first);
        if (width > MOST) {
            throw AccreteException.badData("the largest index is " + found.largest() + " but at most " + MOST
                            + " features are read; with columns=N rows with larger indices are bad rows")
                    .at(location);
        }
        String note = "";
        if (base == ZeroBased.AUTO && found.least() == 0) {
            note = "index 0 occurs in '" + location
                    + "', so indices are read as beginning at 0; zero-based=true says so" + " without this warning";
        } else if (base == ZeroBased.AUTO && found.least() > 1 && found.largest() > 0) {
            note = "the least index in '" + location + "' is " + found.least()
                    + "; indices are read as beginning at 1, say zero-based=true or zero-based=false to be sure";
        }
        return new LibSvmFormat.Indices(first, (int) width, note);
    }
}
