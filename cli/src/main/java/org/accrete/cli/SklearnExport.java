package org.accrete.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ScalingTransformer;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.TargetTransform;
import org.accrete.core.plugin.PlugIns;
import org.accrete.io.NumpyArchive;

/**
 * A stored model as the attributes of a fitted scikit-learn pipeline, in an {@code .npz} archive. The arrays of the
 * last estimator have the names of its attributes; those of a step before it begin with the name that
 * {@code make_pipeline} gives the step, as in {@code standardscaler__mean_}. Names without {@code _} at the end are
 * parameters.
 */
final class SklearnExport {
    private static final String CANNOT = "the model cannot be exported for scikit-learn: ";
    private static final String SCALER = "standard-scaler";

    private final State state;
    private final Map<String, String> params = new LinkedHashMap<>();
    private final NumpyArchive archive = new NumpyArchive();
    private String part = "";
    /** What the names of the present part's arrays begin with; empty for the last part. */
    private String prefix = "";

    private SklearnExport(State state) {
        this.state = state;
        for (String pair : state.list("params")) {
            String[] parts = pair.split("=", 2);
            params.put(parts[0], parts[parts.length - 1]);
        }
    }

    /**
     * {@return the bytes of the archive; the same version makes the same bytes}
     *
     * @param plugIns where its parts are found
     * @param state what is stored
     * @throws AccreteException bad argument: scikit-learn has no such estimator
     */
    static byte[] of(PlugIns plugIns, State state) {
        return new SklearnExport(state).write(plugIns);
    }

    private byte[] write(PlugIns plugIns) {
        String transform = params.getOrDefault(TargetTransform.KEY, "none");
        if (!transform.equals("none")) {
            throw AccreteException.badArgument(
                    CANNOT + "it learned another target by " + TargetTransform.KEY + "=" + transform);
        }
        Schema columns = Schema.parse(state.text("schema"));
        List<String> parts = new ArrayList<>(state.list("steps"));
        parts.add(state.text("learner"));
        // All are looked at before a number is.
        List<String> names = parts.stream().map(SklearnExport::estimator).toList();
        for (int i = 0; i < parts.size(); i++) {
            part = parts.get(i);
            prefix = i == parts.size() - 1 ? "" : names.get(i) + "__";
            if (i == 0) {
                archive.texts(prefix + "feature_names_in_", columnNames(columns));
            }
            archive.whole(prefix + "n_features_in_", columns.width());
            switch (part) {
                case SCALER -> scaler(plugIns, columns);
                case "sgd-classifier" -> classifier(columns.width());
                case "sgd-regressor" -> regressor(columns.width());
                default -> columns = components(columns);
            }
        }
        return archive.toBytes();
    }

    /** {@return scikit-learn's name of a part's estimator, in lower case} */
    private static String estimator(String part) {
        return switch (part) {
            case SCALER -> "standardscaler";
            case "incremental-pca", "covariance-pca" -> "incrementalpca";
            case "sgd-classifier", "sgd-regressor" -> "sgd";
            default ->
                throw AccreteException.badArgument(
                        CANNOT + "'" + part + "' has no attributes there; linear learners and"
                                + " components have, alone or behind standard-scaler; try --format onnx");
        };
    }

    private static List<String> columnNames(Schema schema) {
        List<String> names = new ArrayList<>();
        for (Block block : schema.blocks()) {
            for (int i = 0; i < block.width(); i++) {
                names.add(block.width() == 1 ? block.name() : block.name() + "[" + i + "]");
            }
        }
        return names;
    }

    // --- the parts

    /** Cycles and one-hot blocks, which are not scaled, have mean 0 and variance 1. */
    private void scaler(PlugIns plugIns, Schema columns) {
        int width = columns.width();
        int[] numeric = numeric(columns);
        double[] counts = state.doubles("standard-scaler.count", numeric.length);
        double[] means = state.doubles("standard-scaler.mean", numeric.length);
        double[] squares = state.doubles("standard-scaler.m2", numeric.length);
        double[] seen = new double[width];
        double[] mean = new double[width];
        double[] variance = new double[width];
        Arrays.fill(seen, state.whole("standard-scaler.rows_seen"));
        Arrays.fill(variance, 1);
        for (int j = 0; j < numeric.length; j++) {
            seen[numeric[j]] = counts[j];
            mean[numeric[j]] = means[j];
            variance[numeric[j]] = counts[j] > 0 ? squares[j] / counts[j] : 0;
        }
        double first = counts.length > 0 ? counts[0] : state.whole("standard-scaler.rows_seen");
        if (Arrays.stream(counts).anyMatch(count -> count != first)) {
            doubles("n_samples_seen_", seen);
        } else if (first == Math.rint(first)) {
            archive.whole(prefix + "n_samples_seen_", (long) first);
        } else {
            archive.number(prefix + "n_samples_seen_", first);
        }
        doubles("mean_", mean);
        doubles("var_", variance);
        doubles("scale_", scale(plugIns, columns));
        archive.flag(prefix + "with_mean", Boolean.parseBoolean(param("with-mean")));
        archive.flag(prefix + "with_std", Boolean.parseBoolean(param("with-std")));
    }

