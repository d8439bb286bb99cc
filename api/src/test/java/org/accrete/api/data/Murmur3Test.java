package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Murmur3Test {
    private static int hash(String text) {
        byte[] padded = ("é" + text + "z").getBytes(StandardCharsets.UTF_8);
        return Murmur3.hash(padded, 2, padded.length - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "'',00000000",
        "test,ba6bd213",
        "hello,248bfa47",
        "'hello, world',149bbb7f",
        "'Hello, world!',c0363e43",
        "'19 Jan 2038 at 3:14:07 AM',e31e8a70",
        "The quick brown fox jumps over the lazy dog,2e4ff723",
        "The quick brown fox jumps over the lazy dog.,d5c48bfc"
    })
    void givesThePublishedHashes(String text, String hexadecimal) {
        assertThat(String.format("%08x", hash(text))).isEqualTo(hexadecimal);
    }

    @Test
    void hashesCharactersAsTheirUtf8Bytes() {
        Random random = Seeds.random(Murmur3Test.class);
        int[] limits = {0x80, 0x800, 0x10000, 0x110000};
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(20);
            for (int k = 0; k < length; k++) {
                // Halves of surrogate pairs included.
                text.appendCodePoint(random.nextInt(limits[random.nextInt(4)]));
            }
            assertThat(hash(text.toString()))
                    .as("%s", text)
                    .isEqualTo(ofBytes(text.toString().getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(hash("a\uD800")).isEqualTo(hash("a?"));
    }

    /** The algorithm as published, on bytes. */
    private static int ofBytes(byte[] data) {
        int h = 0;
        int blocks = data.length / 4;
        for (int i = 0; i < blocks; i++) {
            int k = (data[4 * i] & 0xff)
                    | (data[4 * i + 1] & 0xff) << 8
                    | (data[4 * i + 2] & 0xff) << 16
                    | (data[4 * i + 3] & 0xff) << 24;
            k *= 0xcc9e2d51;
            k = (k << 15) | (k >>> 17);
            k *= 0x1b873593;
            h ^= k;
            h = (h << 13) | (h >>> 19);
            h = h * 5 + 0xe6546b64;
        }
        int k = 0;
        for (int i = data.length - 1; i >= 4 * blocks; i--) {
            k = k << 8 | (data[i] & 0xff);
        }
        k *= 0xcc9e2d51;
        k = (k << 15) | (k >>> 17);
        k *= 0x1b873593;
        h ^= k;
        h ^= data.length;
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        h ^= h >>> 13;
        h *= 0xc2b2ae35;
        h ^= h >>> 16;
        return h;
    }
}
