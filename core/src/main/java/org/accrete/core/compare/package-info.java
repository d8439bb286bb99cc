/**
 * What an update changed. {@link org.accrete.core.compare.VersionDiff} compares what two versions hold: parameters,
 * weights by name, norms. {@link org.accrete.core.compare.PairedRun} lets both predict the same rows and says, in a
 * {@link org.accrete.core.compare.PairedReport}, how their scores differ and whether the difference is real.
 * {@link org.accrete.core.compare.WeightNames} tells what a weight belongs to.
 *
 * <p>Next door: {@code org.accrete.core.score} scores one model.
 */
package org.accrete.core.compare;
