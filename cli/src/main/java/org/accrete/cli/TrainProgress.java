package org.accrete.cli;

import java.util.Locale;
import java.util.Optional;
import org.accrete.core.Progress;
import org.accrete.core.RunListener;

/** Shows how a run goes: one line, rewritten, on a terminal; a line every few seconds elsewhere; nothing beside JSON. */
final class TrainProgress implements RunListener {
    private static final long REWRITE_NANOS = 200_000_000L;
    private static final long LINE_NANOS = 3_000_000_000L;

    private final Subcommand command;
    private final Console console;
    private Optional<Progress> last = Optional.empty();
    private long shown = System.nanoTime();
    private long firstRows = -1;
    private boolean rewriting;

    TrainProgress(Subcommand command, Console console) {
        this.command = command;
        this.console = console;
    }

    @Override
    public void chunk(Progress progress) {
        command.begun();
        last = Optional.of(progress);
        long now = System.nanoTime();
        if (now - shown >= (console.isTerminal() ? REWRITE_NANOS : LINE_NANOS)) {
            shown = now;
            show(progress);
        }
    }

    /** Shows where the run ended, while its scores stand in the table that follows. */
    void end() {
        last.ifPresentOrElse(this::show, () -> console.note("0 rows, nothing new"));
        if (rewriting) {
            console.endRewriting();
        }
    }

    private void show(Progress progress) {
        if (console.isJson()) {
            return;
        }
        String line = String.format(
                Locale.ROOT,
                "%,d rows  %,.0f rows/s%s%s",
                progress.rows(),
                progress.rows() / Math.max(progress.seconds(), 1e-9),
                progress.rowsRefused() > 0 ? "  " + Console.count(progress.rowsRefused()) + " refused" : "",
                Figures.brief(progress.scores().get()));
        if (console.isTerminal()) {
            rewriting = true;
            console.rewrite(line);
        } else {
            console.note(line);
        }
    }
}
