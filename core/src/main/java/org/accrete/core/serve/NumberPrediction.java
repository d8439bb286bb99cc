package org.accrete.core.serve;

/**
 * A predicted number, or an anomaly score.
 *
 * @param value the number, in the unit of the target; of a score from 0 to 1
 * @param version the version that answered
 */
public record NumberPrediction(double value, String version) implements Prediction {}
