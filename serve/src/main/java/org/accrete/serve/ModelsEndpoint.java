package org.accrete.serve;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.compare.VersionDiff;
import org.accrete.core.compare.WeightNames;
import tools.jackson.core.JsonParser;

/** What models and versions there are, and which of them answers. */
final class ModelsEndpoint {
    private static final int LONGEST_REASON = 1_000;
    private static final int MOST_WEIGHTS = 20;
    private static final String VERSION = "version";

    private final Context context;
    private final Trainers trainers;

    ModelsEndpoint(Context context, Trainers trainers) {
        this.context = context;
        this.trainers = trainers;
    }

    List<Route> routes() {
        Set<MediaKind> json = EnumSet.of(MediaKind.JSON);
        return List.of(
                Route.get("/models", Access.READ, Set.of(), this::models),
                Route.get("/models/{model}", Access.READ, Set.of(), this::model),
                Route.get("/models/{model}/compare", Access.READ, Set.of("a", "b"), this::compare),
                Route.post("/models/{model}/rollback", Access.WRITE, json, Set.of(), this::rollback),
                Route.post("/models/{model}/tags", Access.WRITE, json, Set.of(), this::tag));
    }

    private Answer models(Call call) {
        List<Map<String, ?>> models = new ArrayList<>();
        for (String name : context.models().names()) {
            History history = context.models().history(name);
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("model", name);
            facts.put("serving", context.models().live(name).name());
            facts.put("versions", history.versions().size());
            facts.put("live", history.live().map(ModelVersion::number));
            facts.put("latest", history.latest().map(ModelVersion::number));
            facts.put("rows_seen", history.latest().map(latest -> latest.note().rowsSeen()));
            facts.put("created", history.latest().map(ModelVersion::created));
            facts.put("learner", history.latest().map(latest -> latest.note().learner()));
            models.add(facts);
        }
        return context.json().answer(Map.of("models", models));
    }

    private Answer model(Call call) {
        String name = call.variable(0);
        OpenVersion open = context.models().live(name);
        History history = context.models().history(name);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", name);
        document.put("serving", open.name());
        open.predict(predictor -> {
            document.put("predicts", predictor.predictions().kind().name().toLowerCase(Locale.ROOT));
            document.put("classes", predictor.predictions().labels());
            document.put("columns", predictor.header());
            return predictor;
        });
        document.put("explains", open.model().model() instanceof ExplainableModel);
        document.put("plan", plan(open));
        document.put("revision", context.models().store().revision(name));
        document.put("aliases", history.aliases());
        document.put("moves", moves(history));
        List<Map<String, ?>> versions = new ArrayList<>();
        history.versions().forEach(version -> versions.add(facts(history, version)));
        document.put("versions", versions);
        return context.json().answer(document);
    }

    private static Map<String, ?> facts(History history, ModelVersion version) {
        ModelVersion.Note note = version.note();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put(VERSION, version.number());
        facts.put("created", version.created());
        facts.put("rows_seen", note.rowsSeen());
        facts.put("parent", note.parent());
        facts.put("aliases", aliases(history, version.number()));
        facts.put("learner", note.learner());
        facts.put("metrics", new TreeMap<>(note.metrics()));
        facts.put("stretch", new TreeMap<>(note.stretch()));
        facts.put("verdict", note.verdict().name().toLowerCase(Locale.ROOT));
        Optional.ofNullable(note.facts().get("drift")).ifPresent(marks -> facts.put("drift", marks));
        return facts;
    }

    /** {@return the raw columns that a prediction is made of} */
    private static List<Map<String, ?>> plan(OpenVersion open) {
        List<String> header = open.predict(Predictor::header);
        ColumnPlan plan = Predictor.plan(open.model());
        List<Map<String, ?>> columns = new ArrayList<>();
        for (String name : header) {
            Column column = plan.columns().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("name", name);
            facts.put("kind", column.kind());
            facts.put(
                    "values",
                    column instanceof Column.Bool
                            ? List.of("true", "false")
                            : column instanceof Column.Categorical words ? words.values() : List.of());
            columns.add(facts);
        }
        return columns;
    }

    /** {@return the moves of {@code live}, the oldest first} */
    private static List<Map<String, ?>> moves(History history) {
        List<Map<String, ?>> moves = new ArrayList<>();
        for (History.Move move : history.moves()) {
            if (move.alias().equals(History.LIVE)) {
                Map<String, Object> facts = new LinkedHashMap<>();
                facts.put(VERSION, move.number());
                facts.put("newest", move.newest());
                facts.put("at", move.at());
                facts.put("is_back", move.reason().isPresent());
                facts.put("why", move.reason().map(History.Reason::why));
                moves.add(facts);
            }
        }
        return moves;
    }

