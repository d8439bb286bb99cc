package org.accrete.api.store;

import org.accrete.api.Provider;
import org.accrete.api.param.Params;

/** A plug-in that opens model stores. */
public interface ModelStoreProvider extends Provider {
    /**
     * Opens a store. Creates nothing before the first append.
     *
     * @param location a directory or an address, as the store understands it
     * @param params values of {@link #params()}
     * @return the store; the caller closes it
     * @throws org.accrete.api.AccreteException bad argument or I/O: it cannot be used
     */
    ModelStore open(String location, Params params);

    /** {@return whether locations are URLs, whose own parameters stay in them} */
    default boolean takesUrls() {
        return false;
    }
}
