package org.accrete.api.learn;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;

/** A model that tells classes apart. */
public interface Classifier extends Model {
    /** {@return the labels, in class order; immutable} */
    List<String> classes();

    /** {@return numbers per row that {@link #decide} writes: 1 up to two classes, else one per class} */
    default int decisions() {
        return classes().size() <= 2 ? 1 : classes().size();
    }

    /**
     * Writes the decision values: up to two classes, one per row, above 0 for the second class; else one per class, the
     * largest wins, the first of equals.
     *
     * @param chunk rows
     * @param out receives rows × {@link #decisions()} numbers, row-major
     */
    void decide(Chunk chunk, double[] out);

    /**
     * {@return the label predicted for each row, in new arrays}
     *
     * @param chunk rows
     * @throws AccreteException bad state: no class is known yet
     */
    default String[] predict(Chunk chunk) {
        List<String> classes = classes();
        if (classes.isEmpty() && chunk.rows() > 0) {
            throw AccreteException.badState("the model knows no class yet; it has to learn a labelled row first");
        }
        double[] decisions = new double[chunk.rows() * decisions()];
        decide(chunk, decisions);
        String[] labels = new String[chunk.rows()];
        for (int row = 0; row < labels.length; row++) {
            labels[row] = classes.get(winner(decisions, row));
        }
        return labels;
    }

    /**
     * {@return the class that decision values stand for; −1 when no class is known yet}
     *
     * @param decisions as {@link #decide} wrote them
     * @param row from 0
     */
    default int winner(double[] decisions, int row) {
        return winner(decisions, row, classes().size());
    }

    /**
     * {@return the class that decision values of so many classes stand for; −1 for none}
     *
     * @param decisions as {@link #decide} writes them
     * @param row from 0
     * @param classes how many classes they tell apart
     */
    static int winner(double[] decisions, int row, int classes) {
        if (classes <= 2) {
            return classes == 2 && decisions[row] > 0 ? 1 : classes - 1 < 0 ? -1 : 0;
        }
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (decisions[row * classes + c] > decisions[row * classes + best]) {
                best = c;
            }
        }
        return best;
    }
}
