package org.accrete.io.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.CellFormat;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnCells;
import org.accrete.api.data.ColumnCells.Form;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.file.TableColumns;
import org.accrete.api.param.Params;

/**
 * A source of the rows of a table or a query. The plan is inferred from the cells as text, so that it is that of a CSV
 * file of the same table; then only the columns that the plan needs, and the key, are read, typed. A position is the
 * key of a row.
 */
final class JdbcSource implements ChunkSource {
    /** The most rows of a batch. */
    private static final int BATCH = 1 << 10;

    private static final int CELLS_AT_A_TIME = 50_000;
    private static final int LEAST_FETCH = 100;
    private static final int MOST_FETCH = 10_000;

    private static final Pattern TABLE_NAME = part("[\\p{L}_][\\p{L}\\p{N}_$#]*|\"[^\"]+\"|`[^`]+`|\\[[^\\]]+\\]");
    /** A statement that changes data within a SELECT, where a read-only connection may allow it. */
    private static final Pattern CHANGE =
            Pattern.compile("\\b(final|new|old)\\s+table\\s*\\(", Pattern.CASE_INSENSITIVE);

    private final String name;
    private final BadRows badRows;
    private final Database database;
    private final KeysetSql sql;
    private final TableColumns columns;
    private final List<TableColumn> key;
    private final long pageRows;
    private final long fetchRows;
    private final ColumnPlan plan;
    private final RowEncoder encoder;
    private final List<String> warnings = new ArrayList<>();

    private final List<TableColumn> read;
    private final CellReader[] readers;
    /** Those of them that make texts. */
    private final CellReader[] textReaders;

    private final ColumnCells[] cells;
    private KeysetCursor cursor;

    private final Object[][] keys = new Object[BATCH][];
    private int batchRows;
    private int next;
    private Optional<AccreteException> failure = Optional.empty();

    // The last row that was handed on.
    private long rows;
    private Object[] lastKey = {};

    private static Pattern part(String name) {
        return Pattern.compile("(" + name + ")(\\.(" + name + ")){0,2}");
    }

    /**
     * Opens a table or a query at its first row.
     *
     * @param request what is asked for
     * @param params values of the provider's parameters
     * @param folders where drivers are
     */
    JdbcSource(SourceRequest request, Params params, List<ClassLoader> folders) {
        badRows = request.badRows();
        String from = from(params);
        pageRows = params.get(JdbcSourceProvider.PAGE_ROWS);
        fetchRows = params.get(JdbcSourceProvider.FETCH_ROWS);
        database = Database.open(request.location(), params, folders);
        String table = params.get(JdbcSourceProvider.TABLE);
        name = database.name() + (table.isEmpty() ? " query" : " table " + table);
        try {
            DatabaseMetaData facts = database.connection().getMetaData();
            KeysetSql keyless = new KeysetSql(
                    from,
                    List.of(),
                    facts.getDatabaseProductName(),
                    facts.getIdentifierQuoteString().strip());
            if (table.isEmpty()) {
                requireQuery(params.get(JdbcSourceProvider.QUERY));
            }
            Map<String, TableColumn> readable = new LinkedHashMap<>();
            columns = columns(keyless, readable);
            key = key(params.get(JdbcSourceProvider.KEY), readable);
            sql = new KeysetSql(from, key.stream().map(TableColumn::name).toList(), keyless.product(), keyless.quote());
            requireKeyIsThere();
            plan = request.plan().isPresent() ? request.plan().get() : infer(request, readable);
            encoder = columns.encoder(plan, request.targetNeeded(), request.where());
            read = new ArrayList<>();
            cells = new ColumnCells[columns.names().size()];
            Arrays.fill(cells, new ColumnCells(Form.TEXTS, 1));
            List<CellReader> all = new ArrayList<>();
            for (int i = 0; i < cells.length; i++) {
                Optional<Form> form = encoder.form(i);
                if (form.isPresent()) {
                    read.add(readable.get(columns.names().get(i)));
                    all.add(new CellReader(read.get(read.size() - 1), read.size(), form.get(), BATCH));
                    cells[i] = all.get(all.size() - 1).cells();
                }
            }
            readers = all.toArray(CellReader[]::new);
            textReaders = all.stream()
                    .filter(reader -> reader.cells().form() == Form.TEXTS)
                    .toArray(CellReader[]::new);
            cursor = cursor(withKey(read));
        } catch (SQLException e) {
            database.close();
            throw database.failed(e);
        } catch (AccreteException e) {
            database.close();
            throw e.where().isPresent() ? e : e.at(name);
        }
    }

