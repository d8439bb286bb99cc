package org.accrete.learners.sgd;

import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.ClassList;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.learners.sgd.loss.ClassWeights;
import org.accrete.learners.sgd.loss.Link;
import org.accrete.learners.sgd.loss.Loss;
import org.accrete.learners.sgd.loss.MultiClass;
import org.accrete.learners.sgd.loss.Objective;
import org.accrete.learners.sgd.optimizer.AdaGrad;
import org.accrete.learners.sgd.optimizer.AdaGradMixture;
import org.accrete.learners.sgd.optimizer.Ftrl;
import org.accrete.learners.sgd.optimizer.LearningRate;
import org.accrete.learners.sgd.optimizer.Optimizer;
import org.accrete.learners.sgd.optimizer.OptimizerName;
import org.accrete.learners.sgd.optimizer.PlainSgd;
import org.accrete.learners.sgd.optimizer.PlateauDecay;
import org.accrete.learners.sgd.optimizer.Schedule;
import org.accrete.learners.sgd.optimizer.Settings;
import org.accrete.learners.sgd.optimizer.Sgd;
import org.accrete.learners.sgd.optimizer.TargetScaler;
import org.accrete.learners.sgd.penalty.Penalty;
import org.accrete.learners.sgd.penalty.Prior;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;