    private static int[] numeric(Schema schema) {
        int[] columns = new int[schema.width()];
        int count = 0;
        int column = 0;
        for (Block block : schema.blocks()) {
            for (int i = 0; i < block.width(); i++) {
                if (block.kind() == Block.Kind.NUMERIC) {
                    columns[count++] = column;
                }
                column++;
            }
        }
        return Arrays.copyOf(columns, count);
    }

    /** {@return what each column is divided by: which columns are constant is the scaler's own business} */
    private double[] scale(PlugIns plugIns, Schema columns) {
        if (!(plugIns.learners().find(SCALER) instanceof StepProvider provider)) {
            throw new IllegalStateException(SCALER + " is a step");
        }
        Map<String, String> own = new LinkedHashMap<>();
        provider.params().forEach(spec -> own.put(spec.name(), param(spec.name())));
        ScalingTransformer model =
                (ScalingTransformer) provider.restore(columns, Params.parse(provider.params(), own), state)
                        .snapshot();
        return model.scaling().scale();
    }

    /** {@return the columns that the components become} */
    private Schema components(Schema columns) {
        int count = (int) state.tensor("components").shape()[0];
        int width = columns.width();
        archive.doubles(prefix + "components_", state.doubles("components", count, width), count, width)
                .whole(prefix + "n_components_", count)
                .whole(prefix + "n_samples_seen_", state.whole("n_samples_seen"))
                .number(prefix + "noise_variance_", state.number("noise_variance"))
                .flag(prefix + "whiten", Boolean.parseBoolean(param("whiten")));
        for (String name : List.of("explained_variance", "explained_variance_ratio", "singular_values")) {
            doubles(name + "_", state.doubles(name, count));
        }
        doubles("mean_", state.doubles("mean", width));
        doubles("var_", state.doubles("var", width));
        return Schema.numeric(count, Target.none());
    }

    private void classifier(int width) {
        List<String> classes = state.list("classes");
        if (classes.size() < 2) {
            throw AccreteException.badArgument(
                    CANNOT + "a classifier there needs two classes, but it knows " + classes.size());
        }
        int functions = classes.size() > 2 ? classes.size() : 1;
        archive.doubles("coef_", state.doubles("coef", functions, width), functions, width);
        linear(functions);
        if (classes.stream().allMatch(label -> label.matches("0|-?[1-9][0-9]{0,17}"))) {
            archive.longs(
                    "classes_", classes.stream().mapToLong(Long::parseLong).toArray());
        } else {
            archive.texts("classes_", classes);
        }
        if (functions > 1 && param("multi-class").equals("softmax")) {
            // SGDClassifier has no softmax, LogisticRegression has nothing else.
            archive.text("multi_class", "multinomial");
        } else {
            archive.text("loss", param("loss").replace('-', '_'));
        }
    }

    private void regressor(int width) {
        String loss = param("loss");
        if (loss.equals("poisson")) {
            throw AccreteException.badArgument(
                    CANNOT + "with loss=poisson it predicts the exponential of a linear function; try --format onnx");
        }
        doubles("coef_", state.doubles("coef", 1, width));
        linear(1);
        if (loss.equals("quantile")) {
            archive.number("quantile", Double.parseDouble(param("quantile")));
        } else {
            archive.text("loss", loss.replace('-', '_'));
        }
    }

    private void linear(int functions) {
        doubles("intercept_", state.doubles("intercept", functions));
        archive.number("t_", state.number("sgd.t"));
    }

    private void doubles(String name, double[] numbers) {
        archive.doubles(prefix + name, numbers, numbers.length);
    }

    /** {@return a parameter of the present part} */
    private String param(String name) {
        String key = keys() + name;
        return Objects.requireNonNull(params.get(key), key);
    }

    /** {@return what the parameters of the present part begin with} */
    private String keys() {
        return prefix.isEmpty() ? "" : part + ".";
    }
}
