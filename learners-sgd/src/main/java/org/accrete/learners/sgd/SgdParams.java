package org.accrete.learners.sgd;

import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.ClassList;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/** The parameters of both learners, and what follows from their values. */
final class SgdParams {
    private static final ParamSpec<Loss> CLASSIFIER_LOSS =
            ParamSpec.choice("loss", Loss.class, Loss.OF_CLASSES, Loss.LOG_LOSS, "what is minimised");
    private static final ParamSpec<Loss> REGRESSOR_LOSS =
            ParamSpec.choice("loss", Loss.class, Loss.OF_NUMBERS, Loss.SQUARED_ERROR, "what is minimised");
    private static final ParamSpec<Double> EPSILON = ParamSpec.real(
                    "epsilon",
                    0.1,
                    Range.atLeast(0),
                    "distance from which huber grows in a straight line, up to which"
                            + " epsilon-insensitive and squared-epsilon-insensitive are 0")
            .withDefaultWhere(1.35, "loss", "huber")
            .asTunable();
    private static final ParamSpec<Double> QUANTILE = ParamSpec.real(
                    "quantile",
                    0.5,
                    new Range(0, true, 1, true),
                    "which quantile loss=quantile predicts; 0.5 is the median")
            .asTunable();
    private static final String IS_SGD = "sgd";
    private static final String IS_DEFAULT = "implicit-adagrad";
    private static final ParamSpec<Optimizer> OPTIMIZER = ParamSpec.choice(
                    "optimizer",
                    Optimizer.class,
                    Optimizer.IMPLICIT_ADAGRAD,
                    "how long steps are: each weight's own length, by the squares of its slopes so far (adagrad), and no"
                            + " further than the row asks for (implicit-adagrad), or with weights that follow from sums of"
                            + " slopes (ftrl); or one for all, by learning-rate (sgd)")
            .withDefaultWhereGiven(Optimizer.SGD, "learning-rate")
            .withDefaultWhere(Optimizer.SGD, "compat", "sklearn");
    private static final ParamSpec<Penalty> PENALTY = ParamSpec.choice(
                    "penalty", Penalty.class, Penalty.NONE, "what keeps weights small, or near those of pull")
            .withDefaultWhere(Penalty.L2, "optimizer", IS_SGD)
            .withDefaultWhereGiven(Penalty.L2, "alpha")
            .asTunable();
    private static final ParamSpec<Prior> PULL = ParamSpec.choice(
                    "pull",
                    Prior.class,
                    Prior.ZERO,
                    "where the penalty pulls weights to: 0 (zero), or the weights of the version that training begins from"
                            + " (source); a new model begins from zeros, so both are the same there")
            .asTunable();
    private static final ParamSpec<Double> L1_RATIO = ParamSpec.real(
                    "l1-ratio", 0.15, Range.between(0, 1), "share of L1 in penalty=elasticnet; the rest is L2")
            .asTunable();
    private static final ParamSpec<Double> ALPHA = ParamSpec.real(
                    "alpha", 1e-4, Range.atLeast(0), "strength of the penalty; sets the steps of learning-rate=optimal")
            .asTunable();
    private static final ParamSpec<LearningRate> LEARNING_RATE = ParamSpec.choice(
                    "learning-rate",
                    LearningRate.class,
                    LearningRate.CONSTANT,
                    "length of step t: eta0 (constant), eta0 / t^power-t (invscaling),"
                            + " 1 / (alpha (t0 + t - 1)) (optimal), eta0 and a fifth of it each time the loss"
                            + " stays (adaptive); or passive-aggressive I or II (pa1, pa2), as far as the row's loss"
                            + " asks, with loss=hinge or loss=epsilon-insensitive; all but constant with optimizer=sgd only")
            .asTunable();
    private static final ParamSpec<Double> ETA0 = ParamSpec.real(
                    "eta0",
                    0.2,
                    Range.above(0),
                    "length of the first step, or aggressiveness of pa1 and pa2; not used by learning-rate=optimal")
            .withDefaultWhere(0.1, "optimizer", IS_DEFAULT)
            .withDefaultWhere(0.005, "optimizer", IS_SGD)
            .asTunable();
    private static final ParamSpec<Double> POWER_T = ParamSpec.real(
                    "power-t", 0.25, Range.atLeast(0), "how fast steps of learning-rate=invscaling get shorter")
            .asTunable();
    private static final ParamSpec<Long> ADAPTIVE_WINDOW = ParamSpec.whole(
                    "adaptive-window",
                    1000,
                    Range.atLeast(1),
                    "rows whose mean loss from before they are learned decides in learning-rate=adaptive")
            .asTunable();
    private static final ParamSpec<Long> ADAPTIVE_PATIENCE = ParamSpec.whole(
                    "adaptive-patience",
                    5,
                    Range.atLeast(1),
                    "windows in a row without a lower loss that make the steps of learning-rate=adaptive a fifth")
            .asTunable();
    private static final ParamSpec<Double> ADAPTIVE_TOLERANCE = ParamSpec.real(
                    "adaptive-tolerance",
                    1e-3,
                    Range.atLeast(0),
                    "by how much the loss of a window must be lower to count in learning-rate=adaptive")
            .asTunable();
    private static final ParamSpec<Double> CLIP_GRADIENT = ParamSpec.real(
                    "clip-gradient",
                    Loss.STEEPEST,
                    new Range(0, true, Loss.STEEPEST, false),
                    "no slope of the loss counts as steeper than this; not used by pa1 and pa2")
            .asTunable();
    private static final ParamSpec<MultiClass> MULTI_CLASS = ParamSpec.choice(
            "multi-class",
            MultiClass.class,
            MultiClass.OVR,
            "how more than two classes are told apart: each from the rest (ovr), or all at once by the multinomial"
                    + " log-loss (softmax, with loss=log-loss)");
    private static final ParamSpec<String> CLASS_WEIGHT = ParamSpec.text(
            "class-weight",
            "none",
            "none, balanced, or label:weight,… with weights >= 0",
            "how much more the rows of a class count; labels that are not named count 1;"
                    + " balanced lets all classes count alike, by the rows so far");
    private static final ParamSpec<Double> INTERCEPT_RATE = ParamSpec.real(
                    "intercept-rate",
                    1,
                    Range.above(0),
                    "factor of the constant's steps; without optimizer=sgd, square of the feature whose weight it is")
            .withDefaultWhere(25.0, "optimizer", IS_DEFAULT)
            .asTunable();
    private static final ParamSpec<Boolean> FIT_INTERCEPT =
            ParamSpec.flag("fit-intercept", true, "whether a constant is learned too");
    private static final ParamSpec<Long> AVERAGE = ParamSpec.whole(
            "average",
            0,
            Range.atLeast(0),
            "number of the row from which on the model is the mean of the weights after each row; 0 for the last weights");
    private static final ParamSpec<Compat> COMPAT = ParamSpec.choice(
            "compat",
            Compat.class,
            Compat.NONE,
            "sklearn: on sparse rows the intercept's step is multiplied by 0.01 and what L1 is owed is forgotten"
                    + " after each chunk, and learning-rate=adaptive stays constant, as scikit-learn does; with L1 it"
                    + " matters where chunks end, so there is neither learnOne nor --progressive");

