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

/** The parameters of both learners, and the networks and optimizers that they describe. */
final class MlpParams {
    /** How the weights are initialized. */
    enum Init {
        /** HE for relu and gelu, GLOROT for the others. */
        AUTO,
        /** Uniform within ±√(6 / (in + out)). */
        GLOROT,
        /** Uniform within ±√(6 / in). */
        HE
    }

    private static final int MAX_UNITS = 1 << 20;
    private static final String NONE = "none";

    private static final ParamSpec<String> HIDDEN = ParamSpec.text(
            "hidden",
            "64",
            "numbers of units, separated by commas",
            "number of units of each hidden layer, the first one first, such as 64,32");
    private static final ParamSpec<Activation> ACTIVATION = ParamSpec.choice(
            "activation", Activation.class, Activation.RELU, "activation function of the hidden units");
    private static final ParamSpec<OutputLoss> LOSS = ParamSpec.choice(
            "loss", OutputLoss.class, OutputLoss.OF_NUMBERS, OutputLoss.SQUARED_ERROR, "loss function to minimize");
    private static final ParamSpec<Double> DELTA = ParamSpec.real(
                    "delta",
                    1,
                    Range.above(0),
                    "error from which loss=huber grows linearly, in standard deviations of the target")
            .asTunable();
    private static final ParamSpec<GradientOptimizer.Rule> OPTIMIZER = ParamSpec.choice(
            "optimizer", GradientOptimizer.Rule.class, GradientOptimizer.Rule.ADAM, "update rule of the weights");
    private static final ParamSpec<LearningRateSchedule.Shape> LEARNING_RATE = ParamSpec.choice(
                    "learning-rate",
                    LearningRateSchedule.Shape.class,
                    LearningRateSchedule.Shape.CONSTANT,
                    "learning rate schedule: always eta0 (constant), from eta0 to 0 over decay-steps (cosine),"
                            + " multiplied by decay every decay-steps (step)")
            .asTunable();
    private static final ParamSpec<Double> ETA0 = ParamSpec.real(
                    "eta0", 0.003, new Range(0, true, 100, false), "learning rate before any decay")
            .asTunable();
    private static final ParamSpec<Long> WARM_UP = ParamSpec.whole(
                    "warm-up",
                    0,
                    Range.between(0, 1_000_000_000),
                    "batches over which the learning rate grows from 0 to eta0")
            .asTunable();
    private static final ParamSpec<Long> DECAY_STEPS = ParamSpec.whole(
                    "decay-steps",
                    10_000,
                    Range.between(1, 1_000_000_000_000L),
                    "batches until learning-rate=cosine reaches 0, or between the decays of learning-rate=step")
            .asTunable();
    private static final ParamSpec<Double> DECAY = ParamSpec.real(
                    "decay", 0.5, new Range(0, true, 1, false), "factor of each decay of learning-rate=step")
            .asTunable();
    private static final ParamSpec<Long> BATCH_SIZE = ParamSpec.whole(
            "batch-size",
            16,
            Range.between(1, 1_000_000),
            "rows per step, whatever the chunk size; the rows of an incomplete batch wait");
    private static final ParamSpec<Double> ALPHA = ParamSpec.real(
                    "alpha",
                    0,
                    Range.atLeast(0),
                    "strength of the L2 penalty, or of the weight decay of optimizer=adamw; not for biases")
            .asTunable();
    private static final ParamSpec<Double> DROPOUT = ParamSpec.real(
                    "dropout",
                    0,
                    new Range(0, false, 1, true),
                    "probability that a hidden unit is dropped for a training row")
            .asTunable();
    private static final ParamSpec<Double> CLIP_NORM = ParamSpec.real(
                    "clip-norm",
                    0,
                    Range.atLeast(0),
                    "maximum norm of the gradient of all trained weights; a larger gradient is scaled down; 0 for no limit")
            .asTunable();
    private static final ParamSpec<Double> MOMENTUM = ParamSpec.real(
                    "momentum", 0.9, new Range(0, false, 1, true), "momentum of optimizer=sgd")
            .asTunable();
    private static final ParamSpec<Boolean> NESTEROV = ParamSpec.flag(
                    "nesterov", true, "whether the momentum of optimizer=sgd is Nesterov's")
            .asTunable();
    private static final ParamSpec<Double> BETA_1 = ParamSpec.real(
                    "beta-1",
                    0.9,
                    new Range(0, false, 1, true),
                    "decay of the first moment of the gradient, with adam and adamw")
            .asTunable();
    private static final ParamSpec<Double> BETA_2 = ParamSpec.real(
                    "beta-2",
                    0.999,
                    new Range(0, false, 1, true),
                    "decay of the second moment of the gradient, with adam, adamw and rmsprop")
            .asTunable();
    private static final ParamSpec<Double> EPSILON = ParamSpec.real(
                    "epsilon", 1e-8, Range.between(1e-30, 1), "added to the divisor, with adam, adamw and rmsprop")
            .asTunable();
    private static final ParamSpec<Long> EMBEDDING = ParamSpec.whole(
            "embedding",
            16,
            Range.between(0, 4096),
            "length of the embedding of a hashed column; 0 for a weight per category and unit instead");
    private static final ParamSpec<Init> INIT = ParamSpec.choice(
            "init",
            Init.class,
            Init.AUTO,
            "initialization of the weights: by Glorot, by He, or by He for relu and gelu and by Glorot for the others (auto)");
    private static final ParamSpec<Long> SEED =
            ParamSpec.whole("seed", 1, Range.between(0, 1L << 53), "seed of the initialization and of dropout");
    private static final ParamSpec<String> FREEZE = ParamSpec.text(
                    "freeze",
                    NONE,
                    "numbers of layers from 0, separated by commas, or none",
                    "layers that are not trained; 0 includes the embeddings, the last is the output layer")
            .asTunable();
    private static final ParamSpec<String> LAYER_RATES = ParamSpec.text(
                    "layer-rates",
                    NONE,
                    "a factor > 0 and <= 100 for each layer, separated by commas, or none",
                    "factor of the learning rate of each layer, the output layer last, such as 0.1,0.1,1")
            .asTunable();

