package org.accrete.io.parquet;

/** Bytes that are not what the format says. Whoever knows the place makes an AccreteException of it. */
final class Damage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what is wrong
     */
    Damage(String message) {
        super(message);
    }
}
