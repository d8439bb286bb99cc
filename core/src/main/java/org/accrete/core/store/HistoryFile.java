package org.accrete.core.store;

import com.google.common.collect.Lists;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.ModelVersion.Verdict;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The lines of a history. Each is a JSON object and a line feed:
 *
 * <pre>
 *  {"format":2,"kind":"alias", ... ,"prev":"77cfa2e1","crc":"1c291ca3"}
 *  |---- covered by the checksum -------------------|
 * </pre>
 *
 * <p>The checksum is CRC32C, eight lower-case hexadecimal digits. {@code prev} is the checksum of the line before, so
 * that no line can be left out, moved or repeated; the first line has zeros there, and lines of format 1 have none. A
 * line counts once its line feed is there: what follows the last line feed was torn by a crash and is ignored, unless
 * it is a whole line whose line feed was changed.
 */
final class HistoryFile {
    /** The format of the lines this release writes, and the newest it reads. */
    static final int FORMAT = 2;

    /** The most versions that one line takes away. */
    private static final int MAX_REMOVED = 1_000_000;

    private static final byte[] CRC_START = ",\"crc\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CRC_END = "\"}".getBytes(StandardCharsets.US_ASCII);
    static final int CRC_DIGITS = 8;

    /** By how much a version's line is shorter than the one before, at most, as a rule. */
    private static final int SHORTER = 32;

    private static final int CRC_BYTES = CRC_START.length + CRC_DIGITS + CRC_END.length;
    private static final int PREVIOUS_BYTES = CRC_BYTES + 1 + CRC_DIGITS;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private HistoryFile() {}

    /**
     * The end of a line.
     *
     * @param lines how many lines there are up to it
     * @param length how many bytes, its line feed included
     * @param crc its checksum; 0 when there is no line
     */
    record End(long lines, long length, int crc) {
        static final End NONE = new End(0, 0, 0);
    }

    /**
     * {@return a line with its line feed}
     *
     * @param line what it says
     * @param previous the checksum of the line before; 0 when there is none
     */
    static byte[] encode(HistoryLine line, int previous) {
        byte[] json = StrictJson.object(out -> {
            out.writeNumberProperty("format", FORMAT);
            if (line instanceof HistoryLine.Appended appended) {
                ModelVersion version = appended.version();
                out.writeStringProperty("kind", "version");
                out.writeNumberProperty("version", version.number());
                out.writeStringProperty("created", version.created().toString());
                out.writeNumberProperty("length", version.length());
                out.writeStringProperty("sha256", version.sha256());
                version.note().parent().ifPresent(parent -> out.writeStringProperty("parent", parent));
                out.writeStringProperty("learner", version.note().learner());
                out.writeNumberProperty("rows_seen", version.note().rowsSeen());
                out.writeName("metrics");
                out.writeStartObject();
                StrictJson.writeNumbers(out, version.note().metrics());
                out.writeEndObject();
                if (!version.note().stretch().isEmpty()) {
                    out.writeName("stretch");
                    out.writeStartObject();
                    StrictJson.writeNumbers(out, version.note().stretch());
                    out.writeEndObject();
                }
                if (version.note().verdict() != Verdict.NONE) {
                    out.writeStringProperty(
                            "verdict", version.note().verdict().name().toLowerCase(Locale.ROOT));
                }
                if (!version.note().facts().isEmpty()) {
                    out.writeName("facts");
                    out.writeStartObject();
                    new TreeMap<>(version.note().facts()).forEach(out::writeStringProperty);
                    out.writeEndObject();
                }
                out.writeBooleanProperty("live", appended.live());
            } else if (line instanceof HistoryLine.Moved moved) {
                out.writeStringProperty("kind", "alias");
                out.writeStringProperty("alias", moved.alias());
                out.writeNumberProperty("version", moved.number());
                out.writeStringProperty("at", moved.at().toString());
                if (!moved.reason().why().isEmpty()) {
                    out.writeStringProperty("why", moved.reason().why());
                }
                if (moved.reason().fromHere()) {
                    out.writeBooleanProperty("from_here", true);
                }
            } else if (line instanceof HistoryLine.Removed removed) {
                out.writeStringProperty("kind", "removal");
                out.writeStringProperty("what", removed.removal().name().toLowerCase(Locale.ROOT));
                out.writeName("versions");
                writeRanges(out, removed.numbers());
                out.writeStringProperty("at", removed.at().toString());
            }
            out.writeStringProperty("prev", text(previous));
        });
        int covered = json.length - 1;
        return ByteBuffer.allocate(covered + CRC_BYTES + 1)
                .put(json, 0, covered)
                .put(lastBytes(crc(json, 0, covered)))
                .array();
    }

