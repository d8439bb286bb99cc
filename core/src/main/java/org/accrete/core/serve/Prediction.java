package org.accrete.core.serve;

/**
 * What a model says of one record: a class, a number or a cluster, and which version said it.
 *
 * <pre>{@code
 * Prediction answer = live.predict(record);
 * if (answer instanceof ClassPrediction c) {
 *     use(c.label(), c.probability("yes"));
 * }
 * }</pre>
 */
public sealed interface Prediction permits ClassPrediction, ClusterPrediction, NumberPrediction {
    /** {@return the version that answered, such as {@code flights@3}} */
    String version();
}
