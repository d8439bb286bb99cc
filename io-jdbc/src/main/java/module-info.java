// "module": store-jdbc, to which a package is exported, is built after this one.
/** A chunk source of the rows of databases. */
@SuppressWarnings("module")
module org.accrete.io.jdbc {
    requires transitive org.accrete.api;
    requires transitive java.sql;

    exports org.accrete.io.jdbc;
    exports org.accrete.io.jdbc.login to
            org.accrete.store.jdbc;

    uses java.sql.Driver;

    provides org.accrete.api.data.ChunkSourceProvider with
            org.accrete.io.jdbc.JdbcSourceProvider;
}
