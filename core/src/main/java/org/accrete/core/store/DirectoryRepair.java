package org.accrete.core.store;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.store.Disk.NoFileException;
import org.accrete.core.store.HistoryFile.Remains;

/**
 * Makes a damaged model usable; whoever trains it must be locked out.
 *
 * <pre>
 *  1 find what is sound: whole lines of the history, versions whose files are as their lines say
 *  2 files without a line that say which version they are become versions again
 *  3 move all other files to (model)/quarantined-(time), and give the old history a second name there
 *  4 write a history of what is left beside the old one, and rename it
 * </pre>
 *
 * <p>A crash before 4 leaves a model that is damaged as before or more, and can be repaired again.
 */
final class DirectoryRepair {
    private final ModelDirectory directory;
    private final Disk disk;
    private final Instant now;
    private final List<String> done = new ArrayList<>();
    private final SortedMap<Long, ModelVersion> sound = new TreeMap<>();
    private final Set<Long> found = new HashSet<>();
    private final SortedSet<Long> lost = new TreeSet<>();
    private final List<Path> unusable = new ArrayList<>();

    DirectoryRepair(ModelDirectory directory, Instant now) {
        this.directory = directory;
        this.disk = directory.disk();
        this.now = now;
    }

    /** {@return one line for each thing done; empty when there was no damage} */
    List<String> run() throws IOException {
        HistoryLock lock = HistoryLock.take(disk, directory.path());
        try {
            Remains remains = remains();
            remains.damage()
                    .forEach(damage ->
                            done.add("history " + damage + "; the line was left out, and what it said is lost"));
            remains.lost().ifPresent(lost -> done.add(lost.line()));
            if (unusable.isEmpty() && directory.isEndLost()) {
                done.add("the end of the history was written anew, as " + HistoryEnd.FILE + " was lost");
            }
            for (ModelVersion version : remains.history().versions()) {
                check(version);
            }
            findFilesWithoutLines(remains.history());
            if (done.isEmpty()) {
                return done;
            }
            boolean isDamaged = !remains.damage().isEmpty() || remains.lost().isPresent();
            byte[] history = RepairedHistory.lines(remains.history(), isDamaged, sound, found, lost, now, done);
            setAside();
            directory.replaceHistory(history);
            return done;
        } finally {
            lock.close();
        }
    }

    private Remains remains() throws IOException {
        try {
            return directory.salvage();
        } catch (AccreteException e) {
            if (e.kind() != AccreteException.Kind.CORRUPT_FILE) {
                throw e;
            }
            // It is no file.
            unusable.add(directory.historyFile());
            done.add("the history was set aside: " + e.line());
            return HistoryFile.salvage(directory.model(), new byte[0], HistoryFile.End.NONE);
        }
    }

    private void check(ModelVersion version) throws IOException {
        Path file = directory.versionFile(version.number());
        try (FileChannel channel = disk.openToRead(file)) {
            VersionFile.check(version, DirectoryStore.checkedLength(channel, version));
            sound.put(version.number(), version);
        } catch (NoSuchFileException e) {
            lost.add(version.number());
            done.add("version " + version.number() + " was given up: its file is missing");
        } catch (NoFileException e) {
            giveUp(version.number(), file, "it is no regular file");
        } catch (AccreteException e) {
            if (e.kind() != AccreteException.Kind.CORRUPT_FILE) {
                // A file of another release is not damaged.
                sound.put(version.number(), version);
                return;
            }
            giveUp(version.number(), file, e.line());
        }
    }

    private void giveUp(long number, Path file, String why) {
        lost.add(number);
        unusable.add(file);
        done.add("version " + number + " was set aside: " + why);
    }

    private void findFilesWithoutLines(History history) throws IOException {
        List<String> names = disk.list(directory.path());
        Set<Long> explained = new HashSet<>(history.removed().keySet());
        history.versions().forEach(version -> explained.add(version.number()));
        names.forEach(name -> Names.temporaryNumber(name).ifPresent(explained::add));
        long far = history.highestNumber() + DirectoryWriter.FAR;
        for (String name : names) {
            Optional<Long> number = Names.fileNumber(name);
            if (number.isPresent() && !explained.contains(number.get())) {
                findVersion(number.get(), directory.path().resolve(name), number.get() < far);
            }
        }
    }

    private void findVersion(long number, Path file, boolean isNear) throws IOException {
        try (FileChannel channel = disk.openToRead(file)) {
            ModelVersion version = VersionFile.describe(Channels.newInputStream(channel), channel.size());
            if (isNear && version.number() == number && version.model().equals(directory.model())) {
                sound.put(number, version);
                found.add(number);
                done.add("version " + number + " was found again: its line in the history was made anew from its file,"
                        + " so nothing tells whether its bytes changed");
                return;
            }
            unusable.add(file);
            done.add("file " + file.getFileName() + " was set aside: it is " + version.reference());
        } catch (NoFileException e) {
            unusable.add(file);
            done.add("file " + file.getFileName() + " was set aside: it is no regular file");
        } catch (AccreteException e) {
            unusable.add(file);
            done.add("file " + file.getFileName() + " was set aside: it has no line in the history, and " + e.line());
            if (isNear) {
                lost.add(number);
            }
        }
    }

    private void setAside() throws IOException {
        Path quarantine = directory
                .path()
                .resolve("quarantined-" + now.toString().replace(':', '-') + "-"
                        + UUID.randomUUID().toString().substring(0, 8));
        disk.createDirectory(quarantine);
        for (Path file : unusable) {
            disk.rename(file, quarantine.resolve(file.getFileName()));
        }
        try {
            disk.link(quarantine.resolve("history"), directory.historyFile());
        } catch (NoSuchFileException e) {
            // There was none.
        }
        disk.forceDirectory(quarantine);
        done.add("what was set aside, and the old history, are in " + quarantine);
    }
}
