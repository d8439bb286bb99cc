package org.accrete.io;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * Opens ARFF files: a file, a directory, all files that match a glob, or standard input ({@code -}). Gzip and zstd are
 * detected by content.
 *
 * <p>An attribute that is numeric, nominal or a date is a column of that kind; one of text is read as a column of a CSV
 * file is. The classes of a nominal target are its declared values. In a sparse row, an attribute that is not there is
 * 0, or its first value; one of text or dates is missing. Attributes of relations and weights of rows are not read.
 */
public final class ArffSourceProvider implements ChunkSourceProvider {
    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public ArffSourceProvider() {}

    @Override
    public String name() {
        return "arff";
    }

    @Override
    public String summary() {
        return "ARFF files, plain or packed: a path, a directory, a glob or - for standard input";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(CsvSourceProvider.THREADS);
    }

    @Override
    public Set<String> endings() {
        return ArffFormat.ENDINGS;
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        return new TextSource(
                request, new ArffFormat(), "", Optional.empty(), CsvSourceProvider.threads(params), TextBlock.SIZE);
    }
}
