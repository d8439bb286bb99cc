package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.withoutTensor;
import static org.accrete.testkit.StoreFixtures.testState;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
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
        if (model.length() > 100 || !model.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
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
            State state = Optional.ofNullable(contents.states.get(version.reference()))
                    .orElseThrow(() -> AccreteException.badArgument("there is no " + version.reference()));
            if (!sha256(bytes(state)).equals(version.sha256())) {
                throw new AccreteException(
                        AccreteException.Kind.CORRUPT_FILE, version.reference() + " is not what was appended");
            }
            return state;
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
        keep(new History(history.model(), history.versions(), aliases, moves));
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
            try {
                load(version);
            } catch (AccreteException e) {
                damages.add(e.line());
            }
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
        return history.versions().size() + 1L;
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
                        .noneMatch(version -> version.reference().equals(parent.get()))) {
            throw AccreteException.badArgument("there is no version " + parent.get() + " to be a parent");
        }
    }

    private static byte[] bytes(State state) {
        StringBuilder text = new StringBuilder();
        state.texts()
                .forEach((name, value) ->
                        text.append(name).append('=').append(value).append(';'));
        state.tensors().forEach((name, tensor) -> {
            ByteBuffer raw = ByteBuffer.allocate(tensor.size() * tensor.type().bytes());
            tensor.write(0, tensor.size(), raw);
            text.append(name).append(tensor).append(new String(raw.array(), StandardCharsets.ISO_8859_1));
        });
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
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
                byte[] bytes = bytes(kept);
                ModelVersion version =
                        new ModelVersion(model, number(history), Instant.now(), note, bytes.length + 1L, sha256(bytes));
                List<ModelVersion> versions = new ArrayList<>(history.versions());
                versions.add(version);
                contents.states.put(version.reference(), kept);
                boolean moves = movesLive(history, version);
                keep(new History(model, versions, history.aliases(), history.moves()));
                if (moves) {
                    move(history(model), History.LIVE, version.number(), Optional.empty());
                }
                return version;
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

    boolean checksClosed() {
        return true;
    }
}
