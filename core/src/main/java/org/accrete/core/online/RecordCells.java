package org.accrete.core.online;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.RecordEncoder;

/** The texts of the components of Java records, one class of them after the other. Not thread-safe. */
final class RecordCells {
    private final List<String> columns;
    private Optional<Class<?>> type = Optional.empty();
    private List<Optional<Method>> accessors = List.of();

    RecordCells(List<String> columns) {
        this.columns = columns;
    }

    /**
     * {@return the texts of a record, a cell per column; empty where it has no such component}
     *
     * @param record one that was encoded before, so its class can be read
     */
    List<String> of(Record record) {
        if (type.isEmpty() || type.get() != record.getClass()) {
            accessors = accessors(record.getClass());
            type = Optional.of(record.getClass());
        }
        List<String> cells = new ArrayList<>(accessors.size());
        for (Optional<Method> accessor : accessors) {
            cells.add(accessor.isEmpty() ? "" : RecordEncoder.text(value(accessor.get(), record)));
        }
        return cells;
    }

    private static Object value(Method accessor, Record record) {
        try {
            Object value = accessor.invoke(record);
            return value == null ? "" : value;
        } catch (ReflectiveOperationException e) {
            throw new AccreteException(
                    AccreteException.Kind.BAD_DATA,
                    "a component of " + record.getClass().getName() + " cannot be read: " + e,
                    e);
        }
    }

    private List<Optional<Method>> accessors(Class<?> of) {
        List<Optional<Method>> found = new ArrayList<>();
        for (String column : columns) {
            Optional<Method> accessor = Optional.empty();
            for (RecordComponent component : of.getRecordComponents()) {
                if (component.getName().equals(column)) {
                    accessor = Optional.of(component.getAccessor());
                }
            }
            accessor.ifPresent(method -> method.setAccessible(true));
            found.add(accessor);
        }
        return found;
    }
}
