/**
 * Chunk sources: {@link org.accrete.io.CsvSourceProvider csv} reads files and standard input,
 * {@link org.accrete.io.SyntheticSourceProvider synthetic} makes rows by formula. Only the providers are public.
 *
 * <p>A CSV source is layered: {@code Input} finds files, {@code CsvRecords} takes records out of them one after the
 * other, {@code CsvSource} encodes these by the plan, {@code CsvMark} stands for a place in them. What cells mean is
 * decided next door, in {@code org.accrete.api.data}.
 */
package org.accrete.io;
