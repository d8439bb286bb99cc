/**
 * The chunk source {@link org.accrete.io.jdbc.JdbcSourceProvider jdbc}. Only the provider is public.
 *
 * <p>From the outside in: {@code JdbcSource} makes rows of chunks, positions and errors; a {@code KeysetCursor} reads
 * the rows in the order of their key, some at a time, by the statements of {@code KeysetSql}; a {@code CellReader}
 * reads one column. {@code Database} is the connection: it finds the driver, refuses passwords in URLs and keeps them
 * out of messages. The encoding of cells is in the api.
 */
package org.accrete.io.jdbc;
