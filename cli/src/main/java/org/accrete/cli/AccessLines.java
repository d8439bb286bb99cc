package org.accrete.cli;

import java.util.logging.Handler;
import java.util.logging.LogRecord;

/** Prints what is logged on standard error, as it is; the JDK makes an instance for {@code --access-log}. */
public final class AccessLines extends Handler {
    /** Called by the JDK. */
    public AccessLines() {}

    @Override
    public void publish(LogRecord line) {
        System.err.println(line.getMessage());
    }

    @Override
    public void flush() {
        System.err.flush();
    }

    @Override
    public void close() {
        flush();
    }
}
