package org.accrete.io.parquet;

import java.util.List;
import java.util.Set;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * Opens Parquet files: a file, a directory, or all files that match a glob.
 *
 * <p>A cell means what its text means in a CSV file of the same table. Columns of lists, maps and structs are not read,
 * nor are encrypted ones. Pages may be plain or packed by Snappy, gzip, zstd or LZ4 (raw); O(a page of each column)
 * memory.
 */
public final class ParquetSourceProvider implements ChunkSourceProvider {
    /** Endings of files. */
    static final Set<String> ENDINGS = Set.of("parquet");

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public ParquetSourceProvider() {}

    @Override
    public String name() {
        return "parquet";
    }

    @Override
    public String summary() {
        return "Parquet files: a path, a directory or a glob";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of();
    }

    @Override
    public Set<String> endings() {
        return ENDINGS;
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        return new ParquetSource(request);
    }
}
