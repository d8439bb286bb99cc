package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Column;
import org.accrete.api.data.SourceRequest;
import picocli.CommandLine.Option;

/** The options of the commands that infer what columns are. */
final class ColumnOptions {
    @Option(names = "--target", paramLabel = "COL", description = "The column to be predicted.")
    Optional<String> target = Optional.empty();

    @Option(
            names = "--column",
            paramLabel = "NAME=KIND",
            description =
                    "The kind of a column: numeric, categorical, datetime, boolean, text, sparse, weight, key or ignore,"
                            + " with settings as in 'NAME=numeric(missing=?|-)'; may be repeated.")
    List<String> columns = new ArrayList<>();

    @Option(
            names = "--cross",
            paramLabel = "COL,COL",
            description = "Also learn the combinations of two or more columns of text; may be repeated.")
    List<String> crosses = new ArrayList<>();

    /** {@return the columns whose kind is given, and the crosses} */
    List<Column> given() {
        List<Column> given =
                new ArrayList<>(columns.stream().map(Column::parseAsWritten).toList());
        for (String names : crosses) {
            given.add(Column.Cross.of(List.of(names.split(",", -1))));
        }
        return given;
    }

    /** {@return what a source is asked for} */
    SourceRequest request(SourceAddress address, BadRows badRows) {
        return new SourceRequest(address.location(), target, given(), Optional.empty(), true, badRows);
    }
}
