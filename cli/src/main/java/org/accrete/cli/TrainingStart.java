package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Schema;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.source.Rows;
import org.accrete.core.source.Sources;

/** Where a training starts: untrained or at a stored version. Opens the rows and makes the pipeline. */
abstract sealed class TrainingStart permits NewModelStart, StoredStart {
    final TrainOptions options;
    final PlugIns plugIns;
    final SourceAddress address;
    final ChosenRows chosen;
    final BadRows badRows;
    final int epochs;
    private final List<String> notes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    TrainingStart(
            TrainOptions options,
            PlugIns plugIns,
            SourceAddress address,
            ChosenRows chosen,
            BadRows badRows,
            int epochs) {
        this.options = options;
        this.plugIns = plugIns;
        this.address = address;
        this.chosen = chosen;
        this.badRows = badRows;
        this.epochs = epochs;
        // Before any data is read.
        List<SourceAddress> all = addresses();
        if (all.stream().filter(SourceAddress::isStandardInput).count() > 1) {
            throw AccreteException.badArgument("standard input can be read once only but is mixed in twice");
        }
        if (epochs > 1 && all.stream().anyMatch(some -> some.isStandardInput() || some.isPipe())) {
            throw AccreteException.badArgument("--epochs needs a source that can be read again, which '"
                    + options.source + "' cannot; write it to a file first");
        }
        if (options.follow && (options.chosen.cache.isPresent() || !chosen.isPlain())) {
            throw AccreteException.badArgument("--follow learns rows as they come, so --mix, --skip, --shard, --cache,"
                    + " --shuffle and --balance, which wait for full chunks, exclude it; --where does not");
        }
        if (epochs > 1 && options.follow) {
            throw AccreteException.badArgument(
                    "--epochs needs rows that end, and --follow waits for more; leave one of them out");
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
     * {@return the rows that were chosen, repeated for each epoch}
     *
     * @param first the rows of the source, open
     * @param open opens a source at its beginning, encoded as the first one
     */
    final ChunkSource repeated(ChunkSource first, Function<SourceAddress, ChunkSource> open) {
        List<ChunkSource> opened = new ArrayList<>(List.of(first));
        IntFunction<ChunkSource> epoch = number -> {
            ChunkSource rows = opened.isEmpty() ? open.apply(address) : opened.remove(0);
            return chosen.isPlain() && options.chosen.cache.isEmpty()
                    ? rows
                    : chosen.of(rows, other -> open.apply(mixed(other)), this::cached, number);
        };
        return epochs == 1 ? epoch.apply(1) : Sources.repeat(epoch, epochs);
    }

    private Rows cached(Rows rows) {
        String facts = addresses().stream().map(SourceAddress::facts).collect(Collectors.joining("\n"));
        return options.chosen.cache.map(file -> rows.cache(file, facts)).orElse(rows);
    }

    /** {@return whether all rows can be read a second time} */
    final boolean canBeReadAgain() {
        return addresses().stream().noneMatch(some -> some.isStandardInput() || some.isPipe());
    }

    /** {@return SOURCE, and what is mixed in} */
    private List<SourceAddress> addresses() {
        return Stream.concat(Stream.of(address), chosen.mix().stream().map(this::mixed))
                .toList();
    }

    private SourceAddress mixed(ChosenRows.Mixed other) {
        return SourceAddress.resolve(plugIns, other.source(), options.threads).where(chosen.where());
    }
}
