package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.data.Block;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Model;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.compare.WeightNames;
import org.accrete.core.compare.Weights;
import org.accrete.core.explain.Importances;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.plugin.Registry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code describe}: one plug-in with its parameters, or one version of a model. */
@Command(
        name = "describe",
        description = "Show a plug-in with its parameters, or a version of a model.",
        footer = {"", "If a plug-in and a model share a name, NAME is the plug-in; NAME@live is always the model."})
final class DescribeCommand extends Subcommand {
    private static final int LARGEST_WEIGHTS = 15;
    private static final int MOST_IMPORTANT = 15;

    @Parameters(paramLabel = "NAME", description = "A learner, step, source, store or detector; or MODEL, or MODEL@V.")
    String name = "";

    DescribeCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        PlugIns plugIns = plugIns();
        ModelReference reference = ModelReference.parse(name);
        boolean found = false;
        if (reference.version().isEmpty()) {
            for (Registry<? extends Provider> registry :
                    List.of(plugIns.learners(), plugIns.sources(), plugIns.stores(), plugIns.detectors())) {
                for (Provider provider : registry.all()) {
                    if (!found && provider.name().equals(name)) {
                        found = true;
                        show(provider);
                    }
                }
                if (!found
                        && registry.broken().stream()
                                .anyMatch(one -> one.plugIn().equals(name))) {
                    // Throws, with the reason why it is broken.
                    registry.find(name);
                }
            }
        }
        if (!found) {
            try (ModelStore store = openStore(plugIns)) {
                show(plugIns, store, version(store, plugIns, reference));
            }
        }
        return 0;
    }

    private ModelVersion version(ModelStore store, PlugIns plugIns, ModelReference reference) {
        if (reference.version().isEmpty()
                && store.history(reference.model()).versions().isEmpty()) {
            TreeSet<String> names = new TreeSet<>();
            plugIns.learners().all().forEach(provider -> names.add(provider.name()));
            plugIns.sources().all().forEach(provider -> names.add(provider.name()));
            plugIns.stores().all().forEach(provider -> names.add(provider.name()));
            plugIns.detectors().all().forEach(provider -> names.add(provider.name()));
            List<String> models = store.models();
            throw new AccreteException(
                    AccreteException.Kind.UNKNOWN_PLUG_IN,
                    "no plug-in and no model named '" + name + "'; plug-ins: " + String.join(", ", names)
                            + "; models in " + store.name() + ": "
                            + (models.isEmpty() ? "none" : String.join(", ", models)));
        }
        return resolve(store, name);
    }

    private void show(Provider provider) {
        Map<String, List<String>> traits = Descriptions.traits(provider);
        if (console.isJson()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("name", provider.name());
            document.put("kind", Descriptions.kind(provider));
            document.put("summary", provider.summary());
            document.putAll(traits);
            document.put("params", Descriptions.params(provider));
            console.json(document);
            return;
        }
        console.print(provider.name() + " (" + Descriptions.kind(provider) + "): " + provider.summary());
        traits.forEach((trait, values) ->
                console.print(trait + ": " + (values.isEmpty() ? "none" : String.join(", ", values))));
        console.print("");
        List<Map<String, ?>> params = Descriptions.params(provider);
        if (params.isEmpty()) {
            console.print("It has no parameters.");
            return;
        }
        Table table = new Table("lllll").head("parameter", "type", "default", "values", "summary");
        for (Map<String, ?> param : params) {
            table.line(
                    param.get("name"),
                    param.get("type"),
                    param.get("default"),
                    param.get("domain"),
                    param.get("summary") + (Boolean.TRUE.equals(param.get("tunable")) ? " (tunable)" : ""));
        }
        console.print(table);
    }

    private void show(PlugIns plugIns, ModelStore store, ModelVersion version) {
        State state = load(store, version);
        History history = store.history(version.model());
        Schema schema = Schema.parse(state.text("schema"));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("model", version.model());
        facts.put("version", version.number());
        facts.put("aliases", aliases(history, version.number()));
        facts.put("created", version.created());
        facts.put("parent", version.note().parent());
        facts.put("learner", version.note().learner());
        facts.put("steps", state.list("steps"));
        facts.put("params", pairs(state.list("params")));
        facts.put("target", target(schema.target()));
        facts.put("features", schema.width());
        facts.put("blocks", blocks(schema));
        facts.put("fingerprint", schema.fingerprint());
        facts.put("rows_seen", version.note().rowsSeen());
        facts.put("metrics", Figures.inOrder(version.note().metrics()));
        Optional<Model> model = model(plugIns, state);
        facts.put("description", model.map(Model::describe).orElse(List.of()));
        facts.put("source", text(state, "run.source"));
        facts.put("position", text(state, "run.position"));
        facts.put("tensors", tensors(state));
        List<Weights.Named> weights = weights(state, schema);
        List<Importances.Named> important = model.map(
                        some -> Importances.of(some, text(state, "plan").map(ColumnPlan::parse)))
                .orElse(List.of());
        facts.put("bytes", version.length());
        facts.put("sha256", version.sha256());
        Optional<List<Column>> columns =
                text(state, "plan").map(plan -> ColumnPlan.parse(plan).columns());
        if (console.isJson()) {
            facts.put("columns", columns.map(all -> texts(all, Column::toText)));
            facts.put(
                    "largest_weights",
                    weights.stream().map(DescribeCommand::facts).toList());
            facts.put(
                    "importances",
                    important.stream().map(DescribeCommand::facts).toList());
            console.json(facts);
            return;
        }
        facts.put("columns", columns.map(all -> texts(all, Column::toPlainText)));
        Table table = new Table("ll");
        facts.forEach((fact, value) -> lines(table, fact.replace('_', ' '), value));
        console.print(table);
        if (!weights.isEmpty()) {
            Table largest = new Table("llr").head("largest weights", "for", "weight");
            weights.forEach(one -> largest.line(one.name(), one.function(), Figures.text(one.value())));
            console.print("");
            console.print(largest);
        }
        if (!important.isEmpty()) {
            Table most = new Table("lr").head("most important columns", "share");
            important.stream().limit(MOST_IMPORTANT).forEach(one -> most.line(one.column(), Figures.text(one.share())));
            console.print("");
            console.print(most);
        }
    }

    /** {@return the weights of the largest size, by name; none if the model has no weight for each column} */
    private static List<Weights.Named> weights(State state, Schema schema) {
        WeightNames names = new WeightNames(schema, text(state, "plan").map(ColumnPlan::parse));
        return Weights.of(state)
                .map(weights -> weights.largest(LARGEST_WEIGHTS, names))
                .orElse(List.of());
    }

    private static Map<String, Object> facts(Weights.Named weight) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", weight.name());
        facts.put("for", weight.function());
        facts.put("value", weight.value());
        return facts;
    }

    private static Map<String, Object> facts(Importances.Named important) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", important.column());
        facts.put("share", important.share());
        return facts;
    }

    private static List<String> texts(List<Column> columns, Function<Column, String> text) {
        return columns.stream().map(text).toList();
    }

    /** {@return the model, which describes itself; empty if its plug-in is missing} */
    private static Optional<Model> model(PlugIns plugIns, State state) {
        try {
            return Optional.of(Pipeline.restore(plugIns, state).view());
        } catch (AccreteException e) {
            if (e.kind() == AccreteException.Kind.UNKNOWN_PLUG_IN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static void lines(Table table, String fact, Object value) {
        Object present = value instanceof Optional<?> optional
                ? optional.map(Object.class::cast).orElse("none")
                : value;
        List<String> texts = new ArrayList<>();
        if (present instanceof Map<?, ?> map) {
            map.forEach((key, item) -> texts.add(key + "=" + item));
        } else if (present instanceof List<?> list) {
            list.forEach(item -> texts.add(item instanceof Map<?, ?> map ? words(map) : item.toString()));
        } else {
            texts.add(present.toString());
        }
        if (texts.isEmpty()) {
            texts.add("none");
        }
        for (int i = 0; i < texts.size(); i++) {
            table.line(i == 0 ? fact : "", texts.get(i));
        }
    }

    private static String words(Map<?, ?> map) {
        return String.join(" ", map.values().stream().map(Object::toString).toList());
    }

    static List<String> aliases(History history, long number) {
        List<String> names = new ArrayList<>();
        history.aliases().forEach((alias, target) -> {
            if (target == number) {
                names.add(alias);
            }
        });
        return names;
    }

    private static Optional<String> text(State state, String name) {
        return Optional.ofNullable(state.texts().get(name));
    }

    private static Map<String, String> pairs(List<String> lines) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            pairs.put(line.substring(0, Math.max(equals, 0)), line.substring(equals + 1));
        }
        return pairs;
    }

    private static Map<String, Object> target(Target target) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", target.name());
        facts.put("kind", ParamSpec.word(target.kind()));
        facts.put("classes", target.classes());
        return facts;
    }

    private static List<Map<String, Object>> blocks(Schema schema) {
        List<Map<String, Object>> blocks = new ArrayList<>();
        for (Block block : schema.blocks()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("name", block.name());
            facts.put("kind", ParamSpec.word(block.kind()));
            facts.put("width", block.width());
            blocks.add(facts);
        }
        return blocks;
    }

    private static List<Map<String, Object>> tensors(State state) {
        List<Map<String, Object>> tensors = new ArrayList<>();
        state.tensors().forEach((name, tensor) -> {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("name", name);
            facts.put("type", tensor.type().name());
            facts.put("shape", shape(tensor));
            tensors.add(facts);
        });
        return tensors;
    }

    private static List<Long> shape(Tensor tensor) {
        List<Long> shape = new ArrayList<>();
        for (long length : tensor.shape()) {
            shape.add(length);
        }
        return shape;
    }
}
