package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.EventType;
import org.junit.platform.testkit.engine.Events;

/**
 * A plug-in that breaks one law on purpose. The test of that law must fail.
 *
 * @param law name of the law
 * @param part the plug-in, or what creates it
 * @param <P> type of the part
 */
record Mutant<P>(String law, P part) {
    /** Runs the law in a suite that tests the part. Fails unless the law fails with a useful message. */
    void assertKilledBy(Class<?> suite) {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(suite, law))
                .execute()
                .testEvents();
        List<TestExecutionResult> results = tests.stream()
                .filter(event -> event.getType() == EventType.FINISHED)
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .toList();
        assertThat(results).as("runs of %s", law).hasSize(1);
        assertThat(results.get(0).getStatus()).as("outcome of %s", law).isEqualTo(TestExecutionResult.Status.FAILED);
        Throwable failure = results.get(0).getThrowable().orElseThrow();
        assertThat(failure).as("the failure of %s", law).isInstanceOf(AssertionError.class);
        if (!(failure.getCause() instanceof AccreteException)) {
            assertThat(failure.getCause()).as("why %s failed", law).isInstanceOf(AssertionError.class);
        }
        String message = String.valueOf(failure.getMessage());
        assertThat(message.substring(message.lastIndexOf('\n') + 1))
                .as("the last line of the failure of %s", law)
                .startsWith("law " + law + " of ")
                .contains(" failed: ")
                .endsWith("; replay: mvn test -Dtest='" + suite.getName() + "#" + law + "' -Daccrete.seed="
                        + RunSeed.value());
    }

    /** {@return the names of the laws that a contract adds to those it extends} */
    static Set<String> laws(Class<?> contract) {
        return Arrays.stream(contract.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public String toString() {
        return law;
    }
}
