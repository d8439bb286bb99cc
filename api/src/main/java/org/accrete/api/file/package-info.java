/**
 * What sources of files have in common: {@link org.accrete.api.file.Input} finds the files of a location, a
 * {@link org.accrete.api.file.RowHash} is a hash of the rows that were read, and {@link org.accrete.api.file.FileMark}
 * is a position in the files; {@link org.accrete.api.file.TableColumns} and {@link org.accrete.api.file.ShortFloat} are
 * for those whose columns have types, databases too. Exported to our own modules of sources only.
 */
package org.accrete.api.file;
