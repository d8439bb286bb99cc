/**
 * The vocabulary that every module shares: what all plug-ins have in common, the one exception, the one random
 * generator.
 *
 * <p>Start with {@link org.accrete.api.learn.Learner}; next to it are {@code data} (schema, chunks, sources),
 * {@code param} (parameters), {@code store} (state and versions) and {@code drift} (detectors).
 */
package org.accrete.api;
