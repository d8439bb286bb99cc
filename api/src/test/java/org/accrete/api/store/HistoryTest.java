package org.accrete.api.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static ModelVersion version(long number) {
        ModelVersion.Note note = new ModelVersion.Note(Optional.empty(), "l", 10 * number, Map.of());
        return new ModelVersion("m", number, Instant.EPOCH, note, 1, "00");
    }

    private static History history(Map<String, Long> aliases, long... numbers) {
        List<ModelVersion> versions =
                java.util.Arrays.stream(numbers).mapToObj(HistoryTest::version).toList();
        return new History("m", versions, new TreeMap<>(aliases), List.of());
    }

    @Test
    void wordsStandForVersions() {
        History history = history(Map.of("live", 2L, "best", 1L), 1, 2, 5);
        assertThat(history.resolve("").number()).isEqualTo(2);
        assertThat(history.resolve("live").number()).isEqualTo(2);
        assertThat(history.resolve("best").number()).isEqualTo(1);
        assertThat(history.resolve("5").number()).isEqualTo(5);
        assertThat(history.resolve("latest").reference()).isEqualTo("m@5");
        assertThat(history.live()).map(ModelVersion::number).contains(2L);
        assertThat(history.latest()).map(ModelVersion::number).contains(5L);
    }

    /**
     * A version for each letter, n for no verdict, p for passed, r for refused; each is the child of the one before.
     */
    private static History chain(String verdicts, List<History.Move> moves) {
        List<ModelVersion> versions = new ArrayList<>();
        for (int i = 1; i <= verdicts.length(); i++) {
            versions.add(new ModelVersion("m", i, Instant.EPOCH, note(i - 1, verdicts.charAt(i - 1)), 1, "00"));
        }
        TreeMap<String, Long> aliases = new TreeMap<>();
        moves.forEach(move -> aliases.put(move.alias(), move.number()));
        return new History("m", versions, aliases, moves);
    }

    private static ModelVersion.Note note(int parent, char verdict) {
        ModelVersion.Verdict said = verdict == 'n'
                ? ModelVersion.Verdict.NONE
                : verdict == 'p' ? ModelVersion.Verdict.PASSED : ModelVersion.Verdict.REFUSED;
        Optional<String> reference = parent == 0 ? Optional.empty() : Optional.of("m@" + parent);
        return new ModelVersion.Note(reference, "l", 1, Map.of(), Map.of(), said, Map.of());
    }

    private static History.Move appended(long number) {
        return new History.Move("live", number, Instant.EPOCH, number, Optional.empty());
    }

    private static History.Move byHand(long number, long newest) {
        return new History.Move("live", number, Instant.EPOCH, newest, Optional.of(History.Reason.NONE));
    }

    @Test
    void liveMovesToAChildThatIsNotRefused() {
        History history = chain("nn", List.of(appended(1), appended(2)));
        assertThat(history.movesLive(note(2, 'n'))).isTrue();
        assertThat(history.movesLive(note(2, 'p'))).isTrue();
        assertThat(history.movesLive(note(2, 'r'))).isFalse();
        assertThat(history.movesLive(note(1, 'p'))).isFalse();
        assertThat(chain("", List.of()).movesLive(note(0, 'n'))).isTrue();
        assertThat(chain("", List.of()).movesLive(note(0, 'r'))).isFalse();
        assertThat(chain("r", List.of()).movesLive(note(1, 'n'))).isFalse();
        assertThat(chain("r", List.of()).movesLive(note(1, 'p'))).isTrue();
    }

    @Test
    void liveMovesOverRefusedVersionsOnly() {
        assertThat(chain("prr", List.of(appended(1))).movesLive(note(3, 'p'))).isTrue();
        assertThat(chain("prr", List.of(appended(1))).movesLive(note(3, 'n'))).isFalse();
        assertThat(chain("pnr", List.of(appended(1))).movesLive(note(3, 'p'))).isFalse();
    }

    @Test
    void liveThatWasMovedByHandWaitsForATrainerThatKnows() {
        // Refused versions from before the move do not count; those after it do.
        History moved = chain("prr", List.of(appended(1), byHand(1, 3)));
        assertThat(moved.movesLive(note(3, 'p'))).isFalse();
        assertThat(moved.movesLive(note(1, 'p'))).isTrue();
        History later = chain("prrr", List.of(appended(1), byHand(1, 2)));
        assertThat(later.movesLive(note(4, 'p'))).isFalse();
        assertThat(chain("prr", List.of(appended(1), byHand(2, 2))).movesLive(note(3, 'p')))
                .isTrue();
    }

    @Test
    void whatLiveWillMoveThroughIsNeeded() {
        History history = chain("pprr", List.of(appended(1), appended(2)));
        assertThat(history.needed()).containsExactly(2L, 3L, 4L);
        assertThat(history.prunable(List.of(1L)))
                .extracting(ModelVersion::number)
                .containsExactly(1L);
        assertThatThrownBy(() -> history.prunable(List.of(1L, 2L)))
                .hasMessage("version 2 of model 'm' must be kept: alias 'live' points at it");
        assertThatThrownBy(() -> history.prunable(List.of(3L)))
                .hasMessageContaining("version 3 of model 'm' must be kept");
        assertThatThrownBy(() -> history.prunable(List.of(9L))).hasMessageContaining("has no version '9'");
    }

    @Test
    void whatWasRemovedIsTold() {
        History whole = chain("nnn", List.of(appended(1), appended(2)));
        History history = new History(
                "m",
                whole.versions().subList(1, 2),
                whole.aliases(),
                whole.moves(),
                new TreeMap<>(Map.of(1L, History.Removal.PRUNED, 3L, History.Removal.QUARANTINED)));
        assertThat(history.highestNumber()).isEqualTo(3);
        assertThat(history.prunable(List.of(1L))).isEmpty();
        assertThatThrownBy(() -> history.resolve("1"))
                .hasMessage("version 1 of model 'm' is not there any more: it was pruned; versions: 2 to 2, aliases:"
                        + " live, latest");
        assertThatThrownBy(() -> history.resolve("3")).hasMessageContaining("it was quarantined");
        assertThat(History.empty("m").highestNumber()).isZero();
    }

    @Test
    void theNewestTheYoungAndTheNeededAreKept() {
        List<ModelVersion> versions = new ArrayList<>();
        Instant noon = Instant.parse("2026-11-29T12:00:00Z");
        for (int i = 1; i <= 6; i++) {
            versions.add(new ModelVersion("m", i, noon.minus(Duration.ofDays(10 - i)), note(i - 1, 'n'), 1, "00"));
        }
        History history = new History("m", versions, new TreeMap<>(Map.of("live", 6L, "best", 2L)), List.of());
        assertThat(new Retention(2, Optional.empty()).pruned(history, noon)).containsExactly(1L, 3L, 4L);
        assertThat(new Retention(1, Optional.of(Duration.ofDays(6))).pruned(history, noon))
                .containsExactly(1L, 3L);
        assertThat(new Retention(0, Optional.empty()).pruned(history, noon)).containsExactly(1L, 3L, 4L, 5L);
        assertThatThrownBy(() -> new Retention(-1, Optional.empty()))
                .hasMessage("the number of versions to keep must be >= 0 but was -1");
        assertThatThrownBy(() -> new Retention(1, Optional.of(Duration.ofDays(-1))))
                .hasMessageContaining("must be >= 0");
    }

    @Test
    void aRollbackIsAMoveAfterTheNewestVersion() {
        assertThat(chain("pp", List.of(appended(1), appended(2))).rollback()).isEmpty();
        assertThat(chain("pp", List.of(appended(1), appended(2), byHand(1, 2))).rollback())
                .contains(byHand(1, 2));
        assertThat(chain("ppp", List.of(appended(1), appended(2), byHand(1, 2))).rollback())
                .isEmpty();
    }

    @Test
    void saysWhatThereIsWhenThereIsNoSuchVersion() {
        assertThatThrownBy(() -> history(Map.of("live", 2L), 1, 2).resolve("7"))
                .hasMessage("model 'm' has no version '7'; versions: 1 to 2, aliases: live, latest");
        assertThatThrownBy(() -> history(Map.of()).resolve("latest"))
                .hasMessage("model 'm' has no version 'latest'; it has no versions yet");
        assertThatThrownBy(() -> history(Map.of("live", 9L), 1).live()).hasMessageContaining("alias of version 9");
        assertThat(history(Map.of()).live()).isEmpty();
    }

    @Test
    void aNoteIsDecodedOnceAndOnlyWhenAsked() {
        List<String> calls = new ArrayList<>();
        ModelVersion.Note note = new ModelVersion.Note(Optional.of("m@1"), "l", 7, Map.of("mae", 0.5));
        ModelVersion.Note later = ModelVersion.Note.decodedBy(() -> {
            calls.add("decoded");
            if (calls.size() == 1) {
                throw new IllegalStateException("not yet");
            }
            return note;
        });
        ModelVersion version = new ModelVersion("m", 2, Instant.EPOCH, later, 1, "00");
        assertThat(version.reference()).isEqualTo("m@2");
        assertThat(calls).isEmpty();
        assertThatThrownBy(later::parent).hasMessage("not yet");
        assertThat(later.parent()).contains("m@1");
        assertThat(later).isEqualTo(note).hasSameHashCodeAs(note).hasToString(note.toString());
        assertThat(later.withParent(Optional.empty()).metrics()).containsEntry("mae", 0.5);
        assertThat(calls).hasSize(2);
        assertThat(note).isNotEqualTo(note.withParent(Optional.empty()));
    }
}
