package org.accrete.serve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.accrete.core.online.OnlineService;
import org.accrete.core.online.Receipt;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.ClusterPrediction;
import org.accrete.core.serve.NumberPrediction;
import org.accrete.core.serve.Prediction;
import org.eclipse.jetty.http.HttpHeader;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * {@code POST /models/M/learn} and {@code POST /models/M/labels}: records with targets, and targets of predictions that
 * were made before.
 */
final class LearnEndpoint {
    private static final String KEY = "Idempotency-Key";
    private static final int LONGEST_KEY = 200;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    /** So many requests may wait, so that threads are left for those that predict. */
    private static final int MOST_WAITING = 32;

    /** What a request waits for. */
    private enum Wait {
        /** To be accepted. */
        NO,
        /** To be learned. */
        LEARNED,
        /** To be on the disk. */
        DURABLE
    }

    private final Context context;
    private final Trainers trainers;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);

    LearnEndpoint(Context context, Trainers trainers) {
        this.context = context;
        this.trainers = trainers;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/models/{model}/learn", Access.WRITE, PredictEndpoint.RECORDS, Set.of("wait"), this::learn),
                Route.post(
                        "/models/{model}/labels",
                        Access.WRITE,
                        EnumSet.of(MediaKind.JSON),
                        Set.of("wait"),
                        this::label));
    }

    private Answer learn(Call call) {
        OnlineService service = trainers.of(call.variable(0));
        List<Map<String, String>> records =
                RecordMaps.read(call, context.json(), context.limits().maxRows());
        if (records.isEmpty()) {
            throw Refusal.bad("there must be at least one record but there is none");
        }
        return accepted(call, wait(call, service), key -> service.offer(records, key));
    }

    /** What accepts something under a key. */
    @FunctionalInterface
    private interface Offer {
        Optional<Receipt> make(Optional<String> key);
    }

    private Answer accepted(Call call, Wait wait, Offer offer) {
        Optional<String> key = call.header(KEY);
        if (key.filter(text -> text.isEmpty() || text.length() > LONGEST_KEY).isPresent()) {
            throw Refusal.bad(KEY + " must have 1 to " + LONGEST_KEY + " characters but has "
                    + key.orElse("").length());
        }
        boolean waits = wait != Wait.NO;
        if (waits && !waiting.tryAcquire()) {
            throw busy("too many requests wait to be learned");
        }
        try {
            Receipt receipt = offer.make(key).orElseThrow(() -> busy("the queue of rows to be learned is full"));
            boolean isDone = done(receipt, wait);
            Map<String, Object> said = new LinkedHashMap<>();
            said.put("accepted", receipt.rows());
            said.put("last_row", receipt.lastRow());
            said.put("repeated", receipt.isRepeated());
            said.put("learned", wait == Wait.LEARNED && isDone);
            said.put("durable", wait == Wait.DURABLE);
            return context.json().answer(isDone && waits ? 200 : 202, json -> Json.value(json, said));
        } finally {
            if (waits) {
                waiting.release();
            }
        }
    }

    private static Refusal busy(String why) {
        return Refusal.of(429, why + "; nothing was accepted, try again").with(HttpHeader.RETRY_AFTER, "1");
    }

    private static boolean done(Receipt receipt, Wait wait) {
        if (wait == Wait.DURABLE) {
            receipt.awaitDurable();
            return true;
        }
        try {
            return wait == Wait.NO || receipt.awaitLearned(LONGEST_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Wait wait(Call call, OnlineService service) {
        String word = call.parameter("wait").orElse("false");
        return switch (word) {
            case "false" -> Wait.NO;
            case "true" -> Wait.LEARNED;
            case "durable" -> {
                if (!service.isLogged()) {
                    throw Refusal.bad(
                            "this server keeps no log of what it accepts, so nothing is durable before its next"
                                    + " version; start it with --learn-log DIR, or leave out wait=durable");
                }
                yield Wait.DURABLE;
            }
            default ->
                throw Refusal.bad("parameter 'wait' must be true, false or durable but was " + Refusal.quote(word));
        };
    }

    // --- labels that come later

    private Answer label(Call call) {
        OnlineService service = trainers.of(call.variable(0));
        Map<String, String> targets = context.json()
                .read(
                        call.body(),
                        0,
                        call.length(),
                        parser -> targets(parser, context.limits().maxRows()));
        if (targets.isEmpty()) {
            throw Refusal.bad("there must be at least one label but there is none");
        }
        Wait wait = wait(call, service);
        return accepted(call, wait, key -> {
            List<String> unknown = service.unknown(targets.keySet());
            if (!unknown.isEmpty() && key.filter(service::remembers).isEmpty()) {
                throw Refusal.missing("there is no prediction " + Refusal.quote(unknown.get(0))
                        + " that awaits its label; the last " + service.mostAwaiting()
                        + " are kept, until they are labelled; nothing was accepted");
            }
            return service.label(targets, key);
        });
    }

    private static Map<String, String> targets(JsonParser parser, int most) {
        Map<String, String> targets = new LinkedHashMap<>();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            target(parser, targets);
            return targets;
        }
        Json.requireArray(parser, "the body");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (targets.size() == most) {
                throw Refusal.of(413, "a request may have at most " + most + " rows; send more than one");
            }
            Json.requireObject(parser, "a label");
            target(parser, targets);
        }
        return targets;
    }

    private static void target(JsonParser parser, Map<String, String> targets) {
        Optional<String> id = Optional.empty();
        Optional<String> target = Optional.empty();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            switch (name) {
                case "id" -> id = Optional.of(Json.text(parser, "'id'"));
                case "target" -> target = Optional.of(RecordMaps.cell(parser, name, targets.size()));
                default -> throw Refusal.bad("a label has an unknown " + Refusal.quote(name) + "; known: id, target");
            }
        }
        if (id.isEmpty() || target.isEmpty()) {
            throw Refusal.bad("label " + targets.size() + " must have an 'id' and a 'target'");
        }
        if (targets.put(id.get(), target.get()) != null) {
            throw Refusal.bad("prediction " + Refusal.quote(id.get()) + " must be labelled once but is there twice");
        }
    }

    // --- predictions that await their labels

    /**
     * {@return the predictions for records whose labels come later}
     *
     * @param call has the records
     * @param ids what the predictions are called; one for the only record, or the member of each that has it
     */
    Answer predict(Call call, Ids ids) {
        OnlineService service = trainers.of(call.variable(0));
        List<Map<String, String>> records =
                RecordMaps.read(call, context.json(), context.limits().maxRows());
        List<String> names = ids.of(records);
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            predictions.add(service.predict(names.get(i), records.get(i)));
        }
        predictions.stream().findFirst().ifPresent(one -> call.answeredBy(one.version()));
        return context.json().answer(json -> {
            json.writeStartObject();
            json.writeName("version");
            json.writeString(predictions.isEmpty() ? "" : predictions.get(0).version());
            json.writeName("predictions");
            json.writeStartArray();
            for (int i = 0; i < predictions.size(); i++) {
                Map<String, Object> said = said(predictions.get(i));
                said.put("id", names.get(i));
                said.put("version", predictions.get(i).version());
                Json.value(json, said);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static Map<String, Object> said(Prediction prediction) {
        Map<String, Object> said = new LinkedHashMap<>();
        if (prediction instanceof ClassPrediction one) {
            said.put("prediction", one.label());
            if (one.hasProbabilities()) {
                said.put("probabilities", one.probabilities());
            }
        } else if (prediction instanceof NumberPrediction number) {
            said.put("prediction", number.value());
        } else if (prediction instanceof ClusterPrediction cluster) {
            said.put("cluster", cluster.cluster());
            said.put("distance", cluster.distance());
        }
        return said;
    }

    /**
     * What predictions are called.
     *
     * @param one the name for the only record
     * @param member the member of each record that has its name
     */
    record Ids(Optional<String> one, Optional<String> member) {
        /** {@return what a request says; empty where its predictions await no labels} */
        static Optional<Ids> in(Call call) {
            Optional<String> one = call.parameter("id");
            Optional<String> member = call.parameter("id-from");
            if (one.isPresent() && member.isPresent()) {
                throw Refusal.bad("either 'id' or 'id-from' must be given but both are");
            }
            return one.isPresent() || member.isPresent() ? Optional.of(new Ids(one, member)) : Optional.empty();
        }

        List<String> of(List<Map<String, String>> records) {
            if (one.isPresent()) {
                if (records.size() != 1) {
                    throw Refusal.bad("'id' names the prediction for one record but there are " + records.size()
                            + "; 'id-from' names the member of each that has its id");
                }
                return List.of(required(one.get(), 0));
            }
            Set<String> seen = new LinkedHashSet<>();
            for (int i = 0; i < records.size(); i++) {
                String id = required(records.get(i).getOrDefault(member.orElseThrow(), ""), i);
                if (!seen.add(id)) {
                    throw Refusal.badRow(i, "the id " + Refusal.quote(id) + " must be there once but is there twice");
                }
            }
            return List.copyOf(seen);
        }

        private static String required(String id, int row) {
            if (id.isBlank() || id.length() > LONGEST_KEY) {
                throw Refusal.badRow(
                        row, "its id must have 1 to " + LONGEST_KEY + " characters but has " + id.length());
            }
            return id;
        }
    }
}
