/**
 * Reads the messages of a Kafka topic as rows.
 *
 * <p>Start with {@link org.accrete.io.kafka.KafkaSourceProvider}. {@code KafkaSource} hands on rows and positions,
 * {@code TopicReader} puts the messages of all partitions into one order, {@code TopicMark} is a position as text, and
 * {@code BrokerAccess} knows the client's settings, keeps them secret, and says in one line what went wrong. How a
 * message becomes a row is {@code org.accrete.io}, next door.
 */
package org.accrete.io.kafka;
