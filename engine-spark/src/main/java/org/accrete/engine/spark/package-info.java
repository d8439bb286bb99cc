/**
 * The same training on Apache Spark: rows are encoded in executors by one column plan, dealt into shards by what they
 * hold, and learned shard by shard; the shards are merged in their order into one version. Start with
 * {@link org.accrete.engine.spark.SparkTraining} to train and {@link org.accrete.engine.spark.SparkModel} to predict.
 * What happens within a shard is {@link org.accrete.core.pipeline.Pipeline#shard} and
 * {@link org.accrete.core.pipeline.Pipeline#join}.
 */
package org.accrete.engine.spark;
