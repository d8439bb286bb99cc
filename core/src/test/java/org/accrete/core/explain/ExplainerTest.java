package org.accrete.core.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ImportanceModel;
import org.accrete.api.learn.Regressor;
import org.accrete.core.explain.Explanation.Contribution;
import org.junit.jupiter.api.Test;

class ExplainerTest {
    private static final ColumnPlan PLAN = new ColumnPlan(
            List.of(
                    Column.parse("id=key"),
                    Column.parse("distance=numeric(indicator=yes)"),
                    Column.parse("date=datetime(first-day=2024-01-01)"),
                    Column.parse("origin=categorical(width=16)"),
                    Column.parse("note=text(width=32)"),
                    Column.parse("weight.days=numeric"),
                    Column.parse("gate=ignore"),
                    Column.parse("delay=target(kind=numeric)"),
                    new Column.Cross("origin*gate", List.of("origin", "gate"), 8)),
            Map.of("origin", List.of("SEA", "JFK")));

    /** Predicts the sum of each number times one more than its column. */
    private record Sum(Schema schema) implements Regressor, ExplainableModel, ImportanceModel {
        @Override
        public void predict(Chunk chunk, double[] out) {
            Contributions all = new Contributions();
            for (int row = 0; row < chunk.rows(); row++) {
                explain(chunk, row, 0, all);
                out[row] = all.sum();
            }
        }

        @Override
        public void explain(Chunk chunk, int row, int decision, Contributions out) {
            out.clear(7);
            if (chunk instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    double value = sparse.values()[k];
                    out.add(sparse.indices()[k], Double.isNaN(value) ? 0 : value * (1 + sparse.indices()[k]));
                }
            } else if (chunk instanceof DenseChunk dense) {
                for (int j = 0; j < dense.width(); j++) {
                    out.add(j, dense.values()[dense.offset(row) + j] * (1 + j));
                }
            }
        }

        @Override
        public double[] importances() {
            double[] shares = new double[schema.width()];
            Arrays.fill(shares, 1.0 / shares.length);
            return shares;
        }
    }

    private static Explanation explain(Map<String, ?> record, boolean withTexts) {
        Explainer explainer = new Explainer(new Sum(PLAN.schema()), Optional.of(PLAN));
        ColumnPlan plan = withTexts ? Explainer.withTexts(PLAN) : PLAN;
        RecordEncoder encoder = new RecordEncoder(plan, false);
        ChunkBuffer rows = new ChunkBuffer(PLAN.schema(), 1, plan.keys().size());
        encoder.encode(record, rows);
        Explanation found = withTexts ? explainer.explain(rows, 0, plan.keys()) : explainer.explain(rows.chunk(), 0);
        double sum = found.base();
        for (Contribution one : found.contributions()) {
            sum += one.amount();
        }
        assertThat(sum).isCloseTo(found.value(), offset(1e-9));
        assertThat(found.base()).isEqualTo(7);
        assertThat(found.target()).isEqualTo("delay");
        return found;
    }

    private static Map<String, Object> record() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("id", 1);
        record.put("distance", 2_475);
        record.put("date", "2024-01-11");
        record.put("origin", "JFK");
        record.put("note", "late late");
        record.put("weight.days", 0.5);
        record.put("gate", "B");
        return record;
    }

    private static List<String> names(Explanation explanation) {
        return explanation.contributions().stream()
                .map(Contribution::name)
                .sorted()
                .toList();
    }

    @Test
    void columnsOfARawColumnAreAddedUpAndToldByItsText() {
        assertThat(names(explain(record(), true)))
                .containsExactly(
                        "date=2024-01-11",
                        "distance=2475",
                        "note",
                        "origin*gate=JFK*B",
                        "origin=JFK",
                        "weight.days=0.5");
    }

    @Test
    void withoutTextsNumbersAndKnownCategoriesAreTold() {
        assertThat(names(explain(record(), false)))
                .anySatisfy(name -> assertThat(name).startsWith("origin*gate=#"))
                .contains("date", "distance=2475", "origin=JFK", "weight.days=0.5");
        Map<String, Object> other = record();
        other.put("origin", "XYZ");
        assertThat(names(explain(other, false)))
                .anySatisfy(name -> assertThat(name).startsWith("origin=#"));
    }

    @Test
    void missingValuesAreToldAsSuch() {
        Map<String, Object> record = record();
        record.put("distance", "");
        assertThat(names(explain(record, true))).contains("distance=(missing)");
    }

    @Test
    void longTextsAreShortened() {
        Map<String, Object> record = record();
        record.put("origin", "x".repeat(100));
        assertThat(names(explain(record, true))).contains("origin=" + "x".repeat(39) + "…");
    }

    @Test
    void textNamesTheLargestAndAddsUpTheRest() {
        Explanation explanation = new Explanation(
                "y",
                1_240,
                -1.4,
                List.of(
                        new Contribution("a", "5", 1_234.5),
                        new Contribution("b", "", -0.125),
                        new Contribution("c", "x", 0.001)));
        assertThat(explanation.toText(1)).isEqualTo("a=5:+1235; rest:-0.124; base:-1.40");
        assertThat(explanation.toText(2)).isEqualTo("a=5:+1235; b:-0.125; rest:+0.00100; base:-1.40");
        assertThat(explanation.toText(3)).isEqualTo("a=5:+1235; b:-0.125; c=x:+0.00100; base:-1.40");
        assertThat(explanation.toText(0)).startsWith("rest:");
    }

    @Test
    void columnsOfASchemaWithoutAPlanHaveItsNames() {
        Schema schema = new Schema(
                List.of(new Block("x", Block.Kind.NUMERIC, 2), new Block("word", Block.Kind.ONE_HOT, 3)),
                Target.numeric("y"));
        ChunkBuffer rows = new ChunkBuffer(schema, 1);
        rows.beginRow();
        rows.put(0, 1);
        rows.put(1, 2.5);
        rows.put(3, 1);
        rows.endRow();
        Explanation explanation = new Explainer(new Sum(schema), Optional.empty()).explain(rows.chunk(), 0);
        assertThat(names(explanation)).containsExactly("word=#1", "x[0]=1", "x[1]=2.5");
        assertThat(Importances.of(new Sum(schema), Optional.empty()))
                .extracting(Importances.Named::column)
                .containsExactly("word", "x[0]", "x[1]");
    }

    @Test
    void modelThatCannotExplainIsRefused() {
        Regressor other = new Regressor() {
            @Override
            public Schema schema() {
                return PLAN.schema();
            }

            @Override
            public void predict(Chunk chunk, double[] out) {}
        };
        assertThatThrownBy(() -> new Explainer(other, Optional.of(PLAN)))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT));
        assertThat(Importances.of(other, Optional.of(PLAN))).isEmpty();
    }
}
