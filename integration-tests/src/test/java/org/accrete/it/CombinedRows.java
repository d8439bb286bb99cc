package org.accrete.it;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.accrete.api.data.*;
import org.accrete.api.param.Params;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.source.*;

final class CombinedRows {
    /** Recent and old flights, mixed 3 to 1, three times, each time in another order; read from CSV once. */
    static ChunkSource flights(Path recent, Path old, Path cache) {
        ChunkSourceProvider csv = PlugIns.load().sources().find("csv");
        Params params = Params.of(csv.params());
        ColumnPlan plan;
        try (ChunkSource first = csv.open(SourceRequest.of(recent.toString()).withTarget("delayed"), params)) {
            plan = first.plan().orElseThrow();
        }
        Function<Path, ChunkSource> open =
                file -> csv.open(SourceRequest.of(file.toString()).withPlan(plan, true), params);
        return Sources.repeat(
                epoch -> Rows.mix(
                                Sources.openAll(List.of(() -> open.apply(recent), () -> open.apply(old))),
                                new double[] {3, 1},
                                42)
                        .filter((rows, row) -> rows.target(row) >= 0)
                        .cache(cache)
                        .shuffle(10_000, epoch),
                3);
    }

    private CombinedRows() {}
}
