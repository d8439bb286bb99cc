/** A model store in a database. */
module org.accrete.store.jdbc {
    requires transitive org.accrete.api;
    requires org.accrete.core;
    requires org.accrete.io.jdbc;
    requires java.sql;

    exports org.accrete.store.jdbc;

    provides org.accrete.api.store.ModelStoreProvider with
            org.accrete.store.jdbc.JdbcStoreProvider;
}
