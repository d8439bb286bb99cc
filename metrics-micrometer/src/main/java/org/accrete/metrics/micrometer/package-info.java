/**
 * Meters for a Micrometer registry. Start with {@link org.accrete.metrics.micrometer.ModelMetrics}; the listeners that
 * it hands out belong to {@code org.accrete.core.train} and {@code org.accrete.core.serve}.
 */
package org.accrete.metrics.micrometer;
