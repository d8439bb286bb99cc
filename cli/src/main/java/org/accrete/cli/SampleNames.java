package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.core.compare.WeightNames;

/** Names of hashed categories from the first rows of a file. */
final class SampleNames {
    private SampleNames() {}

    /**
     * Lets names be known that the first rows of a file have; those of other sources cannot be read twice.
     *
     * @param names what learns them
     * @param address where the rows are
     */
    static void know(WeightNames names, SourceAddress address) {
        if (address.provider().endings().isEmpty()
                || address.isStandardInput()
                || address.isPipe()
                || names.hashedColumns().isEmpty()) {
            return;
        }
        List<Column> columns = new ArrayList<>();
        names.hashedColumns().forEach(name -> columns.add(new Column.Categorical(name, 0)));
        SourceRequest request = new SourceRequest(
                address.location(), Optional.empty(), columns, Optional.empty(), false, BadRows.blank(1, line -> {}));
        try (ChunkSource sample = address.open(request)) {
            sample.plan().map(ColumnPlan::seen).ifPresent(seen -> seen.forEach(names::know));
        } catch (AccreteException e) {
            // What is wrong with the source is said when its rows are read.
            return;
        }
    }
}
