package org.accrete.learners.ensembles;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.learn.ProbabilisticClassifier;

/**
 * Makes one prediction of those of the members: of classes the mean of their probabilities, of numbers the mean. A
 * member that gives no probabilities votes for one class. Has memory for one row, so for one thread.
 */
final class Votes {
    /** Nearest that a probability comes to 0 in a decision value. */
    private static final double LEAST = 1e-15;

    /** Numbers of double precision, in a graph. */
    private static final long DOUBLE = 11;

    private double[] decisions = {};
    private double[] probabilities = {};
    private double[] sums = {};

    /** Forgets the votes; the next are on that many classes. */
    void begin(int classes) {
        if (sums.length < classes) {
            sums = new double[classes];
            probabilities = new double[classes];
            decisions = new double[classes];
        }
        Arrays.fill(sums, 0, classes, 0);
    }

    /**
     * Adds the vote of a member.
     *
     * @param of tells probabilities
     * @param from has the member's decision values
     * @param offset where those of the row begin
     * @param classes how many classes they tell apart, at least 1
     * @return the class that the member votes for
     */
    int add(Classifier of, double[] from, int offset, int classes) {
        int count = classes <= 2 ? 1 : classes;
        System.arraycopy(from, offset, decisions, 0, count);
        int winner = Classifier.winner(decisions, 0, classes);
        if (of instanceof ProbabilisticClassifier probabilistic) {
            probabilistic.probabilities(decisions, 1, classes, probabilities);
            for (int c = 0; c < classes; c++) {
                sums[c] += probabilities[c];
            }
        } else {
            sums[winner]++;
        }
        return winner;
    }

    /** Writes the decision values of the mean: the logarithms of the odds, or of the probabilities. */
    void decide(int classes, double[] out, int offset) {
        if (classes < 2) {
            out[offset] = 0;
            return;
        }
        double total = 0;
        for (int c = 0; c < classes; c++) {
            total += sums[c];
        }
        if (classes == 2) {
            out[offset] = log(sums[1], total) - log(sums[0], total);
            return;
        }
        for (int c = 0; c < classes; c++) {
            out[offset + c] = log(sums[c], total);
        }
    }

    private static double log(double sum, double total) {
        return StrictMath.log(Math.max(sum / total, LEAST));
    }

    /** Turns decision values into probabilities. */
    static void probabilities(double[] decisions, int rows, int classes, double[] out) {
        for (int row = 0; row < rows; row++) {
            if (classes == 1) {
                out[row] = 1;
            } else if (classes == 2) {
                double odds = StrictMath.exp(-Math.abs(decisions[row]));
                double larger = 1 / (1 + odds);
                out[2 * row] = decisions[row] > 0 ? odds * larger : larger;
                out[2 * row + 1] = decisions[row] > 0 ? larger : odds * larger;
            } else {
                double sum = 0;
                int from = row * classes;
                for (int c = 0; c < classes; c++) {
                    out[from + c] = StrictMath.exp(decisions[from + c]);
                    sum += out[from + c];
                }
                for (int c = 0; c < classes; c++) {
                    out[from + c] /= sum;
                }
            }
        }
    }

    /** {@return the vote of a member without probabilities in a graph, rows × classes: 1 for the class that wins} */
    static Value ofWinner(ModelGraph graph, Value decisions, int classes) {
        if (classes == 2) {
            Value second = graph.apply("Greater", decisions, graph.constant(0));
            return graph.ofTwo(asNumber(graph, graph.apply("Not", second)), asNumber(graph, second), classes);
        }
        Value winner = graph.apply("ArgMax", Map.of("axis", 1L), decisions);
        long[] all = LongStream.range(0, classes).toArray();
        return asNumber(graph, graph.apply("Equal", winner, graph.constant(all, 1, classes)));
    }

    private static Value asNumber(ModelGraph graph, Value flags) {
        return graph.apply("Cast", Map.of("to", DOUBLE), flags);
    }

    /**
     * {@return what {@link #decide} writes in a graph}
     *
     * @param mean of the probabilities, rows × classes
     * @param classes at least 2
     */
    static Value decisions(ModelGraph graph, Value mean, int classes) {
        Value sum = graph.apply("ReduceSum", mean, graph.constant(new long[] {1}, 1));
        Value logs = graph.apply("Log", graph.apply("Max", graph.apply("Div", mean, sum), graph.constant(LEAST)));
        return classes > 2 ? logs : graph.apply("Sub", graph.columns(logs, 1), graph.columns(logs, 0));
    }
}
