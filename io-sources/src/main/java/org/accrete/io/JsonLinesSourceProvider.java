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
 * Opens files of which each line is a JSON object: a file, a directory, all files that match a glob, or standard input
 * ({@code -}). Gzip and zstd are detected by content.
 *
 * <p>The columns are the keys of the first 1,000 lines. A value within objects and lists is named by its path,
 * {@code a.b} or {@code list.0}. A {@code null} or an absent key is a missing value. Values are read as the cells of a
 * CSV file are: the same table in both gives the same rows. A key that first comes up later is ignored with a warning,
 * unless a column is given for it.
 */
public final class JsonLinesSourceProvider implements ChunkSourceProvider {
    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public JsonLinesSourceProvider() {}

    @Override
    public String name() {
        return "jsonl";
    }

    @Override
    public String summary() {
        return "JSON lines, plain or packed: a path, a directory, a glob or - for standard input";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(CsvSourceProvider.MISSING, CsvSourceProvider.THREADS);
    }

    @Override
    public Set<String> endings() {
        return JsonFormat.ENDINGS;
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        return new TextSource(
                request,
                new JsonFormat(),
                params.get(CsvSourceProvider.MISSING),
                Optional.empty(),
                CsvSourceProvider.threads(params),
                TextBlock.SIZE);
    }
}
