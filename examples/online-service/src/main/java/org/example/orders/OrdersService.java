package org.example.orders;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.accrete.api.store.ModelStore;
import org.accrete.core.online.OnlineService;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.store.DirectoryStore;
import org.accrete.serve.ModelServer;

/**
 * Says which orders come back, and learns from those that did. All that it knows is in one folder: versions of the
 * model, and the log of what came since the last one.
 */
public final class OrdersService implements AutoCloseable {
    /** What is known of an order; whether it came back is the target. */
    public record Order(double price, int items, String country, boolean returned) {}

    private static final String MODEL = "returns";

    private final ModelStore store;
    private final ModelServer server;

    /**
     * Starts the service.
     *
     * @param folder where everything is kept
     * @param port 0 for any that is free
     */
    public OrdersService(Path folder, int port) {
        PlugIns plugIns = PlugIns.load();
        store = DirectoryStore.open(folder.resolve("models"));
        if (store.history(MODEL).versions().isEmpty()) {
            begin(plugIns);
        }
        server = ModelServer.builder(plugIns, store)
                .model(MODEL)
                .port(port)
                .learns(folder.resolve("log"))
                .start();
    }

    /** Makes the model, which has learned one order of each kind. */
    private void begin(PlugIns plugIns) {
        try (OnlineService service = OnlineService.builder(plugIns, store, MODEL)
                .learner("sgd-classifier")
                .record(Order.class, "returned")
                .open()) {
            service.offer(
                    List.of(new Order(20, 1, "DE", false), new Order(200, 3, "DE", true)), Optional.of("beginning"));
        }
    }

    /** {@return where the service answers} */
    public String uri() {
        return server.uri().toString();
    }

    /** Answers what is being asked, learns what is waiting, and appends a version. */
    @Override
    public void close() {
        server.close();
        store.close();
    }

    /**
     * Runs until the process is asked to end.
     *
     * @param arguments the folder
     */
    public static void main(String[] arguments) {
        OrdersService service = new OrdersService(Path.of(arguments.length > 0 ? arguments[0] : "orders"), 8080);
        Runtime.getRuntime().addShutdownHook(new Thread(service::close));
        System.out.println("orders are learned and predicted at " + service.uri());
    }
}
