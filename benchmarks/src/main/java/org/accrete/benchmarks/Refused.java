package org.accrete.benchmarks;

/**
 * Tells why a suite cannot measure what was asked for. It has no stack trace, so that JMH prints the message as one
 * line.
 */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
        super(message, null, false, false);
    }
}
