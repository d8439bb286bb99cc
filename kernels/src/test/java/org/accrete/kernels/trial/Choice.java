package org.accrete.kernels.trial;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.accrete.kernels.DenseKernels;

/** Asks twice which kernels suit this JVM and prints the name, then each line that was logged; or the exception. */
public final class Choice {

    private Choice() {}

    /**
     * Prints the choice.
     *
     * @param args none
     */
    public static void main(String[] args) {
        StringBuilder logged = new StringBuilder();
        Logger logger = Logger.getLogger(DenseKernels.class.getPackageName());
        logger.setLevel(Level.ALL);
        logger.addHandler(new Handler() {
            @Override
            public void publish(LogRecord message) {
                logged.append("logged ").append(message.getMessage()).append('\n');
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        try {
            DenseKernels kernels = DenseKernels.best();
            System.out.println(kernels == DenseKernels.best() ? kernels.name() : "another at the second call");
        } catch (IllegalArgumentException | IllegalStateException e) {
            System.out.println(e);
        }
        System.out.print(logged);
    }
}