/** The parameters of both learners, and the optimizers that they choose. */
final class SgdParams {
    private static final String LIKE_SKLEARN = "sklearn";
    private static final ParamSpec<Loss> CLASSIFIER_LOSS = ParamSpec.choice(
                    "loss", Loss.class, Loss.OF_CLASSES, Loss.LOG_LOSS, "what is minimised")
            .withDefaultWhere(Loss.HINGE, "compat", LIKE_SKLEARN);
    private static final ParamSpec<Loss> REGRESSOR_LOSS =
            ParamSpec.choice("loss", Loss.class, Loss.OF_NUMBERS, Loss.SQUARED_ERROR, "what is minimised");
    private static final ParamSpec<Double> EPSILON = ParamSpec.real(
                    "epsilon",
                    0.1,
                    Range.atLeast(0),
                    "residual from which huber is linear, and up to which"
                            + " epsilon-insensitive and squared-epsilon-insensitive are 0")
            .withDefaultWhere(0.1, "compat", LIKE_SKLEARN)
            .withDefaultWhere(1.35, "loss", "huber")
            .asTunable();
    private static final ParamSpec<Double> QUANTILE = ParamSpec.real(
                    "quantile",
                    0.5,
                    new Range(0, true, 1, true),
                    "which quantile loss=quantile predicts; 0.5 is the median")
            .asTunable();
    private static final String IS_SGD = "sgd";
    private static final String IS_DEFAULT = "adagrad-mixture";
    private static final ParamSpec<OptimizerName> OPTIMIZER = ParamSpec.choice(
                    "optimizer",
                    OptimizerName.class,
                    OptimizerName.ADAGRAD_MIXTURE,
                    "how weights are updated: a learning rate for each weight by its squared gradients (adagrad), three"
                            + " such learners with short and long steps, mixed by their recent losses"
                            + " (adagrad-mixture), or follow the regularized leader (ftrl); or one learning rate for"
                            + " all, by learning-rate (sgd)")
            .withDefaultWhereGiven(OptimizerName.SGD, "learning-rate")
            .withDefaultWhere(OptimizerName.SGD, "compat", LIKE_SKLEARN);
    private static final ParamSpec<Penalty> PENALTY = ParamSpec.choice(
                    "penalty", Penalty.class, Penalty.NONE, "what keeps weights small, or near the prior")
            .withDefaultWhere(Penalty.L2, "optimizer", IS_SGD)
            .withDefaultWhereGiven(Penalty.L2, "alpha")
            .asTunable();
    private static final ParamSpec<Prior> PRIOR = ParamSpec.choice(
                    "prior",
                    Prior.class,
                    Prior.ZERO,
                    "weights that the penalty acts on the difference from: 0 (zero), or those of the version that"
                            + " training starts from (source); a new model starts from 0, so both are the same")
            .asTunable();
    private static final ParamSpec<Double> L1_RATIO = ParamSpec.real(
                    "l1-ratio", 0.15, Range.between(0, 1), "share of L1 in penalty=elasticnet; the rest is L2")
            .asTunable();
    private static final ParamSpec<Double> ALPHA = ParamSpec.real(
                    "alpha", 1e-4, Range.atLeast(0), "strength of the penalty; learning-rate=optimal depends on it")
            .asTunable();
    private static final ParamSpec<LearningRate> LEARNING_RATE = ParamSpec.choice(
                    "learning-rate",
                    LearningRate.class,
                    LearningRate.CONSTANT,
                    "learning rate at row t: eta0 (constant), eta0 / t^power-t (invscaling),"
                            + " 1 / (alpha (t0 + t - 1)) (optimal), eta0 divided by 5 each time the loss stops falling"
                            + " (adaptive); or passive-aggressive I or II (pa1, pa2), whose steps follow from the"
                            + " row's loss, with loss=hinge or loss=epsilon-insensitive; all but constant with"
                            + " optimizer=sgd only")
            .withDefaultWhere(LearningRate.OPTIMAL, "compat", LIKE_SKLEARN)
            .asTunable();
    private static final ParamSpec<Double> ETA0 = ParamSpec.real(
                    "eta0",
                    0.2,
                    Range.above(0),
                    "first learning rate, or aggressiveness C of pa1 and pa2; not used by learning-rate=optimal; of"
                            + " optimizer=adagrad-mixture the smaller of two")
            .withDefaultWhere(0.01, "compat", LIKE_SKLEARN)
            .withDefaultWhere(0.005, "optimizer", IS_SGD)
            .asTunable();
    private static final ParamSpec<Double> POWER_T = ParamSpec.real(
                    "power-t", 0.25, Range.atLeast(0), "exponent of learning-rate=invscaling")
            .withDefaultWhere(0.5, "compat", LIKE_SKLEARN)
            .asTunable();
    private static final ParamSpec<Long> ADAPTIVE_WINDOW = ParamSpec.whole(
                    "adaptive-window",
                    1000,
                    Range.atLeast(1),
                    "rows whose mean loss, from before they are learned, is compared in learning-rate=adaptive")
            .asTunable();
    private static final ParamSpec<Long> ADAPTIVE_PATIENCE = ParamSpec.whole(
                    "adaptive-patience",
                    5,
                    Range.atLeast(1),
                    "windows in a row without a lower loss after which learning-rate=adaptive divides the rate by 5")
            .asTunable();
    private static final ParamSpec<Double> ADAPTIVE_TOLERANCE = ParamSpec.real(
                    "adaptive-tolerance",
                    1e-3,
                    Range.atLeast(0),
                    "by how much the loss of a window must be lower to count in learning-rate=adaptive")
            .asTunable();
    private static final ParamSpec<Double> CLIP_GRADIENT = ParamSpec.real(
                    "clip-gradient",
                    Loss.MAX_GRADIENT,
                    new Range(0, true, Loss.MAX_GRADIENT, false),
                    "bound of the gradient of the loss in the decision value; not used by pa1 and pa2")
            .asTunable();
    private static final ParamSpec<MultiClass> MULTI_CLASS = ParamSpec.choice(
                    "multi-class",
                    MultiClass.class,
                    MultiClass.SOFTMAX,
                    "how more than two classes are told apart: one against the rest (ovr), or all at once by the multinomial"
                            + " log-loss (softmax, with loss=log-loss)")
            .withDefaultWhere(MultiClass.OVR, "optimizer", IS_SGD)
            .withDefaultWhere(MultiClass.OVR, "loss", "hinge")
            .withDefaultWhere(MultiClass.OVR, "loss", "squared-hinge")
            .withDefaultWhere(MultiClass.OVR, "loss", "perceptron")
            .withDefaultWhere(MultiClass.OVR, "loss", "modified-huber");
    private static final ParamSpec<String> CLASS_WEIGHT = ParamSpec.text(
            "class-weight",
            "none",
            "none, balanced, or label:weight,… with weights >= 0",
            "factor of the rows of a class; 1 for labels that are not named;"
                    + " balanced gives all classes the same total weight, by the rows so far");
    private static final ParamSpec<Double> INTERCEPT_RATE = ParamSpec.real(
                    "intercept-rate",
                    1,
                    Range.above(0),
                    "factor of the intercept's learning rate; without optimizer=sgd, square of the constant"
                            + " feature whose weight it is")
            .withDefaultWhere(2.25, "optimizer", IS_DEFAULT)
            .asTunable();
    private static final ParamSpec<Boolean> FIT_INTERCEPT =
            ParamSpec.flag("fit-intercept", true, "whether an intercept is learned");
    private static final ParamSpec<Long> AVERAGE = ParamSpec.whole(
            "average",
            0,
            Range.atLeast(0),
            "number of the row from which the model is the mean of the weights after each row; 0 for the last weights");
    private static final ParamSpec<Compat> COMPAT = ParamSpec.choice(
            "compat",
            Compat.class,
            Compat.NONE,
            "sklearn: the defaults are scikit-learn's, on sparse rows the intercept's step is multiplied by 0.01, the cumulative L1 penalty is"
                    + " forgotten after each chunk, and learning-rate=adaptive stays constant, as in scikit-learn;"
                    + " with L1 chunk borders matter, so there is neither learnOne nor --progressive");

