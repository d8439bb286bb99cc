/**
 * Chunk sources, and files of encoded rows.
 *
 * <p>Sources: {@link org.accrete.io.CsvSourceProvider csv}, {@link org.accrete.io.JsonLinesSourceProvider jsonl},
 * {@link org.accrete.io.LibSvmSourceProvider libsvm}, {@link org.accrete.io.ArffSourceProvider arff} and
 * {@link org.accrete.io.NumpySourceProvider npy} read files, {@link org.accrete.io.SyntheticSourceProvider synthetic}
 * generates rows. Their providers are public.
 *
 * <p>Formats of text share one source, {@code TextSource}, in layers: {@code Input} finds files, {@code TextInput}
 * reads and unpacks their bytes, a {@code Splitter} makes records of them, {@code TextBlocks} does so on several
 * threads, the source encodes the records with the column plan, and {@code FileMark} is a position in the files. A
 * {@code TextFormat} is what one format adds; one with a record on each line extends {@code LineSplitter}. The column
 * plan and the encoding of cells are in {@code org.accrete.api.data}.
 *
 * <p>{@link org.accrete.io.EncodedRowsWriter} writes rows of chunks, and {@link org.accrete.io.PlanFile} a column plan;
 * {@code EncodedRows} is how the sources read the former.
 */
package org.accrete.io;
