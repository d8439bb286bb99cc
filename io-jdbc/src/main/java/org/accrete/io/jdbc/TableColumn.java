package org.accrete.io.jdbc;

/**
 * A column that is read.
 *
 * @param name its label
 * @param type what its cells are
 * @param isNullable whether cells may be missing, as far as the database says
 */
record TableColumn(String name, CellType type, boolean isNullable) {}
