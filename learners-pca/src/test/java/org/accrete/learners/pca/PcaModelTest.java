package org.accrete.learners.pca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.testkit.RunSeed;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a model computes, each against its definition. */
@ExtendWith(RunSeed.class)
class PcaModelTest {
    private static final int WIDTH = 9;
    private static final int ROWS = 260;

    private final double[][] x = Batch.rows(ROWS, WIDTH, 0.75, RunSeed.random("rows"));

    private PcaModel model(String... settings) {
        PcaLearner learner = Pca.incremental(WIDTH, settings);
        Pca.fit(learner, x, 0, ROWS, 100);
        return learner.snapshot();
    }

    private double[] scores(PcaModel model) {
        ChunkBuffer out = new ChunkBuffer(model.outputSchema(), ROWS);
        model.transform(Pca.chunk(x, 0, ROWS), out);
        return Arrays.copyOf(((DenseChunk) out.chunk()).values(), ROWS * model.componentCount());
    }

    @Test
    void scoresAreProductsOfComponentsWithCentredRows() {
        PcaModel model = model("n-components=3");
        double[] scores = scores(model);
        for (int i = 0; i < ROWS; i++) {
            for (int c = 0; c < 3; c++) {
                double score = 0;
                for (int j = 0; j < WIDTH; j++) {
                    score += (x[i][j] - model.mean()[j]) * model.components()[c * WIDTH + j];
                }
                assertThat(scores[i * 3 + c]).isCloseTo(score, within(1e-12));
            }
        }
        assertThat(model.outputSchema().columnName(2)).isEqualTo("pc2");
    }

    @Test
    void inverseTransformOfAllScoresGivesTheRowsBack() {
        for (String whiten : List.of("whiten=false", "whiten=true")) {
            PcaModel model = model(whiten);
            double[] back = new double[ROWS * WIDTH];
            model.inverseTransform(scores(model), ROWS, back);
            for (int i = 0; i < ROWS * WIDTH; i++) {
                assertThat(back[i]).isCloseTo(x[i / WIDTH][i % WIDTH], within(1e-10));
            }
        }
    }

    @Test
    void whitenedScoresHaveTheIdentityAsCovariance() {
        double[] scores = scores(model("whiten=true"));
        RealMatrix covariance = new Covariance(Batch.matrix(scores, ROWS, WIDTH)).getCovarianceMatrix();
        assertThat(covariance
                        .subtract(MatrixUtils.createRealIdentityMatrix(WIDTH))
                        .getNorm())
                .isLessThan(1e-9);
    }

    @Test
    void reconstructionErrorIsTheSquaredDistanceFromTheRowMadeOfTheScores() {
        PcaModel model = model("n-components=3");
        double[] back = new double[ROWS * WIDTH];
        model.inverseTransform(scores(model), ROWS, back);
        double[] errors = new double[ROWS];
        model.reconstructionError(Pca.chunk(x, 0, ROWS), errors);
        for (int i = 0; i < ROWS; i++) {
            double square = 0;
            for (int j = 0; j < WIDTH; j++) {
                square += Math.pow(x[i][j] - back[i * WIDTH + j], 2);
            }
            assertThat(errors[i]).isCloseTo(square, within(1e-11));
        }
    }

    @Test
    void rowsUnlikeTheOthersHaveALargeReconstructionError() {
        PcaModel model = model("n-components=5");
        double[][] odd = {x[0].clone(), x[0].clone()};
        double[] last = Arrays.copyOfRange(Batch.of(x).components.getRow(WIDTH - 1), 0, WIDTH);
        for (int j = 0; j < WIDTH; j++) {
            odd[1][j] += 3 * last[j];
        }
        double[] errors = new double[2];
        model.reconstructionError(Pca.chunk(odd, 0, 2), errors);
        assertThat(errors[1]).isGreaterThan(3).isGreaterThan(5 * errors[0]);
    }

