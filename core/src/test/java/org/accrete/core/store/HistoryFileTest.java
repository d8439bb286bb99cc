package org.accrete.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;
import org.junit.jupiter.api.Test;

class HistoryFileTest {
    private static final ModelVersion FIRST =
            new ModelVersion("m", 1, Samples.NOON, Samples.note(), 256, "0123456789abcdef".repeat(4));
    private static final ModelVersion THIRD = new ModelVersion(
            "m",
            3,
            Instant.parse("2026-11-20T12:00:00.125Z"),
            new Note(Optional.of("m@1"), "g\u00e4\"\n", Long.MAX_VALUE, Map.of("b", 1e-300, "a", -0.0, "c", 3.0)),
            Long.MAX_VALUE,
            "f".repeat(64));

    @Test
    void aLineIsJsonWithItsChecksumLast() {
        String line = new String(
                HistoryFile.encode(new HistoryLine.Moved("live", 3, Samples.NOON, History.Reason.NONE), 0x1c291ca3),
                StandardCharsets.UTF_8);
        String covered =
                "{\"format\":2,\"kind\":\"alias\",\"alias\":\"live\",\"version\":3,\"at\":\"2026-11-20T12:00:00Z\""
                        + ",\"prev\":\"1c291ca3\"";
        assertThat(line).isEqualTo(covered + ",\"crc\":\"" + crc32c(covered) + "\"}\n");
    }

