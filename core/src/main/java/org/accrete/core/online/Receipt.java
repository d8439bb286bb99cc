package org.accrete.core.online;

import java.time.Duration;
import org.accrete.api.AccreteException;

/** What a service accepted at once, and what can be waited for. Thread-safe. */
public final class Receipt {
    private final OnlineService service;
    private final long lastRow;
    private final int rows;
    private final boolean repeated;
    private final long mark;

    Receipt(OnlineService service, long lastRow, int rows, boolean repeated, long mark) {
        this.service = service;
        this.lastRow = lastRow;
        this.rows = rows;
        this.repeated = repeated;
        this.mark = mark;
    }

    /** {@return the number of the last row accepted, from 1 over all rows of the service} */
    public long lastRow() {
        return lastRow;
    }

    /** {@return how many rows were accepted, without those that the column plan leaves out; 0 for a repeated call} */
    public int rows() {
        return rows;
    }

    /** {@return whether a call with the same key was accepted before, so that this one did nothing} */
    public boolean isRepeated() {
        return repeated;
    }

    /**
     * Waits until the rows are learned.
     *
     * @param atMost the longest wait
     * @return whether they are
     * @throws AccreteException bad state: training ended before
     * @throws InterruptedException if this thread was interrupted while it waited; the rows stay accepted
     */
    public boolean awaitLearned(Duration atMost) throws InterruptedException {
        return service.awaitLearned(lastRow, atMost);
    }

    /**
     * Waits until the rows are in the log on the disk, so that a crash of the machine does not lose them.
     *
     * @throws AccreteException bad argument: the service has no log; I/O: it could not be forced
     */
    public void awaitDurable() {
        service.awaitDurable(mark);
    }
}
