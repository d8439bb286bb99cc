package org.accrete.api.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
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

    @Test
    void saysWhatThereIsWhenThereIsNoSuchVersion() {
        assertThatThrownBy(() -> history(Map.of("live", 2L), 1, 2).resolve("7"))
                .hasMessage("model 'm' has no version '7'; versions: 1 to 2, aliases: live, latest");
        assertThatThrownBy(() -> history(Map.of()).resolve("latest"))
                .hasMessage("model 'm' has no version 'latest'; it has no versions yet");
        assertThatThrownBy(() -> history(Map.of("live", 9L), 1).live()).hasMessageContaining("alias of version 9");
        assertThat(history(Map.of()).live()).isEmpty();
    }
}
