package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip file that runs without Maven and without this source tree. */
class DistributionIT {
    @TempDir
    private Path folder;

    @Test
    void runsFromAnyFolderInAnyFolder() throws Exception {
        List<Path> zips = list(Command.ROOT.resolve("cli/target"), ".zip");
        assumeFalse(zips.isEmpty(), "no distribution in cli/target: -Dquick leaves it out");
        Path home = unpack(zips.get(0), Files.createDirectories(folder.resolve("pro grams")));
        Path work = Files.createDirectories(folder.resolve("my work"));
        String flights = home.resolve("examples/flights/flights-200k.csv.gz").toString();

        accrete(home, work, "train", flights, "--target=delayed", "--column=delay=ignore", "--model=f", "--rows=3000");
        Files.writeString(
                work.resolve("one more.csv"),
                "date,origin,destination,distance\n2001-07-01 18:00,ORD,LGA,733\n",
                StandardCharsets.UTF_8);
        assertThat(accrete(home, work, "predict", "f", "one more.csv"))
                .startsWith("prediction,probability_0,probability_1,version")
                .contains(",f@1");
        assertThat(accrete(home, work, "serve", "--help")).contains("--port");
        String licences = Files.readString(home.resolve("licenses/README.md"));
        assertThat(list(home.resolve("lib"), ".jar"))
                .extracting(jar -> jar.getFileName().toString().replaceFirst("-[0-9].*", ""))
                .hasSizeGreaterThan(30)
                .allMatch(library -> library.startsWith("accrete-") || licences.contains("`" + library + "`"));
        assertThat(home.resolve("LICENSE")).exists();
        assertThat(home.resolve("accrete.cmd")).exists();
        assertThat(home.resolve("licenses/guava/META-INF/LICENSE")).exists();

        // Java 17 makes no archive of classes under a path with blanks.
        Path plain = Files.move(home, folder.resolve("accrete"));
        for (Path made : list(plain, ".jsa")) {
            Files.delete(made);
        }
        accrete(plain, work, "models");
        assertThat(list(plain, ".jsa"))
                .as("archive of classes")
                .singleElement()
                .satisfies(made -> assertThat(Files.size(made)).isPositive());
    }

    /** {@return what the launcher of a distribution prints, after checking that its status is 0} */
    private static String accrete(Path home, Path work, String... args) throws Exception {
        List<String> line =
                new ArrayList<>(List.of("sh", home.resolve("accrete").toString()));
        line.addAll(List.of(args));
        Path errors = work.resolve("errors.txt");
        ProcessBuilder builder =
                new ProcessBuilder(line).directory(work.toFile()).redirectError(errors.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return out;
    }

    private static Path unpack(Path file, Path into) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = into.resolve(entry.getName());
                if (!entry.isDirectory()) {
                    Files.createDirectories(target.getParent());
                    Files.copy(zip, target);
                }
            }
        }
        return list(into, "").get(0);
    }

    private static List<Path> list(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ending))
                    .toList();
        }
    }
}
