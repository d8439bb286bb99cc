package org.accrete.core.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;
import org.accrete.core.ListSource;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.junit.jupiter.api.Test;

class ScoresTest {
    private static final List<String> TWO = List.of("no", "yes");
    private static final List<String> FOUR = List.of("p", "q", "r", "s");

    /** Uses its columns, one or several, as decision values. */
    private record Decider(Schema schema, List<String> classes) implements Classifier {
        @Override
        public void decide(Chunk chunk, double[] out) {
            copyColumns(chunk, decisions(), out);
        }
    }

    /** The same, with probabilities by the logistic function or softmax. */
    private record Logistic(Schema schema, List<String> classes) implements ProbabilisticClassifier {
        @Override
        public void decide(Chunk chunk, double[] out) {
            copyColumns(chunk, decisions(), out);
        }

        @Override
        public void probabilities(double[] decisions, int rows, int count, double[] out) {
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                for (int c = 0; c < count; c++) {
                    out[row * count + c] = count > 2 ? Math.exp(decisions[row * count + c]) : 1.0 / count;
                    sum += out[row * count + c];
                }
                for (int c = 0; c < count; c++) {
                    out[row * count + c] /= sum;
                }
                if (count == 2) {
                    out[2 * row + 1] = 1 / (1 + Math.exp(-decisions[row]));
                    out[2 * row] = 1 - out[2 * row + 1];
                }
            }
        }
    }

    private record FirstColumn(Schema schema) implements Regressor {
        @Override
        public void predict(Chunk chunk, double[] out) {
            copyColumns(chunk, 1, out);
        }
    }

    private static void copyColumns(Chunk chunk, int count, double[] out) {
        DenseChunk dense = (DenseChunk) chunk;
        for (int row = 0; row < chunk.rows(); row++) {
            System.arraycopy(dense.values(), dense.offset(row), out, row * count, count);
        }
    }

    /** A straightforward second implementation: keeps every row and goes through all of them. */
    private static final class Oracle {
        final List<Integer> actual = new ArrayList<>();
        final List<Integer> predicted = new ArrayList<>();
        final List<Integer> noChange = new ArrayList<>();
        final List<Integer> majority = new ArrayList<>();
        final List<Double> losses = new ArrayList<>();
        final List<Double> shareLosses = new ArrayList<>();
        final List<Double> margins = new ArrayList<>();

        Oracle from(int first, int to) {
            Oracle part = new Oracle();
            part.actual.addAll(actual.subList(first, to));
            part.predicted.addAll(predicted.subList(first, to));
            part.noChange.addAll(noChange.subList(first, to));
            part.majority.addAll(majority.subList(first, to));
            part.losses.addAll(losses.subList(first, to));
            part.shareLosses.addAll(shareLosses.subList(first, to));
            part.margins.addAll(margins.subList(first, to));
            return part;
        }

        double accuracy(List<Integer> said) {
            int right = 0;
            for (int i = 0; i < said.size(); i++) {
                right += said.get(i).equals(actual.get(i)) ? 1 : 0;
            }
            return (double) right / said.size();
        }

        double kappa(List<Integer> said) {
            double chance = 0;
            for (int c = 0; c < 10; c++) {
                int label = c;
                double there = actual.stream().filter(a -> a == label).count();
                double claimed = said.stream().filter(a -> a == label).count();
                chance += there / actual.size() * (claimed / actual.size());
            }
            return (accuracy(said) - chance) / (1 - chance);
        }

        double kappaT(List<Integer> said) {
            return (accuracy(said) - accuracy(noChange)) / (1 - accuracy(noChange));
        }

        /** All pairs, on decision values rounded down to a multiple of 40 / 4096. */
        double areaUnderCurve() {
            double pairs = 0;
            double credit = 0;
            for (int i = 0; i < actual.size(); i++) {
                for (int j = 0; j < actual.size(); j++) {
                    if (actual.get(i) == 1 && actual.get(j) == 0) {
                        int above = Long.compare(cell(margins.get(i)), cell(margins.get(j)));
                        credit += above > 0 ? 1 : above == 0 ? 0.5 : 0;
                        pairs++;
                    }
                }
            }
            return credit / pairs;
        }

        private static long cell(double margin) {
            return margin >= 20 ? 4095 : margin <= -20 ? 0 : (long) Math.floor((margin + 20) * 4096 / 40);
        }

        static double mean(List<Double> numbers) {
            return numbers.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        }

        void check(Map<String, Double> metrics, Map<String, Map<String, Double>> baselines) {
            assertThat(metrics.get("log_loss")).isCloseTo(mean(losses), within(1e-12));
            assertThat(metrics.get("accuracy")).isEqualTo(accuracy(predicted));
            assertThat(metrics.get("kappa")).isCloseTo(kappa(predicted), within(1e-12));
            assertThat(metrics.get("kappa_t")).isCloseTo(kappaT(predicted), within(1e-12));
            assertThat(baselines.get("no_change").get("accuracy")).isEqualTo(accuracy(noChange));
            assertThat(baselines.get("no_change").get("kappa")).isCloseTo(kappa(noChange), within(1e-12));
            assertThat(baselines.get("no_change").get("kappa_t")).isEqualTo(0.0);
            assertThat(baselines.get("majority").get("accuracy")).isEqualTo(accuracy(majority));
            assertThat(baselines.get("majority").get("kappa")).isCloseTo(kappa(majority), within(1e-12));
            assertThat(baselines.get("majority").get("kappa_t")).isCloseTo(kappaT(majority), within(1e-12));
            assertThat(baselines.get("class_shares").get("log_loss")).isCloseTo(mean(shareLosses), within(1e-12));
        }

        /** Adds a row; the probability is NaN if the model does not know the class. */
        void add(int truth, int said, double probability, double margin, int declared) {
            int known = declared;
            int[] counts = new int[10];
            for (int earlier : actual) {
                counts[earlier]++;
                known = Math.max(known, earlier + 1);
            }
            known = Math.max(known, truth + 1);
            int most = -1;
            for (int c = 0; c < 10; c++) {
                if (counts[c] > 0 && (most < 0 || counts[c] > counts[most])) {
                    most = c;
                }
            }
            noChange.add(actual.isEmpty() ? -1 : actual.get(actual.size() - 1));
            majority.add(most);
            double ownShare = (counts[truth] + 1.0) / (actual.size() + known);
            losses.add(-Math.log(Double.isNaN(probability) ? ownShare : Math.max(probability, 1e-15)));
            shareLosses.add(-Math.log(ownShare));
            margins.add(margin);
            predicted.add(said);
            actual.add(truth);
        }
    }

    private static State state(Scores scores) {
        State.Builder state = State.builder();
        scores.writeTo(state);
        return state.build();
    }

    private static Schema schema(int width, List<String> classes) {
        return Schema.numeric(width, Target.categorical("y", classes));
    }

    private static DenseChunk chunk(Schema schema, double[] values, double[] targets, List<String> classes) {
        return new DenseChunk(schema, values, targets, new double[0], classes);
    }

    @Test
    void figuresOfTwoClassesEqualTheirDefinitions() {
        long seed = 20_240_601;
        Random random = new Random(seed);
        Schema schema = schema(1, TWO);
        Scores scores = Scores.forTarget(schema.target());
        Oracle oracle = new Oracle();
        for (int size : new int[] {1, 7, 300, 692}) {
            double[] values = new double[size];
            double[] targets = new double[size];
            for (int row = 0; row < size; row++) {
                targets[row] = random.nextDouble() < 0.3 ? 1 : 0;
                // Coarse, so that values tie, and wide, so that some are clipped.
                values[row] = Math.round(2 * (random.nextGaussian() * 9 + 6 * targets[row] - 3)) / 2.0;
                double probability = 1 / (1 + Math.exp(-values[row]));
                oracle.add(
                        (int) targets[row],
                        values[row] > 0 ? 1 : 0,
                        targets[row] == 1 ? probability : 1 - probability,
                        values[row],
                        2);
            }
            scores.update(new Logistic(schema, TWO), chunk(schema, values, targets, TWO));
        }
        ScoreReport report = scores.report();
        oracle.check(report.metrics(), report.baselines());
        assertThat(report.metrics().get("roc_auc"))
                .as("seed %d", seed)
                .isCloseTo(oracle.areaUnderCurve(), within(1e-12));
        assertThat(report.metrics().keySet()).containsExactly("log_loss", "roc_auc", "accuracy", "kappa", "kappa_t");
        assertThat(report.baselines().keySet()).containsExactly("no_change", "majority", "class_shares");
        assertThat(report.recent()).isEmpty();
        assertThat(report.recentBaselines()).isEmpty();
    }

    @Test
    void figuresOfManyClassesThatComeUpLaterEqualTheirDefinitions() {
        Random random = new Random(7);
        Schema schema = schema(4, List.of("p"));
        Scores scores = Scores.forTarget(schema.target());
        Oracle oracle = new Oracle();
        int[] known = {1, 1, 2, 4, 4};
        int[] there = {1, 2, 4, 4, 4};
        for (int part = 0; part < known.length; part++) {
            int size = 211;
            Logistic model = new Logistic(schema, FOUR.subList(0, known[part]));
            double[] values = new double[size * 4];
            double[] targets = new double[size];
            for (int row = 0; row < size; row++) {
                targets[row] = random.nextInt(there[part]);
                for (int c = 0; c < 4; c++) {
                    values[4 * row + c] = random.nextGaussian() + (c == targets[row] ? 1 : 0);
                }
            }
            DenseChunk chunk = chunk(schema, values, targets, FOUR.subList(0, there[part]));
            double[] decisions = new double[size * model.decisions()];
            double[] probabilities = new double[size * known[part]];
            model.decide(chunk, decisions);
            model.probabilities(chunk, probabilities);
            for (int row = 0; row < size; row++) {
                int truth = (int) targets[row];
                double probability = truth < known[part] ? probabilities[row * known[part] + truth] : Double.NaN;
                oracle.add(truth, model.winner(decisions, row), probability, 0, 1);
            }
            scores.update(model, chunk);
        }
        ScoreReport report = scores.report();
        oracle.check(report.metrics(), report.baselines());
        assertThat(report.metrics().get("roc_auc")).isNaN();
    }

    @Test
    void rowsOfAnUnknownClassCostTheModelWhatTheyCostClassShares() {
        Schema schema = schema(4, List.of("p"));
        Scores scores = Scores.forTarget(schema.target());
        double[] targets = new double[200];
        Arrays.fill(targets, 100, 200, 1);
        scores.update(
                new Logistic(schema, FOUR.subList(0, 1)),
                chunk(schema, new double[4 * 200], targets, FOUR.subList(0, 2)));
        double expected = 0;
        for (int row = 100; row < 200; row++) {
            expected -= Math.log((row - 100 + 1.0) / (row + 2));
        }
        assertThat(scores.report().metrics().get("log_loss")).isCloseTo(expected / 200, within(1e-12));
        assertThat(scores.report().metrics()).containsEntry("accuracy", 0.5);
    }

    @Test
    void recentIsTheLastCompleteBlockWhereverChunksEnd() {
        Random random = new Random(11);
        Schema schema = schema(1, TWO);
        int rows = 20_500;
        double[] values = random.doubles(rows, -3, 3).toArray();
        double[] targets = new double[rows];
        Oracle oracle = new Oracle();
        int yes = 0;
        for (int row = 0; row < rows; row++) {
            targets[row] = values[row] + random.nextGaussian() > 1 ? 1 : 0;
            // Fills the oracle directly, since going through all earlier rows is too slow here.
            double probability = 1 / (1 + Math.exp(-values[row]));
            oracle.actual.add((int) targets[row]);
            oracle.predicted.add(values[row] > 0 ? 1 : 0);
            oracle.noChange.add(row == 0 ? -1 : (int) targets[row - 1]);
            oracle.majority.add(row == 0 ? -1 : 2 * yes > row ? 1 : 0);
            oracle.losses.add(-Math.log(targets[row] == 1 ? probability : 1 - probability));
            oracle.shareLosses.add(-Math.log(((targets[row] == 1 ? yes : row - yes) + 1.0) / (row + 2)));
            oracle.margins.add(values[row]);
            yes += (int) targets[row];
        }
        DenseChunk all = chunk(schema, values, targets, TWO);
        Logistic model = new Logistic(schema, TWO);
        List<State> states = new ArrayList<>();
        for (int size : new int[] {1, 999, 10_000, rows}) {
            Scores scores = Scores.forTarget(schema.target());
            for (int from = 0; from < rows; from += size) {
                scores.update(model, all.slice(from, Math.min(rows, from + size)));
            }
            ScoreReport report = scores.report();
            oracle.from(10_000, 20_000).check(report.recent(), report.recentBaselines());
            oracle.check(report.metrics(), report.baselines());
            states.add(state(scores));
        }
        assertThat(states).allMatch(state -> state.equals(states.get(0)));
    }

    @Test
    void restoredScoresGoOnToTheSameBits() {
        for (ListSource source : List.of(ListSource.labels(25_000), ListSource.numbers(25_000))) {
            Schema schema = source.schema();
            Target target = schema.target();
            Model model = target.kind() == Target.Kind.NUMERIC
                    ? new FirstColumn(schema)
                    : new Logistic(schema, target.classes());
            Scores straight = Scores.forTarget(target);
            Scores broken = Scores.forTarget(target);
            ChunkBuffer buffer = new ChunkBuffer(schema, 1_700);
            while (source.next(buffer)) {
                straight.update(model, buffer.chunk());
                broken.update(model, buffer.chunk());
                broken = Scores.restore(target, state(broken));
                assertThat(state(broken)).isEqualTo(state(straight));
            }
            assertThat(broken.report()).isEqualTo(straight.report());
        }
    }

    /** So wrote earlier versions of the library. */
    @Test
    void binsOfTheAreaThatWereWrittenWholeAreRead() {
        ListSource source = ListSource.labels(3_000);
        Target target = source.schema().target();
        Scores scores = Scores.forTarget(target);
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), 1_000);
        while (source.next(buffer)) {
            scores.update(new Logistic(source.schema(), target.classes()), buffer.chunk());
        }
        State written = state(scores);
        State.Builder whole = State.builder();
        written.tensors().forEach((name, tensor) -> {
            if (name.endsWith("auc")) {
                int bins = 4_096;
                int width = (int) tensor.shape()[1];
                int from = (int) written.whole(name + "_from");
                assertThat(width).isLessThan(bins);
                long[] all = new long[2 * bins];
                System.arraycopy(tensor.longs(), 0, all, from, width);
                System.arraycopy(tensor.longs(), width, all, bins + from, width);
                whole.longs(name, all, 2, bins);
            } else if (!name.endsWith("auc_from")) {
                whole.tensor(name, tensor);
            }
        });
        assertThat(state(Scores.restore(target, whole.build()))).isEqualTo(written);
    }

    @Test
    void restoredScoresGoOnWhenClassesCameUp() {
        ListSource source = ListSource.labels(3_000);
        source.newClassEvery = 700;
        Schema schema = source.schema();
        Scores straight = Scores.forTarget(schema.target());
        Scores broken = Scores.forTarget(schema.target());
        ChunkBuffer buffer = new ChunkBuffer(schema, 250);
        while (source.next(buffer)) {
            Logistic model = new Logistic(schema, List.of("a", "b"));
            straight.update(model, buffer.chunk());
            broken.update(model, buffer.chunk());
            Target now = schema.target().withClasses(buffer.chunk().classes());
            broken = Scores.restore(now, state(broken));
            assertThat(state(broken)).isEqualTo(state(straight));
        }
        assertThat(straight.report().metrics().get("roc_auc")).isNaN();
    }

    @Test
    void whatIsUndefinedIsNotANumber() {
        Schema schema = schema(1, TWO);
        Scores scores = Scores.forTarget(schema.target());
        assertThat(scores.report().metrics().values()).allMatch(value -> value.isNaN());
        double[] zeros = new double[5];
        scores.update(new Decider(schema, TWO), chunk(schema, zeros, zeros, TWO));
        Map<String, Double> metrics = scores.report().metrics();
        assertThat(metrics.get("log_loss")).as("no probabilities").isNaN();
        assertThat(metrics.get("roc_auc")).as("one class only").isNaN();
        assertThat(metrics.get("kappa")).as("chance is certain").isNaN();
        assertThat(metrics.get("accuracy")).isEqualTo(1.0);
        assertThat(state(scores)).isEqualTo(state(Scores.restore(schema.target(), state(scores))));
    }

    @Test
    void aClassifierWithoutProbabilitiesHasAnAreaUnderTheCurve() {
        Schema schema = schema(1, TWO);
        Scores scores = Scores.forTarget(schema.target());
        double[] values = {-2, -1, 1, 2};
        scores.update(new Decider(schema, TWO), chunk(schema, values, new double[] {0, 1, 0, 1}, TWO));
        assertThat(scores.report().metrics().get("roc_auc")).isEqualTo(0.75);
    }

    @Test
    void aModelWithoutClassesIsWrongEverywhereAndHasNoLogLoss() {
        Schema schema = schema(1, List.of());
        Scores scores = Scores.forTarget(schema.target());
        scores.update(new Logistic(schema, List.of()), chunk(schema, new double[3], new double[] {0, 1, 1}, TWO));
        assertThat(scores.report().metrics().get("accuracy")).isEqualTo(0.0);
        assertThat(scores.report().metrics().get("log_loss")).isNaN();
    }

    @Test
    void aPassedRowIsKnownToTheBaselinesAndCountsNowhere() {
        Schema classes = schema(1, TWO);
        Scores scores = Scores.forTarget(classes.target());
        DenseChunk chunk = chunk(classes, new double[4], new double[] {1, 1, 0, 1}, TWO);
        scores.pass(chunk, 0, 3);
        scores.predict(new Logistic(classes, TWO), chunk);
        scores.count(chunk, 3, 4);
        ScoreReport report = scores.report();
        assertThat(report.rows()).isOne();
        assertThat(report.passed()).isEqualTo(3);
        assertThat(report.baselines().get("no_change")).containsEntry("accuracy", 0.0);
        assertThat(report.baselines().get("majority")).containsEntry("accuracy", 1.0);
        assertThat(report.baselines().get("class_shares").get("log_loss")).isCloseTo(-Math.log(3 / 5.0), within(1e-12));

        Schema numbers = Schema.numeric(1, Target.numeric("y"));
        Scores errors = Scores.forTarget(numbers.target());
        DenseChunk rows =
                new DenseChunk(numbers, new double[] {7, 7, 7, 7}, new double[] {4, 6, 8, 9}, new double[0], List.of());
        errors.pass(rows, 0, 3);
        errors.predict(new FirstColumn(numbers), rows);
        errors.count(rows, 3, 4);
        assertThat(errors.report().metrics()).containsEntry("mae", 2.0);
        assertThat(errors.report().baselines().get("no_change")).containsEntry("mae", 1.0);
        assertThat(errors.report().baselines().get("mean")).containsEntry("mae", 3.0);

        for (Scores each : List.of(scores, errors)) {
            State.Builder state = State.builder();
            each.writeTo(state);
            Target target = each == scores ? classes.target() : numbers.target();
            assertThat(Scores.restore(target, state.build()).report()).isEqualTo(each.report());
        }
    }

    @Test
    void aLargeChunkIsScoredInSlicesWithTheSameResult() {
        Schema schema = schema(1, TWO);
        int rows = 100_003;
        double[] values = new double[rows];
        double[] targets = new double[rows];
        for (int row = 0; row < rows; row++) {
            values[row] = 4 * ListSource.noise(row, 1);
            targets[row] = ListSource.noise(row, 2) + ListSource.noise(row, 1) > 0 ? 1 : 0;
        }
        DenseChunk all = chunk(schema, values, targets, TWO);
        Scores whole = Scores.forTarget(schema.target());
        whole.update(new Logistic(schema, TWO), all);
        Scores pieces = Scores.forTarget(schema.target());
        for (int from = 0; from < rows; from += 1_000) {
            pieces.update(new Logistic(schema, TWO), all.slice(from, Math.min(rows, from + 1_000)));
        }
        assertThat(state(whole)).isEqualTo(state(pieces));
    }

    @Test
    void rowsWithoutATargetAreLeftOut() {
        Schema schema = schema(1, TWO);
        Scores some = Scores.forTarget(schema.target());
        some.update(
                new Logistic(schema, TWO),
                chunk(schema, new double[] {1, 9, -1}, new double[] {1, Double.NaN, 1}, TWO));
        some.update(new Logistic(schema, TWO), chunk(schema, new double[] {1, 9, -1}, new double[0], TWO));
        Scores all = Scores.forTarget(schema.target());
        all.update(new Logistic(schema, TWO), chunk(schema, new double[] {1, -1}, new double[] {1, 1}, TWO));
        assertThat(state(some)).isEqualTo(state(all));
    }

    @Test
    void scoringAllocatesNothingPerRow() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rows = 1_000;
        double[] values = new double[rows];
        double[] targets = new double[rows];
        for (int row = 0; row < rows; row++) {
            values[row] = ListSource.noise(row, 1);
            targets[row] = ListSource.noise(row, 2) > 0 ? 1 : 0;
        }
        Schema labels = schema(1, TWO);
        Schema numbers = Schema.numeric(1, Target.numeric("y"));
        Scores classes = Scores.forTarget(labels.target());
        Scores errors = Scores.forTarget(numbers.target());
        Model decider = new Decider(labels, TWO);
        Model column = new FirstColumn(numbers);
        DenseChunk ofLabels = chunk(labels, values, targets, TWO);
        DenseChunk ofNumbers = chunk(numbers, values, targets, List.of());
        long before = 0;
        for (int i = 0; i < 300; i++) {
            if (i == 100) {
                before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            }
            classes.update(decider, ofLabels);
            errors.update(column, ofNumbers);
        }
        long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(bytes / (200.0 * rows))
                .as("bytes per row, those of blocks included")
                .isLessThan(1);
    }

    @Test
    void askingCountsNothing() {
        Schema schema = schema(1, TWO);
        Scores scores = Scores.forTarget(schema.target());
        State before = state(scores);
        scores.predict(new Logistic(schema, TWO), chunk(schema, new double[] {1, 2}, new double[] {1, 0}, TWO));
        assertThat(state(scores)).isEqualTo(before);
    }

    @Test
    void whatDoesNotFitIsRefusedAndCountsNothing() {
        Schema schema = schema(1, TWO);
        Scores scores = Scores.forTarget(schema.target());
        State before = state(scores);
        double[] value = {1};
        assertThatThrownBy(() -> scores.update(
                        new Logistic(schema, List.of("yes", "no")), chunk(schema, value, new double[] {1}, TWO)))
                .hasMessageContaining("must begin with those of the model");
        assertThatThrownBy(() -> scores.update(new Logistic(schema, TWO), chunk(schema, value, new double[] {2}, TWO)))
                .hasMessage("a class index must be >= 0 and < 2 but was 2.0");
        assertThatThrownBy(() -> scores.update(new FirstColumn(schema), chunk(schema, value, new double[] {1}, TWO)))
                .hasMessageContaining("classifier");
        assertThat(state(scores)).isEqualTo(before);
        assertThatThrownBy(() -> Scores.forTarget(Target.none())
                        .update(new FirstColumn(schema), chunk(schema, value, new double[] {1}, TWO)))
                .hasMessageContaining("only clusters");
    }

    @Test
    void aStateWithoutSuchScoresIsRefused() {
        State empty = State.builder().build();
        State numbers = state(Scores.forTarget(Target.numeric("y")));
        State labels = state(Scores.forTarget(Target.categorical("y", TWO)));
        for (State state : List.of(empty, numbers)) {
            assertThatThrownBy(() -> Scores.restore(Target.categorical("y", TWO), state))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
        }
        assertThatThrownBy(() -> Scores.restore(Target.numeric("y"), labels)).hasMessageContaining("numeric");
    }

    @Test
    void aStateThatDoesNotFitTogetherIsCorrupt() {
        State good = state(Scores.forTarget(Target.categorical("y", TWO)));
        for (String spoilt : List.of("run.previous", "run.scored", "run.auc_from")) {
            State.Builder bad = State.builder();
            good.tensors().forEach((name, tensor) -> {
                if (!name.equals(spoilt)) {
                    bad.tensor(name, tensor);
                }
            });
            bad.whole(spoilt, spoilt.equals("run.auc_from") ? 4_096 : 5);
            assertThatThrownBy(() -> Scores.restore(Target.categorical("y", TWO), bad.build()))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE))
                    .hasMessageContaining(spoilt.equals("run.scored") ? "run.actual" : spoilt.replace("_from", ""));
        }
    }

    @Test
    void figuresOfNumbersEqualTheirDefinitions() {
        Random random = new Random(3);
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        int rows = 12_345;
        double[] values = new double[rows];
        double[] targets = new double[rows];
        for (int row = 0; row < rows; row++) {
            values[row] = 1e6 + random.nextGaussian();
            targets[row] = values[row] + 0.3 * random.nextGaussian();
        }
        DenseChunk all = new DenseChunk(schema, values, targets, new double[0], List.of());
        Scores scores = Scores.forTarget(schema.target());
        for (int from = 0; from < rows; from += 77) {
            scores.update(new FirstColumn(schema), all.slice(from, Math.min(rows, from + 77)));
        }
        double[] noChange = new double[rows];
        double[] mean = new double[rows];
        double sum = 0;
        for (int row = 1; row < rows; row++) {
            sum += targets[row - 1];
            noChange[row] = targets[row - 1];
            mean[row] = sum / row;
        }
        ScoreReport report = scores.report();
        assertThat(report.metrics().keySet()).containsExactly("mae", "rmse", "r2");
        assertThat(report.baselines().keySet()).containsExactly("no_change", "mean");
        checkNumbers(report.metrics(), values, targets, 0, rows);
        checkNumbers(report.baselines().get("no_change"), noChange, targets, 0, rows);
        checkNumbers(report.baselines().get("mean"), mean, targets, 0, rows);
        checkNumbers(report.recent(), values, targets, 0, 10_000);
        checkNumbers(report.recentBaselines().get("mean"), mean, targets, 0, 10_000);
    }

    /**
     * Scores of the first column as the prediction, whose target is another one by as much as the row's block tells.
     */
    private static DenseChunk blocks(Schema schema, int rows) {
        double[] values = new double[rows];
        double[] targets = new double[rows];
        for (int row = 0; row < rows; row++) {
            values[row] = row % 7;
            targets[row] = values[row] + row / 10_000 + 1;
        }
        return new DenseChunk(schema, values, targets, new double[0], List.of());
    }

    @Test
    void blocksEndAtMultiplesOfTheRowsThatWerePassedAndScored() {
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        DenseChunk all = blocks(schema, 40_000);
        Model model = new FirstColumn(schema);
        for (int passed : new int[] {1, 100, 9_999, 10_000, 10_001, 25_000}) {
            for (int size : new int[] {1, 777, 10_000, 40_000}) {
                Scores scores = Scores.forTarget(schema.target());
                scores.pass(all, 0, passed);
                for (int from = passed; from < 40_000; from += size) {
                    int to = Math.min(40_000, from + size);
                    scores.update(model, all.slice(from, to));
                    // The first block whose rows were all scored.
                    int first = (passed + 9_999) / 10_000;
                    int last = to / 10_000 - 1;
                    String place = passed + " rows passed, " + to + " seen";
                    if (last < first) {
                        assertThat(scores.report().recent()).as(place).isEmpty();
                    } else {
                        assertThat(scores.report().recent().get("mae"))
                                .as(place)
                                .isEqualTo(last + 1.0);
                    }
                    if (to % 9_000 == 7) {
                        scores = Scores.restore(schema.target(), state(scores));
                    }
                }
                assertThat(scores.report().rows()).isEqualTo(40_000 - passed);
            }
        }
    }

    @Test
    void blocksOfClassesEndThereToo() {
        Schema schema = schema(1, TWO);
        double[] values = new double[30_000];
        double[] targets = new double[30_000];
        for (int row = 0; row < 30_000; row++) {
            values[row] = 1;
            // The value decides for the second class, which is right in one block of two.
            targets[row] = row / 10_000 % 2;
        }
        DenseChunk all = chunk(schema, values, targets, TWO);
        Scores scores = Scores.forTarget(schema.target());
        scores.pass(all, 0, 100);
        scores.update(new Decider(schema, TWO), all.slice(100, 19_999));
        assertThat(scores.report().recent()).isEmpty();
        scores.update(new Decider(schema, TWO), all.slice(19_999, 20_000));
        assertThat(scores.report().recent()).containsEntry("accuracy", 1.0);
        Scores restored = Scores.restore(schema.target(), state(scores));
        restored.update(new Decider(schema, TWO), all.slice(20_000, 29_999));
        assertThat(restored.report().recent()).containsEntry("accuracy", 1.0);
        restored.update(new Decider(schema, TWO), all.slice(29_999, 30_000));
        assertThat(restored.report().recent()).containsEntry("accuracy", 0.0);
    }

    @Test
    void aStateWhoseBlocksBeganAtTheFirstScoredRowGoesOn() {
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        DenseChunk all = blocks(schema, 50_000);
        Model model = new FirstColumn(schema);
        // As they were: after 100 rows passed, the block at row 25,000 had begun at row 20,100; after 9,000, at 19,000.
        for (int passed : new int[] {100, 9_000}) {
            Scores scores = Scores.forTarget(schema.target());
            scores.pass(all, 0, passed);
            scores.update(model, all.slice(passed, 25_000));
            int began = passed + (25_000 - passed) / 10_000 * 10_000;
            Scores block = Scores.forTarget(schema.target());
            block.update(model, all.slice(began, 25_000));
            State.Builder old = State.builder();
            State now = state(scores);
            now.tensors().forEach((name, tensor) -> {
                if (!name.startsWith("run.block.")) {
                    old.tensor(name, tensor);
                }
            });
            state(block).tensors().forEach((name, tensor) -> {
                if (now.tensors().containsKey("run.block." + name.substring(4))) {
                    old.tensor("run.block." + name.substring(4), tensor);
                }
            });
            Scores restored = Scores.restore(schema.target(), old.build());
            double before = restored.report().recent().get("mae");
            restored.update(model, all.slice(25_000, 39_999));
            assertThat(restored.report().recent())
                    .as("the block from elsewhere is none")
                    .containsEntry("mae", before);
            restored.update(model, all.slice(39_999, 40_000));
            assertThat(restored.report().recent()).containsEntry("mae", 4.0);
            restored.update(model, all.slice(40_000, 50_000));
            assertThat(restored.report().recent()).containsEntry("mae", 5.0);
        }
    }

    private static void checkNumbers(
            Map<String, Double> metrics, double[] predictions, double[] targets, int from, int to) {
        DescriptiveStatistics absolute = new DescriptiveStatistics();
        DescriptiveStatistics squared = new DescriptiveStatistics();
        DescriptiveStatistics target = new DescriptiveStatistics();
        for (int row = from; row < to; row++) {
            double error = predictions[row] - targets[row];
            absolute.addValue(Math.abs(error));
            squared.addValue(error * error);
            target.addValue(targets[row]);
        }
        double r2 = 1 - squared.getMean() / target.getPopulationVariance();
        assertThat(metrics.get("mae")).isCloseTo(absolute.getMean(), within(1e-9 * absolute.getMean()));
        assertThat(metrics.get("rmse"))
                .isCloseTo(Math.sqrt(squared.getMean()), within(1e-9 * Math.sqrt(squared.getMean())));
        assertThat(metrics.get("r2")).isCloseTo(r2, within(1e-8 * Math.max(1, Math.abs(r2))));
    }

    @Test
    void r2OfEqualTargetsIsUndefined() {
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        Scores scores = Scores.forTarget(schema.target());
        scores.update(
                new FirstColumn(schema),
                new DenseChunk(schema, new double[] {1, 2}, new double[] {4, 4}, new double[0], List.of()));
        assertThat(scores.report().metrics().get("r2")).isNaN();
        assertThat(scores.report().metrics().get("mae")).isEqualTo(2.5);
    }

    @Test
    void aStretchHasTheFiguresOfItsRowsAlone() {
        for (ListSource source : List.of(ListSource.labels(9_000), ListSource.numbers(9_000))) {
            Model model = source.schema().target().kind() == Target.Kind.NUMERIC
                    ? new FirstColumn(source.schema())
                    : new Logistic(source.schema(), source.schema().target().classes());
            Scores scores = Scores.forTarget(source.schema().target());
            Scores tail = Scores.forTarget(source.schema().target());
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 1_000);
            for (int chunk = 0; source.next(buffer); chunk++) {
                if (chunk == 4) {
                    scores.beginStretch();
                }
                scores.update(model, buffer.chunk());
                if (chunk >= 4) {
                    tail.update(model, buffer.chunk());
                }
            }
            Map<String, Double> figures = scores.stretch();
            assertThat(figures).containsOnlyKeys(tail.report().metrics().keySet());
            tail.report().metrics().forEach((name, value) -> {
                // No-change knows the row before the stretch.
                if (!name.equals("kappa_t")) {
                    assertThat(figures.get(name))
                            .as(name)
                            .isCloseTo(value, within(1e-9 * Math.max(1, Math.abs(value))));
                }
            });
            State.Builder state = State.builder();
            scores.writeTo(state);
            Scores restored = Scores.restore(source.schema().target(), state.build());
            assertThat(restored.stretch().values()).allMatch(value -> value.isNaN());
        }
    }
}
