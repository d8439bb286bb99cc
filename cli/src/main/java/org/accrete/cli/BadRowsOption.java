package org.accrete.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.core.source.QuarantineFile;
import picocli.CommandLine.Option;

/** The option {@code --bad-rows} of the commands that read rows; it opens the file that keeps them. */
final class BadRowsOption implements AutoCloseable {
    private static final String ADVICE = "--bad-rows skip drops such rows";
    private static final Pattern FORM =
            Pattern.compile("skip(=(?<share>[^,]*))?(,quarantine=(?<file>.+))?", Pattern.DOTALL);

    @Option(
            names = "--bad-rows",
            paramLabel = "POLICY",
            description = "What becomes of a row that cannot be used. stop: it ends the command (default). skip: it is"
                    + " dropped, or in 'predict' left without a prediction. quarantine=FILE: as skip, and it is appended"
                    + " to FILE as JSON, with its place and the reason. If more than 1%% of the rows are bad, the command"
                    + " fails; skip=SHARE allows more, also as skip=SHARE,quarantine=FILE.")
    Optional<String> text = Optional.empty();

    private Optional<QuarantineFile> opened = Optional.empty();

    /** What a text of the option means. */
    private record Choice(OptionalDouble share, Optional<Path> file) {}

    /**
     * {@return what to do with rows that cannot be used} The file that keeps them is opened.
     *
     * @param source where rows are read
     * @param continues whether another run is continued, which may have written to the file
     * @param tell receives a line for each of the first rows that are dropped
     * @throws AccreteException bad argument: another text, a file that cannot be written, a file of the source
     */
    BadRows dropping(SourceAddress source, boolean continues, Consumer<String> tell) {
        Choice choice = choice();
        return choice.share().isPresent()
                ? keeping(BadRows.skip(choice.share().getAsDouble(), tell), choice, source, continues)
                : BadRows.stop(ADVICE);
    }

    /** {@return the same, where a dropped row leaves an empty one in its place} */
    BadRows blanking(SourceAddress source, Consumer<String> tell) {
        Choice choice = choice();
        return choice.share().isPresent()
                ? keeping(BadRows.blank(choice.share().getAsDouble(), tell), choice, source, false)
                : BadRows.stop("--bad-rows skip leaves such rows without a prediction");
    }

    private BadRows keeping(BadRows policy, Choice choice, SourceAddress source, boolean continues) {
        if (choice.file().isEmpty()) {
            return policy;
        }
        opened = Optional.of(QuarantineFile.open(choice.file().get(), continues));
        if (source.reads(choice.file().get())) {
            close();
            throw AccreteException.badArgument("bad rows cannot be kept in '"
                    + choice.file().get() + "': the rows are read from it, or from its directory; name another file");
        }
        return policy.keeping(opened.get());
    }

    /** {@return where bad rows are kept, if they are} */
    Optional<Path> file() {
        return opened.map(QuarantineFile::file);
    }

    /** Closes the file that keeps them. */
    @Override
    public void close() {
        opened.ifPresent(QuarantineFile::close);
    }

    private Choice choice() {
        String given = text.orElse("stop").strip();
        if (given.equals("stop")) {
            return new Choice(OptionalDouble.empty(), Optional.empty());
        }
        Matcher parts = FORM.matcher(given.startsWith("quarantine=") ? "skip," + given : given);
        boolean matches = parts.matches();
        Optional<String> allowed = matches ? Optional.ofNullable(parts.group("share")) : Optional.empty();
        double share = allowed.map(BadRowsOption::share).orElse(BadRows.SHARE);
        if (!matches || !(share >= 0 && share <= 1)) {
            throw AccreteException.badArgument("bad-rows must be one of stop | skip | skip=SHARE | quarantine=FILE |"
                    + " skip=SHARE,quarantine=FILE, with a share such as 5% or 0.05, but was '" + given + "'");
        }
        try {
            return new Choice(
                    OptionalDouble.of(share),
                    Optional.ofNullable(parts.group("file")).map(Path::of));
        } catch (InvalidPathException e) {
            throw AccreteException.badArgument(
                    "FILE of bad-rows must be the name of a file but was '" + parts.group("file") + "'");
        }
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
