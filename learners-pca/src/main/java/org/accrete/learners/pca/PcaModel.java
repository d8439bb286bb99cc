package org.accrete.learners.pca;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.Transformer;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;

/**
 * Principal components of all rows that were learned. Immutable and thread-safe, also as a view.
 *
 * <p>It turns a row x into its scores {@code V (x − mean)}, one per component, in numeric columns {@code pc0},
 * {@code pc1}, …; with {@code whiten} each is divided by its standard deviation. Components that the rows so far do not
 * span are zeros, and so are their scores. Arrays that are handed out are copies, matrices are row-major.
 *
 * <p>Beyond the components every direction is taken to vary by {@link #noiseVariance()} (Tipping and Bishop,
 * Probabilistic Principal Component Analysis, J. R. Statist. Soc. B 61(3), 1999).
 */
public final class PcaModel implements Transformer {
    private static final double LOG_2_PI = StrictMath.log(2 * Math.PI);

    private static final int MOST_LINES = 50;
    private static final int MOST_COLUMNS = 5;

    private final DenseKernels kernels = DenseKernels.best();
    private final Schema schema;
    private final Schema outputSchema;
    private final int width;
    private final int count;
    private final boolean whiten;
    private final long rows;
    private final double[] components;
    private final double[] singularValues;
    private final double[] explainedVariance;
    private final double[] explainedVarianceRatio;
    private final double[] mean;
    private final double[] variance;
    private final double noiseVariance;
    /** Scores of the mean, before it is subtracted; and what scores are multiplied by. */
    private final double[] meanScores;

    private final double[] scale;

    private PcaModel(PcaLearner learner, Summary summary, double[] values, double[] vectors) {
        this.schema = learner.schema();
        this.width = summary.width;
        this.whiten = learner.whiten();
        this.rows = summary.rows;
        this.mean = summary.mean.clone();
        this.variance = summary.squares.clone();
        double divisor = summary.weight > 0 ? summary.divisor() : 0;
        double inverse = divisor > 0 ? 1 / divisor : 0;
        kernels.scale(summary.weight > 0 ? 1 / summary.weight : 0, variance, 0, width);
        double squares = kernels.sum(summary.squares, 0, width);
        this.count = count(summary.rank, values, squares);
        this.singularValues = Arrays.copyOf(values, count);
        this.components = Arrays.copyOf(vectors, count * width);
        this.explainedVariance = new double[count];
        this.explainedVarianceRatio = new double[count];
        this.meanScores = new double[count];
        this.scale = new double[count];
        double explained = 0;
        for (int i = 0; i < count; i++) {
            double square = values[i] * values[i];
            explained += square;
            explainedVariance[i] = square * inverse;
            explainedVarianceRatio[i] = square > 0 ? square / squares : 0;
            meanScores[i] = kernels.dot(mean, 0, components, i * width, width);
            scale[i] = !whiten ? 1 : explainedVariance[i] > 0 ? 1 / Math.sqrt(explainedVariance[i]) : 0;
        }
        this.noiseVariance = count < width ? Math.max(0, squares - explained) * inverse / (width - count) : 0;
        this.outputSchema = outputSchema(schema, count);
    }

    static PcaModel of(PcaLearner learner, Summary summary, double[] values, double[] vectors) {
        return new PcaModel(learner, summary, values, vectors);
    }

    /** How many components explain more than the share that was asked for; all where none was. */
    private static int count(Rank rank, double[] values, double squares) {
        if (rank.isFixed()) {
            return rank.most();
        }
        double explained = 0;
        int count = 0;
        while (count < rank.most() && (count == 0 || explained <= rank.share() * squares)) {
            explained += values[count] * values[count];
            count++;
        }
        return count;
    }

    static Schema outputSchema(Schema schema, int count) {
        List<org.accrete.api.data.Block> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(new org.accrete.api.data.Block("pc" + i, Kind.NUMERIC, 1));
        }
        return new Schema(blocks, schema.target());
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Schema outputSchema() {
        return outputSchema;
    }

