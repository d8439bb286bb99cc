/**
 * The directory store: models as plain safetensors files and a history of one line per event.
 *
 * <p>Start at {@link org.accrete.core.store.DirectoryStore}. {@code SafeTensors} is the file format,
 * {@code HistoryFile} the lines of a history, {@code Disk} every access to the file system; {@code TrainerLock} and
 * {@code HistoryLock} decide who may write when. {@code docs/format.md} draws the bytes.
 */
package org.accrete.core.store;