    /** {@return what follows {@code from} in statements} */
    private static String from(Params params) {
        String table = params.get(JdbcSourceProvider.TABLE).strip();
        String query = params.get(JdbcSourceProvider.QUERY).replaceFirst("[\\s;]+$", "");
        if (table.isEmpty() == query.isEmpty()) {
            throw AccreteException.badArgument("one of table=NAME and query=SQL must be given, but "
                    + (table.isEmpty() ? "none is" : "both are")
                    + ", as in jdbc:postgresql://host/db?table=flights&key=id");
        }
        if (params.get(JdbcSourceProvider.KEY).isBlank()) {
            throw AccreteException.badArgument("key=COLUMN must be given: the column, or columns joined by commas, that"
                    + " tell all rows apart, as a primary key does");
        }
        if (table.isEmpty()) {
            // A comment may end the query's last line.
            return "(\n" + query + "\n) q";
        }
        if (!TABLE_NAME.matcher(table).matches()) {
            throw AccreteException.badArgument("table must be a name such as flights, public.flights or \"My Table\""
                    + " but was '" + table + "'; a statement is given with query=");
        }
        return table;
    }

    /** Refuses what is not one query by itself, so that a query cannot reach out of the parentheses it is put in. */
    private void requireQuery(String query) throws SQLException {
        if (CHANGE.matcher(query).find()) {
            throw AccreteException.badArgument("the query must only read but changes data");
        }
        try (PreparedStatement alone = database.connection().prepareStatement(query.replaceFirst("[\\s;]+$", ""))) {
            if (alone.getMetaData() == null) {
                throw AccreteException.badArgument("query must be a SELECT but returns no rows");
            }
        }
    }

    private TableColumns columns(KeysetSql statements, Map<String, TableColumn> readable) throws SQLException {
        Map<String, String> unread = new LinkedHashMap<>();
        try (PreparedStatement none = database.connection().prepareStatement(statements.columns());
                ResultSet result = none.executeQuery()) {
            ResultSetMetaData facts = result.getMetaData();
            for (int i = 1; i <= facts.getColumnCount(); i++) {
                String label = facts.getColumnLabel(i);
                Optional<CellType> type = CellType.of(facts, i);
                boolean isNullable = facts.isNullable(i) != ResultSetMetaData.columnNoNulls;
                boolean isNew = type.isPresent()
                        ? readable.put(label, new TableColumn(label, type.get(), isNullable)) == null
                        : unread.put(label, "it is of type " + facts.getColumnTypeName(i)) == null;
                if (!isNew || readable.containsKey(label) && unread.containsKey(label)) {
                    throw AccreteException.badData("column '" + label + "' occurs twice; give one of them another name"
                            + " in the query, as in b.id as other_id");
                }
            }
        }
        database.connection().rollback();
        return new TableColumns(
                List.copyOf(readable.keySet()),
                unread,
                "only numbers, texts, truth values, dates and times are read; a query can convert it");
    }

