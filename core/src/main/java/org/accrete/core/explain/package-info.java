/**
 * Why a model predicts what it does, in the words of the raw columns: an {@link org.accrete.core.explain.Explainer}
 * explains rows, {@link org.accrete.core.explain.Importances} tells which columns matter in general. What models say is
 * {@link org.accrete.api.learn.ExplainableModel}; pipelines carry it back through their steps.
 */
package org.accrete.core.explain;
