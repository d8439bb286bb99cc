package org.accrete.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.ServedModel;
import org.accrete.metrics.micrometer.ModelMetrics;

/**
 * The models that a server answers with. A name from a request never reaches the store unless the store has listed it.
 * Thread-safe.
 */
final class Models implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Models.class.getName());

    /** How many versions besides the live ones are kept open. */
    private static final int MOST_OPEN = 8;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** A model that is served. */
    private static final class Entry {
        final LiveModel live;
        volatile OpenVersion current;
        private History history;
        private long revision = -1;

        Entry(LiveModel live, String name) {
            this.live = live;
            this.current = new OpenVersion(live.current());
            this.history = History.empty(name);
        }

        OpenVersion open() {
            OpenVersion open = current;
            ServedModel now = live.current();
            if (open.model() != now) {
                open = new OpenVersion(now);
                current = open;
            }
            return open;
        }

        synchronized History history(ModelStore store, String name) {
            long now = store.revision(name);
            if (now != revision) {
                history = store.history(name);
                revision = now;
            }
            return history;
        }
    }

    private final PlugIns plugIns;
    private final ModelStore store;
    private final List<String> chosen;
    private final ModelMetrics metrics;
    private final WarmUp warmUp;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Map<String, LiveModel> watched = new ConcurrentHashMap<>();
    private final Object opening = new Object();
    private long lookedAt;

    /** Guarded by itself. */
    private final Map<String, OpenVersion> others = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, OpenVersion> eldest) {
            return size() > MOST_OPEN;
        }
    };

    /**
     * Makes models that are not open yet.
     *
     * @param chosen their names; empty for all that the store has, now and later
     */
    Models(PlugIns plugIns, ModelStore store, List<String> chosen, ModelMetrics metrics, WarmUp warmUp) {
        this.plugIns = plugIns;
        this.store = store;
        this.chosen = List.copyOf(chosen);
        this.metrics = metrics;
        this.warmUp = warmUp;
    }

    /**
     * Opens the models.
     *
     * @throws AccreteException a chosen one cannot be opened
     */
    void open() {
        for (String name : chosen) {
            if (store.history(name).versions().isEmpty()) {
                throw AccreteException.badArgument("there is no model '" + name + "' in " + store.name() + "; models: "
                        + String.join(", ", store.models()));
            }
            entries.put(name, open(name));
        }
        if (chosen.isEmpty()) {
            look();
        }
    }

    private Entry open(String name) {
        return new Entry(
                LiveModel.builder(plugIns, store)
                        .warmUp(warmUp::run)
                        .listener(metrics.live(name))
                        .following(name),
                name);
    }

    /** Answers for a model with what a run publishes, also before it has a version. */
    void watch(String name, LiveModel live) {
        watched.put(name, live);
    }

    /** Looks for models that came to the store; those that cannot be opened are logged and left out. */
    private void look() {
        synchronized (opening) {
            long now = System.nanoTime();
            if (!chosen.isEmpty() || (lookedAt != 0 && now - lookedAt < LOOK_AGAIN_NANOS)) {
                return;
            }
            watched.forEach((name, live) -> {
                if (!entries.containsKey(name) && live.answers()) {
                    entries.put(name, new Entry(live, name));
                }
            });
            for (String name : store.models()) {
                if (!entries.containsKey(name) && !watched.containsKey(name)) {
                    try {
                        entries.put(name, open(name));
                    } catch (AccreteException e) {
                        LOG.log(System.Logger.Level.WARNING, "model '" + name + "' is not served: " + e.line());
                    }
                }
            }
            lookedAt = System.nanoTime();
        }
    }

    /** {@return names of the models, sorted} */
    List<String> names() {
        look();
        return List.copyOf(new TreeSet<>(entries.keySet()));
    }

    /** {@return whether a model of this name has been opened} */
    boolean serves(String name) {
        return entries.containsKey(name);
    }

    ModelStore store() {
        return store;
    }

    /** {@return whether a model is open, so that its live version answers without a look at the store} */
    boolean isOpen(String name) {
        return entries.containsKey(name);
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            look();
            entry = entries.get(name);
        }
        if (entry == null) {
            List<String> names = names();
            throw Refusal.missing("there is no model " + Refusal.quote(name) + "; "
                    + (names.isEmpty() ? "there are none" : "there are: " + String.join(", ", names)));
        }
        return entry;
    }

    /**
     * {@return the name of the one model that is served}
     *
     * @throws Refusal there is none or more than one
     */
    String only() {
        List<String> names = names();
        if (names.size() != 1) {
            throw Refusal.bad(
                    names.isEmpty()
                            ? "no model is served"
                            : "more than one model is served, so one must be named by ?model=; there are: "
                                    + String.join(", ", names));
        }
        return names.get(0);
    }

    /**
     * {@return the live version of a model}
     *
     * @throws Refusal 404: no such model
     */
    OpenVersion live(String model) {
        return entry(model).open();
    }

    /**
     * {@return a version of a model}
     *
     * @param word a number, an alias or {@code latest}; empty for the live one
     * @throws Refusal 404: no such model or version
     */
    OpenVersion version(String model, String word) {
        Entry entry = entry(model);
        OpenVersion live = entry.open();
        if (word.isEmpty()) {
            return live;
        }
        ModelVersion version = resolve(entry.history(store, model), word);
        if (version.reference().equals(live.name())) {
            return live;
        }
        // The sum is a part of the key: a model that was removed and trained anew has the same numbers again.
        String key = version.reference() + ' ' + version.sha256();
        synchronized (others) {
            OpenVersion open = others.get(key);
            if (open != null) {
                return open;
            }
            OpenVersion read = new OpenVersion(ServedModel.open(plugIns, store, version));
            others.put(key, read);
            return read;
        }
    }

    /**
     * {@return the version that a word names}
     *
     * @throws Refusal 404: there is none
     */
    static ModelVersion resolve(History history, String word) {
        try {
            return history.resolve(word);
        } catch (AccreteException e) {
            if (e.kind() == AccreteException.Kind.BAD_ARGUMENT) {
                throw Refusal.missing(e.line());
            }
            throw e;
        }
    }

    /**
     * {@return the versions of a model}
     *
     * @throws Refusal 404: no such model
     */
    History history(String model) {
        return entry(model).history(store, model);
    }

    /**
     * {@return what answers for a model, to be published to}
     *
     * @throws Refusal 404: no such model
     */
    LiveModel following(String model) {
        return entry(model).live;
    }

    /** Reads now what the store has moved {@code live} to. */
    void refresh(String model) {
        entry(model).live.refresh();
    }

    @Override
    public void close() {
        List<Entry> all = new ArrayList<>(entries.values());
        all.forEach(entry -> entry.live.close());
    }
}