    static final List<ParamSpec<?>> CLASSIFIER = List.of(
            CLASSIFIER_LOSS,
            MULTI_CLASS,
            OPTIMIZER,
            PENALTY,
            PRIOR,
            L1_RATIO,
            ALPHA,
            LEARNING_RATE,
            ETA0,
            POWER_T,
            ADAPTIVE_WINDOW,
            ADAPTIVE_PATIENCE,
            ADAPTIVE_TOLERANCE,
            CLIP_GRADIENT,
            CLASS_WEIGHT,
            FIT_INTERCEPT,
            INTERCEPT_RATE,
            AVERAGE,
            ClassList.NEW_CLASSES,
            ClassList.MAX_CLASSES,
            COMPAT);
    static final List<ParamSpec<?>> REGRESSOR = List.of(
            REGRESSOR_LOSS,
            EPSILON,
            QUANTILE,
            OPTIMIZER,
            PENALTY,
            PRIOR,
            L1_RATIO,
            ALPHA,
            LEARNING_RATE
                    .withDefault(LearningRate.CONSTANT)
                    .withDefaultWhere(LearningRate.INVSCALING, "optimizer", IS_SGD),
            ETA0.withDefault(0.4)
                    .withDefaultWhere(0.2, "optimizer", IS_DEFAULT)
                    .withDefaultWhere(0.01, "optimizer", IS_SGD),
            POWER_T.withDefault(0.25),
            ADAPTIVE_WINDOW,
            ADAPTIVE_PATIENCE,
            ADAPTIVE_TOLERANCE,
            CLIP_GRADIENT,
            FIT_INTERCEPT,
            INTERCEPT_RATE,
            AVERAGE,
            COMPAT);

    private SgdParams() {}

    /** {@return whether chunk borders do not matter} */
    static boolean isRowWise(Params params) {
        return !(isLikeSklearn(params) && hasL1(params));
    }

    private static boolean hasPrior(Params params) {
        return params.get(PRIOR) == Prior.SOURCE;
    }

    /** {@return the loss of a regressor} */
    static Loss regressorLoss(Params params) {
        return params.get(REGRESSOR_LOSS);
    }

    /** {@return how a classifier's decision values become probabilities, if its loss has them} */
    static Optional<Link> link(Params params) {
        return switch (params.get(CLASSIFIER_LOSS)) {
            case LOG_LOSS -> Optional.of(params.get(MULTI_CLASS) == MultiClass.SOFTMAX ? Link.SOFTMAX : Link.LOGISTIC);
            case MODIFIED_HUBER -> Optional.of(Link.CLIPPED_LINEAR);
            default -> Optional.empty();
        };
    }

