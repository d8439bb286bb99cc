package org.accrete.io;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.testkit.ProviderContract;
import org.accrete.testkit.SourceContract;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The laws of sources, for the files of a folder. */
abstract class FilesContract implements SourceContract, ProviderContract {
    @TempDir
    Path folder;

    private SourceRequest request = SourceRequest.of("");

    @Override
    public abstract ChunkSourceProvider provider();

    /** {@return the columns that are not inferred} */
    abstract String[] columns();

    /**
     * Writes the files.
     *
     * @param changed whether a cell of the second row is another than before
     */
    abstract void writeFiles(boolean changed);

    @BeforeEach
    void writeFiles() {
        writeFiles(false);
        request = IoFixtures.request(folder, columns());
    }

    /** The policy counts bad rows, so each source gets its own. */
    private ChunkSource open(SourceRequest some) {
        return IoFixtures.open(provider(), some.withBadRows(BadRows.skip(1, line -> {})), Map.of());
    }

    @Override
    public final ChunkSource open() {
        return open(request);
    }

    @Override
    public final ChunkSource reopen(List<String> classes) {
        try (ChunkSource first = open()) {
            ColumnPlan plan = first.plan().orElseThrow().withClasses(classes);
            return open(request.withPlan(plan, true));
        }
    }

    @Override
    public final Optional<ChunkSource> reopenChanged(List<String> classes) {
        ChunkSource before = reopen(classes);
        before.close();
        writeFiles(true);
        return Optional.of(open(request.withPlan(before.plan().orElseThrow(), true)));
    }
}
