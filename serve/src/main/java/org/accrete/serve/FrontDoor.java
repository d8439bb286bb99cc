package org.accrete.serve;

import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.accrete.api.AccreteException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Takes a request from Jetty: asks the {@link Doorkeeper}, finds the {@link Route}, reads the body, and sends the
 * answer. A body is read as it comes, without a thread that waits for it. Jetty calls it on the threads of its
 * selectors, which must not wait: only quick work is done there.
 */
final class FrontDoor extends Handler.Abstract.NonBlocking {
    private static final System.Logger LOG = System.getLogger(FrontDoor.class.getName());
    private static final int FIRST_BYTES = 4 << 10;
    private static final int MOST_AT_ONCE = 64 << 10;

    private static final String SLOW = "the body did not come in time";

    /** A larger body takes a thread of its own, so that those on the same selector do not wait for it. */
    private static final int MOST_QUICK_BYTES = 16 << 10;

    /** Bytes a second below which a body is given up that takes longer than {@link #LEAST_NANOS}. */
    private static final double LEAST_RATE = 100;

    private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Router router;
    private final Doorkeeper doorkeeper;
    private final Json json;
    private final Connections connections;
    private final int maxBody;
    private final Refused refused;
    private final Optional<AccessLog> log;
    private final Connector trusted;
    private final BooleanSupplier isReady;
    private final long mostBodies;
    /** Bytes of the bodies of all requests that are not answered yet. */
    private final AtomicLong bodies = new AtomicLong();

    /**
     * Makes the handler.
     *
     * @param refused counts requests that are not answered
     * @param trusted the connector of requests that the server sends itself, which need no token and are not counted
     * @param isReady whether models are open; until then only what everybody may see is answered
     */
    FrontDoor(
            Router router,
            Doorkeeper doorkeeper,
            Json json,
            Connections connections,
            int maxBody,
            Refused refused,
            Optional<AccessLog> log,
            Connector trusted,
            BooleanSupplier isReady) {
        this.router = router;
        this.doorkeeper = doorkeeper;
        this.json = json;
        this.connections = connections;
        this.maxBody = maxBody;
        this.refused = refused;
        this.log = log;
        this.trusted = trusted;
        this.isReady = isReady;
        // The rest is for models, for what bodies become, and for answers.
        this.mostBodies = Math.max(maxBody, Runtime.getRuntime().maxMemory() / 4);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        new Exchange(request, response, callback).begin();
        return true;
    }

    /** One request until it is answered. */
    private final class Exchange implements Runnable {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private final boolean isTrusted;
        private Optional<Router.Match> match = Optional.empty();
        private MediaKind kind = MediaKind.JSON;
        private Bytes body = new Bytes(0);
        private String version = "";
        /** Bytes that count among those of all bodies. */
        private int held;

        Exchange(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
            this.isTrusted = request.getConnectionMetaData().getConnector() == trusted;
        }

        void begin() {
            guarded(() -> {
                HttpFields.Mutable headers = response.getHeaders();
                Doorkeeper.headers(headers);
                String host = header(HttpHeader.HOST).orElse("");
                if (!isTrusted) {
                    connections.check(request);
                    doorkeeper.checkHost(host);
                    doorkeeper.checkOrigin(header(HttpHeader.ORIGIN), host, headers);
                    if (isPreflight()) {
                        preflight();
                        return;
                    }
                }
                Router.Match found = router.find(request.getMethod(), path());
                match = Optional.of(found);
                if (!isTrusted) {
                    doorkeeper.checkToken(found.route().access(), header(HttpHeader.AUTHORIZATION));
                    if (found.route().access() != Access.OPEN && !isReady.getAsBoolean()) {
                        throw Refusal.of(503, "the server is starting or stopping")
                                .with(HttpHeader.RETRY_AFTER, "1");
                    }
                }
                if (found.route().bodies().isEmpty()) {
                    workWhereItFits();
                } else {
                    beginBody(found.route());
                    run();
                }
            });
        }

        private String path() {
            String path = Request.getPathInContext(request);
            if (path == null || !path.startsWith("/")) {
                throw Refusal.bad("the path must begin with a slash");
            }
            return path;
        }

        private Optional<String> header(HttpHeader name) {
            return Optional.ofNullable(request.getHeaders().get(name));
        }

        private boolean isPreflight() {
            return request.getMethod().equals("OPTIONS")
                    && header(HttpHeader.ORIGIN).filter(doorkeeper::takesOrigin).isPresent()
                    && header(HttpHeader.ACCESS_CONTROL_REQUEST_METHOD).isPresent();
        }

