package org.accrete.api.file;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.RowFilter;
import org.accrete.api.data.SourceRequest;

/**
 * The columns of a table whose types are known, of which some may be of a type that is not read: whoever needs one of
 * those is refused, whoever does not is warned.
 *
 * @param names names of the columns that are read, in order
 * @param unread names of the others, and what each is
 * @param onlyRead which columns are read, the end of a message
 */
public record TableColumns(List<String> names, Map<String, String> unread, String onlyRead) {
    // Copies the list.
    public TableColumns {
        names = List.copyOf(names);
    }

    /**
     * {@return an encoder of rows of these columns}
     *
     * @param plan how columns become numbers
     * @param targetNeeded as for {@link RowEncoder}
     * @param where which rows are to be encoded; empty for all
     * @throws AccreteException bad data: the plan, or the condition, needs a column that is not read, or that is not
     *     there
     */
    public RowEncoder encoder(ColumnPlan plan, boolean targetNeeded, Optional<RowFilter> where) {
        Set<String> read = alwaysRead(plan.columns(), where);
        plan.columns().stream()
                .filter(column -> !(column instanceof Column.Ignore) || read.contains(column.name()))
                .filter(column -> targetNeeded || !(column instanceof Column.Label || column instanceof Column.Weight))
                .filter(column -> unread.containsKey(column.name()))
                .findFirst()
                .ifPresent(column -> {
                    throw refuse(column.name());
                });
        return new RowEncoder(plan, names, targetNeeded, where);
    }

    /**
     * {@return a request without the columns that it ignores and that are not read anyway}
     *
     * @param request what is asked for
     * @throws AccreteException bad data: it needs a column that is not read
     */
    public SourceRequest readable(SourceRequest request) {
        List<Column> columns = request.columns().stream()
                .filter(column -> !(column instanceof Column.Ignore)
                        || !unread.containsKey(named(column).name()))
                .toList();
        Stream.of(
                        request.target().stream(),
                        alwaysRead(request.columns(), request.where()).stream(),
                        columns.stream().map(column -> named(column).name()))
                .flatMap(needed -> needed)
                .filter(unread::containsKey)
                .findFirst()
                .ifPresent(column -> {
                    throw refuse(column);
                });
        return request.withColumns(columns);
    }

    /**
     * {@return names of the columns whose cells do not matter when a plan is inferred}
     *
     * @param request what is asked for
     */
    public Set<String> ignored(SourceRequest request) {
        Set<String> read = alwaysRead(request.columns(), request.where());
        Set<String> ignored = new HashSet<>();
        for (Column column : request.columns()) {
            Column named = named(column);
            if (named instanceof Column.Ignore && !read.contains(named.name())) {
                ignored.add(named.name());
            }
        }
        return ignored;
    }

    /**
     * {@return a warning for each column that is not read, unless it is ignored as asked}
     *
     * @param request what is asked for
     */
    public List<String> warnings(SourceRequest request) {
        Set<String> ignored = ignored(request);
        List<String> warnings = new ArrayList<>();
        unread.forEach((name, why) -> {
            if (!ignored.contains(name)) {
                warnings.add("column '" + oneLine(name) + "' is ignored: " + why + ", and " + onlyRead);
            }
        });
        return warnings;
    }

    private Column named(Column asGiven) {
        return asGiven.namedAsIn(
                Stream.concat(names.stream(), unread.keySet().stream()).toList());
    }

    /**
     * {@return names of the columns that crosses are of or the condition asks, which are read whatever their kind is}
     */
    private static Set<String> alwaysRead(List<Column> columns, Optional<RowFilter> where) {
        return Stream.concat(
                        columns.stream()
                                .filter(Column.Cross.class::isInstance)
                                .flatMap(cross -> ((Column.Cross) cross).columns().stream()),
                        where.stream().flatMap(condition -> condition.columns().stream()))
                .collect(Collectors.toSet());
    }

    private AccreteException refuse(String column) {
        return AccreteException.badData(
                "column '" + oneLine(column) + "' cannot be read: " + unread.get(column) + ", and " + onlyRead);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
