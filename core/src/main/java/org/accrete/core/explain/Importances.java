package org.accrete.core.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.learn.ImportanceModel;
import org.accrete.api.learn.Model;
import org.accrete.core.pipeline.Pipeline;

/**
 * Which columns matter most to a model. They are those that the learner sees: behind {@code polynomial-features}
 * products are columns too, and behind principal components there is nothing else.
 */
public final class Importances {
    private Importances() {}

    /**
     * The importance of a column.
     *
     * @param column its name
     * @param share from 0 to 1
     */
    public record Named(String column, double share) {}

    /**
     * {@return how important columns are, the most important first, those of importance 0 left out; together 1 unless
     * there are none} Empty for a model that does not tell.
     *
     * @param model a view or snapshot of a pipeline
     * @param plan how raw columns become its columns, if that is known
     */
    public static List<Named> of(Model model, Optional<ColumnPlan> plan) {
        if (!(Pipeline.learnerModel(model) instanceof ImportanceModel learned)) {
            return List.of();
        }
        RawColumns columns = new RawColumns(learned.schema(), plan);
        double[] shares = learned.importances();
        Map<Integer, Double> sums = new LinkedHashMap<>();
        for (int column = 0; column < shares.length; column++) {
            if (shares[column] > 0) {
                sums.merge(columns.representative(column), shares[column], Double::sum);
            }
        }
        List<Named> named = new ArrayList<>();
        sums.forEach((representative, share) -> named.add(new Named(columns.name(representative), share)));
        named.sort(Comparator.comparingDouble((Named one) -> -one.share()));
        return List.copyOf(named);
    }
}
