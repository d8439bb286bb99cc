/**
 * A model store in a database: {@link org.accrete.store.jdbc.JdbcStoreProvider} opens it, under the name {@code jdbc}.
 * What SQLite and PostgreSQL do differently is in {@code Dialect}; the tables are drawn in {@code Tables} and in
 * {@code docs/format.md}. The lines of a history and the bytes of a version are those of
 * {@link org.accrete.core.store.DirectoryStore}; how to log in is shared with the source of the same name.
 */
package org.accrete.store.jdbc;