    private static final ParamSpec<Long> THREADS = ParamSpec.whole(
                    "threads",
                    1,
                    Range.between(1, 2),
                    "threads that share the work of a batch; never changes the model; 2 help from about 100,000 weights on")
            .asTunable();

    /** Parameters of the classifier. */
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

    /** Parameters of the regressor. */
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

    /** {@return the learning rate schedule} */
    static LearningRateSchedule schedule(Params params) {
        return new LearningRateSchedule(
                params.get(LEARNING_RATE),
                params.get(ETA0),
                params.get(WARM_UP),
                params.get(DECAY_STEPS),
                params.get(DECAY));
    }

    /**
     * {@return a network with weights of 0}
     *
     * @throws AccreteException bad argument: invalid layers, or a layer with more weights than an array holds
     */
    static Network network(Schema schema, Params params, int outputs) {
        int[] hidden = hidden(params);
        requireRoom(schema, params, hidden, outputs);
        return new Network(
                new Inputs(schema), params.get(ACTIVATION), (int) (long) params.get(EMBEDDING), hidden, outputs);
    }

    /** Initializes the weights of a network. */
    static void initialize(Network network, Params params) {
        Init init = params.get(INIT);
        Activation activation = params.get(ACTIVATION);
        boolean oneSided = activation == Activation.RELU || activation == Activation.GELU;
        network.initialize(init == Init.HE || init == Init.AUTO && oneSided, new SeededRandom(params.get(SEED)));
    }

    /** {@return the training of a classifier} */
    static Backpropagation classifierBackpropagation(Network network, Params params) {
        return backpropagation(network, params, OutputLoss.LOG_LOSS, 1);
    }

    /** {@return the training of a regressor} */
    static Backpropagation regressorBackpropagation(Network network, Params params) {
        return backpropagation(network, params, params.get(LOSS), params.get(DELTA));
    }

    private static Backpropagation backpropagation(Network network, Params params, OutputLoss loss, double huberDelta) {
        GradientOptimizer optimizer = new GradientOptimizer(
                params.get(OPTIMIZER),
                params.get(ALPHA),
                params.get(MOMENTUM),
                params.get(NESTEROV),
                params.get(BETA_1),
                params.get(BETA_2),
                params.get(EPSILON));
        return new Backpropagation(
                network,
                optimizer,
                loss,
                huberDelta,
                params.get(CLIP_NORM),
                rates(params, network.depth()),
                new ForwardPass(
                        batchSize(params), params.get(DROPOUT), params.get(SEED), (int) (long) params.get(THREADS)));
    }

    private static int[] hidden(Params params) {
        String text = params.get(HIDDEN);
        String[] words = text.split(",", -1);
        int[] units = new int[words.length];
        for (int l = 0; l < words.length; l++) {
            double number = number(words[l]);
            if (!(number >= 1 && number <= MAX_UNITS && number == Math.rint(number))) {
                throw AccreteException.badArgument("hidden must be whole numbers >= 1 and <= " + MAX_UNITS
                        + ", separated by commas, but was '" + text + "'");
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
                            + " factors > 0 and <= 100, separated by commas, or none, but was '" + text + "'");
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
                            + ", separated by commas, or none, but was '" + frozen + "'");
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

    /** {@return the lengths of all weight arrays} */
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

    /** Refuses a network with a layer that does not fit one array. */
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

    /** {@return the approximate number of bytes of a learner, with one snapshot and one state} */
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
        // Weights, gradient, two moments; their copies for undo; a snapshot; a state of three tensors, made from
        // copies.
        return 4 * 14 * weights + params.get(BATCH_SIZE) * 4 * row + 16_384;
    }
}
