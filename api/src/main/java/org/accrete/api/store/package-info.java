/**
 * Trained states and where they are kept: {@link org.accrete.api.store.State} is what a learner gives away,
 * {@link org.accrete.api.store.ModelStore} keeps it as a {@link org.accrete.api.store.ModelVersion}.
 */
package org.accrete.api.store;
