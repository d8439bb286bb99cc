/**
 * Data and how it reaches a learner: {@link org.accrete.api.data.Schema} says what the columns are,
 * {@link org.accrete.api.data.Chunk} holds some rows, {@link org.accrete.api.data.ChunkSource} reads them into a
 * {@link org.accrete.api.data.ChunkBuffer}, and {@link org.accrete.api.data.PlanInference} finds the
 * {@link org.accrete.api.data.ColumnPlan} by which {@link org.accrete.api.data.RowEncoder} turns raw text into numbers.
 */
package org.accrete.api.data;
