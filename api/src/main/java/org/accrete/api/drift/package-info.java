/**
 * Notices that a stream of numbers has changed: a model's losses, or the values of a column.
 *
 * <p>Start with {@link org.accrete.api.drift.DriftDetector}. Detectors are plug-ins, found through a
 * {@link org.accrete.api.drift.DriftDetectorProvider}. Next to it is {@code learn}, whose models have the losses.
 */
package org.accrete.api.drift;