    static final List<ParamSpec<?>> CLASSIFIER = List.of(
            CLASSIFIER_LOSS,
            MULTI_CLASS,
            OPTIMIZER,
            PENALTY,
            PULL,
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
            PULL,
            L1_RATIO,
            ALPHA,
            LEARNING_RATE.withDefaultWhere(LearningRate.INVSCALING, "optimizer", IS_SGD),
            ETA0.withDefault(0.4)
                    .withDefaultWhere(0.04, "optimizer", IS_DEFAULT)
                    .withDefaultWhere(0.01, "optimizer", IS_SGD),
            POWER_T,
            ADAPTIVE_WINDOW,
            ADAPTIVE_PATIENCE,
            ADAPTIVE_TOLERANCE,
            CLIP_GRADIENT,
            FIT_INTERCEPT,
            INTERCEPT_RATE,
            AVERAGE,
            COMPAT);

    private SgdParams() {}

    /** {@return whether it makes no difference where chunks end} */
    static boolean isRowWise(Params params) {
        return !(isLikeSklearn(params) && hasL1(params));
    }

    /** {@return whether the penalty pulls to what a learner begins from} */
    static boolean pullsToSource(Params params) {
        return params.get(PULL) == Prior.SOURCE;
    }

    /** {@return the loss of a classifier} */
    static Loss classifierLoss(Params params) {
        return params.get(CLASSIFIER_LOSS);
    }

