package org.accrete.learners.ensembles;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;

/** The models of all members, and how well each of them does. */
abstract sealed class EnsembleModel implements ExportableModel {
    final Model[] members;
    private final Fares fares;

    /** Memory, kept for the thread that predicts; others make their own at the same time. */
    private final AtomicReference<Optional<Memory>> idle = new AtomicReference<>(Optional.empty());

    /**
     * How well members do.
     *
     * @param base name of their plug-in
     * @param errors mean error of each member in the latest rows
     * @param rows how many rows it is of, over all
     * @param resets how often it began anew
     */
    record Fares(String base, double[] errors, long[] rows, long[] resets) {
        List<String> lines() {
            List<String> lines = new ArrayList<>();
            for (int m = 0; m < errors.length; m++) {
                String error = rows[m] == 0
                        ? "not judged yet"
                        : String.format(
                                Locale.ROOT,
                                "error %.4f in the last %,d rows or so, before it learned them",
                                errors[m],
                                Math.min(rows[m], Members.RECENT));
                String again = resets[m] == 0 ? "" : ", began anew " + (resets[m] == 1 ? "once" : resets[m] + " times");
                lines.add("member " + (m + 1) + " (" + base + "): " + error + again);
            }
            return lines;
        }
    }

    private static final class Memory {
        final Votes votes = new Votes();
        double[][] decisions = {};

        double[] of(int member, int members, int length) {
            if (decisions.length != members) {
                decisions = new double[members][0];
            }
            if (decisions[member].length < length) {
                decisions[member] = new double[length];
            }
            return decisions[member];
        }
    }

    private EnsembleModel(Model[] members, Fares fares) {
        this.members = members;
        this.fares = fares;
    }

    static EnsembleModel of(Model[] members, Fares fares) {
        return members[0] instanceof Classifier ? new OfClasses(members, fares) : new OfNumbers(members, fares);
    }

    @Override
    public final Schema schema() {
        return members[0].schema();
    }

    @Override
    public final List<String> describe() {
        return fares.lines();
    }

    /** {@return what each member computes in a graph} */
    final List<List<Value>> exportMembers(ModelGraph graph, List<Value> rows) {
        List<List<Value>> results = new ArrayList<>();
        for (Model member : members) {
            if (!(member instanceof ExportableModel exportable)) {
                throw AccreteException.badArgument("the model cannot be exported: its members, '" + fares.base
                        + "', do not say what they compute in standard operations; serve it with accrete serve"
                        + " instead");
            }
            results.add(exportable.export(graph, rows));
        }
        return results;
    }

    /** {@return the mean of matrices in a graph} */
    static Value mean(ModelGraph graph, List<Value> matrices) {
        Value sum = matrices.size() == 1 ? matrices.get(0) : graph.apply("Sum", matrices.toArray(Value[]::new));
        return graph.apply("Div", sum, graph.constant(matrices.size()));
    }

    /** What is done with memory for one thread. */
    private interface Work {
        void with(Memory memory);
    }

    final void work(Work work) {
        Optional<Memory> taken = idle.getAndSet(Optional.empty());
        if (taken.isEmpty()) {
            taken = Optional.of(new Memory());
        }
        try {
            work.with(taken.get());
        } finally {
            idle.set(taken);
        }
    }

    /** The mean of the members' probabilities. */
    static final class OfClasses extends EnsembleModel implements ProbabilisticClassifier {
        OfClasses(Model[] members, Fares fares) {
            super(members, fares);
        }

        @Override
        public List<String> classes() {
            return ((Classifier) members[0]).classes();
        }

        @Override
        public void decide(Chunk chunk, double[] out) {
            int classes = classes().size();
            int rows = chunk.rows();
            work(memory -> {
                int width = decisions();
                for (int m = 0; m < members.length; m++) {
                    ((Classifier) members[m]).decide(chunk, memory.of(m, members.length, rows * width));
                }
                for (int row = 0; row < rows; row++) {
                    memory.votes.begin(classes);
                    for (int m = 0; m < members.length && classes > 0; m++) {
                        memory.votes.add((Classifier) members[m], memory.decisions[m], row * width, classes);
                    }
                    memory.votes.decide(classes, out, row * width);
                }
            });
        }

        @Override
        public void probabilities(double[] decisions, int rows, int classes, double[] out) {
            Votes.probabilities(decisions, rows, classes, out);
        }

        @Override
        public List<Value> export(ModelGraph graph, List<Value> rows) {
            int classes = classes().size();
            if (classes < 2) {
                return List.of(graph.everywhere(schema(), rows, 0), graph.everywhere(schema(), rows, 1));
            }
            boolean hasProbabilities = members[0] instanceof ProbabilisticClassifier;
            List<Value> votes = new ArrayList<>();
            for (List<Value> results : exportMembers(graph, rows)) {
                votes.add(hasProbabilities ? results.get(1) : Votes.ofWinner(graph, results.get(0), classes));
            }
            Value decisions = Votes.decisions(graph, mean(graph, votes), classes);
            return List.of(decisions, graph.probabilities(decisions, classes));
        }
    }

    /** The mean of the members' predictions. */
    static final class OfNumbers extends EnsembleModel implements Regressor {
        OfNumbers(Model[] members, Fares fares) {
            super(members, fares);
        }

        @Override
        public void predict(Chunk chunk, double[] out) {
            work(memory -> {
                for (int m = 0; m < members.length; m++) {
                    double[] one = memory.of(m, members.length, chunk.rows());
                    ((Regressor) members[m]).predict(chunk, one);
                    for (int row = 0; row < chunk.rows(); row++) {
                        out[row] = m == 0 ? one[row] / members.length : out[row] + one[row] / members.length;
                    }
                }
            });
        }

        @Override
        public List<Value> export(ModelGraph graph, List<Value> rows) {
            return List.of(mean(
                    graph,
                    exportMembers(graph, rows).stream()
                            .map(results -> results.get(0))
                            .toList()));
        }
    }
}
