package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Chromium, without a network, where it is installed. */
final class Browser {
    private Browser() {}

    private static Optional<Path> chromium() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Skips the test where there is none. */
    static void assumePresent() {
        Assumptions.assumeTrue(chromium().isPresent(), "no Chromium here: the page is not drawn");
    }

    /** {@return the document that it makes of a page, after its scripts ran} */
    static String drawn(Path page, Path folder) throws IOException {
        return drawn(page, folder, 1_200);
    }

    /**
     * {@return the document that it makes of a page, after its scripts ran}
     *
     * @param page the page
     * @param folder where it may write
     * @param width of the window
     */
    static String drawn(Path page, Path folder, int width) throws IOException {
        Path out = folder.resolve("drawn.html");
        run(page, folder, width, out, List.of("--dump-dom"));
        return Files.readString(out);
    }

    /** {@return a picture of a page as a PNG file} */
    static Path picture(Path page, Path folder, int width) throws IOException {
        Path picture = folder.resolve("screen.png");
        run(page, folder, width, folder.resolve("screen.log"), List.of("--screenshot=" + picture));
        return picture;
    }

    private static void run(Path page, Path folder, int width, Path out, List<String> what) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                chromium().orElseThrow().toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=" + width + ",900",
                "--virtual-time-budget=5000"));
        command.addAll(what);
        command.add(page.toUri().toString());
        Process browser = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("browser.log").toFile())
                .start();
        try {
            assertThat(browser.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            browser.destroyForcibly();
        }
    }
}
