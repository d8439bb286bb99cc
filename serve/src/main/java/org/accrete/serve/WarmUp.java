package org.accrete.serve;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.core.serve.ServedModel;
import org.eclipse.jetty.server.LocalConnector;
import tools.jackson.core.JsonGenerator;

/**
 * Predicts records that a plan could have seen, before a version answers, so that the first requests do not wait until
 * classes are loaded and methods compiled.
 */
final class WarmUp {
    private static final int RECORDS = 16;
    private static final int MOST_ROUNDS = 4_000;
    private static final int MOST_REQUESTS = 200;
    private static final int MOST_WAIT_MILLIS = 1_000;
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** What another version takes at most: most of the code is warm by then. */
    private static final long NEXT_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    private final Json json;

    WarmUp(Json json) {
        this.json = json;
    }

    /** Predicts some thousand records, or as many as the time allows. What is refused is no matter. */
    void run(ServedModel model) {
        try {
            long end = System.nanoTime() + NEXT_NANOS;
            Predictor predictor = new Predictor(model, false);
            ColumnPlan plan = Predictor.plan(model);
            byte[][] records = new byte[RECORDS][];
            for (int i = 0; i < RECORDS; i++) {
                records[i] = record(plan, predictor.header(), i);
            }
            for (int round = 0; round < MOST_ROUNDS && System.nanoTime() < end; round++) {
                predict(predictor, records[round % RECORDS]);
            }
        } catch (AccreteException | Refusal e) {
            // It predicts nothing, or not yet; requests will be told.
        }
    }

    private void predict(Predictor predictor, byte[] record) {
        Bytes bytes = new Bytes(512);
        try (JsonGenerator generator = json.generator(bytes)) {
            generator.writeStartArray();
            RecordRows rows = predictor.begin((predictions, block) -> predictor.write(generator, block, 0, 0), RECORDS);
            json.read(record, 0, record.length, parser -> {
                Records.read(parser, rows);
                return rows;
            });
            rows.end();
            generator.writeEndArray();
        }
    }

    /**
     * Sends predictions of the first model, if there is one, through the whole server but its sockets, as many as some
     * time allows.
     *
     * @param to the connector of such requests
     * @param models what is asked
     */
    void run(LocalConnector to, Models models) throws Exception {
        String request = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";
        for (String name : models.names().stream().limit(1).toList()) {
            Optional<ColumnPlan> plan = models.live(name).model().plan();
            if (plan.isPresent()) {
                List<String> header = RecordRows.header(RecordRows.withoutKeys(plan.get()), false);
                byte[] record = record(plan.get(), header, 0);
                request = "POST /models/" + name + "/predict HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + record.length + "\r\n\r\n"
                        + new String(record, StandardCharsets.UTF_8);
            }
        }
        long end = System.nanoTime() + FIRST_NANOS;
        ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
        LocalConnector.LocalEndPoint connection = to.connect();
        try {
            for (int i = 0; i < MOST_REQUESTS && System.nanoTime() < end; i++) {
                connection.addInput(bytes.duplicate());
                connection.waitForResponse(false, MOST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
            }
        } finally {
            connection.close();
        }
    }

    /** {@return a record as JSON} */
    byte[] record(ColumnPlan plan, List<String> header, int number) {
        Map<String, Object> values = new HashMap<>();
        for (Column column : plan.columns()) {
            values.putIfAbsent(column.name(), value(column, plan, number));
        }
        Bytes bytes = new Bytes(1_024);
        json.write(bytes, generator -> {
            generator.writeStartObject();
            for (String name : header) {
                generator.writeName(name);
                Json.value(generator, values.getOrDefault(name, "x"));
            }
            generator.writeEndObject();
        });
        return Arrays.copyOf(bytes.array(), bytes.length());
    }

    private static Object value(Column column, ColumnPlan plan, int number) {
        if (column instanceof Column.Numeric) {
            return number * 0.3141592653589793 - 1.5;
        }
        if (column instanceof Column.Bool) {
            return number % 2 == 0;
        }
        if (column instanceof Column.DateTime date) {
            return date.firstDay().orElseThrow().plusDays(number).toString();
        }
        if (column instanceof Column.Sparse sparse) {
            return (sparse.first() + number % sparse.width()) + ":1.5";
        }
        if (column instanceof Column.Categorical categorical
                && !categorical.values().isEmpty()) {
            return categorical.values().get(number % categorical.values().size());
        }
        List<String> seen = plan.seen().getOrDefault(column.name(), List.of());
        return seen.isEmpty() ? "text " + number : seen.get(number % seen.size());
    }
}
