package org.accrete.learners.ensembles;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;

/** The models of all members, and how well each of them does. */
abstract sealed class EnsembleModel implements Model {
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
    }
}