    @Test
    void covarianceOfAllComponentsIsThatOfTheRows() {
        RealMatrix expected = new Covariance(x).getCovarianceMatrix();
        RealMatrix actual = Batch.matrix(model().covariance(), WIDTH, WIDTH);
        assertThat(actual.subtract(expected).getNorm()).isLessThan(1e-10);
    }

    /** Every direction beyond the components has the noise variance, so the trace is that of the rows. */
    @Test
    void precisionIsTheInverseOfTheCovariance() {
        for (String k : List.of("all", "3")) {
            PcaModel model = model("n-components=" + k);
            RealMatrix covariance = Batch.matrix(model.covariance(), WIDTH, WIDTH);
            RealMatrix precision = Batch.matrix(model.precision(), WIDTH, WIDTH);
            assertThat(covariance
                            .multiply(precision)
                            .subtract(MatrixUtils.createRealIdentityMatrix(WIDTH))
                            .getNorm())
                    .isLessThan(1e-9);
            assertThat(covariance.getTrace())
                    .isCloseTo(new Covariance(x).getCovarianceMatrix().getTrace(), within(1e-9));
        }
    }

    @Test
    void scoreIsTheLogDensityOfTheNormalDistribution() {
        for (String k : List.of("all", "3")) {
            PcaModel model = model("n-components=" + k);
            RealMatrix precision = Batch.matrix(model.precision(), WIDTH, WIDTH);
            double determinant = new LUDecomposition(Batch.matrix(model.covariance(), WIDTH, WIDTH)).getDeterminant();
            double[] scores = new double[ROWS];
            model.scoreSamples(Pca.chunk(x, 0, ROWS), scores);
            for (int i = 0; i < ROWS; i++) {
                double[] distance = new double[WIDTH];
                for (int j = 0; j < WIDTH; j++) {
                    distance[j] = x[i][j] - model.mean()[j];
                }
                double[] product = precision.operate(distance);
                double square = 0;
                for (int j = 0; j < WIDTH; j++) {
                    square += distance[j] * product[j];
                }
                double expected = -0.5 * (WIDTH * Math.log(2 * Math.PI) + Math.log(determinant) + square);
                assertThat(scores[i]).isCloseTo(expected, within(1e-8));
            }
        }
    }

    @Test
    void whatCannotBeInvertedIsRefused() {
        for (double[] row : x) {
            row[2] = 1;
        }
        PcaModel model = model();
        for (Runnable call : List.<Runnable>of(
                model::precision, () -> model.scoreSamples(Pca.chunk(x, 0, ROWS), new double[ROWS]))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(AccreteException.class)
                    .hasMessageContaining("no variance; lower n-components");
        }
    }

    @Test
    void itDescribesEachComponentByTheColumnsThatWeighMost() {
        for (double[] row : x) {
            row[4] *= 1000;
        }
        List<String> lines = model("n-components=2").describe();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("pc0 explains 100.00 %, variance ").contains(": x4 +1.000, x");
        assertThat(lines.get(2)).startsWith("together 100.00 %");
    }

    @Test
    void numberOfComponentsMustFitTheColumns() {
        for (String text : List.of("0", "10", "1.5", "-1", "most", "", "NaN", "Infinity")) {
            assertThatThrownBy(() -> Pca.incremental(WIDTH, "n-components=" + text))
                    .isInstanceOf(AccreteException.class)
                    .hasMessage(
                            "n-components must be a whole number from 1 to 9 (the columns), a fraction of the variance"
                                    + " between 0 and 1, or all, but was '" + text + "'");
        }
        assertThat(Pca.incremental(WIDTH, "n-components=ALL").outputSchema().width())
                .isEqualTo(WIDTH);
        assertThat(Pca.incremental(WIDTH, "n-components=9").outputSchema().width())
                .isEqualTo(WIDTH);
    }

    @Test
    void aShareCannotComeBeforeAnotherLearner() {
        PcaLearner learner = Pca.incremental(WIDTH, "n-components=0.9");
        assertThatThrownBy(learner::outputSchema)
                .isInstanceOf(AccreteException.class)
                .hasMessage("n-components must be a whole number, or all, before another learner, but was 0.9");
    }
}
