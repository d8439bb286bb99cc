package org.accrete.core.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;

/**
 * The lines of a model's history and what can follow them, for every store that keeps lines: {@code docs/format.md}
 * draws them. Each holds its own checksum and that of the line before. Immutable.
 */
public final class HistoryLines {
    private final History history;
    private final int checksum;

    private HistoryLines(History history, int checksum) {
        this.history = history;
        this.checksum = checksum;
    }

    /**
     * {@return the lines of a model without any}
     *
     * @param model name of the model
     */
    public static HistoryLines empty(String model) {
        return new HistoryLines(History.empty(model), 0);
    }

    /**
     * {@return the lines in some bytes}
     *
     * @param model name of the model
     * @param bytes the lines, each with its line feed
     * @throws AccreteException corrupt file, too new: of the first such line; its place is {@code line n}
     */
    public static HistoryLines read(String model, byte[] bytes) {
        HistoryFile.Reader contents = HistoryFile.read(model, bytes, HistoryFile.End.NONE);
        return new HistoryLines(contents.history(), contents.end().crc());
    }

    /**
     * What can be read of lines that may be damaged.
     *
     * @param damage one text for each damaged line
     * @param history what the other lines say
     */
    public record Remains(List<String> damage, History history) {
        // Copies the list.
        public Remains {
            damage = List.copyOf(damage);
        }
    }

    /**
     * {@return what can be read of some bytes}
     *
     * @param model name of the model
     * @param bytes the lines, each with its line feed
     */
    public static Remains salvage(String model, byte[] bytes) {
        HistoryFile.Remains remains = HistoryFile.salvage(model, bytes, HistoryFile.End.NONE);
        return new Remains(remains.damage(), remains.history());
    }

    /**
     * {@return the lines of a history of which some versions were lost, each with its line feed}
     *
     * @param remains what could be read of it
     * @param sound the versions that are left
     * @param found numbers of those that have no line, as their bytes say what they are
     * @param lost numbers of versions that were set aside, which must not be used again
     * @param now the time of the repair
     * @param done gets one line for each alias that points elsewhere now
     */
    public static byte[] repaired(
            Remains remains,
            SortedMap<Long, ModelVersion> sound,
            Set<Long> found,
            SortedSet<Long> lost,
            Instant now,
            List<String> done) {
        return RepairedHistory.lines(remains.history(), !remains.damage().isEmpty(), sound, found, lost, now, done);
    }

    /** {@return what the lines say} */
    public History history() {
        return history;
    }

    /**
     * {@return the next line, with its line feed}
     *
     * @param version a version that is appended
     * @param live whether {@code live} moves to it
     */
    public byte[] appended(ModelVersion version, boolean live) {
        return HistoryFile.encode(new HistoryLine.Appended(version, live), checksum);
    }

    /**
     * {@return the next line, with its line feed; empty when the alias is there already and nothing new is said of it}
     *
     * @param alias which alias is moved
     * @param number where to
     * @param at when
     * @param reason why
     */
    public Optional<byte[]> moved(String alias, long number, Instant at, History.Reason reason) {
        return DirectoryStore.isThere(history, alias, number, reason)
                ? Optional.empty()
                : Optional.of(HistoryFile.encode(new HistoryLine.Moved(alias, number, at, reason), checksum));
    }

    /**
     * {@return the next line, with its line feed}
     *
     * @param numbers the versions that are taken away
     * @param at when
     * @param removal what takes them away
     */
    public byte[] removed(SortedSet<Long> numbers, Instant at, History.Removal removal) {
        return HistoryFile.encode(new HistoryLine.Removed(numbers, at, removal), checksum);
    }

    /**
     * {@return a note with the parent that a version gets which is appended next}
     *
     * @param history the model's history
     * @param given what its writer says of it
     * @throws AccreteException bad argument: no such parent
     */
    public static Note withParent(History history, Note given) {
        // Nobody else appends while a writer has the model, so the newest version is its own last one, if it has any.
        Note note = given.parent().isPresent()
                ? given
                : given.withParent(history.latest().map(ModelVersion::reference));
        if (note.parent().isPresent()) {
            Names.Reference parent = Names.reference(note.parent().get());
            if (parent.model().equals(history.model()) && !history.removed().containsKey(parent.number())) {
                history.resolve(Long.toString(parent.number()));
            }
        }
        return note;
    }

    /**
     * Refuses what cannot be a model's name.
     *
     * @param name a name
     * @throws AccreteException bad argument
     */
    public static void requireModel(String name) {
        Names.requireModel(name);
    }

    /**
     * Refuses what cannot be an alias.
     *
     * @param alias a name
     * @throws AccreteException bad argument
     */
    public static void requireAlias(String alias) {
        Names.requireAlias(alias);
    }

    /**
     * Refuses a text that has no UTF-8 form.
     *
     * @param what what the text is
     * @param text a text
     * @throws AccreteException bad argument
     */
    public static void requireText(String what, String text) {
        StrictJson.requireUnicode(what, text);
    }
}
