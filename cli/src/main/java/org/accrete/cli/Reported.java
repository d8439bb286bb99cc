package org.accrete.cli;

/** A failure that the result tells already: only the exit status is left to give. */
final class Reported extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Reported(RuntimeException cause) {
        super(cause);
    }
}
