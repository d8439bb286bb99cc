package org.accrete.core.serve;

/**
 * A cluster, the one with the nearest centre.
 *
 * @param cluster number of the cluster, from 0
 * @param distance Euclidean distance to its centre, in the columns that the learner sees
 * @param version the version that answered
 */
public record ClusterPrediction(int cluster, double distance, String version) implements Prediction {}
