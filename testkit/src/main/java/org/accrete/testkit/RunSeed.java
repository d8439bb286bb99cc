package org.accrete.testkit;

import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * The random seed of a test run, from {@code -Daccrete.seed} or else from the clock. A failing test prints the command
 * that replays it.
 *
 * <p>All contracts use it. Other tests use it with {@code @ExtendWith(RunSeed.class)} and {@link #random}.
 */
public final class RunSeed implements TestExecutionExceptionHandler {
    /** The system property that sets the seed. */
    public static final String PROPERTY = "accrete.seed";

    private static final long SEED = Long.getLong(PROPERTY, System.nanoTime() % 1_000_000_007L);

    /** Creates the extension; called by JUnit. */
    public RunSeed() {}

    /** {@return the seed of this run} */
    public static long value() {
        return SEED;
    }

    /**
     * {@return a generator whose numbers depend only on the seed of the run and on the purpose, not on the order of
     * tests}
     *
     * @param purpose any text
     */
    public static SeededRandom random(String purpose) {
        return new SeededRandom(SEED * 31 + purpose.hashCode());
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        if (!(thrown instanceof TestAbortedException)) {
            System.err.println("replay: " + replayLine(context));
        }
        throw thrown;
    }

    private static String replayLine(ExtensionContext context) {
        return "mvn test -Dtest='" + context.getRequiredTestClass().getName() + "#"
                + context.getRequiredTestMethod().getName() + "' -D" + PROPERTY + "=" + SEED;
    }
}
