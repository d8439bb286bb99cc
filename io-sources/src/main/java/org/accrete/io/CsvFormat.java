package org.accrete.io;

import java.nio.charset.Charset;
import java.util.Optional;

/**
 * How CSV files are written.
 *
 * @param delimiter separator of cells
 * @param charset charset of files without a byte order mark
 * @param hasHeader whether the first record of each file names the columns; else they are named 1, 2, …
 * @param skippedLines lines at the beginning of each file that are not read
 * @param comment first character of lines that are not read
 */
record CsvFormat(char delimiter, Charset charset, boolean hasHeader, int skippedLines, Optional<Character> comment) {}
