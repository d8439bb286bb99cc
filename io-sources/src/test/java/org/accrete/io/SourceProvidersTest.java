package org.accrete.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.accrete.api.data.ChunkSourceProvider;
import org.junit.jupiter.api.Test;

class SourceProvidersTest {
    @Test
    void bothRegistrationsNameTheSameProviders() throws Exception {
        String service = ChunkSourceProvider.class.getName();
        Path classes = Path.of(CsvSourceProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> listed =
                Files.readAllLines(classes.resolve("META-INF/services").resolve(service));
        ModuleDescriptor module = ModuleFinder.of(classes)
                .find("org.accrete.io.sources")
                .orElseThrow()
                .descriptor();
        assertThat(module.provides()).anySatisfy(provides -> {
            assertThat(provides.service()).isEqualTo(service);
            assertThat(provides.providers()).containsExactlyInAnyOrderElementsOf(listed);
        });
    }

    @Test
    void sourcesAreFoundByNameAndEnding() {
        List<ChunkSourceProvider> providers = ServiceLoader.load(ChunkSourceProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        assertThat(providers).extracting(ChunkSourceProvider::name).contains("csv", "synthetic");
        assertThat(new CsvSourceProvider().endings()).contains("csv", "csv.gz");
        assertThat(new SyntheticSourceProvider().endings()).isEmpty();
        for (ChunkSourceProvider provider : providers) {
            assertThat(provider.summary()).isNotBlank();
            assertThat(provider.params()).isNotEmpty();
        }
    }
}
