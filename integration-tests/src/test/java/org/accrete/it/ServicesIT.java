package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The class path and the module path provide the same plug-ins. */
class ServicesIT {
    private static final String SERVICES = "META-INF/services/";

    @Test
    void metaInfAndModuleInfoListTheSameProviders() throws IOException {
        Map<String, Set<String>> byModuleInfo = new TreeMap<>();
        Map<String, Set<String>> byMetaInf = new TreeMap<>();
        for (ModuleReference module :
                ModuleFinder.of(Command.ROOT.resolve("cli/target/accrete/lib")).findAll()) {
            if (!module.descriptor().name().startsWith("org.accrete.")) {
                continue;
            }
            String name = module.descriptor().name();
            for (ModuleDescriptor.Provides provides : module.descriptor().provides()) {
                byModuleInfo.put(name + " " + provides.service(), new TreeSet<>(provides.providers()));
            }
            try (ModuleReader reader = module.open()) {
                for (String file : reader.list().filter(ServicesIT::isService).toList()) {
                    byMetaInf.put(
                            name + " " + file.substring(SERVICES.length()), new TreeSet<>(providers(reader, file)));
                }
            }
        }
        assertThat(byMetaInf).isEqualTo(byModuleInfo);
        assertThat(byModuleInfo.keySet())
                .contains(
                        "org.accrete.core org.accrete.api.learn.LearnerProvider",
                        "org.accrete.core org.accrete.api.store.ModelStoreProvider",
                        "org.accrete.drift org.accrete.api.drift.DriftDetectorProvider",
                        "org.accrete.io.jdbc org.accrete.api.data.ChunkSourceProvider",
                        "org.accrete.io.parquet org.accrete.api.data.ChunkSourceProvider",
                        "org.accrete.io.sources org.accrete.api.data.ChunkSourceProvider",
                        "org.accrete.learners.ensembles org.accrete.api.learn.LearnerProvider",
                        "org.accrete.learners.pca org.accrete.api.learn.LearnerProvider",
                        "org.accrete.learners.neighbours org.accrete.api.learn.LearnerProvider",
                        "org.accrete.learners.nn org.accrete.api.learn.LearnerProvider",
                        "org.accrete.learners.trees org.accrete.api.learn.LearnerProvider",
                        "org.accrete.learners.sgd org.accrete.api.learn.LearnerProvider",
                        "org.accrete.store.jdbc org.accrete.api.store.ModelStoreProvider");
    }

    private static boolean isService(String file) {
        return file.startsWith(SERVICES) && file.length() > SERVICES.length();
    }

    private static List<String> providers(ModuleReader reader, String file) throws IOException {
        byte[] bytes = reader.open(file).orElseThrow().readAllBytes();
        return new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
