/**
 * The chunk source {@link org.accrete.io.parquet.ParquetSourceProvider parquet}. Only the provider is public.
 *
 * <p>From the outside in: {@code ParquetSource} makes rows of chunks, positions and errors; {@code ParquetFile} reads
 * the rows of a file in batches; a {@code ColumnReader} reads one column of a batch, {@code Pages} its pages, and a
 * {@code ValueDecoder} the values of a page. {@code Footer} and {@code CompactReader} read what a file says about
 * itself. What is not of Parquet, the encoding of cells and marks of positions, is in the api.
 */
package org.accrete.io.parquet;
