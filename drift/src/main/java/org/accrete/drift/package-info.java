/**
 * Detectors of drift, and the plug-ins that make them.
 *
 * <p>Public are the providers and {@link org.accrete.drift.Adwin}, whose window has a mean that adaptive trees use. Of
 * errors: {@code Ddm}, {@code Eddm}, {@code HddmA}, {@code HddmW}. Of any loss: {@code Adwin}, {@code Kswin},
 * {@code PageHinkley}. Of columns: {@code Psi} and {@code Ks}, which compare with the first rows. All but the last two
 * begin anew after a drift. Each equals its twin in River on the same numbers; docs/drift.md says how that is tested.
 */
package org.accrete.drift;
