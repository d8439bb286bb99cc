/**
 * Chunk sources: {@link org.accrete.io.CsvSourceProvider csv} reads files and standard input,
 * {@link org.accrete.io.SyntheticSourceProvider synthetic} generates rows. Only the providers are public.
 *
 * <p>A CSV source has layers: {@code Input} finds files, {@code CsvRecords} parses their records in order,
 * {@code CsvSource} encodes the records with the column plan, and {@code CsvMark} is a position in the files. The
 * column plan and the encoding of cells are in {@code org.accrete.api.data}.
 */
package org.accrete.io;
