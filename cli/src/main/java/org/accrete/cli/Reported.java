package org.accrete.cli;

/** A failure that is part of the JSON result already, so that only the exit status remains. */
final class Reported extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Reported(RuntimeException cause) {
        super(cause);
    }
}
