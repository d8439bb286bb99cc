package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.withoutTensor;
import static org.accrete.testkit.StoreFixtures.testState;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.store.VersionFile;

/** A correct store in memory. Mutants override its methods. */
class MemoryStore implements ModelStore {
    /** The data shared by all stores opened on it. */
    static final class Contents {
        final Map<String, History> histories = new TreeMap<>();
        final Map<String, State> states = new HashMap<>();
        final TreeSet<String> locked = new TreeSet<>();

        /** Replaces the state of a version. */
        synchronized void damage(ModelVersion version) {
            states.put(version.reference(), testState(-1));
        }
    }

    final Contents contents;

    MemoryStore(Contents contents) {
        this.contents = contents;
    }

    @Override
    public String name() {
        return "memory";
    }

    void checkName(String model) {
        if (model.length() > 100
                || !model.matches("(?!(?i:(con|nul|lpt1)([.].*)?$))[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")) {
            throw AccreteException.badArgument(
                    "a model's name must match [A-Za-z0-9][A-Za-z0-9._-]* and have at most 100 characters");
        }
    }

    @Override
    public List<String> models() {
        synchronized (contents) {
            return List.copyOf(contents.histories.keySet());
        }
    }

    @Override
    public History history(String model) {
        checkName(model);
        synchronized (contents) {
            History none = new History(model, List.of(), new TreeMap<>(), List.of());
            return contents.histories.getOrDefault(model, none);
        }
    }

