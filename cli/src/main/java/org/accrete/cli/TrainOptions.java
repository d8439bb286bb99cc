package org.accrete.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.State;
import org.accrete.core.store.WeightFile;
import org.accrete.core.train.CheckpointInterval;
import org.accrete.io.NumpyArchive;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code train}: texts of the command line, and the values that they stand for. */
final class TrainOptions {
    static final ParamSpec<Long> CHUNK_ROWS = ParamSpec.whole(
            "chunk-rows", StoredModel.CHUNK_ROWS, Domain.Range.between(1, 100_000_000), "rows per chunk");
    private static final ParamSpec<Long> DASHBOARD =
            ParamSpec.whole("dashboard", 8080, Domain.Range.between(0, 65_535), "port of the page that shows the run");
    static final ParamSpec<Long> EPOCHS =
            ParamSpec.whole("epochs", 1, Domain.Range.between(1, 1_000_000), "how many times the rows are read");
    static final ParamSpec<Long> EARLY_STOPPING = ParamSpec.whole(
            "early-stopping", 1, Domain.Range.between(1, 1_000_000), "epochs that may be no better than the best");
    static final ParamSpec<Long> ROWS =
            ParamSpec.whole("rows", Long.MAX_VALUE, Domain.Range.atLeast(1), "the most rows that are used");