    /** {@return about how many arrays as long as the weights a learner takes, with a snapshot and a state of it} */
    static int arrays(Params params) {
        // weights, undo log, snapshot; in a state two tensors and the array that one of them is made from
        int arrays = 6;
        // received penalty, undo log; in a state one tensor
        arrays += hasL1(params) ? 4 : 0;
        // prior weights; in a state one tensor
        arrays += hasPrior(params) ? 2 : 0;
        // each accumulator, undo log; in a state one tensor
        arrays += 3 * params.get(OPTIMIZER).accumulators();
        // sum, undo log, snapshot; in a state one tensor
        return arrays + (params.get(AVERAGE) > 0 ? 5 : 0);
    }

    private static boolean hasL1(Params params) {
        return params.get(PENALTY) == Penalty.L1 || params.get(PENALTY) == Penalty.ELASTICNET;
    }

    static boolean isLikeSklearn(Params params) {
        return params.get(COMPAT) == Compat.SKLEARN;
    }

    // --- optimizers

    /**
     * {@return an untrained optimizer of a classifier}
     *
     * @param labels classes that are known
     * @throws AccreteException bad argument: the parameters contradict each other
     */
    static Optimizer classifier(Params params, int width, List<String> labels) {
        Loss loss = params.get(CLASSIFIER_LOSS);
        MultiClass multiClass = params.get(MULTI_CLASS);
        if (multiClass == MultiClass.SOFTMAX && loss != Loss.LOG_LOSS) {
            throw AccreteException.badArgument(
                    "loss must be log-loss with multi-class=softmax but was " + ParamSpec.word(loss));
        }
        Objective objective = new Objective(
                loss,
                loss.shape(0, 0),
                params.get(CLIP_GRADIENT),
                multiClass,
                new ClassWeights(params.get(CLASS_WEIGHT)));
        Optimizer optimizer = optimizer(
                params, objective, width, LinearWeights.functions(labels.size()), new TargetScaler(false, false));
        optimizer.know(labels, labels.size());
        return optimizer;
    }

    /**
     * {@return an untrained optimizer of a regressor}
     *
     * @throws AccreteException bad argument: the parameters contradict each other
     */
    static Optimizer regressor(Params params, int width) {
        Loss loss = regressorLoss(params);
        double epsilon = params.get(EPSILON);
        if (loss == Loss.HUBER && epsilon == 0) {
            throw AccreteException.badArgument("epsilon must be > 0 with loss=huber but was 0");
        }
        Objective objective = new Objective(
                loss,
                loss.shape(epsilon, params.get(QUANTILE)),
                params.get(CLIP_GRADIENT),
                MultiClass.OVR,
                new ClassWeights(ClassWeights.NONE));
        TargetScaler target = new TargetScaler(!loss.hasLogLink(), params.get(FIT_INTERCEPT));
        return optimizer(params, objective, width, 1, target);
    }

    private static Optimizer optimizer(
            Params params, Objective objective, int width, int functions, TargetScaler target) {
        requireConsistent(params, objective.loss());
        Settings settings = settings(params);
        boolean plain = isPlain(params, objective, settings.schedule().kind());
        OptimizerName name = params.get(OPTIMIZER);
        TrainableWeights weights =
                new TrainableWeights(width, functions, hasPrior(params), plain || name != OptimizerName.SGD);
        return switch (name) {
            case ADAGRAD_MIXTURE -> new AdaGradMixture(objective, settings, weights, target);
            case ADAGRAD -> new AdaGrad(objective, settings, weights);
            case FTRL -> new Ftrl(objective, settings, weights);
            case SGD ->
                plain
                        ? new PlainSgd(objective, settings, weights, plateau(params))
                        : Sgd.untrained(
                                objective,
                                settings,
                                weights,
                                params.get(AVERAGE),
                                hasL1(params),
                                isLikeSklearn(params),
                                plateau(params));
        };
    }

    /** {@return whether there is nothing but loss, L2 penalty and schedule} */
    private static boolean isPlain(Params params, Objective objective, LearningRate rate) {
        return params.get(OPTIMIZER) == OptimizerName.SGD
                && objective.isPlain()
                && !hasL1(params)
                && !hasPrior(params)
                && params.get(AVERAGE) == 0
                && !rate.isPassiveAggressive()
                && rate != LearningRate.ADAPTIVE;
    }

