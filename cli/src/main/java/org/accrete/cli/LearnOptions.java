package org.accrete.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.train.CheckpointInterval;
import org.accrete.core.train.RunListener;
import org.accrete.serve.ModelServer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How models learn that {@code serve} serves. */
final class LearnOptions {
    private static final ParamSpec<Long> PUBLISH = ParamSpec.whole(
            "publish-every", 1_000, Domain.Range.between(0, 86_400_000), "milliseconds between snapshots");
    private static final ParamSpec<Long> QUEUE =
            ParamSpec.whole("queue", 10_000, Domain.Range.between(1, 10_000_000), "rows that wait to be learned");
    private static final ParamSpec<Long> REMEMBER = ParamSpec.whole(
            "remember", 100_000, Domain.Range.between(0, 100_000_000), "keys of requests that are remembered");
    private static final ParamSpec<Long> AWAITING = ParamSpec.whole(
            "awaiting", 100_000, Domain.Range.between(0, 100_000_000), "predictions that await their labels");

    @Option(names = "--no-learn", description = "Models answer, and learn nothing.")
    boolean off;

    @Option(
            names = "--learn-log",
            paramLabel = "DIR",
            description =
                    "Where what was accepted is kept until a version knows it, a folder for each model (default: the"
                            + " folder learn of the model in a directory store, else nowhere).")
    Optional<Path> log = Optional.empty();

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            description = "Append a version every N chunks that were learned, or every Ns seconds (default: 300s).")
    Optional<String> checkpointEvery = Optional.empty();

    @Option(
            names = "--publish-every",
            paramLabel = "MS",
            description = "Answer by what was learned after so many milliseconds at the latest (default: 1000).")
    Optional<String> publishEvery = Optional.empty();

    @Option(
            names = "--queue",
            paramLabel = "ROWS",
            description = "Refuse rows (status 429) while so many wait to be learned (default: 10000).")
    Optional<String> queue = Optional.empty();

    @Option(
            names = "--remember",
            paramLabel = "N",
            description = "Know the last N idempotency keys, whose requests are learned once (default: 100000).")
    Optional<String> remember = Optional.empty();

    @Option(
            names = "--awaiting",
            paramLabel = "N",
            description = "Keep the last N predictions that await their labels (default: 100000).")
    Optional<String> awaiting = Optional.empty();

    @Option(
            names = "--shadow",
            paramLabel = "ALIAS",
            description = "Let this version of each model predict unseen what is predicted until its label comes, and"
                    + " score it.")
    Optional<String> shadow = Optional.empty();

    @Mixin
    final GateOptions gates = new GateOptions();

    @Mixin
    final DriftOptions drift = new DriftOptions();

    /**
     * Refuses values outside their domains.
     *
     * @param models what is served; empty for all models of the store
     */
    void check(List<String> models) {
        checkpointEvery.ifPresent(CheckpointInterval::parse);
        publishEvery.ifPresent(PUBLISH::parse);
        queue.ifPresent(QUEUE::parse);
        remember.ifPresent(REMEMBER::parse);
        awaiting.ifPresent(AWAITING::parse);
        gates.check(false);
        if (gates.source.isPresent() && models.size() != 1) {
            throw AccreteException.badArgument("--gate-source has trusted rows of one model, but "
                    + (models.isEmpty() ? "all models of the store" : models.size() + " models")
                    + " are served; name one by --model");
        }
        if (off && (log.isPresent() || shadow.isPresent() || !gates.gates.isEmpty() || !drift.drift.isEmpty())) {
            throw AccreteException.badArgument(
                    "--no-learn and options about learning exclude each other; leave one of them out");
        }
    }

    /**
     * Sets how models of a server learn.
     *
     * @param location of the store, as the user writes it
     */
    void set(ModelServer.Builder server, PlugIns plugIns, ModelStore store, String location) {
        if (off) {
            return;
        }
        Address address = Address.parse(location);
        boolean isDirectory =
                address.plugIn().isEmpty() || address.plugIn().get().equals("directory");
        DriftOptions.Chosen watched = drift.chosen(plugIns, Optional.empty(), 1);
        Map<String, String> facts = gates.facts(Optional.empty());
        // The rows are read when the model begins to learn; a mistake is told now.
        gates.source.ifPresent(text -> SourceAddress.resolve(plugIns, text, new ThreadsOption()));
        server.learns(
                model -> log.map(folder -> folder.resolve(model))
                        .or(() -> isDirectory
                                ? Optional.of(Path.of(address.location(), model, "learn"))
                                : Optional.empty()),
                (model, service) -> {
                    checkpointEvery.map(CheckpointInterval::parse).ifPresent(service::checkpointEvery);
                    publishEvery.map(PUBLISH::parse).map(Duration::ofMillis).ifPresent(service::publishEvery);
                    queue.map(QUEUE::parse).map(Long::intValue).ifPresent(service::queue);
                    remember.map(REMEMBER::parse).map(Long::intValue).ifPresent(service::remember);
                    awaiting.map(AWAITING::parse).map(Long::intValue).ifPresent(service::awaiting);
                    shadow.ifPresent(service::shadow);
                    service.run(run -> run.drift(watched.watches(), watched.action()));
                    service.listener(tagger(store));
                    service.run(run ->
                            GateOptions.set(facts, run, plugIns, new ThreadsOption(), store, store.history(model)));
                });
    }

    private static RunListener tagger(ModelStore store) {
        return new RunListener() {
            @Override
            public void driftVersion(ModelVersion version) {
                DriftOptions.tag(store, version);
            }
        };
    }
}