    /** {@return the loss of a regressor} */
    static Loss regressorLoss(Params params) {
        return params.get(REGRESSOR_LOSS);
    }

    /** {@return how a classifier's decision values become probabilities, if they do} */
    static Optional<Link> share(Params params) {
        return switch (classifierLoss(params)) {
            case LOG_LOSS -> Optional.of(params.get(MULTI_CLASS) == MultiClass.SOFTMAX ? Link.SOFTMAX : Link.LOGISTIC);
            case MODIFIED_HUBER -> Optional.of(Link.STRAIGHT);
            default -> Optional.empty();
        };
    }

    /**
     * {@return the algorithm of a classifier}
     *
     * @throws AccreteException bad argument: the values do not go together
     */
    static Descent classifierDescent(Params params) {
        MultiClass multiClass = params.get(MULTI_CLASS);
        if (multiClass == MultiClass.SOFTMAX && classifierLoss(params) != Loss.LOG_LOSS) {
            throw AccreteException.badArgument("loss must be log-loss with multi-class=softmax but was "
                    + ParamSpec.word(classifierLoss(params).name()));
        }
        return descent(
                params,
                classifierLoss(params),
                classifierLoss(params).shape(0, 0),
                multiClass,
                new ClassWeights(params.get(CLASS_WEIGHT)));
    }

    /**
     * {@return the algorithm of a regressor}
     *
     * @throws AccreteException bad argument: the values do not go together
     */
    static Descent regressorDescent(Params params) {
        Loss loss = regressorLoss(params);
        return descent(
                params,
                loss,
                loss.shape(epsilon(params, loss), params.get(QUANTILE)),
                MultiClass.OVR,
                new ClassWeights("none"));
    }

    /** {@return what is to be remembered for the L1 penalty of so many functions} */
    static CumulativeL1 lasso(Params params, int width, int functions) {
        boolean on = hasL1(params) && params.get(OPTIMIZER) == Optimizer.SGD;
        return new CumulativeL1(width, functions, on, isLikeSklearn(params));
    }

    /** {@return what is to be remembered for the mean of so many functions} */
    static AveragedSgd average(Params params, int width, int functions) {
        return new AveragedSgd(width, functions, params.get(AVERAGE), !isRowWise(params));
    }

    /** {@return how many arrays as long as the weights a learner takes, with a snapshot and a state of it} */
    static int arrays(Params params) {
        // the weights, what undo keeps of them, a snapshot; of a state two tensors and the array that one is made from
        int arrays = 6;
        // what was paid, undo, and of a state one tensor
        arrays += hasL1(params) ? 4 : 0;
        // the source, and of a state one tensor
        arrays += pullsToSource(params) ? 2 : 0;
        // each part of what the optimizer remembers, undo, and of a state one tensor
        arrays += 3 * params.get(OPTIMIZER).parts.size();
        // the sum, undo, a snapshot, and of a state one tensor
        return arrays + (params.get(AVERAGE) > 0 ? 5 : 0);
    }

    private static boolean hasL1(Params params) {
        return params.get(PENALTY) == Penalty.L1 || params.get(PENALTY) == Penalty.ELASTICNET;
    }

    private static boolean isLikeSklearn(Params params) {
        return params.get(COMPAT) == Compat.SKLEARN;
    }

    private static double epsilon(Params params, Loss loss) {
        double epsilon = params.get(EPSILON);
        if (loss == Loss.HUBER && epsilon == 0) {
            throw AccreteException.badArgument("epsilon must be > 0 with loss=huber but was 0");
        }
        return epsilon;
    }

