package org.accrete.serve;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code GET /events}: what all models did in the last second, as server-sent events, to all who listen. A listener
 * that does not take an event before the next one is due misses that. Thread-safe.
 */
final class EventStream implements Endpoint, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventStream.class.getName());
    private static final int MOST_LISTENERS = 64;

    /** Somebody who listens. */
    private record Listener(Response response, Callback callback, AtomicBoolean isWriting) {}

    private final Pulse pulse;
    private final Json json;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock;
    private final Future<?> beats;
    private long lastNanos = System.nanoTime();

    EventStream(Pulse pulse, Json json) {
        this.pulse = pulse;
        this.json = json;
        clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "accrete-events");
            thread.setDaemon(true);
            return thread;
        });
        beats = clock.scheduleAtFixedRate(this::beat, 1, 1, TimeUnit.SECONDS);
    }

    List<Route> routes() {
        return List.of(Route.get("/events", Access.READ, Set.of(), this));
    }

    /** A stream has no answer that ends. */
    @Override
    public Answer answer(Call call) {
        throw new IllegalStateException("a stream is opened");
    }

    /** Begins to tell somebody. */
    void open(Response response, Callback callback) {
        if (listeners.size() >= MOST_LISTENERS) {
            throw Refusal.of(429, "at most " + MOST_LISTENERS + " may listen to events at the same time");
        }
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        Listener listener = new Listener(response, callback, new AtomicBoolean());
        listeners.add(listener);
        write(listener, ": listening\n\n".getBytes(StandardCharsets.UTF_8));
    }

    private void beat() {
        long now = System.nanoTime();
        double seconds = Math.max(1e-3, (now - lastNanos) / 1e9);
        lastNanos = now;
        if (listeners.isEmpty()) {
            return;
        }
        try {
            Map<String, ?> event = pulse.next(seconds);
            Bytes bytes = new Bytes(1_024);
            bytes.write("data: ".getBytes(StandardCharsets.UTF_8), 0, 6);
            json.write(bytes, generator -> Json.value(generator, event));
            bytes.write('\n');
            bytes.write('\n');
            byte[] text = Arrays.copyOf(bytes.array(), bytes.length());
            listeners.forEach(listener -> write(listener, text));
        } catch (RuntimeException e) {
            // The next event may be whole again.
            LOG.log(System.Logger.Level.WARNING, "an event could not be told: " + e.getMessage());
        }
    }

    private void write(Listener listener, byte[] text) {
        if (!listener.isWriting().compareAndSet(false, true)) {
            return;
        }
        listener.response()
                .write(
                        false,
                        ByteBuffer.wrap(text),
                        Callback.from(() -> listener.isWriting().set(false), failure -> {
                            if (listeners.remove(listener)) {
                                listener.callback().failed(failure);
                            }
                        }));
    }

    /** Ends all streams. */
    @Override
    public void close() {
        beats.cancel(false);
        clock.shutdownNow();
        for (Listener listener : List.copyOf(listeners)) {
            if (listeners.remove(listener)) {
                listener.response().write(true, ByteBuffer.allocate(0), listener.callback());
            }
        }
    }
}