    private List<TableColumn> key(String names, Map<String, TableColumn> readable) {
        List<TableColumn> found = new ArrayList<>();
        for (String asGiven : names.split(",", -1)) {
            String wanted = asGiven.strip();
            List<TableColumn> alike = readable.values().stream()
                    .filter(column -> column.name().equalsIgnoreCase(wanted))
                    .toList();
            TableColumn column = alike.stream()
                    .filter(one -> one.name().equals(wanted))
                    .findFirst()
                    .or(() -> alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty())
                    .orElseThrow(() -> AccreteException.badArgument("key names the column '" + wanted
                            + "', which is not there or not read; columns: " + String.join(", ", readable.keySet())));
            if (!column.type().isKey()) {
                throw AccreteException.badArgument("a column of the key must be of whole numbers, decimals, text, dates"
                        + " or times but '" + column.name() + "' is not");
            }
            if (found.contains(column)) {
                throw AccreteException.badArgument("key names the column '" + column.name() + "' twice");
            }
            found.add(column);
        }
        return List.copyOf(found);
    }

    /** Comparisons never find a missing key, so rows without one would be left out silently. */
    private void requireKeyIsThere() throws SQLException {
        List<String> nullable = key.stream()
                .filter(TableColumn::isNullable)
                .map(TableColumn::name)
                .toList();
        if (nullable.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = database.connection().prepareStatement(sql.missing(nullable));
                ResultSet missing = statement.executeQuery()) {
            if (missing.next()) {
                throw AccreteException.badData("the key must be there in all rows but there is a row where "
                        + String.join(" or ", nullable)
                        + " is null; give another key, or leave such rows out by a query");
            }
        }
        database.connection().rollback();
    }

    private ColumnPlan infer(SourceRequest request, Map<String, TableColumn> readable) {
        PlanInference inference = new PlanInference(columns.names(), columns.readable(request), CellFormat.standard());
        warnings.addAll(columns.warnings(request));
        Set<String> ignored = columns.ignored(request);
        List<TableColumn> wanted = readable.values().stream()
                .filter(Predicate.not(column -> ignored.contains(column.name())))
                .toList();
        List<TableColumn> selected = withKey(wanted);
        try (KeysetCursor some = new KeysetCursor(
                database, sql, selected, PlanInference.ROWS, Math.min(PlanInference.ROWS, fetch(selected)))) {
            int count = 0;
            for (; count < PlanInference.ROWS && some.next(); count++) {
                List<String> texts = new ArrayList<>();
                int index = 0;
                for (TableColumn column : readable.values()) {
                    boolean isWanted = !ignored.contains(column.name());
                    Object value = isWanted ? column.type().value(some.row(), ++index) : null;
                    texts.add(value == null ? "" : CellType.text(value));
                }
                inference.add(texts);
            }
            if (count == 0) {
                throw AccreteException.badData("it has no rows to learn from");
            }
        } catch (SQLException e) {
            throw database.failed(e);
        }
        ColumnPlan inferred = inference.plan();
        warnings.addAll(inference.warnings());
        return inferred;
    }

    /** {@return some columns, then those of the key that are not among them} */
    private List<TableColumn> withKey(List<TableColumn> some) {
        List<TableColumn> all = new ArrayList<>(some);
        key.stream().filter(Predicate.not(all::contains)).forEach(all::add);
        return all;
    }

    private KeysetCursor cursor(List<TableColumn> selected) {
        return new KeysetCursor(database, sql, selected, pageRows, fetch(selected));
    }