    /** {@return what the optimizer is to remember of the weights of so many functions} */
    static Accumulators accumulators(Params params, int width, int functions) {
        Optimizer optimizer = params.get(OPTIMIZER);
        boolean regressor = params.specs().contains(REGRESSOR_LOSS);
        return new Accumulators(
                width,
                functions,
                optimizer.parts,
                regressor
                        && optimizer == Optimizer.IMPLICIT_ADAGRAD
                        && !regressorLoss(params).hasLogLink(),
                params.get(FIT_INTERCEPT));
    }

    /** Refuses what an optimizer cannot do, by the first thing that is wrong. */
    private static void requireOptimizer(Params params) {
        Optimizer optimizer = params.get(OPTIMIZER);
        if (optimizer == Optimizer.SGD) {
            return;
        }
        String with = " with optimizer=" + ParamSpec.word(optimizer.name()) + " but was ";
        if (isLikeSklearn(params)) {
            throw AccreteException.badArgument("compat must be none" + with + "sklearn; set optimizer=sgd");
        }
        LearningRate rate = params.get(LEARNING_RATE);
        if (rate != LearningRate.CONSTANT) {
            throw AccreteException.badArgument(
                    "learning-rate must be constant" + with + ParamSpec.word(rate.name()) + "; set optimizer=sgd");
        }
        if (hasL1(params) && optimizer != Optimizer.FTRL) {
            throw AccreteException.badArgument("penalty must be l2 or none" + with
                    + ParamSpec.word(params.get(PENALTY).name()) + "; set optimizer=ftrl or optimizer=sgd");
        }
        if (params.get(AVERAGE) > 0) {
            throw AccreteException.badArgument(
                    "average must be 0" + with + params.get(AVERAGE) + "; set optimizer=sgd");
        }
    }

    private static Descent descent(
            Params params, Loss loss, double shape, MultiClass multiClass, ClassWeights classWeights) {
        requireOptimizer(params);
        if (pullsToSource(params) && params.get(PENALTY) == Penalty.NONE) {
            throw AccreteException.badArgument(
                    "penalty must be l2, l1 or elasticnet with pull=source, where it is what pulls, but was none;"
                            + " set penalty=l2 and alpha");
        }
        double alpha = params.get(ALPHA);
        LearningRate rate = params.get(LEARNING_RATE);
        if (rate == LearningRate.OPTIMAL && alpha == 0) {
            throw AccreteException.badArgument(
                    "alpha must be > 0 with learning-rate=optimal, which takes its steps from it, but was 0;"
                            + " for no penalty set penalty=none");
        }
        Loss passive = Loss.OF_CLASSES.contains(loss) ? Loss.HINGE : Loss.EPSILON_INSENSITIVE;
        if (rate.isPassiveAggressive() && loss != passive) {
            throw AccreteException.badArgument("loss must be " + ParamSpec.word(passive.name()) + " with learning-rate="
                    + ParamSpec.word(rate.name()) + " but was " + ParamSpec.word(loss.name()));
        }
        double interceptRate = params.get(FIT_INTERCEPT) ? params.get(INTERCEPT_RATE) : 0;
        double l2 = params.get(PENALTY).l2(params.get(L1_RATIO)) * alpha;
        double l1 = params.get(PENALTY).l1(params.get(L1_RATIO)) * alpha;
        return new Descent(
                loss,
                shape,
                new Schedule(rate, params.get(ETA0), params.get(POWER_T), alpha),
                l2,
                l1,
                interceptRate,
                isLikeSklearn(params) ? 0.01 * interceptRate : interceptRate,
                params.get(CLIP_GRADIENT),
                multiClass,
                classWeights,
                new PlateauDecay(
                        rate == LearningRate.ADAPTIVE && !isLikeSklearn(params),
                        params.get(ADAPTIVE_WINDOW),
                        params.get(ADAPTIVE_TOLERANCE),
                        params.get(ADAPTIVE_PATIENCE)),
                new OwnLengths(
                        params.get(OPTIMIZER),
                        loss,
                        shape,
                        params.get(ETA0),
                        l2,
                        l1,
                        interceptRate,
                        params.get(CLIP_GRADIENT),
                        multiClass,
                        classWeights));
    }
}
