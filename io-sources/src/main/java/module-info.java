/** Chunk sources: files of several formats, and generated rows. */
@SuppressWarnings("requires-automatic") // The library of zstd has no module descriptor.
module org.accrete.io.sources {
    requires transitive org.accrete.api;
    requires aircompressor;
    requires jdk.unsupported; // For aircompressor.
    requires tools.jackson.core;

    exports org.accrete.io;

    provides org.accrete.api.data.ChunkSourceProvider with
            org.accrete.io.ArffSourceProvider,
            org.accrete.io.CsvSourceProvider,
            org.accrete.io.JsonLinesSourceProvider,
            org.accrete.io.LibSvmSourceProvider,
            org.accrete.io.NumpySourceProvider,
            org.accrete.io.SyntheticSourceProvider;
}
