package org.accrete.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * A source of generated rows.
 *
 * <p>The first random numbers are the weights of the linear functions. Then each row uses the same count of random
 * numbers: one for each feature, two for the noise and, where drift is gradual, one for the concept. A kind that drifts
 * draws the functions of each concept from a generator of the concept's own. So a row depends only on its number, and
 * {@code seek} needs no earlier rows.
 */
final class SyntheticSource implements ChunkSource {
    private static final String TARGET = "y";
    private static final int NOISE_DRAWS = 2;
    private static final int RECURRING_CONCEPTS = 2;
    private static final double[] THRESHOLDS = {8.0, 9.0, 7.0, 9.5};

    /** The formula of the target. */
    enum Kind {
        CLASSIFICATION,
        REGRESSION,
        SEA,
        ABRUPT,
        GRADUAL,
        RECURRING;

        private static final Set<Kind> DRIFTING = EnumSet.of(SEA, ABRUPT, GRADUAL, RECURRING);
        private static final Set<Kind> OF_FUNCTIONS = EnumSet.of(ABRUPT, GRADUAL, RECURRING);

        static Kind of(String word) {
            for (Kind kind : values()) {
                if (kind.word().equals(ParamSpec.word(word))) {
                    return kind;
                }
            }
            throw AccreteException.badArgument("a synthetic source must be one of " + words() + " but was '" + word
                    + "'; write synthetic:sea?rows=100000&seed=7");
        }

        private static String words() {
            return Arrays.stream(values()).map(Kind::word).collect(Collectors.joining(", "));
        }

        boolean drifts() {
            return DRIFTING.contains(this);
        }

        /** {@return whether a concept is linear functions, drawn anew for each} */
        private boolean drawsConcepts() {
            return OF_FUNCTIONS.contains(this);
        }

        String word() {
            return ParamSpec.word(this);
        }
    }

    private final Kind kind;
    private final long end;
    private final int features;
    private final int classes;
    private final double noise;
    private final long seed;
    private final long driftEvery;
    private final String mark;
    private final ColumnPlan plan;
    private final Schema schema;
    private final List<String> labels;
    private final double[] labelIndexes;

    private final long firstRowDraw;
    private final int rowDraws;
    private final double[] weights;
    /** Weights of the concept that comes next, where drift is gradual. */
    private final double[] nextWeights;

    private final double[] x;
    /** Whose functions {@link #weights} are; -1 for none yet. */
    private long concept = -1;

    private SeededRandom random;
    private long row;

    SyntheticSource(Kind kind, SourceRequest request, Params params) {
        this.kind = kind;
        long rows = params.get(SyntheticSourceProvider.ROWS);
        end = rows == 0 ? Long.MAX_VALUE : rows;
        boolean isSea = kind == Kind.SEA;
        features = isSea ? 3 : params.get(SyntheticSourceProvider.FEATURES).intValue();
        classes = kind == Kind.REGRESSION
                ? 1
                : params.get(SyntheticSourceProvider.CLASSES).intValue();
        noise = params.get(SyntheticSourceProvider.NOISE);
        seed = params.get(SyntheticSourceProvider.SEED);
        driftEvery = kind.drifts() ? params.get(SyntheticSourceProvider.DRIFT_EVERY) : 0;
        mark = kind.word() + " features=" + features + " classes=" + classes + " noise=" + noise + " seed=" + seed
                + " drift-every=" + driftEvery;

        List<String> generated = new ArrayList<>();
        for (int k = 0; k < classes && kind != Kind.REGRESSION; k++) {
            generated.add(Integer.toString(k));
        }
        ColumnPlan ownPlan = plan(generated);
        if (request.plan().isPresent()) {
            request.plan().get().schema().require(ownPlan.schema());
        } else if (request.target().isPresent() && !request.target().get().equals(TARGET)) {
            throw AccreteException.badArgument("the target of a synthetic source must be " + TARGET + " but was '"
                    + request.target().get() + "'");
        }
        plan = request.plan().orElse(ownPlan);
        schema = plan.schema();
        // A stored plan may list these labels in another order.
        List<String> known = new ArrayList<>(schema.target().classes());
        labelIndexes = new double[generated.size()];
        for (int k = 0; k < labelIndexes.length; k++) {
            if (!known.contains(generated.get(k))) {
                known.add(generated.get(k));
            }
            labelIndexes[k] = known.indexOf(generated.get(k));
        }
        labels = List.copyOf(known);

        weights = new double[isSea ? 0 : classes * features];
        x = new double[features];
        nextWeights = new double[kind == Kind.GRADUAL ? weights.length : 0];
        firstRowDraw = kind.drawsConcepts() ? 0 : weights.length;
        rowDraws = features + NOISE_DRAWS + (kind == Kind.GRADUAL ? 1 : 0);
        random = new SeededRandom(seed);
        if (!kind.drawsConcepts()) {
            draw(random, weights);
        }
    }