    /** By its definition, bit by bit, independent of the JDK. */
    private static String crc32c(String text) {
        int crc = -1;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82f63b78;
            }
        }
        return String.format("%08x", ~crc);
    }

    @Test
    void whatIsWrittenIsRead() {
        HistoryFile.Reader contents = HistoryFile.read("m", lines(), HistoryFile.End.NONE);
        History history = contents.history();
        assertThat(contents.end().length()).isEqualTo(lines().length);
        assertThat(history.versions()).containsExactly(FIRST, THIRD);
        assertThat(history.aliases()).containsOnly(Map.entry("live", 1L), Map.entry("best", 3L));
        assertThat(history.moves())
                .containsExactly(
                        new History.Move("live", 1, FIRST.created(), 1, Optional.empty()),
                        new History.Move("live", 3, THIRD.created(), 3, Optional.empty()),
                        new History.Move("best", 3, Samples.NOON, 3, Optional.of(History.Reason.NONE)),
                        new History.Move(
                                "live", 1, Samples.NOON, 3, Optional.of(new History.Reason("bad rows", true))));
    }

    private static byte[] lines() {
        return join(List.of(
                new HistoryLine.Appended(FIRST, true),
                new HistoryLine.Appended(THIRD, true),
                new HistoryLine.Moved("best", 3, Samples.NOON, History.Reason.NONE),
                new HistoryLine.Moved("live", 1, Samples.NOON, new History.Reason("bad rows", true))));
    }

    private static byte[] join(List<HistoryLine> lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int crc = 0;
        for (HistoryLine line : lines) {
            byte[] encoded = HistoryFile.encode(line, crc);
            crc = HistoryFile.crcOf(encoded);
            out.writeBytes(encoded);
        }
        return out.toByteArray();
    }

    @Test
    void aLastLineTornAtAnyLengthIsIgnored() {
        byte[] whole = lines();
        int last = HistoryFile.encode(
                        new HistoryLine.Moved("live", 1, Samples.NOON, new History.Reason("bad rows", true)), 0)
                .length;
        for (int length = whole.length - last; length < whole.length; length++) {
            HistoryFile.Reader contents = HistoryFile.read("m", Arrays.copyOf(whole, length), HistoryFile.End.NONE);
            assertThat(contents.end().length()).isEqualTo(whole.length - last);
            assertThat(contents.history().aliases()).containsEntry("live", 3L);
        }
    }

    @Test
    void aLastLineThatEndsInZerosIsIgnored() {
        byte[] whole = lines();
        byte[] torn = Arrays.copyOf(Arrays.copyOf(whole, whole.length - 20), whole.length);
        assertThat(HistoryFile.read("m", torn, HistoryFile.End.NONE).history().aliases())
                .containsEntry("live", 3L);
    }

    @Test
    void damageOfAnyByteIsNoticed() {
        byte[] whole = lines();
        for (int i = 0; i < whole.length; i++) {
            for (int mask : new int[] {1 << (i % 8), whole[i] ^ '\n'}) {
                if (mask == 0) {
                    continue;
                }
                byte[] damaged = whole.clone();
                damaged[i] ^= (byte) mask;
                assertThatThrownBy(() -> HistoryFile.read("m", damaged, HistoryFile.End.NONE))
                        .as("byte %d", i)
                        .isInstanceOfSatisfying(AccreteException.class, e -> {
                            assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE);
                            assertThat(e.where().orElse("")).startsWith("line ");
                        });
                assertThat(HistoryFile.salvage("m", damaged, HistoryFile.End.NONE)
                                .damage())
                        .isNotEmpty();
            }
        }
    }

    @Test
    void damageNamesItsLine() {
        byte[] damaged = lines();
        damaged[HistoryFile.encode(new HistoryLine.Appended(FIRST, true), 0).length + 5] ^= 1;
        assertThatThrownBy(() -> HistoryFile.read("m", damaged, HistoryFile.End.NONE))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.where()).contains("line 2"));
        assertThat(HistoryFile.salvage("m", damaged, HistoryFile.End.NONE).damage())
                .hasSize(1);
    }

    @Test
    void linesThatContradictEachOtherAreDamage() {
        assertDamaged(List.of(new HistoryLine.Moved("live", 1, Samples.NOON, new History.Reason("bad rows", true))));
        assertDamaged(List.of(new HistoryLine.Appended(THIRD, true), new HistoryLine.Appended(FIRST, false)));
        assertDamaged(List.of(new HistoryLine.Appended(FIRST, true), new HistoryLine.Appended(FIRST, true)));
    }

    private static void assertDamaged(List<HistoryLine> lines) {
        assertThatThrownBy(() -> HistoryFile.read("m", join(lines), HistoryFile.End.NONE))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE));
    }

    @Test
    void aLineOfALaterFormatIsToldApartFromDamage() {
        String covered = "{\"format\":3,\"kind\":\"something\"";
        byte[] line = (covered + ",\"crc\":\"" + crc32c(covered) + "\"}\n").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> HistoryFile.read("m", line, HistoryFile.End.NONE))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.FILE_TOO_NEW));
    }

    @Test
    void aWholeLineThatSaysNothingKnownIsDamage() {
        for (String covered : List.of(
                "{\"format\":1,\"kind\":\"other\",\"at\":\"2026-11-20T12:00:00Z\"",
                "{\"format\":1,\"kind\":\"alias\",\"alias\":\"live\",\"version\":1,\"at\":\"noon\"",
                "{\"format\":1,\"kind\":\"alias\",\"alias\":\"latest\",\"version\":1,\"at\":\"2026-11-20T12:00:00Z\"",
                "{\"format\":1,\"kind\":\"alias\",\"alias\":\"live\",\"version\":\"1\",\"at\":\"2026-11-20T12:00:00Z\"",
                "{\"kind\":null")) {
            byte[] line = (covered + ",\"crc\":\"" + crc32c(covered) + "\"}\n").getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> HistoryFile.read("m", line, HistoryFile.End.NONE))
                    .isInstanceOf(AccreteException.class);
        }
    }

    // ---- lines that are read at their two ends ----

    /** A line that is read at its ends says the same as one that is decoded whole. */
    @Test
    void aVersionSaysTheSameWhetherItIsDecodedAtOnceOrLater() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<HistoryLine> lines = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            Instant created = Instant.ofEpochMilli(random.nextInt() * 40_000L * random.nextInt(3))
                    .plusNanos(random.nextInt(4) == 0 ? random.nextInt(1_000_000) : 0);
            String text = "\"live\":true,\"prev\":\"00000000\" \u00e4\n\\".substring(random.nextInt(20));
            Note note = new Note(
                    random.nextBoolean() ? Optional.empty() : Optional.of("m@" + (i - 1)),
                    text,
                    random.nextLong() >>> 1,
                    random.nextBoolean() ? Map.of() : Map.of(text, random.nextGaussian(), "b", 1e-300),
                    random.nextBoolean() ? Map.of() : Map.of("c", random.nextGaussian()),
                    ModelVersion.Verdict.values()[random.nextInt(3)],
                    random.nextBoolean() ? Map.of() : Map.of("live", text, "source", text.repeat(random.nextInt(20))));
            ModelVersion version = new ModelVersion(
                    "m",
                    lines.size() + i,
                    created,
                    note,
                    1 + (random.nextLong() >>> 1 + random.nextInt(60)),
                    String.format("%064x", random.nextLong()));
            lines.add(new HistoryLine.Appended(version, random.nextBoolean()));
            if (random.nextInt(5) == 0) {
                lines.add(new HistoryLine.Moved("a", version.number(), created, History.Reason.NONE));
            }
        }
        byte[] bytes = join(lines);
        History later = HistoryFile.read("m", bytes, HistoryFile.End.NONE).history();
        HistoryFile.Remains atOnce = HistoryFile.salvage("m", bytes, HistoryFile.End.NONE);
        assertThat(atOnce.damage()).isEmpty();
        assertThat(later).as("seed %d", seed).isEqualTo(atOnce.history());
        assertThat(later.versions())
                .as("seed %d", seed)
                .isEqualTo(lines.stream()
                        .filter(HistoryLine.Appended.class::isInstance)
                        .map(line -> ((HistoryLine.Appended) line).version())
                        .toList());
    }

    /** Nobody but an enemy writes such a line; the reader of what stands in its middle is told, and so is a repair. */
    @Test
    void damageInTheMiddleOfALineWithARightChecksumIsFoundWhereItIsRead() {
        byte[] whole = HistoryFile.encode(new HistoryLine.Appended(FIRST, true), 0);
        for (String[] change : new String[][] {
            {"\"learner\":\"mean\"", "\"learner\":\"mean"},
            {"\"rows_seen\":10", "\"rows_seen\":\"10\""},
            {"\"metrics\":{", "\"version\":2,\"metrics\":{"},
            {"\"mae\":0.5", "\"mae\":\"0.5\""}
        }) {
            String text = new String(whole, StandardCharsets.UTF_8);
            String covered = text.substring(0, text.indexOf(",\"crc\"")).replace(change[0], change[1]);
            byte[] changed = (covered + ",\"crc\":\"" + crc32c(covered) + "\"}\n").getBytes(StandardCharsets.UTF_8);
            History history =
                    HistoryFile.read("m", changed, HistoryFile.End.NONE).history();
            assertThat(history.live().orElseThrow().number()).isEqualTo(1);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> history.versions().get(0).note().metrics())
                        .as(covered)
                        .isInstanceOfSatisfying(AccreteException.class, e -> {
                            assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE);
                            assertThat(e.where()).contains("line 1 of the history of model 'm'");
                        });
            }
            assertThat(HistoryFile.salvage("m", changed, HistoryFile.End.NONE).damage())
                    .as(covered)
                    .singleElement()
                    .asString()
                    .startsWith("line 1: ");
        }
    }

    @Test
    void linesOfAllLengthsAreToldApart() {
        List<HistoryLine> lines = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            Note note = new Note(Optional.empty(), "l".repeat(i * 7919 % 200), i, Map.of());
            lines.add(new HistoryLine.Appended(
                    new ModelVersion("m", i, Samples.NOON, note, 1, "0".repeat(64)), i % 3 == 0));
        }
        byte[] bytes = join(lines);
        assertThat(HistoryFile.read("m", bytes, HistoryFile.End.NONE).end().lines())
                .isEqualTo(60);
        byte[] torn = Arrays.copyOf(bytes, bytes.length - 1);
        assertThat(HistoryFile.read("m", torn, HistoryFile.End.NONE).end().lines())
                .isEqualTo(59);
    }

    @Test
    void whatIsKnownIsReadOnFromThere() {
        byte[] whole = lines();
        HistoryFile.End end = HistoryFile.read("m", whole, HistoryFile.End.NONE).end();
        for (int length = 0; length < whole.length; length += 7) {
            for (HistoryFile.End least : List.of(HistoryFile.End.NONE, end)) {
                KnownHistory known = new KnownHistory();
                known.read("m", Arrays.copyOf(whole, length), HistoryFile.End.NONE);
                HistoryFile.Reader all = known.read("m", whole, least);
                assertThat(all.history())
                        .isEqualTo(HistoryFile.read("m", whole, least).history());
                assertThat(all.lost()).isEmpty();
                assertThat(known.read("m", Arrays.copyOf(whole, length), end).lost())
                        .isPresent();
                assertThat(known.read("other", whole, end).history().model()).isEqualTo("other");
            }
        }
        KnownHistory known = new KnownHistory();
        known.read("m", whole, end);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) (1 << i % 8);
            assertThatThrownBy(() -> known.read("m", damaged, end))
                    .as("byte %d", i)
                    .isInstanceOf(AccreteException.class);
            known.read("m", whole, end);
        }
    }
}
