package org.accrete.testkit;

import java.lang.reflect.Method;
import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * The random seed of a test run, from {@code -Daccrete.seed} or else from the clock. The last line of a failure's
 * message says which law failed, what it expected, and the command that replays it.
 *
 * <p>All contracts use it. Other tests use it with {@code @ExtendWith(RunSeed.class)} and {@link #random}.
 */
public final class RunSeed implements TestExecutionExceptionHandler {
    /** The system property that sets the seed. */
    public static final String PROPERTY = "accrete.seed";

    /** Characters of a failure's message that its last line repeats. */
    private static final int MOST_OF_REASON = 200;

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
        if (thrown instanceof TestAbortedException) {
            throw thrown;
        }
        throw withSummary(context, thrown);
    }

    /** {@return the failure with a last line that says which law failed, why, and how to replay it} */
    private static AssertionFailedError withSummary(ExtensionContext context, Throwable thrown) {
        Method method = context.getRequiredTestMethod();
        Class<?> owner = method.getDeclaringClass();
        String message = thrown instanceof AssertionError ? String.valueOf(thrown.getMessage()) : thrown.toString();
        String why = message.replaceAll("\\s+", " ").strip();
        String summary = message.stripTrailing() + "\n" + (owner.isInterface() ? "law " : "test ") + method.getName()
                + " of " + owner.getSimpleName() + " failed: "
                + (why.length() > MOST_OF_REASON ? why.substring(0, MOST_OF_REASON) + "…" : why)
                + "; replay: " + replayLine(context);
        AssertionFailedError failure =
                thrown instanceof AssertionFailedError known && known.isExpectedDefined() && known.isActualDefined()
                        ? new AssertionFailedError(summary, known.getExpected(), known.getActual(), thrown)
                        : new AssertionFailedError(summary, thrown);
        failure.setStackTrace(thrown.getStackTrace());
        return failure;
    }

    private static String replayLine(ExtensionContext context) {
        return "mvn test -Dtest='" + context.getRequiredTestClass().getName() + "#"
                + context.getRequiredTestMethod().getName() + "' -D" + PROPERTY + "=" + SEED;
    }
}
