/** Chunk sources: CSV files and generated rows. */
module org.accrete.io.sources {
    requires transitive org.accrete.api;

    exports org.accrete.io;

    provides org.accrete.api.data.ChunkSourceProvider with
            org.accrete.io.CsvSourceProvider,
            org.accrete.io.SyntheticSourceProvider;
}
