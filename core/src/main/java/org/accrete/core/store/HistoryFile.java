package org.accrete.core.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.ModelVersion.Verdict;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The lines of a history. Each is a JSON object and a line feed:
 *
 * <pre>
 *  {"format":1,"kind":"alias", ... ,"crc":"1c291ca3"}
 *  |---- covered by the checksum --|
 * </pre>
 *
 * <p>The checksum is CRC32C, eight lower-case hexadecimal digits. A line counts once its line feed is there: what
 * follows the last line feed was torn by a crash and is ignored, unless it is a whole line whose line feed was changed.
 */
final class HistoryFile {
    /** The format of the lines this release writes, and the newest it reads. */
    static final int FORMAT = 1;

    private static final byte[] CRC_START = ",\"crc\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CRC_END = "\"}".getBytes(StandardCharsets.US_ASCII);
    private static final int CRC_BYTES = CRC_START.length + 8 + CRC_END.length;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private HistoryFile() {}

    /**
     * What a file contains.
     *
     * @param history versions and aliases
     * @param length bytes up to and with the last line feed; the rest is torn
     */
    record Contents(History history, long length) {}

    /** {@return a line with its line feed} */
    static byte[] encode(HistoryLine line) {
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
            }
        });
        int covered = json.length - 1;
        return ByteBuffer.allocate(covered + CRC_BYTES + 1)
                .put(json, 0, covered)
                .put(checksum(json, covered))
                .put((byte) '\n')
                .array();
    }

    /** {@return the end of a line, for what stands before it} */
    private static byte[] checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return ByteBuffer.allocate(CRC_BYTES)
                .put(CRC_START)
                .put(String.format(Locale.ROOT, "%08x", crc.getValue()).getBytes(StandardCharsets.US_ASCII))
                .put(CRC_END)
                .array();
    }

    private static boolean isWhole(byte[] line) {
        int covered = line.length - CRC_BYTES;
        return covered > 0 && Arrays.equals(checksum(line, covered), Arrays.copyOfRange(line, covered, line.length));
    }

    /**
     * Reads a history.
     *
     * @param model name of the model
     * @param bytes the file
     * @throws AccreteException corrupt file, too new: of the first such line; its place is {@code line n}
     */
    static Contents read(String model, byte[] bytes) {
        Reader reader = new Reader(model);
        int length = reader.lines(bytes, (line, damage) -> {
            throw damage.at("line " + line);
        });
        return new Contents(reader.history(), length);
    }

    /**
     * What can be read of a file that may be damaged.
     *
     * @param damage one text for each damaged line
     * @param versions those of the other lines
     */
    record Remains(List<String> damage, List<ModelVersion> versions) {}

    /** {@return what can be read of a history} */
    static Remains salvage(String model, byte[] bytes) {
        List<String> damage = new ArrayList<>();
        Reader reader = new Reader(model);
        reader.lines(bytes, (line, exception) -> damage.add("line " + line + ": " + exception.line()));
        return new Remains(damage, List.copyOf(reader.versions.values()));
    }

    /** Gets each damaged line, counted from 1. */
    private interface Damage {
        void at(int line, AccreteException damage);
    }

    /** Collects the contents of a history's lines. */
    private static final class Reader {
        private final String model;
        private final SortedMap<Long, ModelVersion> versions = new TreeMap<>();
        private final SortedMap<String, Long> aliases = new TreeMap<>();
        private final List<History.Move> moves = new ArrayList<>();
        private boolean whole = true;

        Reader(String model) {
            this.model = model;
        }

        History history() {
            return new History(model, List.copyOf(versions.values()), aliases, moves);
        }

        /** Reads all lines; returns the bytes that are not torn. */
        int lines(byte[] bytes, Damage damage) {
            int start = 0;
            int number = 1;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    try {
                        add(decode(model, Arrays.copyOfRange(bytes, start, i)));
                    } catch (AccreteException e) {
                        damage.at(number, e);
                        whole = false;
                    }
                    start = i + 1;
                    number++;
                }
            }
            if (start < bytes.length && isWhole(Arrays.copyOfRange(bytes, start, bytes.length - 1))) {
                damage.at(
                        number,
                        AccreteException.corruptFile(
                                "a line feed must end the line but was " + (bytes[bytes.length - 1] & 0xff)));
            }
            return start;
        }

        private void add(HistoryLine line) {
            if (line instanceof HistoryLine.Appended appended) {
                ModelVersion version = appended.version();
                if (!versions.isEmpty() && version.number() <= versions.lastKey()) {
                    throw AccreteException.corruptFile(
                            "version " + version.number() + " stands after version " + versions.lastKey());
                }
                versions.put(version.number(), version);
                if (appended.live()) {
                    move(new History.Move(
                            History.LIVE, version.number(), version.created(), version.number(), Optional.empty()));
                }
            } else if (line instanceof HistoryLine.Moved moved) {
                long newest = versions.isEmpty() ? 0 : versions.lastKey();
                move(new History.Move(moved.alias(), moved.number(), moved.at(), newest, Optional.of(moved.reason())));
            }
        }

        private void move(History.Move move) {
            // After a damaged line nobody knows what it contained.
            if (whole && !versions.containsKey(move.number())) {
                throw AccreteException.corruptFile(
                        "alias '" + move.alias() + "' points at version " + move.number() + ", which is not there");
            }
            aliases.put(move.alias(), move.number());
            moves.add(move);
        }
    }

    private static HistoryLine decode(String model, byte[] line) {
        if (!isWhole(line)) {
            throw AccreteException.corruptFile("checksum mismatch (disk or transfer damage?)");
        }
        Fields fields = StrictJson.read(line, line.length, HistoryFile::fields);
        if (fields.format != FORMAT) {
            throw new AccreteException(
                    fields.format > FORMAT ? AccreteException.Kind.FILE_TOO_NEW : AccreteException.Kind.FILE_TOO_OLD,
                    "the history has format " + fields.format + " but this release reads format " + FORMAT
                            + "; use the release that wrote it");
        }
        try {
            Instant time = Instant.parse(fields.time);
            if (fields.kind.equals("alias") && Names.isAlias(fields.alias)) {
                return new HistoryLine.Moved(
                        fields.alias, fields.version, time, new History.Reason(fields.why, fields.fromHere));
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
        throw AccreteException.corruptFile("neither a version nor a move of an alias");
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
                case "live" -> fields.live = json.getBooleanValue();
                default -> json.skipChildren(); // A later format is recognized by "format".
            }
        }
        return fields;
    }
}
