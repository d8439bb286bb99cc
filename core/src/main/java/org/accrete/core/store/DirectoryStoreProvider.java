package org.accrete.core.store;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;

/** Opens a {@link DirectoryStore} under the name {@code directory}. */
public final class DirectoryStoreProvider implements ModelStoreProvider {
    /** Makes the provider; the {@link java.util.ServiceLoader} does. */
    public DirectoryStoreProvider() {}

    @Override
    public String name() {
        return "directory";
    }

    @Override
    public String summary() {
        return "models in a local directory, as safetensors files with a history beside them";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of();
    }

    @Override
    public ModelStore open(String location, Params params) {
        if (location.isBlank()) {
            throw AccreteException.badArgument("the store must be a directory but its name is empty");
        }
        try {
            return DirectoryStore.open(Path.of(location));
        } catch (InvalidPathException e) {
            throw AccreteException.badArgument(
                    "the store must be a directory but was '" + location + "': " + e.getReason());
        }
    }
}
