package org.accrete.serve;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Bounds the connections of a server, and the time that a head of a request may take. Some connections above the bound
 * are kept for a moment, so that their requests are refused by an answer; any above these are closed at once.
 * Thread-safe.
 */
final class Connections implements Connection.Listener {
    /** How many above the bound get an answer. */
    private static final int MOST_ANSWERED = 64;

    private static final long MILLIS_TO_ASK = 5_000;
    private static final long LOOK_MILLIS = 250;

    /**
     * What a connection had sent after the last request that was answered.
     *
     * @param requests that were answered
     * @param bytes of these and no more
     * @param since when there were more bytes; empty while there are none
     */
    private record Head(long requests, long bytes, Optional<Long> since) {}

    private final ServerConnector connector;
    private final Limits limits;
    private final Set<Connection> surplus = ConcurrentHashMap.newKeySet();
    /** Of the thread that looks. */
    private Map<EndPoint, Head> heads = Map.of();

    Connections(ServerConnector connector, Limits limits) {
        this.connector = connector;
        this.limits = limits;
    }

    /** Looks from now on. */
    void begin() {
        connector.addEventListener(this);
        look();
    }

    @Override
    public void onOpened(Connection connection) {
        int open = connector.getConnectedEndPoints().size();
        if (open > limits.maxConnections() + MOST_ANSWERED) {
            connection.close();
        } else if (open > limits.maxConnections()) {
            surplus.add(connection);
            connection.getEndPoint().setIdleTimeout(MILLIS_TO_ASK);
        }
    }

    @Override
    public void onClosed(Connection connection) {
        surplus.remove(connection);
    }

    /**
     * Refuses a request of a connection above the bound.
     *
     * @throws Refusal 503; the connection is closed with the answer
     */
    void check(Request request) {
        if (!surplus.isEmpty()
                && surplus.contains(request.getConnectionMetaData().getConnection())) {
            throw Refusal.of(
                            503,
                            "the server has " + limits.maxConnections()
                                    + " connections, as many as it may have; try again")
                    .with(HttpHeader.CONNECTION, "close");
        }
    }

    /** Looks again and again, whatever one look meets. */
    private void look() {
        try {
            closeSlow();
        } finally {
            if (!connector.isStopping() && !connector.isStopped()) {
                connector.getScheduler().schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Closes the connections of which a head does not come. */
    private void closeSlow() {
        long now = System.nanoTime();
        Map<EndPoint, Head> next = new HashMap<>();
        for (EndPoint client : connector.getConnectedEndPoints()) {
            Optional<Connection> outer = Optional.ofNullable(client.getConnection());
            Optional<Connection> http = outer.map(one ->
                    one instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : one);
            if (http.isEmpty() || http.get().getMessagesIn() > http.get().getMessagesOut()) {
                // Not there yet, or being answered.
                continue;
            }
            long requests = http.get().getMessagesIn();
            long bytes = outer.get().getBytesIn();
            Head before = Optional.ofNullable(heads.get(client))
                    .filter(head -> head.requests() == requests)
                    .orElse(new Head(requests, requests == 0 ? 0 : bytes, Optional.empty()));
            Optional<Long> since = before.since().or(() -> Optional.of(now).filter(at -> bytes > before.bytes()));
            next.put(client, new Head(requests, before.bytes(), since));
            if (since.filter(at -> now - at > limits.headTimeout().toNanos()).isPresent()) {
                client.close();
            }
        }
        heads = next;
    }
}
