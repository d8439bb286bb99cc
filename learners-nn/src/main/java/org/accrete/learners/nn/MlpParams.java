package org.accrete.learners.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ClassList;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** The parameters of both learners, and what follows from their values. */
final class MlpParams {
    /** How the first weights are drawn. */
    enum Init {
        /** He's way for relu and gelu, Glorot's for the others. */
        AUTO,
        /** Glorot's way. */
        GLOROT,
        /** He's way. */
        HE
    }

    private static final int MOST_UNITS = 1 << 20;
    private static final String NONE = "none";

    private static final ParamSpec<String> HIDDEN = ParamSpec.text(
            "hidden",
            "64",
            "units of each hidden layer, first to last, apart by commas",
            "the hidden layers, such as 64,32");
    private static final ParamSpec<Activation> ACTIVATION =
            ParamSpec.choice("activation", Activation.class, Activation.RELU, "what hidden units make of their sums");
    private static final ParamSpec<Loss> LOSS =
            ParamSpec.choice("loss", Loss.class, Loss.OF_NUMBERS, Loss.SQUARED_ERROR, "what is minimised");
    private static final ParamSpec<Double> DELTA = ParamSpec.real(
                    "delta", 1, Range.above(0), "distance from which huber grows in a straight line")
            .asTunable();
    private static final ParamSpec<Rule> OPTIMIZER =
            ParamSpec.choice("optimizer", Rule.class, Rule.ADAM, "by which rule slopes become steps");
    private static final ParamSpec<Schedule.Shape> LEARNING_RATE = ParamSpec.choice(
                    "learning-rate",
                    Schedule.Shape.class,
                    Schedule.Shape.CONSTANT,
                    "length of a step: eta0 (constant), down to 0 over decay-steps (cosine), times decay every"
                            + " decay-steps (step)")
            .asTunable();
    private static final ParamSpec<Double> ETA0 = ParamSpec.real(
                    "eta0", 0.001, new Range(0, true, 100, false), "length of a full step")
            .asTunable();
    private static final ParamSpec<Long> WARM_UP = ParamSpec.whole(
                    "warm-up", 0, Range.between(0, 1_000_000_000), "batches over which steps grow up to eta0")
            .asTunable();
    private static final ParamSpec<Long> DECAY_STEPS = ParamSpec.whole(
                    "decay-steps",
                    10_000,
                    Range.between(1, 1_000_000_000_000L),
                    "batches until learning-rate=cosine is at 0, or between the falls of learning-rate=step")
            .asTunable();
    private static final ParamSpec<Double> DECAY = ParamSpec.real(
                    "decay", 0.5, new Range(0, true, 1, false), "factor of each fall of learning-rate=step")
            .asTunable();
    private static final ParamSpec<Long> BATCH_SIZE = ParamSpec.whole(
            "batch-size",
            16,
            Range.between(1, 1_000_000),
            "rows per step, whatever the chunks; rows of a batch that is not full wait");
    private static final ParamSpec<Double> ALPHA = ParamSpec.real(
                    "alpha",
                    0,
                    Range.atLeast(0),
                    "strength of the L2 penalty, of the decay with optimizer=adamw; biases are spared")
            .asTunable();
    private static final ParamSpec<Double> DROPOUT = ParamSpec.real(
                    "dropout", 0, new Range(0, false, 1, true), "share of hidden units dropped in each training row")
            .asTunable();
    private static final ParamSpec<Double> CLIP_NORM = ParamSpec.real(
                    "clip-norm",
                    0,
                    Range.atLeast(0),
                    "the longest gradient, all trained weights together; longer ones are shortened; 0 for no limit")
            .asTunable();
    private static final ParamSpec<Double> MOMENTUM = ParamSpec.real(
                    "momentum", 0.9, new Range(0, false, 1, true), "momentum of optimizer=sgd")
            .asTunable();
    private static final ParamSpec<Boolean> NESTEROV =
            ParamSpec.flag("nesterov", true, "whether momentum is Nesterov's").asTunable();
    private static final ParamSpec<Double> BETA_1 = ParamSpec.real(
                    "beta-1", 0.9, new Range(0, false, 1, true), "what adam's mean of slopes keeps each step")
            .asTunable();
    private static final ParamSpec<Double> BETA_2 = ParamSpec.real(
                    "beta-2",
                    0.999,
                    new Range(0, false, 1, true),
                    "what the mean of squared slopes of adam and rmsprop keeps each step")
            .asTunable();
    private static final ParamSpec<Double> EPSILON = ParamSpec.real(
                    "epsilon", 1e-8, Range.between(1e-30, 1), "what adam and rmsprop add to a divisor")
            .asTunable();
    private static final ParamSpec<Long> EMBEDDING = ParamSpec.whole(
            "embedding",
            16,
            Range.between(0, 4096),
            "numbers that stand for a category of a hashed column; 0 for a weight per category and unit");
    private static final ParamSpec<Init> INIT = ParamSpec.choice(
            "init",
            Init.class,
            Init.AUTO,
            "how the first weights are drawn: by Glorot, by He, or by He for relu and gelu only (auto)");
    private static final ParamSpec<Long> SEED =
            ParamSpec.whole("seed", 1, Range.between(0, 1L << 53), "of the first weights and of dropout");
    private static final ParamSpec<String> FREEZE = ParamSpec.text(
                    "freeze",
                    NONE,
                    "numbers of layers from 0, apart by commas, or none",
                    "layers that stay as they are; 0 has the embeddings with it, the last is the output")
            .asTunable();
    private static final ParamSpec<String> LAYER_RATES = ParamSpec.text(
                    "layer-rates",
                    NONE,
                    "a factor > 0 and <= 100 for each layer, apart by commas, or none",
                    "factors of the steps of each layer, the output last, such as 0.1,0.1,1")
            .asTunable();