    private static PlateauDecay plateau(Params params) {
        return new PlateauDecay(
                params.get(ADAPTIVE_WINDOW), params.get(ADAPTIVE_TOLERANCE), params.get(ADAPTIVE_PATIENCE));
    }

    private static Settings settings(Params params) {
        LearningRate rate = params.get(LEARNING_RATE);
        double alpha = params.get(ALPHA);
        Penalty penalty = params.get(PENALTY);
        double l1Ratio = params.get(L1_RATIO);
        double interceptRate = params.get(FIT_INTERCEPT) ? params.get(INTERCEPT_RATE) : 0;
        return new Settings(
                new Schedule(
                        rate == LearningRate.ADAPTIVE && isLikeSklearn(params) ? LearningRate.CONSTANT : rate,
                        params.get(ETA0),
                        params.get(POWER_T),
                        alpha),
                penalty.l2(l1Ratio) * alpha,
                penalty.l1(l1Ratio) * alpha,
                interceptRate,
                isLikeSklearn(params) ? 0.01 * interceptRate : interceptRate);
    }

    /** Refuses parameters that contradict each other, by the first contradiction. */
    private static void requireConsistent(Params params, Loss loss) {
        requireOptimizer(params);
        if (hasPrior(params) && params.get(PENALTY) == Penalty.NONE) {
            throw AccreteException.badArgument(
                    "penalty must be l2, l1 or elasticnet with prior=source, which it acts on, but was none;"
                            + " set penalty=l2 and alpha");
        }
        LearningRate rate = params.get(LEARNING_RATE);
        if (rate == LearningRate.OPTIMAL && params.get(ALPHA) == 0) {
            throw AccreteException.badArgument(
                    "alpha must be > 0 with learning-rate=optimal, which depends on it, but was 0;"
                            + " for no penalty set penalty=none");
        }
        Loss passive = Loss.OF_CLASSES.contains(loss) ? Loss.HINGE : Loss.EPSILON_INSENSITIVE;
        if (rate.isPassiveAggressive() && loss != passive) {
            throw AccreteException.badArgument("loss must be " + ParamSpec.word(passive) + " with learning-rate="
                    + ParamSpec.word(rate) + " but was " + ParamSpec.word(loss));
        }
    }

    /** Refuses what the chosen optimizer cannot do, by the first contradiction. */
    private static void requireOptimizer(Params params) {
        OptimizerName optimizer = params.get(OPTIMIZER);
        if (optimizer == OptimizerName.SGD) {
            return;
        }
        String with = " with optimizer=" + ParamSpec.word(optimizer) + " but was ";
        if (isLikeSklearn(params)) {
            throw AccreteException.badArgument("compat must be none" + with + "sklearn; set optimizer=sgd");
        }
        LearningRate rate = params.get(LEARNING_RATE);
        if (rate != LearningRate.CONSTANT) {
            throw AccreteException.badArgument(
                    "learning-rate must be constant" + with + ParamSpec.word(rate) + "; set optimizer=sgd");
        }
        if (optimizer == OptimizerName.ADAGRAD_MIXTURE && hasPrior(params)) {
            throw AccreteException.badArgument(
                    "prior must be zero" + with + "source; set optimizer=adagrad, optimizer=ftrl or optimizer=sgd");
        }
        if (optimizer == OptimizerName.ADAGRAD_MIXTURE && params.get(PENALTY) != Penalty.NONE) {
            throw AccreteException.badArgument("penalty must be none" + with + ParamSpec.word(params.get(PENALTY))
                    + "; set optimizer=adagrad, optimizer=ftrl or optimizer=sgd");
        }
        if (hasL1(params) && optimizer != OptimizerName.FTRL) {
            throw AccreteException.badArgument("penalty must be l2 or none" + with + ParamSpec.word(params.get(PENALTY))
                    + "; set optimizer=ftrl or optimizer=sgd");
        }
        if (params.get(AVERAGE) > 0) {
            throw AccreteException.badArgument(
                    "average must be 0" + with + params.get(AVERAGE) + "; set optimizer=sgd");
        }
    }
}
