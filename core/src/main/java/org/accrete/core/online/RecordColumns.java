package org.accrete.core.online;

import java.lang.reflect.RecordComponent;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.Target;

/** The columns that a Java record makes. */
final class RecordColumns {
    /** Buckets of a text column, whose texts are not known. */
    private static final int BUCKETS = 1 << 16;

    private RecordColumns() {}

    static ColumnPlan plan(Class<? extends Record> type, String target) {
        List<Column> columns = new ArrayList<>();
        boolean found = false;
        for (RecordComponent component : type.getRecordComponents()) {
            String name = component.getName();
            Optional<Column> column = RecordEncoder.column(name, component.getType());
            if (name.equals(target)) {
                found = true;
                boolean isNumber =
                        column.filter(Column.Numeric.class::isInstance).isPresent();
                columns.add(new Column.Label(
                        name,
                        isNumber ? Target.numeric(name) : Target.categorical(name, classes(component.getType()))));
            } else if (column.filter(Column.DateTime.class::isInstance).isPresent()) {
                columns.add(new Column.DateTime(name, Optional.of(LocalDate.EPOCH)));
            } else if (column.filter(Column.Categorical.class::isInstance).isPresent()
                    || CharSequence.class.isAssignableFrom(component.getType())) {
                columns.add(new Column.Categorical(name, BUCKETS));
            } else {
                columns.add(column.orElseThrow(() -> AccreteException.badArgument("component '" + name + "' of "
                        + type.getName() + " must be a number, a boolean, a date, an enum or a text but is a "
                        + component.getType().getSimpleName())));
            }
        }
        if (!found) {
            throw AccreteException.badArgument("record " + type.getName() + " has no component '" + target
                    + "' to be predicted; it has "
                    + Arrays.stream(type.getRecordComponents())
                            .map(RecordComponent::getName)
                            .collect(Collectors.joining(", ")));
        }
        return new ColumnPlan(columns);
    }

    private static List<String> classes(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) {
            return List.of("false", "true");
        }
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(RecordEncoder::text)
                        .toList()
                : List.of();
    }
}
