package org.accrete.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.param.Params;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.score.RowLosses;

/**
 * How soon detectors of drift, as they are by default, find the known changes of {@code synthetic:sea}, and how often
 * they find others. Watched is whether the default classifier was wrong about each row before it learned it. A change
 * is found by the first drift before the next change; all other drifts are false alarms.
 *
 * <p>The errors of each stream are written to a file, {@code errors-SEED.txt}, a digit for each row, so that others can
 * be given the same.
 */
public final class DriftTable {
    private static final List<String> DETECTORS =
            List.of("adwin", "page-hinkley", "kswin", "ddm", "eddm", "hddm-a", "hddm-w");
    private static final int CONCEPT = 10_000;
    private static final int CONCEPTS = 4;

    private DriftTable() {}

    /**
     * Prints the table.
     *
     * @param args how many streams, the folder for their errors
     * @throws IOException if a file cannot be written
     */
    public static void main(String[] args) throws IOException {
        int seeds = Integer.parseInt(args[0]);
        Path folder = Files.createDirectories(Path.of(args[1]));
        PlugIns plugIns = PlugIns.load();
        List<double[]> streams = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            double[] errors = errors(plugIns, seed);
            StringBuilder digits = new StringBuilder();
            for (double error : errors) {
                digits.append((int) error);
            }
            Files.writeString(folder.resolve("errors-" + seed + ".txt"), digits);
            streams.add(errors);
        }
        System.out.println(
                "| detector | found of " + seeds * (CONCEPTS - 1) + " | mean delay | false alarms in 10,000 |");
        System.out.println("|---|--:|--:|--:|");
        for (String name : DETECTORS) {
            DriftDetectorProvider provider = plugIns.detectors().find(name);
            int found = 0;
            long delays = 0;
            long alarms = 0;
            for (double[] errors : streams) {
                DriftDetector detector = provider.create(Params.of(provider.params()));
                int foundIn = 0;
                for (int row = 0; row < errors.length; row++) {
                    if (detector.update(errors[row]) != DriftLevel.DRIFT) {
                        continue;
                    }
                    int concept = row / CONCEPT;
                    if (concept > foundIn) {
                        foundIn = concept;
                        found++;
                        delays += row - (long) concept * CONCEPT;
                    } else {
                        alarms++;
                    }
                }
            }
            System.out.printf(
                    "| `%s` | %d | %s | %.2f |%n",
                    name,
                    found,
                    found == 0 ? "" : String.format("%,d", delays / found),
                    (double) alarms / seeds / CONCEPTS);
        }
    }

    private static double[] errors(PlugIns plugIns, int seed) {
        ChunkSourceProvider synthetic = plugIns.sources().find("synthetic");
        double[] errors = new double[CONCEPT * CONCEPTS];
        Params params = Params.parse(
                synthetic.params(),
                Map.of("rows", "" + errors.length, "drift-every", "" + CONCEPT, "seed", Integer.toString(seed)));
        try (ChunkSource source = synthetic.open(
                new SourceRequest("sea", Optional.empty(), List.of(), Optional.empty(), true, BadRows.stop()),
                params)) {
            Pipeline pipeline = Pipeline.create(
                    plugIns, source.schema(), new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of()));
            RowLosses losses = new RowLosses(source.schema().target().kind());
            ChunkBuffer rows = new ChunkBuffer(source.schema(), 1_000);
            double[] decisions = new double[1_000];
            int row = 0;
            while (source.next(rows)) {
                int known = pipeline.classes().size();
                ((OnlineLearner) pipeline).partialFit(rows.chunk(), decisions);
                losses.useDecisions(pipeline.view(), known, decisions, rows.chunk());
                for (int i = 0; i < rows.rows(); i++) {
                    errors[row++] = losses.error(i);
                }
            }
        }
        return errors;
    }
}
