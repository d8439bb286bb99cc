package org.accrete.testkit;

import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * The one seed of a test run: what {@code -Daccrete.seed} says, else the clock. A test that fails prints the line that
 * replays it.
 *
 * <p>The suites use it already. A test of one's own does by {@code @ExtendWith(RunSeed.class)} and {@link #random}.
 */
public final class RunSeed implements TestExecutionExceptionHandler {
    /** The system property that sets the seed. */
    public static final String PROPERTY = "accrete.seed";

    private static final long SEED = Long.getLong(PROPERTY, System.nanoTime() % 1_000_000_007L);

    /** Made by JUnit. */
    public RunSeed() {}

    /** {@return the seed of this run} */
    public static long value() {
        return SEED;
    }

    /**
     * {@return a generator that gives the same draws for the same purpose in every run of the same seed, whichever
     * tests run before}
     *
     * @param purpose any word
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
