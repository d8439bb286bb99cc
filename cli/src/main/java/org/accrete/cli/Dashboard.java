package org.accrete.cli;

import java.util.Optional;
import org.accrete.api.store.ModelStore;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.LiveModel;
import org.accrete.serve.ModelServer;

/** The page that shows a run while it lasts, if it was asked for. */
final class Dashboard implements AutoCloseable {
    private final Optional<ModelServer> server;
    private final Optional<LiveModel> live;
    private final String model;

    private Dashboard(Optional<ModelServer> server, Optional<LiveModel> live, String model) {
        this.server = server;
        this.live = live;
        this.model = model;
    }

    /**
     * {@return the page}
     *
     * @param port where it is; empty for none
     * @param model what the run trains
     */
    static Dashboard open(Optional<Integer> port, PlugIns plugIns, ModelStore store, String model) {
        Optional<ModelServer> server = port.map(
                number -> ModelServer.builder(plugIns, store).port(number).start());
        return new Dashboard(server, server.map(one -> LiveModel.following(plugIns, store, model)), model);
    }

    /** Shows a run that has not begun yet. */
    void show(Training training, Console console) {
        server.ifPresent(one -> {
            training.show(live.orElseThrow(), one.watch(model, live.orElseThrow()));
            console.note("the run is shown at " + one.uri() + "/");
        });
    }

    @Override
    public void close() {
        server.ifPresent(ModelServer::close);
        live.ifPresent(LiveModel::close);
    }
}
