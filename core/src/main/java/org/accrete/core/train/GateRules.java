package org.accrete.core.train;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Schema;

/**
 * What decides whether a version that a run appends may become {@code live}.
 *
 * @param gates all of them must hold; at least one
 * @param window a version is appended and judged at multiples of so many rows of the source
 * @param trusted labelled rows that judge, are never learned, and are read whole into memory by
 *     {@link TrainingRun.Builder#gates}; empty to judge by the rows of the last window, each before it is learned;
 *     closed by the caller
 */
public record GateRules(List<Gate> gates, int window, Optional<ChunkSource> trusted) {
    /** A usual window. */
    public static final int WINDOW = 10_000;

    // Checks and copies.
    public GateRules {
        gates = List.copyOf(gates);
        if (gates.isEmpty()) {
            throw AccreteException.badArgument("there must be at least one gate but there is none");
        }
        if (window < 1) {
            throw AccreteException.badArgument("gate-window must be >= 1 but was " + window);
        }
    }

    /** {@return the columns whose slices are judged} */
    Set<String> columns() {
        Set<String> columns = new LinkedHashSet<>();
        gates.forEach(gate -> gate.column().ifPresent(columns::add));
        return columns;
    }

    /** Refuses a target or columns that the gates do not fit. */
    void requireFor(Schema schema) {
        gates.forEach(gate -> gate.requireTarget(schema.target()));
        for (String column : columns()) {
            boolean isThere = schema.blocks().stream()
                    .anyMatch(block ->
                            block.name().equals(column) && (block.kind() == Block.Kind.ONE_HOT || block.width() == 1));
            if (!isThere) {
                throw AccreteException.badArgument("a gate by '" + column
                        + "' needs a categorical, boolean or numeric column of that name; there are: "
                        + String.join(
                                ", ", schema.blocks().stream().map(Block::name).toList()));
            }
        }
        trusted.ifPresent(source -> schema.require(source.schema()));
    }
}
