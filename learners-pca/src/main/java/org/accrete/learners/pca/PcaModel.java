package org.accrete.learners.pca;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableTransformer;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;

/**
 * Principal components of all rows that were learned. Immutable and thread-safe, also as a view.
 *
 * <p>It turns a row x into its scores {@code V (x − mean)}, one per component, in numeric columns {@code pc0},
 * {@code pc1}, …; with {@code whiten} each is divided by its standard deviation. Components outside the span of the
 * rows so far are zeros, and so are their scores. Returned arrays are copies, matrices are row-major.
 *
 * <p>The model assumes variance {@link #noiseVariance()} in every direction beyond the components (Tipping and Bishop,
 * Probabilistic Principal Component Analysis, J. R. Statist. Soc. B 61(3), 1999).
 */
public final class PcaModel implements ExplainableTransformer, ExportableModel {
    private static final double LOG_2_PI = StrictMath.log(2 * Math.PI);

    private static final int MAX_LINES = 50;
    private static final int MAX_COLUMNS = 5;

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
    /** Scores of the mean, {@code V mean}. */
    private final double[] meanScores;

    /** Factors of the scores. */
    private final double[] scale;

    private PcaModel(PcaLearner learner, CovarianceEstimate estimate, double[] values, double[] vectors) {
        this.schema = learner.schema();
        this.width = estimate.width;
        this.whiten = learner.whiten();
        this.rows = estimate.rows;
        this.mean = estimate.mean.clone();
        this.variance = estimate.squares.clone();
        double divisor = estimate.weight > 0 ? estimate.divisor() : 0;
        double inverse = divisor > 0 ? 1 / divisor : 0;
        kernels.scale(estimate.weight > 0 ? 1 / estimate.weight : 0, variance, 0, width);
        double squares = kernels.sum(estimate.squares, 0, width);
        this.count = count(estimate.rank, values, squares);
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

    static PcaModel of(PcaLearner learner, CovarianceEstimate estimate, double[] values, double[] vectors) {
        return new PcaModel(learner, estimate, values, vectors);
    }

    /** {@return how many components explain more than the fraction of the variance to explain} */
    private static int count(Rank rank, double[] values, double squares) {
        if (rank.isFixed()) {
            return rank.max();
        }
        double explained = 0;
        int count = 0;
        while (count < rank.max() && (count == 0 || explained <= rank.varianceFraction() * squares)) {
            explained += values[count] * values[count];
            count++;
        }
        return count;
    }

    static Schema outputSchema(Schema schema, int count) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(new Block("pc" + i, Block.Kind.NUMERIC, 1));
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

    /** {@return for each component, how much it explains and its columns with the largest loadings} */
    @Override
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        double total = 0;
        for (int i = 0; i < count; i++) {
            total += explainedVarianceRatio[i];
            if (i < MAX_LINES) {
                lines.add(String.format(
                        Locale.ROOT,
                        "pc%d explains %.2f %%, variance %.4g: %s",
                        i,
                        100 * explainedVarianceRatio[i],
                        explainedVariance[i],
                        largestLoadings(i)));
            }
        }
        if (count > MAX_LINES) {
            lines.add("… and " + (count - MAX_LINES) + " more");
        }
        lines.add(String.format(
                Locale.ROOT, "together %.2f %%; variance of each direction left out %.4g", 100 * total, noiseVariance));
        return lines;
    }

    /** {@return the columns with the largest loadings of a component} */
    private String largestLoadings(int component) {
        boolean[] named = new boolean[width];
        List<String> words = new ArrayList<>();
        for (int times = 0; times < Math.min(MAX_COLUMNS, width); times++) {
            int largest = -1;
            for (int j = 0; j < width; j++) {
                if (!named[j] && (largest < 0 || loading(component, j) > loading(component, largest))) {
                    largest = j;
                }
            }
            named[largest] = true;
            words.add(String.format(
                    Locale.ROOT, "%s %+.3f", schema.columnName(largest), components[component * width + largest]));
        }
        return String.join(", ", words);
    }

    private double loading(int component, int column) {
        return Math.abs(components[component * width + column]);
    }

    /** {@return the number of components, k} */
    public int componentCount() {
        return count;
    }

    /** {@return the number of rows learned} */
    public long rowsSeen() {
        return rows;
    }

    /** {@return the components, k × columns: orthonormal rows, in order of decreasing explained variance} */
    public double[] components() {
        return components.clone();
    }

    /** {@return the unbiased variance along each component: squared singular values divided by rows − 1} */
    public double[] explainedVariance() {
        return explainedVariance.clone();
    }

    /** {@return the fraction of the total variance that each component explains} */
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

    /** {@return the mean variance of the directions beyond the components; 0 if there are none} */
    public double noiseVariance() {
        return noiseVariance;
    }

    /** {@return the covariance matrix of the model, columns × columns} */
    public double[] covariance() {
        return matrix(noiseVariance, this::modelVariance);
    }

    /**
     * {@return the inverse of {@link #covariance()}}
     *
     * @throws AccreteException bad state: the covariance matrix is singular
     */
    public double[] precision() {
        requireInvertible();
        return matrix(noiseVariance > 0 ? 1 / noiseVariance : 0, i -> 1 / modelVariance(i));
    }

    private interface PerComponent {
        double at(int component);
    }

