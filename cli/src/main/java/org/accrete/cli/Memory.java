package org.accrete.cli;

import org.accrete.api.AccreteException;

/** Checks that something fits the heap before it is made. */
final class Memory {
    /** Bytes for the rest of the program. */
    private static final long ROOM = 16L << 20;

    private static final long MEGABYTE = 1L << 20;

    private Memory() {}

    /**
     * Refuses what cannot fit.
     *
     * @param bytes about how much it takes
     * @param what its name, for the message
     * @throws AccreteException bad argument: it cannot fit
     */
    static void require(long bytes, String what) {
        require(bytes, what, Runtime.getRuntime().maxMemory());
    }

    static void require(long bytes, String what, long heap) {
        if (bytes > heap - ROOM) {
            long enough = (bytes / MEGABYTE + 1) * 5 / 4 + 64;
            throw AccreteException.badArgument(what + " needs about " + bytes / MEGABYTE + " MB but the heap is "
                    + heap / MEGABYTE + " MB; allow more with ACCRETE_OPTS=-Xmx" + enough
                    + "m, or make the model narrower, as with --column NAME=categorical(width=1024)");
        }
    }
}
