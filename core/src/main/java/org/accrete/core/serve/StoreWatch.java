package org.accrete.core.serve;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.accrete.api.store.ModelStore;

/**
 * One daemon thread for each store that is followed, which asks it ten times a second whether the histories of its
 * models have changed. A store that does not answer keeps nobody waiting but those who follow it. The thread ends with
 * the last model that it looks after; a model that nobody holds any longer is forgotten, closed or not.
 */
final class StoreWatch implements Runnable {
    /** Between two looks at a history. */
    static final long PERIOD_MILLIS = 100;

    /** Guarded by itself, as are the lists of all watches. */
    private static final IdentityHashMap<ModelStore, StoreWatch> WATCHES = new IdentityHashMap<>();

    private final ModelStore store;
    private final List<WeakReference<LiveModel>> models = new ArrayList<>();

    private StoreWatch(ModelStore store) {
        this.store = store;
    }

    static void add(ModelStore store, LiveModel model) {
        synchronized (WATCHES) {
            StoreWatch watch = WATCHES.get(store);
            if (watch == null) {
                watch = new StoreWatch(store);
                WATCHES.put(store, watch);
                Thread thread = new Thread(watch, "accrete-follow " + store.name());
                thread.setDaemon(true);
                thread.start();
            }
            watch.models.add(new WeakReference<>(model));
        }
    }

    /** Forgets a model; a look at its history that has begun goes on. */
    static void remove(ModelStore store, LiveModel model) {
        synchronized (WATCHES) {
            Optional.ofNullable(WATCHES.get(store))
                    .ifPresent(watch -> watch.models.removeIf(held -> held.refersTo(model)));
        }
    }

    @Override
    public void run() {
        while (look()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS));
        }
    }

    /** {@return whether there is anything left to look after} */
    private boolean look() {
        List<WeakReference<LiveModel>> now;
        synchronized (WATCHES) {
            models.removeIf(held -> held.refersTo(null));
            if (models.isEmpty()) {
                WATCHES.remove(store);
                return false;
            }
            now = List.copyOf(models);
        }
        for (WeakReference<LiveModel> held : now) {
            Optional.ofNullable(held.get()).ifPresent(LiveModel::follow);
        }
        return true;
    }
}