    private int fetch(List<TableColumn> selected) {
        return fetchRows > 0
                ? (int) Math.min(Integer.MAX_VALUE, fetchRows)
                : Math.max(LEAST_FETCH, Math.min(MOST_FETCH, CELLS_AT_A_TIME / selected.size()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Schema schema() {
        return encoder.schema();
    }

    @Override
    public Optional<ColumnPlan> plan() {
        return Optional.of(plan);
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    /** {@inheritDoc} It does. */
    @Override
    public boolean isFiltered() {
        return true;
    }

    @Override
    public Optional<RowPlace> place(long place) {
        return Optional.of(new RowPlace(name, RowPlace.Unit.ROW, place));
    }

    @Override
    public void seek(Position position) {
        ChunkBuffer dropped = new ChunkBuffer(schema(), 1);
        if (!position.mark().isEmpty()) {
            KeyMark mark = KeyMark.parse(position.mark(), key);
            if (labels() < mark.classes()) {
                findLabels(mark, dropped);
            }
            cursor.startAfter(mark.key());
            lastKey = mark.key();
            rows = mark.rows();
        }
        for (long i = 0; i < position.rows(); ) {
            if (!findRow()) {
                throw AccreteException.badState("'" + name
                        + "' ends before the stored position; it must have all the rows that were read before");
            }
            i += drop(advance(), dropped) ? 1 : 0;
        }
    }

    /** Reads the rows before a position again, because the plan knows fewer labels than the run did. */
    private void findLabels(KeyMark mark, ChunkBuffer dropped) {
        cursor.endWith(mark.key());
        while (findRow()) {
            drop(advance(), dropped);
        }
        if (labels() < mark.classes()) {
            throw AccreteException.badState("the rows of '" + name + "' before the stored position have " + labels()
                    + " labels but had " + mark.classes() + "; go on from the model with --from");
        }
        cursor = cursor(withKey(read));
    }

    private int labels() {
        return encoder.classes().size();
    }

    /** Encodes a row and drops it. Returns false for a row that is bad or not wanted. */
    private boolean drop(int row, ChunkBuffer buffer) {
        buffer.clear();
        if (!encoder.accepts(cells, row)) {
            return false;
        }
        try {
            encoder.encode(cells, row, buffer);
            return true;
        } catch (AccreteException e) {
            return false;
        }
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        buffer.clear();
        while (!buffer.isFull() && findRow()) {
            int row = advance();
            if (!encoder.accepts(cells, row)) {
                buffer.filtered(1);
                continue;
            }
            try {
                encoder.encode(cells, row, buffer);
                buffer.place(buffer.rows() - 1, rows);
                badRows.accepted();
            } catch (AccreteException e) {
                badRows.refused(
                        e.at(name + " row " + rows + ", " + cursor.text(lastKey)), buffer, () -> badRow(row, e));
            }
        }
        buffer.position(
                lastKey.length == 0
                        ? Position.start()
                        : new Position(new KeyMark(rows, labels(), lastKey).toText(key), 0));
        return buffer.rows() > 0;
    }

    /** Makes sure that a next row was read; false at the end. */
    private boolean findRow() {
        if (next < batchRows) {
            return true;
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        next = 0;
        batchRows = 0;
        for (CellReader reader : textReaders) {
            reader.begin();
        }
        try {
            while (batchRows < BATCH && cursor.next()) {
                ResultSet row = cursor.row();
                boolean isLarge = false;
                for (CellReader reader : readers) {
                    reader.read(row, batchRows);
                }
                for (CellReader reader : textReaders) {
                    isLarge |= reader.isLarge();
                }
                keys[batchRows++] = cursor.key();
                if (isLarge) {
                    break;
                }
            }
        } catch (SQLException e) {
            failure = Optional.of(database.failed(e));
        } catch (AccreteException e) {
            failure = Optional.of(e.where().isPresent() ? e : e.at(name));
        }
        // Rows before a failure come first, however many are read at a time.
        return batchRows > 0 || failure.isPresent() && findRow();
    }

    /** Goes on behind the next row; returns its index. */
    private int advance() {
        lastKey = keys[next];
        rows++;
        return next++;
    }

    /** {@return what is kept of a bad row: the cells that were read, and its key} */
    private BadRow badRow(int row, AccreteException why) {
        List<String> names = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            names.add(read.get(i).name());
            texts.add(readers[i].text(row));
        }
        for (int i = 0; i < key.size(); i++) {
            if (!read.contains(key.get(i))) {
                names.add(key.get(i).name());
                texts.add(CellType.text(keys[row][i]));
            }
        }
        return new BadRow(
                new RowPlace(name, RowPlace.Unit.ROW, rows),
                why.column(),
                String.valueOf(why.getMessage()),
                names,
                texts);
    }

    @Override
    public void close() {
        failure = Optional.of(AccreteException.badState("'" + name + "' is closed"));
        next = 0;
        batchRows = 0;
        database.close();
    }
}
