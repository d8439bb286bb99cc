package org.accrete.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelStore;
import org.accrete.core.plugin.PlugIns;
import org.accrete.serve.ModelServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code serve}: models over HTTP, until Ctrl-C or SIGTERM. */
@Command(
        name = "serve",
        description = "Answer HTTP requests with the models of a store, until Ctrl-C or SIGTERM.",
        footer = {
            "",
            "POST /models/MODEL/predict and /models/MODEL/learn take records as JSON, lines of JSON or CSV; /v2 is the"
                    + " Open Inference Protocol,"
                    + " /invocations is MLflow's. /openapi.json describes all paths, /metrics is for Prometheus. Each model"
                    + " follows its live version.",
            "Only this machine can call the server unless --bind says otherwise, which needs --token-file or --insecure."
        })
final class ServeCommand extends Subcommand {
    /** Of the option that {@link Main} looks for before the command line is parsed. */
    static final String ACCESS_LOG = "--access-log";

    private static final int DEFAULT_PORT = 8080;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            description = "Serve this model; may be repeated. Without it all models of the store are served, also those"
                    + " that come later.")
    List<String> models = new ArrayList<>();

    @Option(names = "--port", paramLabel = "N", description = "The port, 8080 unless set; 0 takes any that is free.")
    int port = DEFAULT_PORT;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "Listen at this address of the machine, 0.0.0.0 for all (default: 127.0.0.1).")
    Optional<String> bind = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Ask callers for a token: the file has lines 'read TOKEN' and 'write TOKEN', or one token for"
                    + " both.")
    Optional<Path> tokenFile = Optional.empty();

    @Option(names = "--insecure", description = "Let everybody who reaches the server do everything.")
    boolean insecure;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description =
                    "A name that the server is called by, as of a proxy; may be repeated. Requests for other hosts"
                            + " are refused.")
    List<String> hosts = new ArrayList<>();

    @Option(
            names = "--cors",
            paramLabel = "ORIGIN",
            description = "Let pages of a host call the server from a browser, as in https://shop.example; may be"
                    + " repeated.")
    List<String> origins = new ArrayList<>();

    @Option(
            names = "--keystore",
            paramLabel = "FILE",
            description = "Speak TLS with the key and the certificate of a PKCS12 key store.")
    Optional<Path> keystore = Optional.empty();

    @Option(
            names = "--keystore-password-file",
            paramLabel = "FILE",
            description = "A file with the password of the key store, on its first line.")
    Optional<Path> keystorePassword = Optional.empty();

    @Option(names = "--max-body", paramLabel = "BYTES", description = "The most bytes of a body, 16 MiB unless set.")
    Optional<Integer> maxBody = Optional.empty();

    @Option(names = "--max-rows", paramLabel = "N", description = "The most rows of a request, 100,000 unless set.")
    Optional<Integer> maxRows = Optional.empty();

    @Option(names = "--max-depth", paramLabel = "N", description = "The most levels of nested JSON, 64 unless set.")
    Optional<Integer> maxDepth = Optional.empty();

    @Option(
            names = "--max-header",
            paramLabel = "BYTES",
            description = "The most bytes of the headers of a request, 16 KiB unless set.")
    Optional<Integer> maxHeader = Optional.empty();

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            description = "How long a connection may stand still, 30 s unless set.")
    Optional<Integer> idleTimeout = Optional.empty();

    @Option(
            names = "--head-timeout",
            paramLabel = "SECONDS",
            description = "How long the headers of a request may take, 10 s unless set.")
    Optional<Integer> headTimeout = Optional.empty();

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "The most connections at the same time, 1,000 unless set.")
    Optional<Integer> maxConnections = Optional.empty();

    @Option(names = ACCESS_LOG, description = "Log each request as a line of JSON on standard error.")
    boolean accessLog;

    @Mixin
    final LearnOptions learning = new LearnOptions();

    private Optional<Shutdown> shutdown = Optional.empty();

    ServeCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        learning.check(models);
        PlugIns plugIns = plugIns();
        try (ModelStore opened = openStore(plugIns)) {
            for (String model : models) {
                existing(opened, model);
            }
            try (ModelServer server = builder(plugIns, opened).start()) {
                tell(server);
                markUnderway();
                CountDownLatch stopped = new CountDownLatch(1);
                shutdown = Optional.of(new Shutdown(stopped::countDown));
                stopped.await();
            }
        }
        return 0;
    }

    @Override
    void ended() {
        shutdown.ifPresent(Shutdown::close);
    }

    private ModelServer.Builder builder(PlugIns plugIns, ModelStore opened) throws IOException {
        ModelServer.Builder builder = ModelServer.builder(plugIns, opened).port(port);
        learning.set(builder, plugIns, opened, store);
        models.forEach(builder::model);
        bind.ifPresent(builder::bind);
        tokenFile.ifPresent(builder::tokens);
        if (insecure) {
            builder.insecure();
        }
        hosts.forEach(builder::host);
        origins.forEach(builder::cors);
        if (keystore.isPresent()) {
            builder.keystore(keystore.get(), password());
        } else if (keystorePassword.isPresent()) {
            throw AccreteException.badArgument("--keystore-password-file needs --keystore");
        }
        maxBody.ifPresent(builder::maxBody);
        maxRows.ifPresent(builder::maxRows);
        maxDepth.ifPresent(builder::maxDepth);
        maxHeader.ifPresent(builder::maxHeader);
        idleTimeout.map(Duration::ofSeconds).ifPresent(builder::idleTimeout);
        headTimeout.map(Duration::ofSeconds).ifPresent(builder::headTimeout);
        maxConnections.ifPresent(builder::maxConnections);
        if (accessLog) {
            builder.accessLog();
        }
        return builder;
    }

    private String password() throws IOException {
        if (keystorePassword.isEmpty()) {
            throw AccreteException.badArgument("--keystore needs --keystore-password-file");
        }
        return Files.readString(keystorePassword.get(), StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("");
    }

    private void tell(ModelServer server) {
        List<String> served = server.models();
        if (console.isJson()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("uri", server.uri());
            document.put("port", server.port());
            document.put("models", served);
            console.json(document);
        } else {
            console.print("serving " + (served.isEmpty() ? "no model yet" : String.join(", ", served)) + " at "
                    + server.uri());
        }
    }
}
