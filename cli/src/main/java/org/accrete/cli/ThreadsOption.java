package org.accrete.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The option {@code --threads} of the commands that read rows. */
final class ThreadsOption {
    static final String PARAMETER = "threads";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "The most threads that read ahead, where a source can use several (default: one per"
                    + " processor). Their number changes nothing but the time.")
    Optional<String> count = Optional.empty();
}
