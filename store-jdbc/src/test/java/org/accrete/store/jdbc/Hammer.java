package org.accrete.store.jdbc;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.param.Params;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;

/**
 * A process that changes a model until it is killed, and says on a line of its output what has been done. Arguments: a
 * location, a seed, and {@code write} (appends and prunes) or {@code move} (tags and rollbacks).
 */
final class Hammer {
    static final String MODEL = "m";

    private Hammer() {}

    public static void main(String[] args) throws InterruptedException {
        JdbcStoreProvider provider = new JdbcStoreProvider();
        SeededRandom random = new SeededRandom(Long.parseLong(args[1]));
        try (ModelStore store = provider.open(args[0], Params.of(provider.params()))) {
            if (args[2].equals("write")) {
                write(store, random);
            } else {
                move(store, random);
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static void write(ModelStore store, SeededRandom random) throws InterruptedException {
        try (ModelWriter writer = writer(store)) {
            say("ready");
            for (int i = 1; ; i++) {
                ModelVersion version =
                        writer.append(JdbcStoreLaws.state(1 + random.nextInt(200)), JdbcStoreLaws.note(i));
                say("appended " + version.number() + " " + version.sha256());
                if (i % 5 == 0) {
                    prune(store);
                }
            }
        }
    }

    /** Waits for the lock of a process that was killed just now. */
    private static ModelWriter writer(ModelStore store) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return store.writer(MODEL);
            } catch (AccreteException e) {
                if (e.kind() != AccreteException.Kind.BAD_STATE || attempt == 100) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private static void prune(ModelStore store) {
        History history = store.history(MODEL);
        SortedSet<Long> old = new TreeSet<>();
        List<ModelVersion> versions = history.versions();
        SortedSet<Long> needed = history.needed();
        for (ModelVersion version : versions.subList(0, Math.max(0, versions.size() - 3))) {
            if (!needed.contains(version.number())) {
                old.add(version.number());
            }
        }
        try {
            for (ModelVersion version : store.prune(MODEL, old)) {
                say("pruned " + version.number());
            }
        } catch (AccreteException e) {
            // An alias was moved to one meanwhile.
            if (e.kind() != AccreteException.Kind.BAD_ARGUMENT) {
                throw e;
            }
        }
    }

    private static void move(ModelStore store, SeededRandom random) throws InterruptedException {
        say("ready");
        while (true) {
            History history = store.history(MODEL);
            List<ModelVersion> versions = history.versions();
            if (versions.isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(5);
                continue;
            }
            String alias = random.nextInt(2) == 0 ? History.LIVE : "a" + random.nextInt(3);
            long number = versions.get(random.nextInt(versions.size())).number();
            if (history.aliases().getOrDefault(alias, 0L) == number) {
                continue; // An alias that is there already makes no line.
            }
            String why = Long.toHexString(random.nextLong());
            try {
                store.tag(MODEL, alias, number, new History.Reason(why, false));
                say("moved " + alias + " " + number + " " + why);
            } catch (AccreteException e) {
                // It was pruned meanwhile.
                if (e.kind() != AccreteException.Kind.BAD_ARGUMENT) {
                    throw e;
                }
            }
        }
    }
}
