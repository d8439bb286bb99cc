package org.accrete.core.serve;

/**
 * A predicted number.
 *
 * @param value the number, in the unit of the target
 * @param version the version that answered
 */
public record NumberPrediction(double value, String version) implements Prediction {}
