package org.accrete.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.accrete.api.Provider;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.store.DirectoryStoreProvider;
import org.junit.jupiter.api.io.TempDir;

/** The store that users get when they name none keeps every law. */
class DirectoryStoreContractTest implements StoreContract, ProviderContract {
    @TempDir
    Path folder;

    @Override
    public Provider provider() {
        return new DirectoryStoreProvider();
    }

    @Override
    public ModelStore open() {
        DirectoryStoreProvider provider = new DirectoryStoreProvider();
        return provider.open(folder.resolve("models").toString(), Params.of(provider.params()));
    }

    @Override
    public Object footprint() {
        try (Stream<Path> paths = Files.walk(folder)) {
            List<String> names = paths.map(Path::toString).sorted().toList();
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean damage(ModelVersion version) {
        Path file =
                folder.resolve("models").resolve(version.model()).resolve("00000" + version.number() + ".safetensors");
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
