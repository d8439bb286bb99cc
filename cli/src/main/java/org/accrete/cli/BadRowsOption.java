package org.accrete.cli;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import picocli.CommandLine.Option;

/** The option {@code --bad-rows} of the commands that read rows. */
final class BadRowsOption {
    private static final String ADVICE = "--bad-rows skip drops such rows";

    @Option(
            names = "--bad-rows",
            paramLabel = "stop|skip[=SHARE]",
            description = "Whether a row that cannot be used ends the command (default) or is dropped, or in 'predict'"
                    + " left without a prediction. Fails if more than SHARE of the rows are bad (default: 1%%).")
    Optional<String> text = Optional.empty();

    /**
     * {@return what to do with rows that cannot be used}
     *
     * @param tell receives a line for each of the first rows that are dropped
     * @throws AccreteException bad argument: another text
     */
    BadRows dropping(Consumer<String> tell) {
        OptionalDouble share = share();
        return share.isPresent() ? BadRows.skip(share.getAsDouble(), tell) : BadRows.stop(ADVICE);
    }

    /** {@return the same, where a dropped row leaves an empty one in its place} */
    BadRows blanking(Consumer<String> tell) {
        OptionalDouble share = share();
        return share.isPresent()
                ? BadRows.blank(share.getAsDouble(), tell)
                : BadRows.stop("--bad-rows skip leaves such rows without a prediction");
    }

    /** {@return the allowed share of bad rows; empty when the first one ends the command} */
    private OptionalDouble share() {
        String given = text.orElse("stop").strip();
        if (given.equals("stop")) {
            return OptionalDouble.empty();
        }
        if (given.equals("skip")) {
            return OptionalDouble.of(BadRows.SHARE);
        }
        double share = given.startsWith("skip=") ? share(given.substring("skip=".length())) : Double.NaN;
        if (!(share >= 0 && share <= 1)) {
            throw AccreteException.badArgument("bad-rows must be one of stop | skip | skip=SHARE, with a share such as"
                    + " 5% or 0.05, but was '" + given + "'");
        }
        return OptionalDouble.of(share);
    }

    /** {@return a part of the rows, {@code 5%} or {@code 0.05}; NaN for another text} */
    static double share(String text) {
        boolean percent = text.endsWith("%");
        try {
            double number = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
            return percent ? number / 100 : number;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
