package org.accrete.cli;

import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.RowFilter;
import picocli.CommandLine.Option;

/** The option {@code --where} of the commands that read rows for which it does not matter that some are missing. */
final class WhereOption {
    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description =
                    "Only the rows that pass, as in 'distance > 500 and origin in (\"JFK\", \"LGA\")': = != < <= >"
                            + " >= in, is missing, and, or, not; a column between backquotes if it is not one word.")
    Optional<String> text = Optional.empty();

    /**
     * {@return the condition; empty if none is given}
     *
     * @throws AccreteException bad argument: it is none; the message says where
     */
    Optional<RowFilter> condition() {
        return text.map(RowFilter::parse);
    }
}
