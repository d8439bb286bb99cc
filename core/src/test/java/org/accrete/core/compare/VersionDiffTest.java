package org.accrete.core.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Test;

class VersionDiffTest {
    private static final ColumnPlan PLAN = ColumnPlan.parse("n=numeric(indicator=yes)\n"
            + "d=datetime(first-day=2001-01-01)\nc=categorical(width=4)\n"
            + "k=categorical(min-count=2,values=a|b)\nt=text(ngrams=1-1,width=8)\n"
            + "y=target(kind=categorical,classes=no|yes)\nseen c=x");

    private static State state(String learner, String params, ColumnPlan plan, double... coef) {
        int functions = Math.max(1, coef.length / plan.schema().width());
        return State.builder()
                .text("learner", learner)
                .text("steps", "")
                .text("params", params)
                .text("schema", plan.schema().toText())
                .text("plan", plan.toText())
                .doubles("coef", coef, functions, coef.length / functions)
                .doubles("intercept", new double[] {1}, 1)
                .doubles("sgd.weights", coef)
                .build();
    }

    private static ModelVersion version(long number) {
        return new ModelVersion(
                "m",
                number,
                Instant.EPOCH,
                new ModelVersion.Note(Optional.empty(), "sgd-classifier", 5, Map.of()),
                1,
                "0".repeat(64));
    }

    private static WeightNames names(ColumnPlan plan) {
        return new WeightNames(plan.schema(), Optional.of(plan));
    }

    private static VersionDiff diff(State first, State second, int most) {
        return VersionDiff.of(version(1), first, version(2), second, names(PLAN), most);
    }

    private static int bucket(String value) {
        RowEncoder encoder = new RowEncoder(ColumnPlan.parse("c=categorical(width=4)"), List.of("c"), false);
        ChunkBuffer row = new ChunkBuffer(encoder.schema(), 1);
        encoder.encode(List.of(value), row);
        return ((SparseChunk) row.chunk()).indices()[0];
    }

    @Test
    void columnsAreNamedAsPeopleKnowThem() {
        WeightNames names = names(PLAN);
        assertThat(IntStream.range(0, 9).mapToObj(names::name))
                .containsExactly(
                        "n",
                        "n.missing",
                        "d.days",
                        "d hour-of-day sine",
                        "d hour-of-day cosine",
                        "d day-of-week sine",
                        "d day-of-week cosine",
                        "d day-of-year sine",
                        "d day-of-year cosine");
        for (int bucket = 0; bucket < 4; bucket++) {
            assertThat(names.name(9 + bucket)).isEqualTo(bucket == bucket("x") ? "c=x" : "c #" + bucket);
        }
        assertThat(List.of(names.name(13), names.name(14), names.name(15))).containsExactly("k=a", "k=b", "k=(others)");
        assertThat(names.name(16)).isEqualTo("t[0]");
        assertThat(names.name(24)).isEqualTo("column 24");
        assertThat(names.hashedColumns()).containsExactly("c");
    }

    @Test
    void valuesOfOneBucketAreTold() {
        WeightNames names = names(PLAN);
        names.know("c", List.of("v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12"));
        names.know("nothing", List.of("v"));
        for (int bucket = 0; bucket < 4; bucket++) {
            int at = bucket;
            List<String> there = IntStream.rangeClosed(1, 12)
                    .mapToObj(i -> "v" + i)
                    .filter(value -> bucket(value) == at)
                    .toList();
            String name = names.name(9 + bucket);
            assertThat(name).startsWith(there.isEmpty() && at != bucket("x") ? "c #" : "c=");
            assertThat(name.endsWith("|…")).isEqualTo(there.size() + (at == bucket("x") ? 1 : 0) > 3);
        }
    }

    @Test
    void weightsThatMovedMostComeFirst() {
        int width = PLAN.schema().width();
        double[] before = new double[width];
        double[] after = new double[width];
        before[0] = 2;
        before[14] = 3;
        after[0] = -1;
        after[1] = 1;
        after[14] = 4.5;
        VersionDiff diff = diff(
                state("sgd-classifier", "alpha=1\n", PLAN, before),
                state("sgd-classifier", "alpha=2\n", PLAN, after),
                2);
        assertThat(diff.weights())
                .containsExactly(new Weights.Moved("n", "yes", 2, -1), new Weights.Moved("k=b", "yes", 3, 4.5));
        assertThat(diff.params()).containsExactly(new VersionDiff.Param("alpha", "1", "2"));
        assertThat(diff.isOneLearner()).isTrue();
        assertThat(diff.tensors()).extracting(VersionDiff.Trained::name).containsExactly("coef", "intercept");
        VersionDiff.Trained coef = diff.tensors().get(0);
        assertThat(coef.first()).isCloseTo(Math.sqrt(13), within(1e-12));
        assertThat(coef.second()).isCloseTo(Math.sqrt(1 + 1 + 4.5 * 4.5), within(1e-12));
        assertThat(coef.distance()).isCloseTo(Math.sqrt(9 + 1 + 1.5 * 1.5), within(1e-12));
        assertThat(Math.cos(Math.toRadians(coef.angle())))
                .isCloseTo(11.5 / (coef.first() * coef.second()), within(1e-12));
        assertThat(diff.tensors().get(1).angle()).isZero();
    }

    @Test
    void theLargestWeightsAreThoseOfTheLargestSize() {
        double[] coef = new double[2 * PLAN.schema().width()];
        coef[1] = -5;
        coef[PLAN.schema().width()] = 4;
        coef[3] = 0.5;
        Weights weights = Weights.of(state("sgd-classifier", "", PLAN, coef)).orElseThrow();
        assertThat(weights.largest(2, names(PLAN)))
                .containsExactly(new Weights.Named("n.missing", "no", -5), new Weights.Named("n", "yes", 4));
        assertThat(weights.largest(9, names(PLAN))).hasSize(3);
        assertThat(weights.largest(0, names(PLAN))).isEmpty();
        Weights narrow = Weights.of(state("sgd-classifier", "", PLAN, 1, 2)).orElseThrow();
        assertThat(narrow.largest(1, names(PLAN))).containsExactly(new Weights.Named("component 1", "yes", 2));
        assertThat(weights.moved(narrow, 3, names(PLAN))).isEmpty();
    }

    @Test
    void versionsOfOtherColumnsAreRefused() {
        ColumnPlan other = ColumnPlan.parse("n=numeric\ny=target(kind=categorical,classes=no|yes)");
        assertThatThrownBy(() -> diff(state("a", "", PLAN, 1, 2), state("a", "", other, 1), 3))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT))
                .hasMessageContaining("those of m@2 differ from those of m@1 (first difference: ");
    }

    @Test
    void otherLearnersClassesAndPlansAreTold() {
        ColumnPlan other = ColumnPlan.parse(PLAN.toText().replace("n=numeric(", "n=numeric(missing=-1,"))
                .withClasses(List.of("no", "yes", "maybe"));
        VersionDiff diff = diff(state("a", "x=1\n", PLAN, 1, 2), state("b", "z=1\n", other, 1, 2), 3);
        assertThat(diff.params())
                .contains(
                        new VersionDiff.Param("learner", "a", "b"),
                        new VersionDiff.Param("x", "1", ""),
                        new VersionDiff.Param("z", "", "1"),
                        new VersionDiff.Param("classes", "no, yes", "no, yes, maybe"))
                .extracting(VersionDiff.Param::name)
                .contains("column n");
        assertThat(diff.isOneLearner()).isFalse();
        assertThat(diff.tensors()).isEmpty();
        assertThat(diff.weights()).isEmpty();
    }
}
