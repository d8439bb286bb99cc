/**
 * Ensembles whose members are made by another plug-in: {@link org.accrete.learners.ensembles.BaggingProvider} and
 * {@link org.accrete.learners.ensembles.LeveragingBaggingProvider}. Inside, {@code Ensemble} keeps a learner's promises
 * around the members, {@code Members} trains them.
 */
package org.accrete.learners.ensembles;
