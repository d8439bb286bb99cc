package org.accrete.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticSourceTest {
    private static final ChunkSourceProvider PROVIDER = new SyntheticSourceProvider();

    private static ChunkSource open(SourceRequest request, Map<String, String> params) {
        return PROVIDER.open(request, Params.parse(PROVIDER.params(), params));
    }

    private static ChunkSource open(String kind, Map<String, String> params) {
        return open(SourceRequest.of(kind), params);
    }

    private static DenseChunk chunk(ChunkSource source, int rows) {
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), rows);
        assertThat(source.next(buffer)).isTrue();
        return (DenseChunk) buffer.chunk();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classification", "regression", "sea", "abrupt", "gradual", "recurring"})
    void aRowDependsOnlyOnItsNumber(String kind) {
        boolean drifts = !kind.equals("classification") && !kind.equals("regression");
        String driftEvery = drifts ? "13" : "0";
        Map<String, String> params = Map.of("rows", "100", "seed", "7", "drift-every", driftEvery);
        List<String> whole = IoFixtures.rest(open(kind, params), 1_000);
        assertThat(whole).hasSize(100).doesNotHaveDuplicates();
        for (int size : new int[] {1, 7, 100}) {
            assertThat(IoFixtures.rest(open(kind, params), size)).isEqualTo(whole);
        }
        for (int at = 0; at <= 100; at++) {
            ChunkSource source = open(kind, params);
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 100);
            buffer.limit(at / 2);
            source.next(buffer);
            Position position =
                    Position.parse(buffer.position().plus(at - at / 2).toText());
            ChunkSource later = open(kind, params);
            later.seek(position);
            assertThat(IoFixtures.rest(later, 9)).isEqualTo(whole.subList(at, 100));
        }
        ChunkSource longer = open(kind, Map.of("rows", "200", "seed", "7", "drift-every", driftEvery));
        assertThat(IoFixtures.rest(longer, 9)).hasSize(200).startsWith(whole.toArray(new String[0]));
        assertThat(IoFixtures.rest(open(kind, Map.of("rows", "100", "seed", "8", "drift-every", driftEvery)), 9))
                .doesNotContainAnyElementsOf(whole);
    }

    @Test
    void seaFollowsTheConceptsOfThePaper() {
        ChunkSource source = open("sea", Map.of("noise", "0", "drift-every", "1000", "rows", "0"));
        double[] thresholds = {8, 9, 7, 9.5, 8};
        for (double threshold : thresholds) {
            DenseChunk chunk = chunk(source, 1_000);
            for (int i = 0; i < 1_000; i++) {
                int offset = chunk.offset(i);
                for (int j = 0; j < 3; j++) {
                    assertThat(chunk.values()[offset + j]).isBetween(0.0, 10.0);
                }
                boolean below = chunk.values()[offset] + chunk.values()[offset + 1] <= threshold;
                assertThat(chunk.target(i)).isEqualTo(below ? 1 : 0);
            }
        }
    }

    /** Returns the cosine of the angle between what decides the class in two chunks. */
    private static double agreement(DenseChunk a, DenseChunk b) {
        double[] one = averages(a);
        double[] other = averages(b);
        double product = 0;
        double first = 0;
        double second = 0;
        for (int j = 0; j < one.length; j++) {
            product += one[j] * other[j];
            first += one[j] * one[j];
            second += other[j] * other[j];
        }
        return product / Math.sqrt(first * second);
    }

    /** Returns the mean of each feature times 1 or -1 by the class: a vector along the difference of the functions. */
    private static double[] averages(DenseChunk chunk) {
        double[] averages = new double[chunk.width()];
        for (int i = 0; i < chunk.rows(); i++) {
            for (int j = 0; j < averages.length; j++) {
                averages[j] += (2 * chunk.target(i) - 1) * chunk.values()[chunk.offset(i) + j] / chunk.rows();
            }
        }
        return averages;
    }

    @Test
    void conceptsChangeAbruptlyOrComeBack() {
        Map<String, String> params = Map.of("drift-every", "4000", "noise", "0", "rows", "0", "features", "20");
        for (String kind : List.of("abrupt", "recurring")) {
            DenseChunk[] chunks = new DenseChunk[8];
            for (int k = 0; k < chunks.length; k++) {
                ChunkSource source = open(kind, params);
                source.seek(new Position("", 2_000L * k));
                chunks[k] = chunk(source, 2_000);
            }
            for (int k = 0; k < chunks.length; k++) {
                for (int l = 0; l < k; l++) {
                    int apart = k / 2 - l / 2;
                    boolean same = apart == 0 || kind.equals("recurring") && apart % 2 == 0;
                    double agreement = agreement(chunks[k], chunks[l]);
                    if (same) {
                        assertThat(agreement).as("%s, %d and %d", kind, l, k).isGreaterThan(0.9);
                    } else {
                        assertThat(agreement).as("%s, %d and %d", kind, l, k).isLessThan(0.8);
                    }
                }
            }
        }
    }

    @Test
    void gradualDriftMixesTheConceptsBeforeAndAfter() {
        Map<String, String> params = Map.of("drift-every", "10000", "noise", "0", "rows", "0", "features", "20");
        DenseChunk first = chunk(open("gradual", params), 1_000);
        ChunkSource later = open("gradual", params);
        later.seek(new Position("", 9_500));
        DenseChunk last = chunk(later, 1_000);
        double before = 1;
        for (int at = 2_000; at < 10_000; at += 2_500) {
            ChunkSource between = open("gradual", params);
            between.seek(new Position("", at));
            DenseChunk chunk = chunk(between, 1_000);
            double share = agreement(chunk, first) - agreement(chunk, last);
            assertThat(share).as("row %d", at).isLessThan(before);
            before = share;
        }
        assertThat(before).isLessThan(0);
    }

    @Test
    void noiseIsTheShareOfWrongLabels() {
        for (String kind : List.of("sea", "classification")) {
            Chunk clean = chunk(open(kind, Map.of("noise", "0")), 20_000);
            Chunk noisy = chunk(open(kind, Map.of("noise", "0.1")), 20_000);
            int other = 0;
            for (int i = 0; i < 20_000; i++) {
                other += clean.target(i) == noisy.target(i) ? 0 : 1;
            }
            assertThat(other / 20_000.0).as(kind).isCloseTo(0.1, within(0.01));
        }
    }

    @Test
    void everyClassAppears() {
        ChunkSource source = open("classification", Map.of("classes", "5", "noise", "1"));
        Chunk chunk = chunk(source, 5_000);
        assertThat(chunk.classes()).containsExactly("0", "1", "2", "3", "4");
        int[] counts = new int[5];
        for (int i = 0; i < chunk.rows(); i++) {
            counts[(int) chunk.target(i)]++;
        }
        assertThat(counts).doesNotContain(0);
    }

    @Test
    void regressionIsLinearPlusNoise() {
        ChunkSource clean = open("regression", Map.of("features", "1", "noise", "0"));
        DenseChunk exact = chunk(clean, 1_000);
        double weight = exact.target(0) / exact.values()[0];
        DenseChunk noisy = chunk(open("regression", Map.of("features", "1", "noise", "0.5")), 1_000);
        double squares = 0.0;
        for (int i = 0; i < 1_000; i++) {
            assertThat(exact.target(i)).isCloseTo(weight * exact.values()[i], within(1e-12));
            double error = noisy.target(i) - exact.target(i);
            squares += error * error;
        }
        assertThat(Math.sqrt(squares / 1_000)).isCloseTo(0.5, within(0.05));
        assertThat(clean.schema().target()).isEqualTo(Target.numeric("y"));
    }

    @Test
    void thePlanLetsOtherSourcesEncodeTheSameColumns() {
        ChunkSource source = open("sea", Map.of());
        assertThat(source.plan().map(ColumnPlan::toText))
                .contains("x0=numeric\nx1=numeric\nx2=numeric\ny=target(kind=categorical,classes=0|1)");
        assertThat(source.schema()).isEqualTo(source.plan().orElseThrow().schema());
        assertThat(source.name()).isEqualTo("synthetic:sea");
    }

    @Test
    void aStoredPlanDecidesTheOrderOfTheLabels() {
        ColumnPlan plan = open("sea", Map.of()).plan().orElseThrow().withClasses(List.of("1", "2"));
        ChunkSource source = open(SourceRequest.of("sea").withPlan(plan, true), Map.of());
        Chunk swapped = chunk(source, 50);
        Chunk plain = chunk(open("sea", Map.of()), 50);
        assertThat(swapped.classes()).containsExactly("1", "2", "0");
        for (int i = 0; i < 50; i++) {
            assertThat(swapped.classes().get((int) swapped.target(i)))
                    .isEqualTo(plain.classes().get((int) plain.target(i)));
        }
        ColumnPlan other = open("classification", Map.of()).plan().orElseThrow();
        assertThatThrownBy(() -> open(SourceRequest.of("sea").withPlan(other, true), Map.of()))
                .hasMessageContaining("data has 3 features but the model was trained on 10");
    }

    @Test
    void refusesParametersWithoutEffectAndUnknownKinds() {
        assertThatThrownBy(() -> open("waves", Map.of()))
                .hasMessageStartingWith(
                        "a synthetic source must be one of classification, regression, sea, abrupt, gradual,"
                                + " recurring but was 'waves'");
        assertThatThrownBy(() -> open("sea", Map.of("features", "5")))
                .hasMessage("features of 'sea' must be 3 or left out but was 5");
        assertThatThrownBy(() -> open("regression", Map.of("classes", "3")))
                .hasMessageContaining("classes of 'regression'");
        assertThatThrownBy(() -> open("classification", Map.of("drift-every", "10")))
                .hasMessage("drift-every of 'classification' must be 0 or left out but was 10");
        assertThatThrownBy(() -> open(SourceRequest.of("sea").withTarget("x0"), Map.of()))
                .hasMessage("the target of a synthetic source must be y but was 'x0'");
        assertThatThrownBy(() -> open(SourceRequest.of("sea").withColumns(List.of(new Column.Ignore("x0"))), Map.of()))
                .hasMessageContaining("x0=ignore cannot be given");
        assertThatThrownBy(() -> open("sea", Map.of("seed", "1")).seek(new Position("else", 0)))
                .hasMessageStartingWith("the stored position is in 'else' but this source is 'sea features=3");
    }

    @Test
    void seeksToAnyRowInConstantTime() {
        ChunkSource source = open("sea", Map.of("rows", "0"));
        source.seek(new Position("", 1L << 50));
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), 3);
        assertThat(source.next(buffer)).isTrue();
        assertThat(buffer.position().rows()).isEqualTo((1L << 50) + 3);
        ChunkSource ended = open("sea", Map.of("rows", "5"));
        ended.seek(new Position("", 9));
        assertThat(ended.next(new ChunkBuffer(ended.schema(), 1))).isFalse();
    }
}