    private static void draw(SeededRandom random, double[] weights) {
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 2.0 * random.nextDouble() - 1.0;
        }
    }

    /** Draws the functions of a concept, and of the next where that is needed. */
    private void enter(long number) {
        draw(generator(number), weights);
        if (kind == Kind.GRADUAL) {
            draw(generator(number + 1), nextWeights);
        }
        concept = number;
    }

    /** The numbers before the first one of the rows are seeds. */
    private SeededRandom generator(long number) {
        return new SeededRandom(new SeededRandom(seed, -1 - number).nextLong());
    }

    private ColumnPlan plan(List<String> generated) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < features; i++) {
            columns.add(new Column.Numeric("x" + i));
        }
        Target target = kind == Kind.REGRESSION ? Target.numeric(TARGET) : Target.categorical(TARGET, generated);
        columns.add(new Column.Label(TARGET, target));
        return new ColumnPlan(columns);
    }

    @Override
    public String name() {
        return "synthetic:" + kind.word();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<ColumnPlan> plan() {
        return Optional.of(plan);
    }

    @Override
    public void seek(Position position) {
        if (!position.mark().isEmpty() && !position.mark().equals(mark)) {
            throw AccreteException.badState(
                    "the stored position is in '" + position.mark() + "' but this source is '" + mark + "'");
        }
        row = Math.min(position.rows(), end);
        random = new SeededRandom(seed, firstRowDraw + row * rowDraws);
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        buffer.clear();
        SeededRandom generator = random;
        while (!buffer.isFull() && row < end) {
            buffer.beginRow();
            switch (kind) {
                case CLASSIFICATION -> {
                    features(buffer, generator, 2.0, -1.0);
                    buffer.target(labelIndexes[withNoise(generator, largest(weights))]);
                }
                case REGRESSION -> {
                    features(buffer, generator, 2.0, -1.0);
                    buffer.target(linear(weights, 0) + noise * generator.nextGaussian());
                }
                case ABRUPT, GRADUAL, RECURRING -> {
                    features(buffer, generator, 2.0, -1.0);
                    buffer.target(labelIndexes[withNoise(generator, drifting(generator))]);
                }
                default -> {
                    features(buffer, generator, 10.0, 0.0);
                    int concept = driftEvery == 0 ? 0 : (int) (row / driftEvery % THRESHOLDS.length);
                    buffer.target(labelIndexes[withNoise(generator, x[0] + x[1] <= THRESHOLDS[concept] ? 1 : 0)]);
                }
            }
            buffer.endRow();
            row++;
        }
        buffer.classes(labels);
        buffer.position(new Position(mark, row));
        return buffer.rows() > 0;
    }

    private void features(ChunkBuffer buffer, SeededRandom generator, double scale, double offset) {
        for (int i = 0; i < x.length; i++) {
            x[i] = scale * generator.nextDouble() + offset;
            buffer.put(i, x[i]);
        }
    }

    /** Returns the label by the concept of the row. */
    private int drifting(SeededRandom generator) {
        long period = driftEvery == 0 ? 0 : row / driftEvery;
        long number = kind == Kind.RECURRING ? period % RECURRING_CONCEPTS : period;
        if (number != concept) {
            enter(number);
        }
        boolean isNext = kind == Kind.GRADUAL
                && generator.nextDouble() * driftEvery < row - period * driftEvery
                && driftEvery > 0;
        return largest(isNext ? nextWeights : weights);
    }

    private double linear(double[] weights, int function) {
        double sum = 0.0;
        int from = function * x.length;
        for (int i = 0; i < x.length; i++) {
            sum += weights[from + i] * x[i];
        }
        return sum;
    }

    private int largest(double[] weights) {
        int best = 0;
        double most = linear(weights, 0);
        for (int k = 1; k < classes; k++) {
            double value = linear(weights, k);
            if (value > most) {
                most = value;
                best = k;
            }
        }
        return best;
    }

    /** Returns the label or, with the probability of noise, another one. Always uses two random numbers. */
    private int withNoise(SeededRandom generator, int label) {
        boolean isNoise = generator.nextDouble() < noise;
        int other = (label + 1 + (int) (generator.nextDouble() * (classes - 1))) % classes;
        return isNoise ? other : label;
    }

    @Override
    public OptionalDouble share() {
        return end == Long.MAX_VALUE ? OptionalDouble.empty() : OptionalDouble.of((double) row / end);
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
