package org.accrete.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.accrete.api.SeededRandom;

/** Small files to train on. */
final class Data {
    private Data() {}

    /** {@return a CSV file: a key, a number, a word, a number that leaks the target, and a target of no and yes} */
    static Path csv(Path folder, String name, int rows) {
        SeededRandom random = new SeededRandom(5);
        StringBuilder text = new StringBuilder("id,load,route,delay,late\n");
        for (int row = 0; row < rows; row++) {
            double load = random.nextGaussian();
            String route = "r" + random.nextInt(5);
            double delay = load + random.nextGaussian();
            text.append('k')
                    .append(row % 7)
                    .append(',')
                    .append(load)
                    .append(',')
                    .append(route)
                    .append(',')
                    .append(delay)
                    .append(',')
                    .append(delay > 0.5 ? "yes" : "no")
                    .append('\n');
        }
        return write(folder, name, text.toString());
    }

    static Path write(Path folder, String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