    /** Writes the numbers as {@code [[1,5],[7,7]]}. */
    private static void writeRanges(JsonGenerator out, SortedSet<Long> numbers) {
        out.writeStartArray();
        long first = 0;
        long last = 0;
        for (long number : numbers) {
            if (first > 0 && number != last + 1) {
                out.writeArray(new long[] {first, last}, 0, 2);
                first = 0;
            }
            first = first == 0 ? number : first;
            last = number;
        }
        if (first > 0) {
            out.writeArray(new long[] {first, last}, 0, 2);
        }
        out.writeEndArray();
    }

    /** {@return the last bytes of a line with a checksum, its line feed included} */
    static byte[] lastBytes(int crc) {
        return ByteBuffer.allocate(CRC_BYTES + 1)
                .put(CRC_START)
                .put(digits(crc))
                .put(CRC_END)
                .put((byte) '\n')
                .array();
    }

    /** {@return the checksum of a line, with or without its line feed} */
    static int crcOf(byte[] line) {
        int end = line[line.length - 1] == '\n' ? line.length - 1 : line.length;
        return crc(line, 0, end - CRC_BYTES);
    }

    static int crc(byte[] bytes, int start, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, start, end - start);
        return (int) crc.getValue();
    }

    /** {@return eight hexadecimal digits} */
    static byte[] digits(int crc) {
        byte[] digits = new byte[CRC_DIGITS];
        for (int i = 0; i < CRC_DIGITS; i++) {
            digits[i] = (byte) Character.forDigit(crc >>> (28 - 4 * i) & 15, 16);
        }
        return digits;
    }

    private static String text(int crc) {
        return new String(digits(crc), StandardCharsets.US_ASCII);
    }

    /** {@return the checksum of bytes that end in it, as a line without its line feed does; empty if they do not} */
    private static OptionalInt checksum(byte[] bytes, int start, int end) {
        int covered = end - CRC_BYTES;
        if (covered <= start) {
            return OptionalInt.empty();
        }
        int digits = covered + CRC_START.length;
        if (!Arrays.equals(bytes, covered, digits, CRC_START, 0, CRC_START.length)
                || !Arrays.equals(bytes, end - CRC_END.length, end, CRC_END, 0, CRC_END.length)) {
            return OptionalInt.empty();
        }
        int crc = crc(bytes, start, covered);
        return number(bytes, digits) == Integer.toUnsignedLong(crc) ? OptionalInt.of(crc) : OptionalInt.empty();
    }

    /** {@return the number that eight hexadecimal digits are; -1 if others stand there} */
    private static long number(byte[] bytes, int start) {
        long number = 0;
        for (int i = start; i < start + CRC_DIGITS; i++) {
            byte b = bytes[i];
            if (b >= '0' && b <= '9') {
                number = number << 4 | (b - '0');
            } else if (b >= 'a' && b <= 'f') {
                number = number << 4 | (b - 'a' + 10);
            } else {
                return -1;
            }
        }
        return number;
    }

    /**
     * Reads a history.
     *
     * @param model name of the model
     * @param bytes the file
     * @param least what it holds at least
     * @return what has read it, and can read on
     * @throws AccreteException corrupt file, too new: of the first such line; its place is {@code line n}
     */
    static Reader read(String model, byte[] bytes, End least) {
        Reader reader = new Reader(model);
        reader.least = least;
        reader.lines(bytes);
        return reader;
    }

    /**
     * What can be read of a file that may be damaged.
     *
     * @param damage one text for each damaged line
     * @param history what the other lines say
     * @param lost what was lost, if the history does not hold what {@link HistoryEnd} says
     */
    record Remains(List<String> damage, History history, Optional<AccreteException> lost) {}

    /** {@return what can be read of a history} */
    static Remains salvage(String model, byte[] bytes, End least) {
        List<String> damage = new ArrayList<>();
        Reader reader = new Reader(model);
        reader.least = least;
        reader.decodesAll = true;
        reader.lines(bytes, (line, exception) -> damage.add("line " + line + ": " + exception.line()));
        // A damaged line explains why there is another one than was written.
        boolean isExplained = !damage.isEmpty() && reader.end.lines() >= least.lines();
        return new Remains(damage, reader.history(), isExplained ? Optional.empty() : reader.lost());
    }

    /** Gets each damaged line, counted from 1. */
    private interface Damage {
        void at(long line, AccreteException damage);
    }

    /** Collects the contents of a history's lines. */
    static final class Reader {
        private final String model;
        /** In ascending order of number. */
        private final List<ModelVersion> versions = new ArrayList<>();

        private final SortedMap<String, Long> aliases = new TreeMap<>();
        private final List<History.Move> moves = new ArrayList<>();
        private final SortedMap<Long, History.Removal> removed = new TreeMap<>();
        private long highest;
        private End end = End.NONE;
        private boolean decodesAll;
        private boolean whole = true;
        private boolean lineBeforeIsWhole = true;
        private End least = End.NONE;
        private End atLeast = End.NONE;
        private Optional<History> history = Optional.empty();

        Reader(String model) {
            this.model = model;
        }

        /**
         * {@return a reader that has read the same and reads on by itself; empty if it is not known whether it has read
         * what a history holds at least}
         *
         * @param atLeastThis what the history holds at least
         */
        Optional<Reader> copy(End atLeastThis) {
            boolean isKnown =
                    atLeastThis.lines() > end.lines() || atLeastThis.equals(end) || atLeastThis.equals(End.NONE);
            if (!isKnown || !whole) {
                return Optional.empty();
            }
            Reader copy = new Reader(model);
            copy.versions.addAll(versions);
            copy.aliases.putAll(aliases);
            copy.moves.addAll(moves);
            copy.removed.putAll(removed);
            copy.highest = highest;
            copy.end = end;
            copy.least = atLeastThis;
            copy.atLeast = atLeastThis.equals(end) ? end : End.NONE;
            copy.history = history;
            return Optional.of(copy);
        }

        History history() {
            if (history.isEmpty()) {
                history = Optional.of(new History(model, versions, aliases, moves, removed));
            }
            return history.get();
        }

        /** {@return where the last line ends; what follows is torn} */
        End end() {
            return end;
        }

        /** {@return what was lost, if the history does not hold what {@link HistoryEnd} says} */
        Optional<AccreteException> lost() {
            if (atLeast.equals(least)) {
                return Optional.empty();
            }
            return Optional.of(
                    AccreteException.corruptFile(
                            "the history of model '" + model + "' "
                                    + (end.lines() < least.lines()
                                            ? "has lost its end: it has " + end.lines() + " of " + least.lines()
                                                    + " lines"
                                            : "is another one: its line " + least.lines()
                                                    + " is not the one that was written")
                                    + "; put the history back from a copy of the store, or go on without what is lost: verify --repair"));
        }

        boolean has(long number) {
            int last = versions.size() - 1;
            return last >= 0
                    && (versions.get(last).number() == number
                            || Collections.binarySearch(Lists.transform(versions, ModelVersion::number), number) >= 0);
        }

        /** Reads lines that follow those that were read, and throws at the first that is damaged. */
        void lines(byte[] bytes) {
            lines(bytes, (line, damage) -> {
                throw damage.at("line " + line);
            });
        }

        private void lines(byte[] bytes, Damage damage) {
            long before = end.length();
            int start = 0;
            int guess = 0;
            while (true) {
                int i = lineFeed(bytes, guess);
                OptionalInt crc = i < bytes.length ? checksum(bytes, start, i) : OptionalInt.empty();
                if (crc.isEmpty() && guess > start) {
                    i = lineFeed(bytes, start);
                    crc = i < bytes.length ? checksum(bytes, start, i) : OptionalInt.empty();
                }
                if (i >= bytes.length) {
                    break;
                }
                boolean isWhole = false;
                try {
                    if (crc.isEmpty()) {
                        throw AccreteException.corruptFile("checksum mismatch (disk or transfer damage?)");
                    }
                    add(decode(bytes, start, i));
                    isWhole = true;
                } catch (AccreteException e) {
                    damage.at(end.lines() + 1, e);
                    whole = false;
                }
                lineBeforeIsWhole = isWhole;
                // A line is about as long as the one before it, and what ends in its checksum is a line: most of its
                // bytes need not be looked through for its end.
                guess = decodesAll ? i + 1 : Math.max(i + 1, i + 1 + (i - start) - SHORTER);
                start = i + 1;
                end = new End(end.lines() + 1, before + start, isWhole ? crc.getAsInt() : 0);
                if (end.lines() == least.lines()) {
                    atLeast = end;
                }
            }
            if (start < bytes.length && checksum(bytes, start, bytes.length - 1).isPresent()) {
                damage.at(
                        end.lines() + 1,
                        AccreteException.corruptFile(
                                "a line feed must end the line but was " + (bytes[bytes.length - 1] & 0xff)));
            }
        }

        private static int lineFeed(byte[] bytes, int from) {
            int at = from;
            while (at < bytes.length && bytes[at] != '\n') {
                at++;
            }
            return at;
        }

        /** {@return what a line says whose checksum is right} */
        private HistoryLine decode(byte[] bytes, int start, int stop) {
            if (!decodesAll && lineBeforeIsWhole) {
                Optional<HistoryLine> line = VersionLine.read(
                        model,
                        bytes,
                        start,
                        stop - CRC_BYTES,
                        new LaterNote(model, bytes, start, stop, end.lines() + 1));
                if (line.isPresent() && number(bytes, stop - PREVIOUS_BYTES) == Integer.toUnsignedLong(end.crc())) {
                    return line.get();
                }
            }
            Fields fields = StrictJson.read(bytes, start, stop, HistoryFile::fields);
            if (fields.format < 1 || fields.format > FORMAT) {
                throw new AccreteException(
                        fields.format > FORMAT
                                ? AccreteException.Kind.FILE_TOO_NEW
                                : AccreteException.Kind.FILE_TOO_OLD,
                        "the history has format " + fields.format + " but this release reads formats 1 to " + FORMAT
                                + "; use the release that wrote it");
            }
            if (fields.format > 1 && lineBeforeIsWhole && !fields.previous.equals(text(end.crc()))) {
                throw AccreteException.corruptFile("it does not follow the line before it:"
                        + " lines were lost, moved or repeated (prev must be " + text(end.crc()) + " but is "
                        + fields.previous + ")");
            }
            return line(model, fields);
        }

        private void add(HistoryLine line) {
            history = Optional.empty();
            if (line instanceof HistoryLine.Appended appended) {
                ModelVersion version = appended.version();
                if (version.number() <= highest) {
                    throw AccreteException.corruptFile(
                            "version " + version.number() + " stands after version " + highest);
                }
                highest = version.number();
                versions.add(version);
                if (appended.live()) {
                    move(new History.Move(
                            History.LIVE, version.number(), version.created(), version.number(), Optional.empty()));
                }
            } else if (line instanceof HistoryLine.Moved moved) {
                long newest = versions.isEmpty()
                        ? 0
                        : versions.get(versions.size() - 1).number();
                move(new History.Move(moved.alias(), moved.number(), moved.at(), newest, Optional.of(moved.reason())));
            } else if (line instanceof HistoryLine.Removed gone) {
                remove(gone);
            }
        }

        private void move(History.Move move) {
            // After a damaged line nobody knows what it contained.
            if (whole && !has(move.number())) {
                throw AccreteException.corruptFile(
                        "alias '" + move.alias() + "' points at version " + move.number() + ", which is not there");
            }
            aliases.put(move.alias(), move.number());
            moves.add(move);
        }

        private void remove(HistoryLine.Removed gone) {
            for (long number : gone.numbers()) {
                if (whole && aliases.containsValue(number)) {
                    throw AccreteException.corruptFile("version " + number + " is removed, but an alias points at it");
                }
            }
            versions.removeIf(version -> gone.numbers().contains(version.number()));
            for (long number : gone.numbers()) {
                removed.put(number, gone.removal());
                highest = Math.max(highest, number);
            }
        }
    }

    /** What a line says of its version, whose two ends were read before. The bytes are not changed. */
    private static final class LaterNote implements Supplier<Note> {
        private final String model;
        private final byte[] bytes;
        private final int start;
        private final int stop;
        private final long number;

        LaterNote(String model, byte[] bytes, int start, int stop, long number) {
            this.model = model;
            this.bytes = bytes;
            this.start = start;
            this.stop = stop;
            this.number = number;
        }

        @Override
        public Note get() {
            String place = "line " + number + " of the history of model '" + model + "'";
            try {
                Fields fields = StrictJson.read(bytes, start, stop, HistoryFile::fields);
                if (line(model, fields) instanceof HistoryLine.Appended appended) {
                    return appended.version().note();
                }
            } catch (AccreteException e) {
                throw e.at(place);
            }
            throw AccreteException.corruptFile("it is no version").at(place);
        }
    }

    private static HistoryLine line(String model, Fields fields) {
        try {
            Instant time = Instant.parse(fields.time);
            if (fields.kind.equals("alias") && Names.isAlias(fields.alias)) {
                return new HistoryLine.Moved(
                        fields.alias, fields.version, time, new History.Reason(fields.why, fields.fromHere));
            }
            if (fields.kind.equals("removal") && !fields.numbers.isEmpty()) {
                return new HistoryLine.Removed(fields.numbers, time, removal(fields.what));
            }
            if (fields.kind.equals("version")
                    && fields.version > 0
                    && fields.length > 0
                    && SHA256.matcher(fields.sha256).matches()) {
                Note note = new Note(
                        fields.parent,
                        fields.learner,
                        fields.rowsSeen,
                        fields.metrics,
                        fields.stretch,
                        fields.verdict,
                        fields.facts);
                return new HistoryLine.Appended(
                        new ModelVersion(model, fields.version, time, note, fields.length, fields.sha256), fields.live);
            }
        } catch (DateTimeException e) {
            throw new AccreteException(AccreteException.Kind.CORRUPT_FILE, "not a time: '" + fields.time + "'", e);
        }
        throw AccreteException.corruptFile("neither a version nor a move of an alias nor a removal");
    }

    /** All fields that a line can have. */
    private static final class Fields {
        private long format;
        private String kind = "";
        private String alias = "";
        private long version;
        private String time = "";
        private long length;
        private String sha256 = "";
        private Optional<String> parent = Optional.empty();
        private String learner = "";
        private long rowsSeen;
        private Map<String, Double> metrics = Map.of();
        private Map<String, Double> stretch = Map.of();
        private Verdict verdict = Verdict.NONE;
        private Map<String, String> facts = Map.of();
        private boolean live;
        private String why = "";
        private boolean fromHere;
        private String what = "";
        private SortedSet<Long> numbers = new TreeSet<>();
        private String previous = "";
    }

    private static History.Removal removal(String word) {
        for (History.Removal removal : History.Removal.values()) {
            if (removal.name().toLowerCase(Locale.ROOT).equals(word)) {
                return removal;
            }
        }
        throw AccreteException.corruptFile("a removal must be pruned or quarantined but was '" + word + "'");
    }

    /** Reads what {@link #writeRanges} wrote. */
    private static SortedSet<Long> ranges(JsonParser json) {
        SortedSet<Long> numbers = new TreeSet<>();
        StrictJson.expect(json.currentToken(), JsonToken.START_ARRAY);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            StrictJson.expect(json.currentToken(), JsonToken.START_ARRAY);
            StrictJson.expect(json.nextToken(), JsonToken.VALUE_NUMBER_INT);
            long first = json.getLongValue();
            StrictJson.expect(json.nextToken(), JsonToken.VALUE_NUMBER_INT);
            long last = json.getLongValue();
            StrictJson.expect(json.nextToken(), JsonToken.END_ARRAY);
            if (first < 1 || last < first || last - first >= MAX_REMOVED - numbers.size()) {
                throw AccreteException.corruptFile("no versions can be [" + first + "," + last + "]");
            }
            for (long number = first; number <= last; number++) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    private static Verdict verdict(String word) {
        for (Verdict verdict : Verdict.values()) {
            if (verdict.name().toLowerCase(Locale.ROOT).equals(word)) {
                return verdict;
            }
        }
        throw AccreteException.corruptFile("a verdict must be passed or refused but was '" + word + "'");
    }

    private static Fields fields(JsonParser json) {
        Fields fields = new Fields();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "format" -> fields.format = json.getLongValue();
                case "kind" -> fields.kind = json.getString();
                case "alias" -> fields.alias = json.getString();
                case "version" -> fields.version = json.getLongValue();
                case "at", "created" -> fields.time = json.getString();
                case "length" -> fields.length = json.getLongValue();
                case "sha256" -> fields.sha256 = json.getString();
                case "parent" -> fields.parent = Optional.of(json.getString());
                case "learner" -> fields.learner = json.getString();
                case "rows_seen" -> fields.rowsSeen = json.getLongValue();
                case "metrics" -> {
                    StrictJson.expect(value, JsonToken.START_OBJECT);
                    fields.metrics = StrictJson.numbers(json);
                }
                case "stretch" -> {
                    StrictJson.expect(value, JsonToken.START_OBJECT);
                    fields.stretch = StrictJson.numbers(json);
                }
                case "verdict" -> fields.verdict = verdict(json.getString());
                case "facts" -> {
                    StrictJson.expect(value, JsonToken.START_OBJECT);
                    fields.facts = StrictJson.texts(json);
                }
                case "why" -> fields.why = json.getString();
                case "from_here" -> fields.fromHere = json.getBooleanValue();
                case "what" -> fields.what = json.getString();
                case "versions" -> fields.numbers = ranges(json);
                case "prev" -> fields.previous = json.getString();
                case "live" -> fields.live = json.getBooleanValue();
                default -> json.skipChildren(); // A later format is recognized by "format".
            }
        }
        return fields;
    }
}
