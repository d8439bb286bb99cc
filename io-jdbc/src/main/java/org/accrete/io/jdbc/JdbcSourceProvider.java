package org.accrete.io.jdbc;

import java.util.List;
import org.accrete.api.UsesLibraries;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.io.jdbc.login.Login;

/**
 * Opens the rows of a table or a query of a database. A location is a JDBC URL without {@code jdbc:}; the driver is the
 * user's.
 *
 * <p>Rows come in the order of a unique key, {@link #PAGE_ROWS} for each statement, so that no transaction lasts long
 * and a position is a key. A cell means what its text means in a CSV file of the same table. The connection only reads.
 * O({@link #FETCH_ROWS}) memory, as far as the driver does not keep more.
 */
public final class JdbcSourceProvider implements ChunkSourceProvider, UsesLibraries {
    static final ParamSpec<String> TABLE = ParamSpec.text(
            "table", "", "a name, also schema.name, in quotes as SQL writes them", "the table or view that is read");

    static final ParamSpec<String> QUERY = ParamSpec.text(
            "query", "", "a SELECT", "the query whose rows are read, instead of a table; columns by their labels");

    static final ParamSpec<String> KEY = ParamSpec.text(
            "key",
            "",
            "names joined by commas",
            "the columns that tell each row apart, never missing; rows come in their order, and --resume reads the rows"
                    + " behind the last one");

    static final ParamSpec<Long> FETCH_ROWS = ParamSpec.whole(
            "fetch-rows",
            0,
            Domain.Range.atLeast(0),
            "rows that the driver fetches at a time; 0: as many as have about 50,000 cells");

    static final ParamSpec<Long> PAGE_ROWS = ParamSpec.whole(
            "page-rows",
            100_000,
            Domain.Range.atLeast(1),
            "rows of a statement, which is a transaction of its own; more where no index has the order of the key");

    private static final List<ParamSpec<?>> PARAMS =
            List.of(TABLE, QUERY, KEY, Login.USER, Login.PASSWORD_FILE, Login.PASSWORD_ENV, FETCH_ROWS, PAGE_ROWS);

    private final List<ClassLoader> folders;

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public JdbcSourceProvider() {
        this(List.of());
    }

    private JdbcSourceProvider(List<ClassLoader> folders) {
        this.folders = List.copyOf(folders);
    }

    @Override
    public JdbcSourceProvider withLibraries(List<ClassLoader> more) {
        return new JdbcSourceProvider(more);
    }

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public String summary() {
        return "rows of a database: a JDBC URL with a table or a query, and its key";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return PARAMS;
    }

    @Override
    public boolean takesUrls() {
        return true;
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        return new JdbcSource(request, params, folders);
    }
}