    private static final ParamSpec<Long> THREADS = ParamSpec.whole(
                    "threads",
                    1,
                    Range.between(1, 2),
                    "threads that share the work of a batch; never changes the model; 2 pay from some 100,000 weights on")
            .asTunable();

    /** Those of the classifier. */
    static final List<ParamSpec<?>> CLASSIFIER = List.of(
            HIDDEN,
            ACTIVATION,
            OPTIMIZER,
            LEARNING_RATE,
            ETA0,
            WARM_UP,
            DECAY_STEPS,
            DECAY,
            BATCH_SIZE,
            ALPHA,
            DROPOUT,
            CLIP_NORM,
            MOMENTUM,
            NESTEROV,
            BETA_1,
            BETA_2,
            EPSILON,
            EMBEDDING,
            INIT,
            SEED,
            FREEZE,
            LAYER_RATES,
            THREADS,
            ClassList.NEW_CLASSES,
            ClassList.MAX_CLASSES);

    /** Those of the regressor. */
    static final List<ParamSpec<?>> REGRESSOR = List.of(
            HIDDEN,
            ACTIVATION,
            LOSS,
            DELTA,
            OPTIMIZER,
            LEARNING_RATE,
            ETA0,
            WARM_UP,
            DECAY_STEPS,
            DECAY,
            BATCH_SIZE,
            ALPHA,
            DROPOUT,
            CLIP_NORM,
            MOMENTUM,
            NESTEROV,
            BETA_1,
            BETA_2,
            EPSILON,
            EMBEDDING,
            INIT,
            SEED,
            FREEZE,
            LAYER_RATES,
            THREADS);

    private MlpParams() {}

    /** {@return rows per step} */
    static int batchSize(Params params) {
        return (int) (long) params.get(BATCH_SIZE);
    }

    /** {@return the length of each step} */
    static Schedule schedule(Params params) {
        return new Schedule(
                params.get(LEARNING_RATE),
                params.get(ETA0),
                params.get(WARM_UP),
                params.get(DECAY_STEPS),
                params.get(DECAY));
    }

    /**
     * {@return a network of zeros}
     *
     * @throws AccreteException bad argument: no such layers, or more weights than an array holds
     */
    static Network network(Schema schema, Params params, int outputs) {
        int[] hidden = hidden(params);
        requireRoom(schema, params, hidden, outputs);
        return new Network(
                new Inputs(schema), params.get(ACTIVATION), (int) (long) params.get(EMBEDDING), hidden, outputs);
    }

    /** Draws the first weights of a network. */
    static void draw(Network network, Params params) {
        Init init = params.get(INIT);
        Activation activation = params.get(ACTIVATION);
        boolean oneSided = activation == Activation.RELU || activation == Activation.GELU;
        network.draw(init == Init.HE || init == Init.AUTO && oneSided, new SeededRandom(params.get(SEED)));
    }

    /** {@return what trains a network to tell classes apart} */
    static Trainer classifierTrainer(Network network, Params params) {
        return trainer(network, params, Loss.LOG_LOSS, 1);
    }

    /** {@return what trains a network to predict numbers} */
    static Trainer regressorTrainer(Network network, Params params) {
        return trainer(network, params, params.get(LOSS), params.get(DELTA));
    }

