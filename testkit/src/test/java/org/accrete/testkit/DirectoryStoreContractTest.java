package org.accrete.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.store.DirectoryStoreProvider;
import org.junit.jupiter.api.io.TempDir;

/** Tests the directory store of core, which cannot depend on the test kit. */
class DirectoryStoreContractTest implements StoreContract, ProviderContract {
    @TempDir
    private Path folder;

    @Override
    public ModelStoreProvider provider() {
        return new DirectoryStoreProvider();
    }

    @Override
    public ModelStore open() {
        return provider()
                .open(folder.resolve("models").toString(), Params.of(provider().params()));
    }

    @Override
    public List<String> footprint() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean damage(ModelVersion version) {
        Path file = folder.resolve("models")
                .resolve(version.model())
                .resolve(String.format("%06d.safetensors", version.number()));
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 3] ^= 4;
            Files.write(file, bytes);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
