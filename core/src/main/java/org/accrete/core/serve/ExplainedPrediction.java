package org.accrete.core.serve;

import org.accrete.core.explain.Explanation;

/**
 * A prediction and why, by one version.
 *
 * @param prediction what is predicted
 * @param explanation what the columns contributed
 */
public record ExplainedPrediction(Prediction prediction, Explanation explanation) {}
