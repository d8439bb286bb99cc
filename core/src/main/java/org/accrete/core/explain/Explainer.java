package org.accrete.core.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.core.compare.WeightNames;
import org.accrete.core.explain.Explanation.Contribution;
import org.accrete.core.pipeline.Pipeline;

/**
 * Explains predictions in the words of raw columns: what the columns that a raw column was encoded to contributed is
 * added up. Keeps memory from row to row; for one thread.
 */
public final class Explainer {
    private static final String MISSING = "(missing)";
    private static final int LONGEST = 40;

    private final Model model;
    private final ExplainableModel explainable;
    private final RawColumns columns;
    private final WeightNames names;
    private final Contributions contributions = new Contributions();

    /**
     * Makes an explainer of a model's predictions.
     *
     * @param model a classifier or regressor
     * @param plan how raw columns become its columns, if that is known
     * @throws AccreteException bad argument: the model or one of its steps cannot explain
     */
    public Explainer(Model model, Optional<ColumnPlan> plan) {
        this.model = model;
        this.explainable = Pipeline.explainable(model);
        this.columns = new RawColumns(model.schema(), plan);
        this.names = new WeightNames(model.schema(), plan);
    }

    /**
     * {@return why the model predicts what it does for a row} Values of columns are told as far as they can be known
     * from numbers, and from the categories that the plan remembers.
     *
     * @param chunk rows
     * @param row which of them, from 0
     */
    public Explanation explain(Chunk chunk, int row) {
        return explain(chunk, row, column -> Optional.empty());
    }

    /**
     * {@return why the model predicts what it does for a row, with the texts of its columns}
     *
     * @param rows rows with keys
     * @param row which of them, from 0
     * @param keys names of the keys, as of a plan {@link #withTexts}
     */
    public Explanation explain(ChunkBuffer rows, int row, List<String> keys) {
        return explain(rows.chunk(), row, column -> {
            int at = keys.indexOf(column);
            return at < 0 ? Optional.empty() : Optional.of(rows.key(row, at));
        });
    }

    /**
     * {@return a plan that encodes the same and also passes the texts of all columns through, as keys behind those that
     * the plan has}
     *
     * @param plan a plan
     */
    public static ColumnPlan withTexts(ColumnPlan plan) {
        List<Column> raw = new ArrayList<>();
        List<Column> crosses = new ArrayList<>();
        List<Column> keys = new ArrayList<>();
        for (Column column : plan.columns()) {
            (column instanceof Column.Cross ? crosses : raw).add(column);
            boolean isRead = !(column instanceof Column.Label
                    || column instanceof Column.Weight
                    || column instanceof Column.Key
                    || column instanceof Column.Cross);
            if (isRead && !plan.keys().contains(column.name()) && isUsed(column, plan)) {
                keys.add(new Column.Key(column.name()));
            }
        }
        raw.addAll(keys);
        raw.addAll(crosses);
        return new ColumnPlan(raw, plan.seen());
    }

    private static boolean isUsed(Column column, ColumnPlan plan) {
        return !(column instanceof Column.Ignore)
                || plan.columns().stream()
                        .anyMatch(other -> other instanceof Column.Cross cross
                                && cross.columns().contains(column.name()));
    }

    private Explanation explain(Chunk chunk, int row, Function<String, Optional<String>> text) {
        double[] values = {0};
        int decision = 0;
        String target = model.schema().target().name();
        if (model instanceof Classifier classifier) {
            List<String> classes = classifier.classes();
            values = new double[classifier.decisions()];
            classifier.decide(chunk.slice(row, row + 1), values);
            int winner = classifier.winner(values, 0);
            decision = classes.size() > 2 ? winner : 0;
            target = classes.isEmpty() ? target : classes.get(classes.size() == 2 ? 1 : Math.max(0, winner));
        } else if (model instanceof Regressor regressor) {
            regressor.predict(chunk.slice(row, row + 1), values);
        }
        explainable.explain(chunk, row, decision, contributions);
        Map<Integer, Double> sums = new LinkedHashMap<>();
        for (int i = 0; i < contributions.size(); i++) {
            sums.merge(columns.representative(contributions.column(i)), contributions.amount(i), Double::sum);
        }
        List<Contribution> found = new ArrayList<>();
        sums.forEach((representative, amount) -> {
            if (amount != 0) {
                String name = columns.name(representative);
                found.add(new Contribution(name, value(name, representative, chunk, row, text), amount));
            }
        });
        found.sort(Comparator.comparingDouble((Contribution one) -> -Math.abs(one.amount())));
        return new Explanation(target, values[decision], contributions.base(), found);
    }

    private String value(
            String name, int representative, Chunk chunk, int row, Function<String, Optional<String>> text) {
        Optional<Column> column = columns.column(name);
        if (column.isPresent() && column.get() instanceof Column.Text) {
            return "";
        }
        if (column.isPresent() && column.get() instanceof Column.Cross cross) {
            List<String> parts = new ArrayList<>();
            cross.columns().forEach(part -> text.apply(part).ifPresent(parts::add));
            if (parts.size() == cross.columns().size()) {
                return shortened(String.join("*", parts));
            }
        }
        Optional<String> told = text.apply(name);
        if (told.isPresent()) {
            return shortened(told.get());
        }
        Block block = columns.blockOf(representative);
        if (block.kind() == Block.Kind.ONE_HOT) {
            return category(block, columns.begin(representative), chunk, row);
        }
        boolean isNumber =
                block.kind() != Block.Kind.CYCLE && (column.isEmpty() || !(column.get() instanceof Column.DateTime));
        return isNumber ? number(value(chunk, row, representative)) : "";
    }

    private static String shortened(String text) {
        String line = text.isBlank() ? MISSING : text.strip();
        return line.length() <= LONGEST
                ? line
                : line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, LONGEST - 1))) + "…";
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return MISSING;
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** {@return the category that a row has in a block, as far as it is known by name} */
    private String category(Block block, int begin, Chunk chunk, int row) {
        for (int column = begin; column < begin + block.width(); column++) {
            if (value(chunk, row, column) != 0) {
                String name = names.name(column);
                return name.substring(block.name().length() + 1);
            }
        }
        return MISSING;
    }

    private static double value(Chunk chunk, int row, int column) {
        if (chunk instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                if (sparse.indices()[k] == column) {
                    return sparse.values()[k];
                }
            }
            return 0;
        }
        DenseChunk dense = (DenseChunk) chunk;
        return dense.values()[dense.offset(row) + column];
    }
}
