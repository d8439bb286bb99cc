import org.accrete.api.store.ModelStoreProvider;
import org.accrete.core.store.DirectoryStoreProvider;

/** What trains, scores and stores. */
module org.accrete.core {
    requires transitive org.accrete.api;
    requires org.accrete.kernels;
    requires com.google.common;
    requires tools.jackson.core;

    exports org.accrete.core.store;

    provides ModelStoreProvider with
            DirectoryStoreProvider;
}
