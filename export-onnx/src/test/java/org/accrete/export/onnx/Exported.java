package org.accrete.export.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Transformer;

/** An exported model in ONNX Runtime, which is compared with what it was exported from. */
final class Exported implements AutoCloseable {
    private final Model model;
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    Exported(Model model, Optional<ColumnPlan> plan, Hashing hashing) throws OrtException {
        this.model = model;
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        this.session = environment.createSession(OnnxExport.of(model, plan, hashing, Map.of("model", "test")), options);
    }

    /** {@return the outputs by name} */
    Map<String, Object> run(Map<String, Object> inputs) throws OrtException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        for (String name : session.getInputNames()) {
            tensors.put(name, OnnxTensor.createTensor(environment, inputs.get(name)));
        }
        Map<String, Object> outputs = new HashMap<>();
        try (OrtSession.Result result = session.run(tensors)) {
            for (Map.Entry<String, ai.onnxruntime.OnnxValue> entry : result) {
                outputs.put(entry.getKey(), entry.getValue().getValue());
            }
        }
        tensors.values().forEach(OnnxTensor::close);
        return outputs;
    }

    /** Compares what ONNX Runtime makes of inputs with what the model makes of the same rows. */
    void compare(Map<String, Object> inputs, Chunk rows, double tolerance) throws OrtException {
        Map<String, Object> outputs = run(inputs);
        if (model instanceof Classifier classifier) {
            boolean hasProbabilities = model instanceof ProbabilisticClassifier;
            int columns = hasProbabilities ? classifier.classes().size() : classifier.decisions();
            double[] expected = new double[rows.rows() * columns];
            if (model instanceof ProbabilisticClassifier probabilistic) {
                probabilistic.probabilities(rows, expected);
            } else {
                classifier.decide(rows, expected);
            }
            String name = hasProbabilities ? "probabilities" : "scores";
            assertThat(outputs).containsOnlyKeys("label", name);
            assertClose((double[][]) outputs.get(name), expected, tolerance);
            assertLabels((String[]) outputs.get("label"), classifier, rows, tolerance);
        } else if (model instanceof Regressor regressor) {
            assertThat(outputs).containsOnlyKeys("variable");
            assertClose((double[][]) outputs.get("variable"), regressor.predict(rows), tolerance);
        } else if (model instanceof Clusterer clusterer) {
            double[] expected = new double[rows.rows() * clusterer.clusters()];
            clusterer.distances(rows, expected);
            assertThat(outputs).containsOnlyKeys("label", "scores");
            assertClose((double[][]) outputs.get("scores"), expected, tolerance);
            int[] clusters = clusterer.predict(rows);
            long[] found = (long[]) outputs.get("label");
            for (int row = 0; row < clusters.length; row++) {
                assertThat(found[row]).as("row %d", row).isEqualTo(clusters[row]);
            }
        } else if (model instanceof AnomalyScorer scorer) {
            double[] expected = new double[rows.rows()];
            scorer.score(rows, expected);
            assertThat(outputs).containsOnlyKeys("scores");
            assertClose((double[][]) outputs.get("scores"), expected, tolerance);
        } else if (model instanceof Transformer transformer) {
            ChunkBuffer out = new ChunkBuffer(transformer.outputSchema(), rows.rows());
            transformer.transform(rows, out);
            new RowsOfGraph(out.chunk()).compare(outputs, tolerance);
        }
    }

    private static void assertLabels(String[] found, Classifier classifier, Chunk rows, double tolerance) {
        String[] expected = classifier.predict(rows);
        double[] decisions = new double[rows.rows() * classifier.decisions()];
        classifier.decide(rows, decisions);
        assertThat(found).hasSize(expected.length);
        for (int row = 0; row < found.length; row++) {
            if (!found[row].equals(expected[row])) {
                // Two classes that rounding cannot tell apart.
                int at = row * classifier.decisions();
                double difference = classifier.decisions() == 1
                        ? decisions[at]
                        : decisions[at + classifier.classes().indexOf(found[row])]
                                - decisions[at + classifier.classes().indexOf(expected[row])];
                assertThat(Math.abs(difference)).as("row %d", row).isLessThan(tolerance);
            }
        }
    }

    /** Compares numbers, relative to those above 1. */
    static void assertClose(double[][] found, double[] expected, double tolerance) {
        int columns = found.length == 0 ? 0 : found[0].length;
        assertThat(found.length * columns).isEqualTo(expected.length);
        double worst = 0;
        int beyond = 0;
        int at = 0;
        for (int i = 0; i < expected.length; i++) {
            double one = found[i / columns][i % columns];
            double error = Double.compare(one, expected[i]) == 0
                    ? 0
                    : Math.abs(one - expected[i]) / Math.max(1, Math.abs(expected[i]));
            beyond += error <= tolerance ? 0 : 1;
            if (!(error <= worst)) {
                worst = error;
                at = i;
            }
        }
        if (!(worst <= tolerance)) {
            throw new AssertionError("row " + at / columns + ", column " + at % columns + ": expected " + expected[at]
                    + " but was " + found[at / columns][at % columns] + ", " + worst + " > " + tolerance + "; so are "
                    + beyond + " of " + expected.length);
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
