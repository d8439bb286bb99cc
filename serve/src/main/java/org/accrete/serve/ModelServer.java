package org.accrete.serve;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelStore;
import org.accrete.core.online.OnlineService;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.train.RunListener;
import org.accrete.metrics.micrometer.ModelMetrics;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Answers HTTP requests with the models of a store: predictions, in three protocols, and what models there are. Each
 * model follows its {@code live} version. Thread-safe.
 *
 * <pre>{@code
 * try (ModelServer server = ModelServer.builder(PlugIns.load(), store).model("flights").port(8080).start()) {
 *     System.out.println("listening at " + server.uri());
 *     Thread.currentThread().join();
 * }
 * }</pre>
 *
 * <p>Unless {@link Builder#bind} says otherwise it is bound to the loopback address, so that only this machine can call
 * it. It asks the {@code Host} and {@code Origin} headers whether a page of a browser was brought to call it.
 */
public final class ModelServer implements AutoCloseable {
    private static final int MOST_PORT = 65_535;
    private static final int LEAST_THREADS = 4;
    private static final int MOST_THREADS = 64;
    /** Each answers small requests itself, so there is one for each processor. */
    private static final int NUMBER_OF_SELECTORS =
            Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS / 4);

    private static final int ACCEPT_ON_SELECTOR = 0;

    private final Server server;
    private final ServerConnector connector;
    private final Models models;
    private final Trainers trainers;
    private final Pulse pulse;
    private final EventStream events;
    private final PrometheusMeterRegistry registry;
    private final AtomicBoolean ready;
    private final String scheme;
    private final Router router;

    private ModelServer(
            Server server,
            ServerConnector connector,
            Models models,
            Trainers trainers,
            Pulse pulse,
            EventStream events,
            PrometheusMeterRegistry registry,
            AtomicBoolean ready,
            String scheme,
            Router router) {
        this.server = server;
        this.connector = connector;
        this.models = models;
        this.trainers = trainers;
        this.pulse = pulse;
        this.events = events;
        this.registry = registry;
        this.ready = ready;
        this.scheme = scheme;
        this.router = router;
    }

    /** How a server is started. */
    public static final class Builder {
        private final PlugIns plugIns;
        private final ModelStore store;
        private final List<String> models = new ArrayList<>();
        private final Set<String> hosts = new LinkedHashSet<>();
        private final Set<String> origins = new LinkedHashSet<>();
        private int port = 8080;
        private String bind = "127.0.0.1";
        private Optional<Path> tokenFile = Optional.empty();
        private boolean isInsecure;
        private Optional<Path> keystore = Optional.empty();
        private String keystorePassword = "";
        private Limits limits = Limits.DEFAULT;
        private Duration stopTimeout = Duration.ofSeconds(10);
        private boolean logsAccess;
        private Optional<Trainers.Learning> learning = Optional.empty();

        private Builder(PlugIns plugIns, ModelStore store) {
            this.plugIns = plugIns;
            this.store = store;
        }

        /**
         * Serves a model; may be called for more. Without a call all models of the store are served, also those that
         * come later.
         *
         * @param name its name
         * @return this
         */
        public Builder model(String name) {
            if (!models.contains(name)) {
                models.add(name);
            }
            return this;
        }

        /**
         * Sets the port, 8080 unless set.
         *
         * @param number from 0 to 65535; 0 for any that is free
         * @return this
         */
        public Builder port(int number) {
            if (number < 0 || number > MOST_PORT) {
                throw AccreteException.badArgument("port must be >= 0 and <= " + MOST_PORT + " but was " + number);
            }
            port = number;
            return this;
        }

        /**
         * Binds to another address than that of the loopback, which demands {@link #tokens} or {@link #insecure}.
         *
         * @param address a name or address of this machine; {@code 0.0.0.0} for all
         * @return this
         */
        public Builder bind(String address) {
            bind = address;
            return this;
        }

        /**
         * Sets the tokens that callers must show, as {@code Authorization: Bearer TOKEN}.
         *
         * @param file lines {@code read TOKEN} and {@code write TOKEN}, or one token alone, which lets both; read once
         * @return this
         */
        public Builder tokens(Path file) {
            tokenFile = Optional.of(file);
            return this;
        }

        /**
         * Lets everybody who reaches the server do everything, without a token.
         *
         * @return this
         */
        public Builder insecure() {
            isInsecure = true;
            return this;
        }

        /**
         * Adds a name that the server is called by, as of a proxy in front of it. Requests for other hosts are refused.
         *
         * @param name without a port
         * @return this
         */
        public Builder host(String name) {
            hosts.add(name);
            return this;
        }

        /**
         * Lets the pages of a host call the server from a browser.
         *
         * @param origin such as {@code https://shop.example}
         * @return this
         */
        public Builder cors(String origin) {
            origins.add(origin);
            return this;
        }

        /**
         * Speaks TLS.
         *
         * @param file a PKCS12 key store with the key and the certificate
         * @param password its password
         * @return this
         */
        public Builder keystore(Path file, String password) {
            keystore = Optional.of(file);
            keystorePassword = password;
            return this;
        }

        /**
         * Limits the bytes of a body, 16 MiB unless set.
         *
         * @param bytes at least 1
         * @return this
         */
        public Builder maxBody(int bytes) {
            limits = limits.withMaxBody(positive("maxBody", bytes));
            return this;
        }

        /**
         * Limits the rows of a request, 100,000 unless set.
         *
         * @param rows at least 1
         * @return this
         */
        public Builder maxRows(int rows) {
            limits = limits.withMaxRows(positive("maxRows", rows));
            return this;
        }

        /**
         * Limits how deep JSON is nested, 64 levels unless set.
         *
         * @param levels at least 8
         * @return this
         */
        public Builder maxDepth(int levels) {
            if (levels < 8) {
                throw AccreteException.badArgument("maxDepth must be >= 8 but was " + levels);
            }
            limits = limits.withMaxDepth(levels);
            return this;
        }

        /**
         * Limits the bytes of the request line and the headers, 16 KiB unless set.
         *
         * @param bytes at least 1024
         * @return this
         */
        public Builder maxHeader(int bytes) {
            if (bytes < 1_024) {
                throw AccreteException.badArgument("maxHeader must be >= 1024 but was " + bytes);
            }
            limits = limits.withMaxHeader(bytes);
            return this;
        }

        /**
         * Sets how long a connection may stand still, 30 s unless set; a request that comes more slowly than 100 bytes
         * a second is given up too.
         *
         * @param time at least a millisecond
         * @return this
         */
        public Builder idleTimeout(Duration time) {
            limits = limits.withIdleTimeout(positive("idleTimeout", time));
            return this;
        }

        /**
         * Sets how long the request line and the headers of a request may take, 10 s unless set; a connection on which
         * they come more slowly is closed.
         *
         * @param time at least a millisecond
         * @return this
         */
        public Builder headTimeout(Duration time) {
            limits = limits.withHeadTimeout(positive("headTimeout", time));
            return this;
        }

        /**
         * Limits the connections at the same time, 1,000 unless set. Requests of further ones are answered 503.
         *
         * @param connections at least 1
         * @return this
         */
        public Builder maxConnections(int connections) {
            limits = limits.withMaxConnections(positive("maxConnections", connections));
            return this;
        }

        /**
         * Sets how long {@link ModelServer#close} waits for requests that are being answered, 10 s unless set.
         *
         * @param time at least 0
         * @return this
         */
        public Builder stopTimeout(Duration time) {
            stopTimeout = time;
            return this;
        }

        /**
         * Lets models learn the records that they are sent, without a log: what was accepted since the last version is
         * lost if the process dies.
         *
         * @return this
         */
        public Builder learns() {
            return learns(model -> Optional.empty(), (model, service) -> {});
        }

        /**
         * Lets models learn the records that they are sent, and logs these until a version knows them: see
         * {@link OnlineService.Builder#log}. A model begins to at the first record, or at once if its log holds some
         * that no version knows.
         *
         * @param logs a folder, which gets one for each model
         * @return this
         */
        public Builder learns(Path logs) {
            return learns(model -> Optional.of(logs.resolve(model)), (model, service) -> {});
        }

        /**
         * Lets models learn the records that they are sent.
         *
         * @param logs the folder of a model's log, given its name; empty for no log
         * @param settings changes the service of a model before it is opened, given its name: checkpoints, gates, drift
         * @return this
         */
        public Builder learns(
                Function<String, Optional<Path>> logs, BiConsumer<String, OnlineService.Builder> settings) {
            learning = Optional.of(new Trainers.Learning(logs, settings));
            return this;
        }

        /**
         * Logs each request as a line of JSON to the {@link System.Logger} {@code org.accrete.serve.access}, at the
         * level INFO.
         *
         * @return this
         */
        public Builder accessLog() {
            logsAccess = true;
            return this;
        }

        private static Duration positive(String name, Duration time) {
            if (time.toMillis() < 1) {
                throw AccreteException.badArgument(name + " must be >= 1 ms but was " + time);
            }
            return time;
        }

        private static int positive(String name, int value) {
            if (value < 1) {
                throw AccreteException.badArgument(name + " must be >= 1 but was " + value);
            }
            return value;
        }

        /**
         * {@return a server that answers}
         *
         * @throws AccreteException bad argument: no such model, or an address for others without a token; I/O: the port
         *     cannot be bound, or a file cannot be read; what opening a model throws
         */
        public ModelServer start() {
            requireSafe();
            return ModelServer.start(this);
        }

        private void requireSafe() {
            if (tokenFile.isEmpty() && !isInsecure && !isLoopback()) {
                throw AccreteException.badArgument(
                        "a server bound to '" + bind + "' can be called by others, so it needs"
                                + " a file of tokens (--token-file FILE, tokens(file)), or --insecure, insecure(), to let"
                                + " everybody in");
            }
        }

        private boolean isLoopback() {
            try {
                return InetAddress.getByName(bind).isLoopbackAddress();
            } catch (UnknownHostException e) {
                throw AccreteException.badArgument("this machine has no address '" + bind + "'");
            }
        }
    }

    /**
     * {@return what starts a server}
     *
     * @param plugIns where the parts of models are found
     * @param store where models are read from; not closed
     */
    public static Builder builder(PlugIns plugIns, ModelStore store) {
        return new Builder(plugIns, store);
    }

    private static ModelServer start(Builder from) {
        // Jetty looks at all locales of the JDK when it loads this class, which takes as long as all that comes before.
        runAside(() -> MimeTypes.isKnownLocale(Locale.ROOT));
        Tokens tokens = from.tokenFile.map(Tokens::read).orElseGet(Tokens::none);
        Doorkeeper doorkeeper = new Doorkeeper(from.bind, from.hosts, from.origins, tokens);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ModelMetrics metrics = new ModelMetrics();
        metrics.bindTo(registry);
        Json json = new Json(from.limits.maxDepth(), from.limits.maxBody());
        WarmUp warmUp = new WarmUp(json);
        Models models = new Models(from.plugIns, from.store, from.models, metrics, warmUp);
        AtomicBoolean ready = new AtomicBoolean();
        Trainers trainers = new Trainers(from.plugIns, from.store, models, metrics, from.learning);
        // Models are read while Jetty's classes are loaded.
        CompletableFuture<Void> opening = CompletableFuture.runAsync(
                () -> {
                    models.open();
                    trainers.resume();
                },
                ModelServer::runAside);

        // Jetty's own queue starts the JDK's management of beans, to learn the size of a cache line.
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS, new LinkedBlockingQueue<>());
        threads.setName("accrete-serve");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = http(from);
        ServerConnector connector = connector(server, http, from);
        LocalConnector local = new LocalConnector(server, new HttpConnectionFactory(http));
        Connections connections = new Connections(connector, from.limits);
        server.addConnector(connector);
        server.addConnector(local);
        Refused refused = new Refused(registry, models);
        server.setErrorHandler(new ErrorAnswers(json, refused));
        server.setStopTimeout(from.stopTimeout.toMillis());

        Pulse pulse = new Pulse(models, trainers);
        EventStream events = new EventStream(pulse, json);
        Context context = new Context(models, json, metrics, pulse, from.limits);
        LearnEndpoint learn = new LearnEndpoint(context, trainers);
        List<Route> routes = new ArrayList<>();
        routes.addAll(new PredictEndpoint(context, learn).routes());
        routes.addAll(learn.routes());
        routes.addAll(events.routes());
        routes.addAll(new PageEndpoint().routes());
        routes.addAll(new InferenceEndpoint(context, ready::get).routes());
        routes.addAll(new InvocationsEndpoint(context).routes());
        routes.addAll(new ModelsEndpoint(context, trainers).routes());
        routes.addAll(new StatusEndpoint(ready::get, registry).routes());
        Optional<AccessLog> log = from.logsAccess ? Optional.of(new AccessLog(json)) : Optional.empty();
        Router router = new Router(routes);
        server.setHandler(new GracefulHandler(new FrontDoor(
                router, doorkeeper, json, connections, from.limits.maxBody(), refused, log, local, ready::get)));

        ModelServer made = new ModelServer(
                server,
                connector,
                models,
                trainers,
                pulse,
                events,
                registry,
                ready,
                from.keystore.isPresent() ? "https" : "http",
                router);
        try {
            server.start();
            connections.begin();
            waitFor(opening);
            warmUp.run(local, models);
        } catch (AccreteException | Error e) {
            made.close();
            throw e;
        } catch (Exception e) {
            opening.exceptionally(failure -> null).join();
            made.close();
            throw new AccreteException(
                    AccreteException.Kind.IO,
                    "port " + from.port + " of " + from.bind + " cannot be served (is something else bound to it?): "
                            + reason(e),
                    e);
        }
        ready.set(true);
        return made;
    }

    private static void runAside(Runnable task) {
        Thread thread = new Thread(task, "accrete-start");
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits until the models are open; throws what opening them threw. */
    private static void waitFor(CompletableFuture<Void> opening) {
        try {
            opening.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        }
    }

    private static String reason(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && !(cause.getCause() instanceof IOException && cause instanceof IOException)) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static HttpConfiguration http(Builder from) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setUriCompliance(UriCompliance.DEFAULT);
        http.setRequestHeaderSize(from.limits.maxHeader());
        http.setIdleTimeout(from.limits.idleTimeout().toMillis());
        http.setOutputBufferSize(32 << 10);
        return http;
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, Builder from) {
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector connector;
        if (from.keystore.isPresent()) {
            SslContextFactory.Server tls = new SslContextFactory.Server();
            tls.setKeyStoreType("PKCS12");
            tls.setKeyStorePath(from.keystore.get().toUri().toString());
            tls.setKeyStorePassword(from.keystorePassword);
            connector = new ServerConnector(
                    server,
                    ACCEPT_ON_SELECTOR,
                    NUMBER_OF_SELECTORS,
                    new SslConnectionFactory(tls, plain.getProtocol()),
                    plain);
        } else {
            connector = new ServerConnector(server, ACCEPT_ON_SELECTOR, NUMBER_OF_SELECTORS, plain);
        }
        connector.setHost(from.bind);
        connector.setPort(from.port);
        connector.setIdleTimeout(from.limits.idleTimeout().toMillis());
        return connector;
    }

    /**
     * Shows a model that a run in this process trains, also before it has a version.
     *
     * @param model its name
     * @param live what the run {@linkplain org.accrete.core.train.TrainingRun.Builder#publishTo publishes} to
     * @return what is to hear of the run
     */
    public RunListener watch(String model, LiveModel live) {
        models.watch(model, live);
        return pulse.run(model);
    }

    /** {@return the port that is bound} */
    public int port() {
        return connector.getLocalPort();
    }

    /** {@return where this machine reaches the server, such as {@code http://127.0.0.1:8080}} */
    public URI uri() {
        String host = String.valueOf(connector.getHost());
        if (host.equals("0.0.0.0") || host.equals("::")) {
            host = "127.0.0.1";
        }
        return URI.create(scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
    }

    /** {@return the names of the models that are served now, sorted} */
    public List<String> models() {
        return models.names();
    }

    /** {@return what is answered} */
    List<Route> routes() {
        return router.routes();
    }

    /**
     * Takes no more requests, waits until those that came are answered, and lets the port go. Models that learn learn
     * what is waiting, and append a version.
     */
    @Override
    public void close() {
        ready.set(false);
        events.close();
        try {
            server.stop();
        } catch (Exception e) {
            System.getLogger(ModelServer.class.getName())
                    .log(System.Logger.Level.WARNING, "the server did not stop as it should", e);
        } finally {
            trainers.close();
            models.close();
            registry.close();
        }
    }
}
