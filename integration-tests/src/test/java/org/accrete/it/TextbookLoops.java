package org.accrete.it;

import java.nio.file.Path;
import java.util.Arrays;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.Accrete;
import org.accrete.core.ClassifierTrainer;
import org.accrete.core.RegressorTrainer;
import org.accrete.core.store.DirectoryStore;

/** The two loops that the README begins with. */
final class TextbookLoops {
    record Trained(String[] labels, ModelVersion version) {}

    static Trained classify(double[][] x, String[] y, double[][] test, Path models) {
        // classify
        try (ModelStore store = DirectoryStore.open(models);
                ClassifierTrainer trainer = Accrete.classifier("sgd-classifier").into(store, "clicks")) {
            for (int from = 0; from < x.length; from += 1_000) {
                int to = Math.min(from + 1_000, x.length);
                trainer.partialFit(Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(y, from, to));
            }
            String[] labels = trainer.predict(test); // double[][] trainer.predictProbabilities(test)
            ModelVersion version = trainer.save();
            return new Trained(labels, version);
        }
        // end
    }

    static double[] regress(double[][] x, double[] y, double[][] test) {
        // regress
        try (RegressorTrainer network =
                Accrete.regressor("mlp-regressor").set("hidden", 64).build()) {
            for (int epoch = 0; epoch < 20; epoch++) {
                for (int from = 0; from < x.length; from += 1_000) {
                    int to = Math.min(from + 1_000, x.length);
                    network.partialFit(Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(y, from, to));
                }
            }
            double[] predicted = network.predict(test);
            return predicted;
        }
        // end
    }

    private TextbookLoops() {}
}
