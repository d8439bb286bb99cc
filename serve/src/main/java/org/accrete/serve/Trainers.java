package org.accrete.serve;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelStore;
import org.accrete.core.online.OnlineService;
import org.accrete.core.plugin.PlugIns;
import org.accrete.metrics.micrometer.ModelMetrics;

/**
 * The models of a server that learn. One begins to at the first row that it is sent, or when the server starts if its
 * log holds rows that no version knows: until then somebody else may train it. Thread-safe.
 */
final class Trainers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Trainers.class.getName());

    private final PlugIns plugIns;
    private final ModelStore store;
    private final Models models;
    private final ModelMetrics metrics;
    private final Optional<Learning> learning;
    /** Guarded by this object. */
    private final Map<String, OnlineService> opened = new LinkedHashMap<>();

    private boolean closed;

    /**
     * How models learn.
     *
     * @param logs the folder of a model's log, by its name; empty for none
     * @param change what else is set for a model's service, by its name
     */
    record Learning(Function<String, Optional<Path>> logs, BiConsumer<String, OnlineService.Builder> change) {}

    /**
     * Makes trainers.
     *
     * @param metrics shows how those that learn are doing
     * @param learning how models learn; empty where they do not
     */
    Trainers(PlugIns plugIns, ModelStore store, Models models, ModelMetrics metrics, Optional<Learning> learning) {
        this.plugIns = plugIns;
        this.store = store;
        this.models = models;
        this.metrics = metrics;
        this.learning = learning;
    }

    /** Goes on with models whose log holds something; those that cannot are logged. */
    void resume() {
        if (learning.isEmpty()) {
            return;
        }
        for (String name : models.names()) {
            if (learning.get().logs().apply(name).filter(Trainers::holdsFiles).isPresent()) {
                try {
                    of(name);
                } catch (AccreteException | Refusal e) {
                    LOG.log(Level.WARNING, "model '" + name + "' does not go on learning: " + e.getMessage());
                }
            }
        }
    }

    private static boolean holdsFiles(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /** {@return whether models learn what they are sent} */
    boolean isOn() {
        return learning.isPresent();
    }

    /**
     * {@return the service of a model, which is opened if it was not}
     *
     * @param model its name
     * @throws Refusal 404: no such model; 403: the server's models do not learn; 503: the server stops
     * @throws AccreteException what opening throws: somebody else trains it
     */
    OnlineService of(String model) {
        Learning how = learning.orElseThrow(() -> Refusal.of(
                403, "the models of this server do not learn; it is started with --no-learn, or without learns(…)"));
        // Names from requests reach neither the store nor the file system unless the store has listed them.
        models.history(model);
        synchronized (this) {
            if (closed) {
                throw Refusal.of(503, "the server stops");
            }
            OnlineService known = opened.get(model);
            if (known != null) {
                return known;
            }
            OnlineService.Builder builder = OnlineService.builder(plugIns, store, model)
                    .live(models.following(model))
                    .listener(metrics.run(model));
            how.logs().apply(model).ifPresent(builder::log);
            how.change().accept(model, builder);
            OnlineService service = builder.open();
            metrics.online(model, service);
            opened.put(model, service);
            return service;
        }
    }

    /** {@return the service of a model that learns; empty where it does not yet} */
    synchronized Optional<OnlineService> opened(String model) {
        return Optional.ofNullable(opened.get(model));
    }

    /** Learns what is waiting, and appends versions. */
    @Override
    public void close() {
        List<OnlineService> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(opened.values());
        }
        for (OnlineService service : all) {
            try {
                service.close();
            } catch (AccreteException e) {
                LOG.log(Level.WARNING, "a model did not stop learning as it should: " + e.line());
            }
        }
    }
}
