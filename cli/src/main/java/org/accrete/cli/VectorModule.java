package org.accrete.cli;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;

/**
 * The JDK's incubating vector module, resolved only where it pays: SIMD kernels give the same bits as scalar ones, but
 * compiling them takes longer than a short run. It is resolved after the start of the JVM, because only then are the
 * facts known; and because the JVM warns about incubator modules that are resolved at its start.
 *
 * <p>Only a method of the JDK that is not exported can do so. The launcher exports it to this module; without that, the
 * kernels are scalar unless the JVM was started with {@code --add-modules jdk.incubator.vector}. The choice is made
 * once, so this must be called before a pipeline is made.
 */
final class VectorModule {
    private static final Logger LOGGER = System.getLogger(VectorModule.class.getPackageName());
    private static final String NAME = "jdk.incubator.vector";

    /**
     * What SIMD must be able to save: bytes of the model that are read or written, over all rows. Measured: see
     * docs/decisions/command-line.md.
     */
    private static final double WORK = 2e10;

    private VectorModule() {}

    /**
     * Resolves the module if SIMD saves more than it costs.
     *
     * @param modelBytes about how many bytes the model takes
     * @param schema the rows
     * @param rows about how many rows are processed, over all epochs
     */
    static void resolveIfItPays(long modelBytes, Schema schema, double rows) {
        if (pays(modelBytes, schema, rows)) {
            resolve();
        }
    }

    static boolean pays(long modelBytes, Schema schema, double rows) {
        return switch (System.getProperty("accrete.kernels", "auto")) {
            case "auto" -> modelBytes * entries(schema) * rows >= WORK;
            case "simd" -> true;
            default -> false;
        };
    }

    /** How many numbers of a sparse block are usually not 0, for text and ratings. */
    private static final int USUAL_ENTRIES = 100;

    /** {@return the share of columns that have an entry in a row} */
    private static double entries(Schema schema) {
        List<Block> blocks = schema.blocks();
        long entries = blocks.stream()
                .mapToLong(block -> switch (block.kind()) {
                    case ONE_HOT -> 1;
                    case SPARSE -> Math.min(USUAL_ENTRIES, block.width());
                    default -> block.width();
                })
                .sum();
        return entries / (double) Math.max(1, schema.width());
    }

    private static void resolve() {
        try {
            Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, NAME);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.log(Level.DEBUG, "{0} cannot be resolved after the start: {1}", NAME, e);
        }
    }
}