    /** {@return of each component how much it explains and which columns weigh most in it} */
    @Override
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        double together = 0;
        for (int i = 0; i < count; i++) {
            together += explainedVarianceRatio[i];
            if (i < MOST_LINES) {
                lines.add(String.format(
                        Locale.ROOT,
                        "pc%d explains %.2f %%, variance %.4g: %s",
                        i,
                        100 * explainedVarianceRatio[i],
                        explainedVariance[i],
                        heaviest(i)));
            }
        }
        if (count > MOST_LINES) {
            lines.add("… and " + (count - MOST_LINES) + " more");
        }
        lines.add(String.format(
                Locale.ROOT,
                "together %.2f %%; variance of each direction left out %.4g",
                100 * together,
                noiseVariance));
        return lines;
    }

    /** The columns with the largest elements of a component. */
    private String heaviest(int component) {
        boolean[] named = new boolean[width];
        List<String> words = new ArrayList<>();
        for (int times = 0; times < Math.min(MOST_COLUMNS, width); times++) {
            int heaviest = -1;
            for (int j = 0; j < width; j++) {
                if (!named[j] && (heaviest < 0 || weight(component, j) > weight(component, heaviest))) {
                    heaviest = j;
                }
            }
            named[heaviest] = true;
            words.add(String.format(
                    Locale.ROOT, "%s %+.3f", schema.columnName(heaviest), components[component * width + heaviest]));
        }
        return String.join(", ", words);
    }

    private double weight(int component, int column) {
        return Math.abs(components[component * width + column]);
    }

    /** {@return how many components there are: k} */
    public int componentCount() {
        return count;
    }

    /** {@return how many rows were learned} */
    public long rowsSeen() {
        return rows;
    }

    /** {@return the components, k × columns: orthonormal rows, the one that explains most first} */
    public double[] components() {
        return components.clone();
    }

    /** {@return the variance along each component, without bias: squared singular values divided by rows − 1} */
    public double[] explainedVariance() {
        return explainedVariance.clone();
    }

    /** {@return the part of the variance of all columns that each component explains} */
    public double[] explainedVarianceRatio() {
        return explainedVarianceRatio.clone();
    }

    /** {@return the singular values of the centred rows, one per component} */
    public double[] singularValues() {
        return singularValues.clone();
    }

    /** {@return the mean of each column} */
    public double[] mean() {
        return mean.clone();
    }

    /** {@return the population variance of each column} */
    public double[] variance() {
        return variance.clone();
    }

    /** {@return the mean variance of the directions beyond the components; 0 when there are none} */
    public double noiseVariance() {
        return noiseVariance;
    }

    /** {@return the covariance matrix that the model stands for, columns × columns} */
    public double[] covariance() {
        return matrix(noiseVariance, this::modelled);
    }

    /**
     * {@return the inverse of {@link #covariance()}}
     *
     * @throws AccreteException bad state: some direction has no variance
     */
    public double[] precision() {
        requireInvertible();
        return matrix(noiseVariance > 0 ? 1 / noiseVariance : 0, i -> 1 / modelled(i));
    }

    private interface PerComponent {
        double at(int component);
    }

    /** The symmetric matrix with one eigenvalue per component and one for all other directions. */
    private double[] matrix(double other, PerComponent eigenvalue) {
        if ((long) width * width > Integer.MAX_VALUE - 64) {
            throw AccreteException.badState("a matrix of " + width + " × " + width + " columns does not fit one array");
        }
        double[] matrix = new double[width * width];
        for (int j = 0; j < width; j++) {
            matrix[j * width + j] = other;
        }
        for (int i = 0; i < count; i++) {
            double factor = eigenvalue.at(i) - other;
            for (int j = 0; j < width; j++) {
                kernels.axpy(factor * components[i * width + j], components, i * width, matrix, j * width, width);
            }
        }
        return matrix;
    }

    /** The variance along a component, at least that of the noise. */
    private double modelled(int i) {
        return Math.max(explainedVariance[i], noiseVariance);
    }

    private void requireInvertible() {
        boolean invertible = count == width || noiseVariance > 0;
        for (int i = 0; i < count; i++) {
            invertible &= modelled(i) > 0;
        }
        if (!invertible) {
            throw AccreteException.badState(
                    "the covariance of the rows so far cannot be inverted, some direction has no"
                            + " variance; lower n-components or drop constant columns");
        }
    }

    @Override
    public void transform(Chunk chunk, ChunkBuffer out) {
        schema.require(chunk.schema());
        Block.checkValues(chunk);
        out.clear();
        transform(chunk, 0, chunk.rows(), out, new double[width]);
        out.classes(chunk.classes());
        out.position(chunk.position());
    }

    /**
     * Appends rows, transformed.
     *
     * @param row scratch, of the width
     */
    void transform(Chunk chunk, int from, int to, ChunkBuffer out, double[] row) {
        for (int i = from; i < to; i++) {
            out.beginRow(chunk, i);
            if (chunk instanceof SparseChunk sparse && isShort(sparse, i)) {
                for (int c = 0; c < count; c++) {
                    double score = SparseKernels.dot(
                            components, c * width, sparse.indices(), sparse.values(), sparse.start(i), sparse.end(i));
                    out.put(c, (score - meanScores[c]) * scale[c]);
                }
            } else {
                centre(chunk, i, row);
                for (int c = 0; c < count; c++) {
                    out.put(c, kernels.dot(row, 0, components, c * width, width) * scale[c]);
                }
            }
            out.endRow();
        }
    }

    /** Whether it pays to go by the entries of the row. */
    private boolean isShort(SparseChunk chunk, int row) {
        return 8L * (chunk.end(row) - chunk.start(row)) < width;
    }

    private void centre(Chunk chunk, int i, double[] row) {
        Block.put(chunk, i, row, 0);
        kernels.axpy(-1, mean, 0, row, 0, width);
    }

    /**
     * Turns scores back into rows: {@code scores · V + mean}, where {@code whiten} is undone first.
     *
     * @param scores rows × k, not modified
     * @param count number of rows
     * @param out receives rows × columns
     */
    public void inverseTransform(double[] scores, int count, double[] out) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(mean, 0, out, i * width, width);
            for (int c = 0; c < this.count; c++) {
                double deviation = whiten ? Math.sqrt(explainedVariance[c]) : 1;
                kernels.axpy(scores[i * this.count + c] * deviation, components, c * width, out, i * width, width);
            }
        }
    }

    /**
     * Writes how far each row is from what the components make of it, squared: how unlike the rows learned it is.
     *
     * @param chunk rows
     * @param out receives one number per row, at least 0
     */
    public void reconstructionError(Chunk chunk, double[] out) {
        forEachRest(chunk, (i, explained, rest) -> out[i] = rest);
    }

    /**
     * Writes the log-likelihood of each row under a normal distribution with {@link #mean()} and {@link #covariance()},
     * natural log.
     *
     * @param chunk rows
     * @param out receives one number per row
     * @throws AccreteException bad state: some direction has no variance
     */
    public void scoreSamples(Chunk chunk, double[] out) {
        requireInvertible();
        double logs = width * LOG_2_PI;
        for (int c = 0; c < count; c++) {
            logs += StrictMath.log(modelled(c));
        }
        if (count < width) {
            logs += (width - count) * StrictMath.log(noiseVariance);
        }
        double constant = logs;
        forEachRest(
                chunk,
                (i, explained, rest) ->
                        out[i] = -0.5 * (constant + explained + (count < width ? rest / noiseVariance : 0)));
    }

    private interface PerRow {
        void take(int row, double explained, double rest);
    }

    /**
     * Tells of each row the sum of its squared scores, each divided by the variance there, and the square of what they
     * leave.
     */
    private void forEachRest(Chunk chunk, PerRow taker) {
        schema.require(chunk.schema());
        Block.checkValues(chunk);
        double[] row = new double[width];
        for (int i = 0; i < chunk.rows(); i++) {
            centre(chunk, i, row);
            double explained = 0;
            for (int c = 0; c < count; c++) {
                // Components are orthonormal, so that each can be taken away before the next score.
                double score = kernels.dot(row, 0, components, c * width, width);
                kernels.axpy(-score, components, c * width, row, 0, width);
                double variance = modelled(c);
                explained += variance > 0 ? score * score / variance : 0;
            }
            taker.take(i, explained, kernels.sumOfSquares(row, 0, width));
        }
    }
}
