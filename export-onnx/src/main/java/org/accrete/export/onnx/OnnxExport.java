package org.accrete.export.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Transformer;
import org.accrete.core.pipeline.Pipeline;

/**
 * Writes a model as ONNX: its inputs are the raw columns by name, its outputs are named as scikit-learn's converters
 * name them.
 */
public final class OnnxExport {
    private OnnxExport() {}

    /**
     * {@return the bytes of an ONNX file; the same model makes the same bytes}
     *
     * @param model a snapshot of a pipeline
     * @param plan how raw columns become its columns; without one, the columns that are numbers are one input
     *     {@code X}, and each one-hot block is an input of its name
     * @param hashing where texts are hashed
     * @param about facts that are written into the file, by name
     * @throws AccreteException bad argument: the model or one of its steps cannot be exported, or a column
     */
    public static byte[] of(Model model, Optional<ColumnPlan> plan, Hashing hashing, Map<String, String> about) {
        OnnxGraph graph = new OnnxGraph();
        Schema schema = model.schema();
        if (schema.width() == 0) {
            throw AccreteException.badArgument("the model cannot be exported: it has no columns");
        }
        List<Value> rows = plan.isPresent()
                ? new InputColumns(graph, hashing).rows(plan.get(), schema)
                : InputColumns.rows(graph, schema);
        List<Value> results = Pipeline.export(model, graph, rows);
        if (model instanceof Classifier classifier) {
            output(graph, classifier, results);
        } else if (model instanceof Regressor) {
            graph.output("variable", results.get(0), OnnxGraph.DOUBLE, 1);
        } else if (model instanceof Clusterer clusterer) {
            output(graph, clusterer, results.get(0));
        } else if (model instanceof AnomalyScorer) {
            graph.output("scores", results.get(0), OnnxGraph.DOUBLE, 1);
        } else if (model instanceof Transformer transformer) {
            output(graph, transformer.outputSchema(), results);
        }
        return graph.toModel(about);
    }

    private static void output(OnnxGraph graph, Classifier classifier, List<Value> results) {
        List<String> classes = classifier.classes();
        if (classes.isEmpty()) {
            throw AccreteException.badArgument(
                    "the model cannot be exported: it knows no class yet; train it with labelled rows first");
        }
        Value decisions = results.get(0);
        Value winner;
        if (classes.size() > 2) {
            winner = graph.apply("ArgMax", Map.of("axis", 1L, "keepdims", 0L), decisions);
        } else {
            Value second =
                    graph.apply("Greater", decisions, graph.constant(classes.size() == 2 ? 0 : Double.MAX_VALUE));
            winner = InputColumns.flat(graph, graph.apply("Cast", Map.of("to", (long) OnnxGraph.INT64), second));
        }
        graph.output("label", graph.apply("Gather", graph.constant(classes), winner), OnnxGraph.STRING, 0);
        if (classifier instanceof ProbabilisticClassifier) {
            graph.output("probabilities", results.get(1), OnnxGraph.DOUBLE, classes.size());
        } else {
            graph.output("scores", decisions, OnnxGraph.DOUBLE, classifier.decisions());
        }
    }

    private static void output(OnnxGraph graph, Clusterer clusterer, Value distances) {
        if (clusterer.clusters() == 0) {
            throw AccreteException.badArgument(
                    "the model cannot be exported: it has no cluster yet; train it with more rows first");
        }
        Value nearest = graph.apply("ArgMin", Map.of("axis", 1L, "keepdims", 0L), distances);
        graph.output("label", nearest, OnnxGraph.INT64, 0);
        graph.output("scores", distances, OnnxGraph.DOUBLE, clusterer.clusters());
    }

    private static void output(OnnxGraph graph, Schema schema, List<Value> results) {
        List<Value> left = new ArrayList<>(results);
        Value numbers = left.remove(0);
        if (ModelGraph.numbers(schema) > 0) {
            graph.output("variable", numbers, OnnxGraph.DOUBLE, ModelGraph.numbers(schema));
        }
        for (Block block : schema.blocks()) {
            if (block.kind() == Block.Kind.ONE_HOT) {
                graph.output("variable." + block.name(), left.remove(0), OnnxGraph.INT64, 0);
            }
        }
    }
}
