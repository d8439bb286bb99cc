/** Chunk sources: CSV files and synthetic streams. */
module org.accrete.io.sources {
    requires org.accrete.api;
    requires de.siegmar.fastcsv;
}
