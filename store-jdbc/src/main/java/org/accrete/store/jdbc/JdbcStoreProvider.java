package org.accrete.store.jdbc;

import java.time.Clock;
import java.util.List;
import org.accrete.api.UsesLibraries;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.io.jdbc.login.Login;

/**
 * Opens a store in a SQLite file or a PostgreSQL database. A location is a JDBC URL without {@code jdbc:}; the driver
 * is the user's. Nothing is connected before the first call, and no table is made before the first append.
 */
public final class JdbcStoreProvider implements ModelStoreProvider, UsesLibraries {
    private static final List<ParamSpec<?>> PARAMS = List.of(Login.USER, Login.PASSWORD_FILE, Login.PASSWORD_ENV);

    private final List<ClassLoader> folders;

    /** Makes the provider; the {@link java.util.ServiceLoader} does. */
    public JdbcStoreProvider() {
        this(List.of());
    }

    private JdbcStoreProvider(List<ClassLoader> folders) {
        this.folders = List.copyOf(folders);
    }

    @Override
    public JdbcStoreProvider withLibraries(List<ClassLoader> more) {
        return new JdbcStoreProvider(more);
    }

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public String summary() {
        return "models in a database: a JDBC URL of SQLite or PostgreSQL";
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
    public ModelStore open(String location, Params params) {
        return new JdbcStore(Dialect.of(location, params, folders), Clock.systemUTC());
    }
}
