/**
 * Data on its way to a learner: {@link org.accrete.api.data.Schema} says what the columns are,
 * {@link org.accrete.api.data.Chunk} holds some rows, {@link org.accrete.api.data.ChunkSource} hands chunks out, and
 * {@link org.accrete.api.data.ColumnPlan} with {@link org.accrete.api.data.RowEncoder} turn raw text into numbers.
 */
package org.accrete.api.data;
