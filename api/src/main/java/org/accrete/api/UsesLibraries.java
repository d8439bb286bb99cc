package org.accrete.api;

import java.util.List;

/**
 * A plug-in that uses libraries which users put into folders of plug-ins, such as the driver of a database. Whoever
 * searches the folders calls it before the plug-in is used.
 */
public interface UsesLibraries extends Provider {
    /**
     * {@return the same plug-in, which finds libraries in folders too}
     *
     * @param folders a class loader for each folder with jars, in the order in which they are searched
     */
    Provider withLibraries(List<ClassLoader> folders);
}