    private static Trainer trainer(Network network, Params params, Loss loss, double delta) {
        Optimizer optimizer = new Optimizer(
                params.get(OPTIMIZER),
                params.get(ALPHA),
                params.get(MOMENTUM),
                params.get(NESTEROV),
                params.get(BETA_1),
                params.get(BETA_2),
                params.get(EPSILON));
        return new Trainer(
                network,
                optimizer,
                loss,
                delta,
                params.get(CLIP_NORM),
                rates(params, network.depth()),
                new Pass(batchSize(params), params.get(DROPOUT), params.get(SEED), (int) (long) params.get(THREADS)));
    }

    private static int[] hidden(Params params) {
        String text = params.get(HIDDEN);
        String[] words = text.split(",", -1);
        int[] units = new int[words.length];
        for (int l = 0; l < words.length; l++) {
            double number = number(words[l]);
            if (!(number >= 1 && number <= MOST_UNITS && number == Math.rint(number))) {
                throw AccreteException.badArgument("hidden must be whole numbers >= 1 and <= " + MOST_UNITS
                        + ", apart by commas, but was '" + text + "'");
            }
            units[l] = (int) number;
        }
        return units;
    }

    private static double[] rates(Params params, int depth) {
        double[] rates = new double[depth];
        Arrays.fill(rates, 1);
        String text = params.get(LAYER_RATES);
        if (!isNone(text)) {
            String[] words = text.split(",", -1);
            for (int l = 0; l < words.length; l++) {
                double rate = number(words[l]);
                if (!(rate > 0 && rate <= 100) || words.length != depth) {
                    throw AccreteException.badArgument("layer-rates must be " + depth
                            + " factors > 0 and <= 100, apart by commas, or none, but was '" + text + "'");
                }
                rates[l] = rate;
            }
        }
        String frozen = params.get(FREEZE);
        if (!isNone(frozen)) {
            for (String word : frozen.split(",", -1)) {
                double l = number(word);
                if (!(l >= 0 && l < depth && l == Math.rint(l))) {
                    throw AccreteException.badArgument("freeze must be numbers of layers from 0 to " + (depth - 1)
                            + ", apart by commas, or none, but was '" + frozen + "'");
                }
                rates[(int) l] = 0;
            }
        }
        if (Arrays.stream(rates).allMatch(rate -> rate == 0)) {
            throw AccreteException.badArgument("freeze must leave a layer to train but was '" + frozen + "'");
        }
        return rates;
    }

    private static boolean isNone(String text) {
        return ParamSpec.word(text).equals(NONE);
    }

    private static double number(String word) {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** {@return lengths of all arrays of weights} */
    private static List<Long> lengths(Schema schema, Params params, int[] hidden, int outputs) {
        Inputs inputs = new Inputs(schema);
        long embedding = params.get(EMBEDDING);
        List<Long> lengths = new ArrayList<>();
        long in = inputs.numbers + inputs.tables * embedding;
        lengths.add(inputs.tableRows() * (embedding > 0 ? embedding : hidden[0]));
        for (int units : hidden) {
            lengths.add((in + 1) * (units + 15L));
            in = units;
        }
        lengths.add((in + 1) * (outputs + 15L));
        return lengths;
    }

    /** Refuses what one array cannot hold. */
    static void requireRoom(Schema schema, Params params, int outputs) {
        requireRoom(schema, params, hidden(params), outputs);
    }

    private static void requireRoom(Schema schema, Params params, int[] hidden, int outputs) {
        for (long length : lengths(schema, params, hidden, outputs)) {
            if (length >= Integer.MAX_VALUE - 64) {
                throw AccreteException.badArgument("a layer must have < 2^31 weights but would have " + length
                        + "; set fewer hidden units, a shorter embedding, or narrower columns");
            }
        }
    }

    /** {@return about how many bytes a learner takes, with a snapshot and a state of it} */
    static long memoryBytes(Schema schema, Params params, int outputs) {
        int[] hidden = hidden(params);
        long weights = 0;
        for (long length : lengths(schema, params, hidden, outputs)) {
            weights += length;
        }
        Inputs inputs = new Inputs(schema);
        long row = 4L * (inputs.numbers + inputs.tables * (params.get(EMBEDDING) + 8));
        for (int units : hidden) {
            row += 4L * 5 * (units + 16);
        }
        // weights, slopes, two means; undo; a snapshot; of a state three tensors and what they are made from
        return 4 * 14 * weights + params.get(BATCH_SIZE) * 4 * row + 16_384;
    }
}