    @Override
    public State load(ModelVersion version) {
        synchronized (contents) {
            try {
                return VersionFile.read(version, open(version));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public InputStream open(ModelVersion version) {
        synchronized (contents) {
            History history = history(version.model());
            if (history.removed().containsKey(version.number())) {
                throw history.gone(version.number());
            }
            State state = Optional.ofNullable(contents.states.get(version.reference()))
                    .orElseThrow(() -> AccreteException.badArgument("there is no " + version.reference()));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            write(state, version.model(), version.number(), version.created(), version.note(), bytes);
            return new ByteArrayInputStream(bytes.toByteArray());
        }
    }

    private static ModelVersion write(
            State state, String model, long number, Instant created, ModelVersion.Note note, OutputStream out) {
        try {
            return VersionFile.write(state, model, number, created, note, Channels.newChannel(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<ModelVersion> prune(String model, Collection<Long> numbers) {
        checkName(model);
        synchronized (contents) {
            List<ModelVersion> pruned = prunable(history(model), numbers);
            take(model, pruned, History.Removal.PRUNED);
            return pruned;
        }
    }

    List<ModelVersion> prunable(History history, Collection<Long> numbers) {
        return history.prunable(numbers);
    }

    void take(String model, List<ModelVersion> taken, History.Removal removal) {
        History history = history(model);
        List<ModelVersion> versions = new ArrayList<>(history.versions());
        versions.removeAll(taken);
        TreeMap<Long, History.Removal> removed = new TreeMap<>(history.removed());
        taken.forEach(version -> removed.put(version.number(), removal));
        keep(new History(model, versions, history.aliases(), history.moves(), removed));
    }

    @Override
    public List<String> repair(String model) {
        checkName(model);
        synchronized (contents) {
            if (!contents.histories.containsKey(model)) {
                throw AccreteException.badArgument("there is no model '" + model + "'");
            }
            requireUnlocked(model);
            List<ModelVersion> damaged = history(model).versions().stream()
                    .filter(version -> damage(version).isPresent())
                    .toList();
            take(model, damaged, History.Removal.QUARANTINED);
            backToSound(model);
            return damaged.stream()
                    .map(version -> "set aside " + version.reference())
                    .toList();
        }
    }

    /** Points each alias of a version that is gone to where it was before. */
    void backToSound(String model) {
        History history = history(model);
        TreeMap<String, Long> aliases = new TreeMap<>();
        List<History.Move> moves = history.moves().stream()
                .filter(move -> !history.removed().containsKey(move.number()))
                .toList();
        moves.forEach(move -> aliases.put(move.alias(), move.number()));
        history.latest().ifPresent(latest -> aliases.putIfAbsent(History.LIVE, latest.number()));
        keep(new History(model, history.versions(), aliases, moves, history.removed()));
    }

    private Optional<String> damage(ModelVersion version) {
        try {
            load(version);
            return Optional.empty();
        } catch (AccreteException e) {
            return Optional.of(e.line());
        }
    }

    @Override
    public ModelWriter writer(String model) {
        checkName(model);
        synchronized (contents) {
            if (!contents.locked.add(model)) {
                throw AccreteException.badState("another writer has model '" + model + "'");
            }
        }
        return new Writer(model);
    }

    @Override
    public void tag(String model, String alias, long number, History.Reason reason) {
        checkName(model);
        checkAlias(alias);
        synchronized (contents) {
            History history = history(model);
            if (history.versions().stream().noneMatch(version -> version.number() == number)) {
                throw AccreteException.badArgument("model '" + model + "' has no version " + number);
            }
            move(history, alias, number, Optional.of(reason));
        }
    }

    @Override
    public long revision(String model) {
        History history = history(model);
        return history.versions().isEmpty() ? 0 : history.hashCode();
    }

    void checkAlias(String alias) {
        if (!alias.matches("[a-z]+(-?[a-z0-9]+)*") || alias.equals(History.LATEST)) {
            throw AccreteException.badArgument("'" + alias + "' cannot be an alias");
        }
    }

    private void move(History history, String alias, long number, Optional<History.Reason> reason) {
        TreeMap<String, Long> aliases = new TreeMap<>(history.aliases());
        aliases.put(alias, number);
        List<History.Move> moves = new ArrayList<>(history.moves());
        long newest = history.latest().map(ModelVersion::number).orElse(0L);
        moves.add(new History.Move(alias, number, Instant.now(), newest, reason));
        keep(new History(history.model(), history.versions(), aliases, moves, history.removed()));
    }

    void keep(History history) {
        contents.histories.put(history.model(), history);
    }

    @Override
    public void remove(String model) {
        checkName(model);
        synchronized (contents) {
            if (!contents.histories.containsKey(model)) {
                throw AccreteException.badArgument("there is no model '" + model + "'");
            }
            requireUnlocked(model);
            forget(model);
        }
    }

    void requireUnlocked(String model) {
        if (contents.locked.contains(model)) {
            throw AccreteException.badState("another writer has model '" + model + "'");
        }
    }

    void forget(String model) {
        contents.histories.remove(model);
    }

    @Override
    public List<String> verify(String model) {
        List<String> damages = new ArrayList<>();
        for (ModelVersion version : history(model).versions()) {
            damage(version).ifPresent(damages::add);
        }
        return damages;
    }

    @Override
    public void close() {}

    /** {@return the state that is stored; a mutant overrides this} */
    State kept(State state) {
        return withoutTensor(state, "");
    }

    long number(History history) {
        return history.highestNumber() + 1;
    }

    boolean movesLive(History before, ModelVersion version) {
        return before.movesLive(version.note());
    }

    /** {@return the parent of a version that is appended without one} */
    Optional<String> defaultParent(History history) {
        return history.latest().map(ModelVersion::reference);
    }

    void checkParent(History history, Optional<String> parent) {
        if (parent.isPresent()
                && parent.get().startsWith(history.model() + "@")
                && history.versions().stream()
                        .noneMatch(version -> version.reference().equals(parent.get()))
                && history.removed().keySet().stream()
                        .noneMatch(number -> parent.get().equals(history.model() + "@" + number))) {
            throw AccreteException.badArgument("there is no version " + parent.get() + " to be a parent");
        }
    }

    /** {@return the state with one tensor replaced} */
    static State changed(State state, String name, Tensor tensor) {
        return State.builder()
                .all(withoutTensor(state, name))
                .tensor(name, tensor)
                .build();
    }

    void release(String model) {
        synchronized (contents) {
            contents.locked.remove(model);
        }
    }

    private final class Writer implements ModelWriter {
        private final String model;
        private boolean closed;

        Writer(String model) {
            this.model = model;
        }

        @Override
        public ModelVersion append(State state, ModelVersion.Note given) {
            if (closed && checksClosed()) {
                throw AccreteException.badState("the writer was closed");
            }
            synchronized (contents) {
                History history = history(model);
                ModelVersion.Note note = given.parent().isPresent() ? given : given.withParent(defaultParent(history));
                checkParent(history, note.parent());
                State kept = kept(state);
                ModelVersion version =
                        write(kept, model, number(history), Instant.now(), note, OutputStream.nullOutputStream());
                add(history, version, kept, movesLive(history, version));
                return version;
            }
        }

        private void add(History history, ModelVersion version, State state, boolean live) {
            List<ModelVersion> versions = new ArrayList<>(history.versions());
            versions.add(version);
            contents.states.put(version.reference(), state);
            keep(new History(model, versions, history.aliases(), history.moves(), history.removed()));
            if (live) {
                move(history(model), History.LIVE, version.number(), Optional.empty());
            }
        }

        @Override
        public void copy(ModelVersion version, boolean live, InputStream bytes) {
            synchronized (contents) {
                checkCopy(history(model), version);
                try {
                    add(history(model), copied(version), readCopy(version, bytes), live);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public void close() {
            if (!closed || !checksClosed()) {
                closed = true;
                release(model);
            }
        }
    }

    State readCopy(ModelVersion version, InputStream bytes) throws IOException {
        return VersionFile.read(version, bytes);
    }

    /** {@return what is kept of a version that is copied; a mutant overrides this} */
    ModelVersion copied(ModelVersion version) {
        return version;
    }

    void checkCopy(History history, ModelVersion version) {
        if (!version.model().equals(history.model()) || version.number() <= history.highestNumber()) {
            throw AccreteException.badArgument(version.reference() + " cannot be copied to model '" + history.model()
                    + "', whose newest version is " + history.highestNumber());
        }
    }

    boolean checksClosed() {
        return true;
    }
}