    private static final Pattern TIME = Pattern.compile("(\\d{1,12})(ms|s)");

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The data; see below.")
    String source = "";

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            required = true,
            completionCandidates = CompletionCommand.Models.class,
            description = "Name of the model.")
    String model = "";

    @Mixin
    ColumnOptions columns = new ColumnOptions();

    @Mixin
    PlanOption plan = new PlanOption();

    @Option(
            names = "--learner",
            paramLabel = "NAME",
            completionCandidates = CompletionCommand.Learners.class,
            description = "The learner (default: by the kind of target); 'learners' lists them.")
    Optional<String> learner = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "K=V",
            description =
                    "A parameter of the learner, step.key=value of a step, or target.transform=log (or log1p) to learn"
                            + " the logarithm of the target; may be repeated.")
    List<String> set = new ArrayList<>();

    @Option(
            names = "--steps",
            paramLabel = "LIST",
            completionCandidates = CompletionCommand.Steps.class,
            description =
                    "Steps before the learner, separated by commas, or none (default: those that the learner recommends).")
    Optional<String> steps = Optional.empty();

    @Option(
            names = "--chunk-rows",
            paramLabel = "N",
            description = "Rows that are scored, then learned, at a time (default: 1000).")
    Optional<String> chunkRows = Optional.empty();

    @Option(names = "--epochs", paramLabel = "N", description = "How many times the rows are read (default: 1).")
    Optional<String> epochs = Optional.empty();

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "The maximum number of rows to use, including those before a resume (default: all).")
    Optional<String> rows = Optional.empty();

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            description = "Append a version every N chunks, or every Ns seconds (default: 300s).")
    Optional<String> checkpointEvery = Optional.empty();

    @Option(
            names = "--dashboard",
            arity = "0..1",
            paramLabel = "PORT",
            fallbackValue = "8080",
            description =
                    "Show the run on a page of this machine at this port (default: 8080; 0 takes a free one) while"
                            + " it lasts.")
    Optional<String> dashboard = Optional.empty();

    @Option(
            names = "--follow",
            description = "Wait for further rows at the end of a file, directory or glob, as 'tail -F' does.")
    boolean follow;

    @Option(
            names = "--max-wait",
            paramLabel = "TIME",
            description = "With --follow or standard input: learn the rows of a chunk that is not full after this time,"
                    + " such as 500ms or 2s (default: 1s).")
    Optional<String> maxWait = Optional.empty();

    @Mixin
    BadRowsOption badRows = new BadRowsOption();

    @Mixin
    RowsOptions chosen = new RowsOptions();

    @Mixin
    DelayOptions delay = new DelayOptions();

    @Mixin
    DriftOptions drift = new DriftOptions();

    @Mixin
    ChallengerOptions challengers = new ChallengerOptions();

    @Mixin
    ThreadsOption threads = new ThreadsOption();

    @Option(
            names = "--holdout",
            paramLabel = "SHARE",
            description = "Part of the rows, such as 10%%, that is never learned, but scored at the end of each chunk.")
    Optional<String> holdout = Optional.empty();

    @Option(
            names = "--early-stopping",
            paramLabel = "N",
            description = "With --holdout and --epochs: stop after N epochs that are no better than the best one by the"
                    + " scores of the rows held out, and keep the best one.")
    Optional<String> earlyStopping = Optional.empty();

    @Mixin
    GateOptions gates = new GateOptions();

    @Option(
            names = "--progressive",
            description = "Also score each row by the model from before that row, apart from the scores of chunks;"
                    + " row-wise learners only.")
    boolean progressive;

    @Option(
            names = "--resume",
            description =
                    "Continue the newest version where it stopped, or after a rollback NAME@live, with the same parameters;"
                            + " start a new model if there is none.")
    boolean resume;

    @Option(
            names = "--replace",
            description = "Train a new model; one of that NAME is removed first, once all else is checked.")
    boolean replace;

    @Option(
            names = "--from",
            paramLabel = "MODEL[@V]",
            completionCandidates = CompletionCommand.Models.class,
            description = "Start from this version with fresh scores, and append to NAME.")
    Optional<String> from = Optional.empty();

    @Option(
            names = "--new-head",
            description = "With --from: learn another target, or other classes, with all of the model but its output.")
    boolean newHead;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "Start a new model with the weights in a file: of a network, safetensors, such as one of"
                    + " PyTorch; of a linear learner, coef_ and intercept_ of scikit-learn in an .npz file, or coef and"
                    + " intercept in safetensors.")
    Optional<String> weights = Optional.empty();

    @Option(
            names = "--map",
            paramLabel = "LIST",
            description =
                    "Which name in the file is which layer, as in net.0=0,net.2=1 (default: layers.0, layers.1, ...).")
    Optional<String> map = Optional.empty();

    /**
     * Refuses options that exclude each other and options that need another one.
     *
     * @throws AccreteException bad argument: such options
     */
    void check() {
        if (resume && from.isPresent()) {
            throw AccreteException.badArgument("--resume and --from exclude each other; choose one");
        }
        if (replace && (resume || from.isPresent())) {
            throw AccreteException.badArgument(
                    "--replace trains a new model, so --resume and --from exclude it; choose one");
        }
        if (newHead && from.isEmpty()) {
            throw AccreteException.badArgument("--new-head needs a model to start from; add --from MODEL@V");
        }
        if (weights.isPresent() && (resume || from.isPresent())) {
            throw AccreteException.badArgument(
                    "--weights starts a new model, so --resume and --from exclude it; choose one");
        }
        if (plan.file.isPresent() && from.isPresent()) {
            throw AccreteException.badArgument(
                    "--plan is for a new model, and --from takes that of the version; leave one of them out");
        }
        if (map.isPresent() && weights.isEmpty()) {
            throw AccreteException.badArgument("--map needs a file of weights; add --weights FILE");
        }
        gates.check(resume);
        delay.check(this);
        maxWait();
        checkpoints();
        dashboard();
        holdout();
        earlyStopping();
    }

    int chunkRows(int otherwise) {
        return chunkRows.map(CHUNK_ROWS::parse).map(Long::intValue).orElse(otherwise);
    }

    int epochs(int otherwise) {
        return epochs.map(EPOCHS::parse).map(Long::intValue).orElse(otherwise);
    }

    Optional<Long> rows() {
        return rows.map(ROWS::parse);
    }

    /** {@return the part of the rows that is held out} */
    Optional<Double> holdout() {
        return holdout.map(text -> {
            double share = BadRowsOption.share(text);
            if (!(share > 0 && share < 1)) {
                throw AccreteException.badArgument(
                        "holdout must be a share > 0 and < 1, such as 10% or 0.1, but was '" + text + "'");
            }
            return share;
        });
    }

    Optional<Integer> earlyStopping() {
        return earlyStopping.map(EARLY_STOPPING::parse).map(Long::intValue);
    }

    /** {@return the port of the page that shows the run} */
    Optional<Integer> dashboard() {
        return dashboard.map(DASHBOARD::parse).map(Long::intValue);
    }

    Optional<CheckpointInterval> checkpoints() {
        return checkpointEvery.map(CheckpointInterval::parse);
    }

    /** {@return how long a chunk waits for further rows} */
    Optional<Duration> maxWait() {
        return maxWait.map(text -> {
            Matcher time = TIME.matcher(text);
            if (!time.matches()) {
                throw AccreteException.badArgument(
                        "max-wait must be a time such as 500ms or 2s but was '" + text + "'");
            }
            long number = Long.parseLong(time.group(1));
            Duration wait = time.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
            SourceRequest.requireWait(wait);
            return wait;
        });
    }

    Optional<List<String>> steps() {
        return steps.map(list -> list.equals("none")
                ? List.of()
                : Arrays.stream(list.split(",", -1)).map(ParamSpec::word).toList());
    }

    /** {@return the weights that a new model starts with} */
    Optional<State> initialWeights() {
        Map<String, String> places = new LinkedHashMap<>();
        for (String pair : map.map(list -> list.split(",", -1)).orElse(new String[0])) {
            int equals = pair.indexOf('=');
            if (equals < 1 || places.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
                throw AccreteException.badArgument(
                        "--map must be place=layer,..., each place once, but was '" + map.orElse("") + "'");
            }
        }
        return weights.map(Path::of)
                .map(file -> isArchive(file, places) ? NumpyArchive.read(file) : WeightFile.read(file, places));
    }

    /** {@return whether a file is an archive of arrays, which has no layers} */
    private static boolean isArchive(Path file, Map<String, String> places) {
        boolean archive = file.toString().endsWith(".npz");
        if (archive && !places.isEmpty()) {
            throw AccreteException.badArgument("--map is for the layers in a safetensors file; leave it out");
        }
        return archive;
    }

    Map<String, String> settings() {
        return Subcommand.settings(set);
    }
}