    /** {@return the symmetric matrix with one eigenvalue per component and one for all other directions} */
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

    /** {@return the variance along a component, at least that of the noise} */
    private double modelVariance(int i) {
        return Math.max(explainedVariance[i], noiseVariance);
    }

    private void requireInvertible() {
        boolean invertible = count == width || noiseVariance > 0;
        for (int i = 0; i < count; i++) {
            invertible &= modelVariance(i) > 0;
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
        RowBlock.checkValues(chunk);
        out.clear();
        transform(chunk, 0, chunk.rows(), out, new double[width]);
        out.classes(chunk.classes());
    }

    /**
     * Appends transformed rows.
     *
     * @param row scratch of length width
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

    /**
     * Shares what a component contributed among the columns, each by its part of the score, {@code V (x − mean)}. What
     * a component whose score is 0 contributed goes to the base value. O(k × columns).
     */
    @Override
    public void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs) {
        inputs.clear(outputs.base());
        double[] centred = new double[width];
        centre(chunk, row, centred);
        double[] factors = new double[width];
        for (int i = 0; i < outputs.size(); i++) {
            int from = outputs.column(i) * width;
            double score = kernels.dot(centred, 0, components, from, width);
            double factor = outputs.amount(i) / score;
            if (Math.abs(factor) <= 1e100) {
                kernels.axpy(factor, components, from, factors, 0, width);
            } else {
                inputs.addToBase(outputs.amount(i));
            }
        }
        for (int j = 0; j < width; j++) {
            inputs.add(j, factors[j] * centred[j]);
        }
    }

    @Override
    public List<Value> export(ModelGraph graph, List<Value> rows) {
        double[] matrix = new double[count * width];
        double[] shift = new double[count];
        double[] numbers = ModelGraph.numbers(schema, mean, 0);
        // Numbers are centred before they are multiplied, as here; a category by the scores of its block's mean.
        double[] ofCategories = mean.clone();
        int column = 0;
        for (Block block : schema.blocks()) {
            if (block.kind() != Block.Kind.ONE_HOT) {
                Arrays.fill(ofCategories, column, column + block.width(), 0);
            }
            column += block.width();
        }
        for (int c = 0; c < count; c++) {
            shift[c] = -scale[c] * kernels.dot(ofCategories, 0, components, c * width, width);
            kernels.axpy(scale[c], components, c * width, matrix, c * width, width);
        }
        List<Value> centred = new ArrayList<>(rows);
        if (numbers.length > 0) {
            centred.set(0, graph.apply("Sub", rows.get(0), graph.constant(numbers, 1, numbers.length)));
        }
        return List.of(graph.linear(schema, centred, matrix, shift));
    }

    /** {@return whether a row has so few entries that a sparse loop is faster} */
    private boolean isShort(SparseChunk chunk, int row) {
        return 8L * (chunk.end(row) - chunk.start(row)) < width;
    }

    private void centre(Chunk chunk, int i, double[] row) {
        RowBlock.copyRow(chunk, i, row, 0);
        kernels.axpy(-1, mean, 0, row, 0, width);
    }

    /**
     * Computes rows from scores: {@code scores · V + mean}, after undoing {@code whiten}.
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
     * Writes the squared distance of each row from its projection onto the components, a measure of how unusual it is.
     *
     * @param chunk rows
     * @param out receives one number per row, at least 0
     */
    public void reconstructionError(Chunk chunk, double[] out) {
        forEachResidual(chunk, (i, mahalanobis, residual) -> out[i] = residual);
    }

    /**
     * Writes the log-likelihood of each row under a normal distribution with {@link #mean()} and {@link #covariance()},
     * natural log.
     *
     * @param chunk rows
     * @param out receives one number per row
     * @throws AccreteException bad state: the covariance matrix is singular
     */
    public void scoreSamples(Chunk chunk, double[] out) {
        requireInvertible();
        double logs = width * LOG_2_PI;
        for (int c = 0; c < count; c++) {
            logs += StrictMath.log(modelVariance(c));
        }
        if (count < width) {
            logs += (width - count) * StrictMath.log(noiseVariance);
        }
        double constant = logs;
        forEachResidual(
                chunk,
                (i, mahalanobis, residual) ->
                        out[i] = -0.5 * (constant + mahalanobis + (count < width ? residual / noiseVariance : 0)));
    }

    private interface ResidualConsumer {
        void accept(int row, double mahalanobis, double residual);
    }

    /**
     * Computes for each row the sum of its squared scores, each divided by the variance of its component, and the
     * squared norm of the residual.
     */
    private void forEachResidual(Chunk chunk, ResidualConsumer consumer) {
        schema.require(chunk.schema());
        RowBlock.checkValues(chunk);
        double[] row = new double[width];
        for (int i = 0; i < chunk.rows(); i++) {
            centre(chunk, i, row);
            double mahalanobis = 0;
            for (int c = 0; c < count; c++) {
                // Components are orthonormal, so each can be subtracted before the next score is computed.
                double score = kernels.dot(row, 0, components, c * width, width);
                kernels.axpy(-score, components, c * width, row, 0, width);
                double variance = modelVariance(c);
                mahalanobis += variance > 0 ? score * score / variance : 0;
            }
            consumer.accept(i, mahalanobis, kernels.sumOfSquares(row, 0, width));
        }
    }
}
