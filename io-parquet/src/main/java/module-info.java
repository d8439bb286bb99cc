/** A chunk source of Parquet files. */
@SuppressWarnings("requires-automatic") // The library of Snappy, LZ4 and zstd has no module descriptor.
module org.accrete.io.parquet {
    requires transitive org.accrete.api;
    requires aircompressor;
    requires jdk.unsupported; // For aircompressor.

    exports org.accrete.io.parquet;

    provides org.accrete.api.data.ChunkSourceProvider with
            org.accrete.io.parquet.ParquetSourceProvider;
}