        private void preflight() {
            response.getHeaders().put(HttpHeader.ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST");
            response.getHeaders()
                    .put(
                            HttpHeader.ACCESS_CONTROL_ALLOW_HEADERS,
                            "Authorization, Content-Type, Inference-Header-Content-Length");
            response.getHeaders().put(HttpHeader.ACCESS_CONTROL_MAX_AGE, "600");
            response.setStatus(204);
            response.write(true, Content.Chunk.EMPTY.getByteBuffer(), callback);
        }

        private void beginBody(Route route) {
            kind = MediaKind.of(header(HttpHeader.CONTENT_TYPE).orElse(""), route.bodies());
            String coding = header(HttpHeader.CONTENT_ENCODING).orElse("identity");
            if (!coding.equalsIgnoreCase("identity")) {
                throw Refusal.of(415, "the body must be sent as it is but its encoding was " + Refusal.quote(coding));
            }
            long length = request.getLength();
            if (length > maxBody) {
                throw tooLarge();
            }
            // Not more than is sent: a caller may only say that much comes.
            body = new Bytes(length >= 0 ? (int) Math.min(length, MOST_AT_ONCE) : FIRST_BYTES);
        }

        private Refusal tooLarge() {
            return Refusal.of(413, "the body may have at most " + maxBody + " bytes; send fewer rows at a time");
        }

        /** Reads what has come of the body; goes on when more comes. */
        @Override
        public void run() {
            guarded(() -> {
                boolean isLast = false;
                while (!isLast) {
                    Content.Chunk chunk = request.read();
                    if (chunk == null) {
                        request.demand(this);
                        return;
                    }
                    if (Content.Chunk.isFailure(chunk)) {
                        throw broken(chunk.getFailure());
                    }
                    try {
                        if (body.length() + (long) chunk.remaining() > maxBody) {
                            throw tooLarge();
                        }
                        hold(chunk.remaining());
                        body.write(chunk.getByteBuffer());
                        isLast = chunk.isLast();
                        if (!isLast && isSlow()) {
                            throw Refusal.of(408, SLOW);
                        }
                    } finally {
                        chunk.release();
                    }
                }
                workWhereItFits();
            });
        }

        private void hold(int more) {
            held += more;
            if (bodies.addAndGet(more) > mostBodies) {
                throw Refusal.of(
                                503, "the requests of all callers have " + mostBodies + " bytes; try again in a moment")
                        .with(HttpHeader.RETRY_AFTER, "1");
            }
        }

        /** Gives the memory of the body to others. */
        private void release() {
            bodies.addAndGet(-held);
            held = 0;
        }

        private boolean isSlow() {
            long nanos = System.nanoTime() - request.getHeadersNanoTime();
            return nanos > LEAST_NANOS && body.length() < LEAST_RATE * nanos / 1e9;
        }

        private Refusal broken(Throwable failure) {
            if (failure instanceof TimeoutException) {
                return Refusal.of(408, SLOW);
            }
            int status = failure instanceof HttpException known ? known.getCode() : 400;
            return Refusal.of(status >= 400 && status < 500 ? status : 400, "the body is not whole");
        }

        /** A small prediction takes less time than waking another thread for it. */
        @SuppressWarnings("ThreadPriorityCheck") // The yield is a courtesy; nothing relies on it.
        private void workWhereItFits() {
            Router.Match found = match.orElseThrow();
            if (body.length() <= MOST_QUICK_BYTES
                    && request.getHttpURI().getQuery() == null
                    && found.route().isQuick().test(found.variables())) {
                work();
                // Where clients share the processors, a selector that never waits would let them wait for its time
                // slice of some milliseconds.
                Thread.yield();
                return;
            }
            try {
                request.getComponents().getExecutor().execute(() -> guarded(this::work));
            } catch (RejectedExecutionException e) {
                throw Refusal.of(503, "the server is stopping");
            }
        }

        private void work() {
            Call call = new Call(request, match.orElseThrow(), kind, body, !isTrusted);
            if (call.route().endpoint() instanceof EventStream stream) {
                release();
                stream.open(response, callback);
                return;
            }
            Answer answer;
            try {
                answer = call.route().endpoint().answer(call);
            } finally {
                version = call.version();
            }
            send(answer);
        }

        /** Answers with a refusal what is thrown. */
        private void guarded(Runnable step) {
            try {
                step.run();
            } catch (Refusal e) {
                refuse(e);
            } catch (AccreteException e) {
                Refusal refusal = Refusal.of(e);
                if (refusal.status() >= 500) {
                    LOG.log(System.Logger.Level.WARNING, "a request was not answered: " + e.line());
                }
                refuse(refusal);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "a request was not answered", e);
                refuse(Refusal.of(500, "internal error; the log of the server says more"));
            }
        }

        private void refuse(Refusal refusal) {
            if (!isTrusted) {
                refused.count(match.map(Router.Match::model).orElse(""), refusal.status());
            }
            release();
            if (response.isCommitted()) {
                callback.failed(refusal);
                return;
            }
            refusal.header().ifPresent(header -> response.getHeaders().put(header.name(), header.value()));
            send(error(json, refusal.status(), refusal.message()));
        }

        private void send(Answer answer) {
            release();
            HttpFields.Mutable headers = response.getHeaders();
            response.setStatus(answer.status());
            headers.put(answer.type());
            headers.put(HttpHeader.CONTENT_LENGTH, answer.body().length());
            for (HttpField header : answer.headers()) {
                headers.put(header);
            }
            if (!isTrusted) {
                log.ifPresent(one -> one.log(request, answer, version));
            }
            response.write(true, answer.body().buffer(), callback);
        }
    }

    /** {@return the answer that tells what is wrong} */
    static Answer error(Json json, int status, String message) {
        return json.answer(status, generator -> {
            generator.writeStartObject();
            generator.writeStringProperty("error", message);
            generator.writeEndObject();
        });
    }
}
