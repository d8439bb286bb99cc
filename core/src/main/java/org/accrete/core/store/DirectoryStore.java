package org.accrete.core.store;

import com.google.common.primitives.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.store.Disk.NoFileException;

/**
 * A directory of models: {@code <store>/<model>/000007.safetensors} for each version, and
 * {@code <store>/<model>/history}.
 *
 * <p>A version exists once its line is in the history; the line holds the length and SHA-256 of its file. Readers take
 * no lock. One process at a time trains a model; moving an alias needs only a short lock of its own, so it works
 * meanwhile. Between calls only the lock of a {@link ModelWriter} is held open. The file system must have hard links
 * and file locks.
 */
public final class DirectoryStore implements ModelStore {
    private final Path root;
    private final Disk disk;
    private final Clock clock;
    private final KnownHistory known = new KnownHistory();

    DirectoryStore(Path root, Disk disk, Clock clock) {
        this.root = root;
        this.disk = disk;
        this.clock = clock;
    }

    /**
     * Opens a store. Nothing is created before the first append.
     *
     * @param root its directory, which does not have to exist
     * @return the store
     * @throws AccreteException bad argument: it is not a directory
     */
    public static DirectoryStore open(Path root) {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw AccreteException.badArgument("the store must be a directory but '" + root + "' is a file");
        }
        return new DirectoryStore(root, new Disk(), Clock.systemUTC());
    }

    @Override
    public String name() {
        return root.toString();
    }

    @Override
    public List<String> models() {
        try {
            return disk.list(root).stream()
                    .filter(name -> Names.isModel(name) && Files.isDirectory(root.resolve(name)))
                    .filter(name -> isModel(model(name)))
                    .toList();
        } catch (IOException e) {
            throw ModelDirectory.failed("the store could not be read", e, root);
        }
    }

    /** {@return whether a directory has a history or has lost it} */
    private static boolean isModel(ModelDirectory directory) {
        try {
            // A first line that was torn by a crash is no history yet.
            return Bytes.contains(directory.historyBytes().orElse(new byte[0]), (byte) '\n')
                    || directory.lostHistory().isPresent();
        } catch (IOException | AccreteException e) {
            return true; // Whoever reads the history gets the error.
        }
    }

    private ModelDirectory model(String model) {
        Names.requireModel(model);
        return new ModelDirectory(disk, root.resolve(model), model, known);
    }

    @Override
    public History history(String model) {
        ModelDirectory directory = model(model);
        try {
            return directory.read().history();
        } catch (IOException e) {
            throw directory.failed("the history of model '" + model + "' could not be read", e);
        }
    }

    @Override
    public State load(ModelVersion version) {
        Path file = model(version.model()).versionFile(version.number());
        try (FileChannel channel = disk.openToRead(file)) {
            return VersionFile.read(version, checkedLength(channel, version));
        } catch (IOException e) {
            throw unreadable(version, e, file);
        } catch (AccreteException e) {
            throw e.at(file.toString());
        }
    }

    @Override
    public InputStream open(ModelVersion version) {
        Path file = model(version.model()).versionFile(version.number());
        try {
            return Channels.newInputStream(disk.openToRead(file));
        } catch (IOException e) {
            throw unreadable(version, e, file);
        }
    }

    private AccreteException unreadable(ModelVersion version, IOException e, Path file) {
        if (e instanceof NoFileException) {
            return AccreteException.corruptFile("the file of " + version.reference()
                            + " is no regular file; put it back from a copy of the store")
                    .at(file.toString());
        }
        if (!(e instanceof NoSuchFileException)) {
            return ModelDirectory.failed("version " + version.number() + " could not be read", e, file);
        }
        History history = history(version.model());
        return history.removed().containsKey(version.number())
                ? history.gone(version.number())
                : AccreteException.corruptFile("the file of " + version.reference()
                                + " is missing; put it back from a copy of the store")
                        .at(file.toString());
    }

    /** {@return a file's bytes, if it has as many as the history says} */
    static InputStream checkedLength(FileChannel channel, ModelVersion version) throws IOException {
        if (channel.size() != version.length()) {
            throw AccreteException.corruptFile("wrong length (disk or transfer damage?): expected " + version.length()
                    + " bytes but found " + channel.size());
        }
        return Channels.newInputStream(channel);
    }

    @Override
    public List<ModelVersion> prune(String model, Collection<Long> numbers) {
        ModelDirectory directory = model(model);
        List<ModelVersion> pruned = new ArrayList<>();
        try {
            // Before the lock, whose file must not appear where there is no model.
            directory.read().history().prunable(numbers);
            directory.append(history -> {
                pruned.addAll(history.prunable(numbers));
                SortedSet<Long> gone = new TreeSet<>();
                pruned.forEach(version -> gone.add(version.number()));
                return gone.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new HistoryLine.Removed(gone, DirectoryWriter.now(clock), History.Removal.PRUNED));
            });
        } catch (IOException e) {
            throw directory.failed("no version was pruned", e);
        }
        try {
            for (long number : numbers) {
                disk.delete(directory.versionFile(number));
            }
        } catch (IOException e) {
            throw directory.failed(
                    "the versions were pruned, but not all of their files could be deleted; prune again to do so", e);
        }
        return pruned;
    }

    @Override
    public ModelWriter writer(String model) {
        ModelDirectory directory = model(model);
        try {
            // Before the lock, whose file must not appear where there is damage.
            if (Files.isDirectory(directory.path())) {
                directory.read();
            }
            return DirectoryWriter.open(directory, clock);
        } catch (IOException e) {
            throw directory.failed("model '" + model + "' cannot be written", e);
        }
    }

    @Override
    public void tag(String model, String alias, long number, History.Reason reason) {
        ModelDirectory directory = model(model);
        Names.requireAlias(alias);
        StrictJson.requireUnicode("why", reason.why());
        String word = Long.toString(number);
        try {
            // Before the lock, whose file must not appear where there is no model.
            directory.read().history().resolve(word);
            directory.append(history -> {
                directory.requireFile(history.resolve(word));
                return isThere(history, alias, number, reason)
                        ? Optional.empty()
                        : Optional.of(new HistoryLine.Moved(alias, number, DirectoryWriter.now(clock), reason));
            });
        } catch (IOException e) {
            throw directory.failed("alias '" + alias + "' could not be moved", e);
        }
    }

    /** {@return whether nothing would change} A trainer goes back to the live version only once that is said. */
    static boolean isThere(History history, String alias, long number, History.Reason reason) {
        return Optional.ofNullable(history.aliases().get(alias)).equals(Optional.of(number))
                && (!alias.equals(History.LIVE)
                        || history.rollback().flatMap(History.Move::reason).equals(Optional.of(reason)));
    }

    @Override
    public long revision(String model) {
        ModelDirectory directory = model(model);
        try {
            return Files.size(directory.historyFile());
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw directory.failed("the history of model '" + model + "' could not be read", e);
        }
    }

    @Override
    public void remove(String model) {
        ModelDirectory directory = model(model);
        requireThere(model);
        try {
            TrainerLock lock = TrainerLock.take(disk, directory.path(), model);
            try {
                directory.remove();
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw directory.failed("model '" + model + "' could not be removed", e);
        }
    }

    @Override
    public List<String> verify(String model) {
        ModelDirectory directory = model(model);
        try {
            return verify(directory);
        } catch (IOException e) {
            throw directory.failed("model '" + model + "' could not be read", e);
        }
    }

    private List<String> verify(ModelDirectory directory) throws IOException {
        // In this order: a file that is listed here and becomes a version meanwhile has its line in the history read
        // below.
        List<String> names = disk.list(directory.path());
        HistoryFile.Remains remains = directory.salvage();
        List<String> found = new ArrayList<>();
        remains.damage().forEach(damage -> found.add(directory.historyFile() + " " + damage));
        if (remains.damage().isEmpty() && remains.history().versions().isEmpty()) {
            directory.lostHistory().ifPresent(damage -> found.add(damage.line()));
            return found;
        }
        remains.lost()
                .ifPresent(lost ->
                        found.add(lost.at(directory.historyFile().toString()).line()));
        if (directory.isEndLost()) {
            found.add(directory.path().resolve(HistoryEnd.FILE)
                    + " is missing or damaged, so nothing tells whether the history has lost its last lines;"
                    + " the next version or move of an alias writes it anew, as verify --repair does");
        }
        Set<Long> explained = new HashSet<>(remains.history().removed().keySet());
        for (ModelVersion version : remains.history().versions()) {
            explained.add(version.number());
            Path file = directory.versionFile(version.number());
            try (FileChannel channel = disk.openToRead(file)) {
                VersionFile.check(version, checkedLength(channel, version));
            } catch (NoSuchFileException e) {
                // Unless it was pruned meanwhile.
                if (!removedNow(directory, version.number())) {
                    found.add(file + ": the file of " + version.reference() + " is missing");
                }
            } catch (AccessDeniedException e) {
                throw e; // That is no damage.
            } catch (IOException e) {
                found.add(ModelDirectory.failed("could not be read", e, file).line());
            } catch (AccreteException e) {
                found.add(e.at(file.toString()).line());
            }
        }
        // A file with a temporary name too is being appended, or its writer died; the next writer removes it.
        names.forEach(name -> Names.temporaryNumber(name).ifPresent(explained::add));
        for (String name : names) {
            Optional<Long> number = Names.fileNumber(name);
            if (remains.damage().isEmpty() && number.isPresent() && !explained.contains(number.get())) {
                found.add(
                        directory.path().resolve(name)
                                + ": not in the history (was its end lost?); nothing reads it and its number is not used again");
            }
        }
        return found;
    }

    @Override
    public List<String> repair(String model) {
        ModelDirectory directory = model(model);
        requireThere(model);
        try {
            TrainerLock lock = TrainerLock.take(disk, directory.path(), model);
            try {
                return new DirectoryRepair(directory, DirectoryWriter.now(clock)).run();
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw directory.failed("model '" + model + "' could not be repaired", e);
        }
    }

    private void requireThere(String model) {
        List<String> models = models();
        if (!models.contains(model)) {
            throw AccreteException.badArgument("there is no model '" + model + "' in " + name() + "; models: "
                    + (models.isEmpty() ? "none" : String.join(", ", models)));
        }
    }

    private static boolean removedNow(ModelDirectory directory, long number) throws IOException {
        return directory.salvage().history().removed().containsKey(number);
    }

    /** Does nothing: files are open during calls only, and a writer is closed by whoever opened it. */
    @Override
    public void close() {}
}
