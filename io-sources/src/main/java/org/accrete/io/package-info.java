/**
 * Chunk sources: CSV files and synthetic streams.
 */
package org.accrete.io;