    private Answer compare(Call call) {
        String model = call.variable(0);
        History history = context.models().history(model);
        ModelVersion a = Models.resolve(history, call.parameter("a").orElse("live"));
        ModelVersion b = Models.resolve(history, call.parameter("b").orElse("latest"));
        ModelStore store = context.models().store();
        State ofB = store.load(b);
        WeightNames names = new WeightNames(
                Schema.parse(ofB.text("schema")),
                Optional.ofNullable(ofB.texts().get("plan")).map(ColumnPlan::parse));
        VersionDiff diff = VersionDiff.of(a, store.load(a), b, ofB, names, MOST_WEIGHTS);
        List<Map<String, ?>> figures = new ArrayList<>();
        Map<String, Double> before = figures(a);
        Map<String, Double> after = figures(b);
        Set<String> all = new LinkedHashSet<>(before.keySet());
        all.addAll(after.keySet());
        for (String name : all) {
            Map<String, Object> figure = new LinkedHashMap<>();
            figure.put("name", name);
            figure.put("a", Optional.ofNullable(before.get(name)));
            figure.put("b", Optional.ofNullable(after.get(name)));
            figures.add(figure);
        }
        List<Map<String, ?>> weights = new ArrayList<>();
        diff.weights().forEach(moved -> {
            Map<String, Object> weight = new LinkedHashMap<>();
            weight.put("name", moved.name());
            weight.put("a", moved.first());
            weight.put("b", moved.second());
            weights.add(weight);
        });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model);
        document.put("a", a.number());
        document.put("b", b.number());
        document.put("figures", figures);
        document.put("weights", weights);
        return context.json().answer(document);
    }

    /** {@return what is known of a version in numbers} */
    private static Map<String, Double> figures(ModelVersion version) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("rows", (double) version.note().rowsSeen());
        new TreeMap<>(version.note().metrics()).forEach((name, value) -> figures.put(name + " so far", value));
        new TreeMap<>(version.note().stretch()).forEach((name, value) -> figures.put(name + " of its rows", value));
        return figures;
    }

    private static List<String> aliases(History history, long number) {
        return history.aliases().entrySet().stream()
                .filter(alias -> alias.getValue() == number)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What a body asks for. */
    private static final class Move {
        private String version = "";
        private String alias = "";
        private String reason = "";
    }

    private Move move(Call call, Set<String> known) {
        return context.json().read(call.body(), 0, call.length(), parser -> {
            Json.requireObject(parser, "the body");
            Move move = new Move();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                if (!known.contains(name)) {
                    throw Refusal.bad("the body has an unknown " + Refusal.quote(name) + "; known: "
                            + String.join(", ", known.stream().sorted().toList()));
                }
                switch (name) {
                    case VERSION -> move.version = version(parser);
                    case "alias" -> move.alias = Json.text(parser, "'alias'");
                    default -> move.reason = reason(Json.text(parser, "'reason'"));
                }
            }
            if (move.version.isEmpty()) {
                throw Refusal.bad("the body must have 'version', a number or an alias");
            }
            return move;
        });
    }

    private static String version(JsonParser parser) {
        return parser.currentToken().isNumeric()
                ? Long.toString(Json.whole(parser, "'version'", 1, Long.MAX_VALUE))
                : Json.text(parser, "'version'");
    }

    private static String reason(String text) {
        if (text.length() > LONGEST_REASON) {
            throw Refusal.bad("'reason' must have at most " + LONGEST_REASON + " characters but has " + text.length());
        }
        return text;
    }

    private Answer rollback(Call call) {
        Move move = move(call, Set.of(VERSION, "reason"));
        move.alias = History.LIVE;
        return moved(call.variable(0), move);
    }

    private Answer tag(Call call) {
        Move move = move(call, Set.of(VERSION, "alias", "reason"));
        if (move.alias.isEmpty()) {
            throw Refusal.bad("the body must have 'alias', lower-case words with hyphens");
        }
        return moved(call.variable(0), move);
    }

    private Answer moved(String model, Move move) {
        History history = context.models().history(model);
        ModelVersion to = Models.resolve(history, move.version);
        Optional<Long> from = Optional.ofNullable(history.aliases().get(move.alias));
        // Rows that were sent and learned since are not learned again.
        boolean goesOn = move.alias.equals(History.LIVE) && trainers.isOn();
        context.models().store().tag(model, move.alias, to.number(), new History.Reason(move.reason, goesOn));
        if (move.alias.equals(History.LIVE)) {
            context.models().refresh(model);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model);
        document.put("alias", move.alias);
        document.put(VERSION, to.number());
        document.put("was", from);
        document.put("reason", move.reason);
        document.put("serving", context.models().live(model).name());
        return context.json().answer(document);
    }
}
