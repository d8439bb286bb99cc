/** JMH benchmarks; they choose learners by name, as a user does. */
package org.accrete.benchmarks;
