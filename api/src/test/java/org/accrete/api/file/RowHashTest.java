package org.accrete.api.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowHashTest {
    private static RowHash hash(double[][] rows) {
        RowHash hash = new RowHash();
        hash.begin(List.of("a", "b"));
        for (double[] row : rows) {
            hash.add(row, 0, row.length);
            hash.endRow();
        }
        return hash;
    }

    private static double[][] rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new double[] {i, -i, .5, 3, 4, i / 7.0})
                .toArray(double[][]::new);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 100, 1_000})
    void tellsWhereRowsDiffer(int count) {
        String before = hash(rows(count)).toText();
        for (int changed = 0; changed < count; changed += 1 + count / 20) {
            double[][] rows = rows(count);
            rows[changed][changed % 6]++;
            RowHash after = hash(rows);
            assertThat(after.toText()).isNotEqualTo(before);
            String[] words = after.difference(before).split(" ");
            long last = Long.parseLong(words[words.length - 1]);
            long first = words.length == 4 ? last : Long.parseLong(words[words.length - 3]);
            assertThat(changed + 1L).as(after.difference(before)).isBetween(first, last);
            // At most eight points, so at most a quarter of the rows or so between two.
            assertThat(last - first).isLessThanOrEqualTo(count / 4);
        }
    }

    @Test
    void namesOfColumnsCount() {
        Set<String> texts = new HashSet<>();
        for (List<String> header : List.of(List.of("ab"), List.of("a", "b"), List.of("b", "a"), List.<String>of())) {
            RowHash hash = new RowHash();
            hash.begin(header);
            hash.add(1);
            texts.add(hash.toText());
        }
        assertThat(texts).hasSize(4);
    }

    @Test
    void beginForgetsWhatWasBefore() {
        RowHash hash = hash(rows(50));
        hash.begin(List.of("a", "b"));
        hash.add(new int[] {1, 2, 3}, 0, 3);
        hash.endRow();
        RowHash fresh = new RowHash();
        fresh.begin(List.of("a", "b"));
        fresh.add(new int[] {9, 1, 2, 3}, 1, 4);
        fresh.endRow();
        assertThat(hash.toText()).isEqualTo(fresh.toText());
    }

    /** One changed byte, or one byte fewer, always counts, wherever it is in the words of the loop. */
    @Test
    void everyByteOfATextCounts() {
        Random random = new Random(7);
        for (int length = 1; length < 100; length++) {
            byte[] text = new byte[length + 5];
            random.nextBytes(text);
            long whole = RowHash.of(3, text, 5, length + 5);
            assertThat(RowHash.of(3, text, 5, length + 4)).isNotEqualTo(whole);
            assertThat(RowHash.of(4, text, 5, length + 5)).isNotEqualTo(whole);
            for (int i = 5; i < text.length; i++) {
                text[i] ^= 1;
                assertThat(RowHash.of(3, text, 5, length + 5)).isNotEqualTo(whole);
                text[i] ^= 1;
            }
        }
        byte[] same = "x,1".getBytes(StandardCharsets.UTF_8);
        assertThat(RowHash.of(0, same, 0, 3)).isEqualTo(RowHash.of(0, same.clone(), 0, 3));
    }
}
