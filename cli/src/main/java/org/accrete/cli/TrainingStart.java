package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Schema;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.source.Sources;

/** Where a training starts: untrained or at a stored version. Opens the rows and makes the pipeline. */
abstract sealed class TrainingStart permits NewModelStart, StoredStart {
    final TrainOptions options;
    final PlugIns plugIns;
    final SourceAddress address;
    final BadRows badRows;
    final int epochs;
    private final List<String> notes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    TrainingStart(TrainOptions options, PlugIns plugIns, SourceAddress address, BadRows badRows, int epochs) {
        this.options = options;
        this.plugIns = plugIns;
        this.address = address;
        this.badRows = badRows;
        this.epochs = epochs;
        if (epochs > 1 && (address.isStandardInput() || address.isPipe())) {
            throw AccreteException.badArgument("--epochs needs a source that can be read again, which '"
                    + options.source + "' cannot; write it to a file first");
        }
    }

    /** {@return the rows, over all epochs; the caller closes them} */
    abstract ChunkSource open();

    /** {@return the pipeline that learns the rows} */
    abstract Pipeline pipeline(ChunkSource source);

    /** {@return about how many rows are learned, over all epochs} */
    final double rows(Schema schema) {
        double rows = address.rows(schema) * epochs;
        return options.rows().map(most -> Math.min(rows, most)).orElse(rows);
    }

    /** Adds a line about a choice. */
    final void note(String line) {
        notes.add(line);
    }

    /** Adds a warning. */
    final void warn(String line) {
        warnings.add(line);
    }

    /** {@return lines about the choices of {@link #pipeline}} */
    final List<String> notes() {
        return notes;
    }

    /** {@return the warnings of {@link #pipeline}} */
    final List<String> warnings() {
        return warnings;
    }

    /**
     * {@return the rows, repeated for each epoch}
     *
     * @param first the rows, open
     * @param again opens them once more
     */
    final ChunkSource repeated(ChunkSource first, Supplier<ChunkSource> again) {
        if (epochs == 1) {
            return first;
        }
        List<ChunkSource> opened = new ArrayList<>(List.of(first));
        return Sources.repeat(epoch -> opened.isEmpty() ? again.get() : opened.remove(0), epochs);
    }
}
