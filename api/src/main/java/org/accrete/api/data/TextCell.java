package org.accrete.api.data;

import java.util.Arrays;

/**
 * Counts the words of a text, or its pieces of a few characters, by hash. Not thread-safe; allocates nothing per row
 * once its arrays have the size of the longest text.
 *
 * <p>The text is first written anew: in lower case, unless case is kept, and as words joined by single blanks, or,
 * where pieces of characters are counted, with a single blank for each run of blanks. Each n-gram is then a part of
 * these bytes, whose unsigned murmur3_x86_32 (seed 0) modulo the width is its column; its number there is how often it
 * occurs.
 *
 * <p>Letters are told by fixed ranges, because {@link Character#isLetter(int)} differs between JDKs and models do not.
 * A word is two or more characters in a row of which each is a letter or digit below U+0530, an underscore, or any
 * character from there on outside the blocks of punctuation U+2000 to U+206F and U+3000 to U+303F. Below U+0530 letters
 * have a lower case; from there on they stay as they are.
 */
final class TextCell implements BlockCell {
    /** From here on JDKs differ in what they know. */
    private static final int FIXED_BELOW = 0x530;

    private final int width;
    private final int least;
    private final int most;
    private final boolean ofCharacters;
    private final boolean keepsCase;

    /** The text, written anew. */
    private byte[] bytes = new byte[256];

    private int length;
    /** Where the units of the text begin and end in it: words or characters. */
    private int[] begins = new int[64];

    private int[] ends = new int[64];
    private int units;
    private int[] hashes = new int[64];

    TextCell(Column.Text column) {
        width = column.width();
        least = column.least();
        most = column.most();
        ofCharacters = column.ofCharacters();
        keepsCase = column.keepsCase();
    }

    @Override
    public void put(byte[] text, int from, int to, int column, ChunkBuffer out) {
        length = 0;
        units = 0;
        if (ofCharacters) {
            splitCharacters(text, from, to);
        } else {
            splitWords(text, from, to);
        }
        int count = 0;
        for (int n = least; n <= Math.min(most, units); n++) {
            for (int first = 0; first + n <= units; first++) {
                if (count == hashes.length) {
                    hashes = Arrays.copyOf(hashes, 2 * count);
                }
                int hash = Murmur3.hash(bytes, begins[first], ends[first + n - 1]);
                hashes[count++] = Integer.remainderUnsigned(hash, width);
            }
        }
        Arrays.sort(hashes, 0, count);
        for (int i = 0; i < count; ) {
            int same = i + 1;
            while (same < count && hashes[same] == hashes[i]) {
                same++;
            }
            out.put(column + hashes[i], same - i);
            i = same;
        }
    }

    private void splitWords(byte[] text, int from, int to) {
        int begin = -1;
        int characters = 0;
        int at = from;
        while (at <= to) {
            int c = at < to ? codePoint(text, at, to) : ' ';
            if (isOfWord(c)) {
                if (begin < 0) {
                    if (length > 0) {
                        append(' ');
                    }
                    begin = length;
                    characters = 0;
                }
                append(keepsCase ? c : lowerCase(c));
                characters++;
            } else if (begin >= 0) {
                if (characters > 1) {
                    addUnit(begin, length);
                } else {
                    length = Math.max(0, begin - 1);
                }
                begin = -1;
            }
            at += at < to ? bytesOf(c) : 1;
        }
    }

    private void splitCharacters(byte[] text, int from, int to) {
        boolean blank = false;
        int at = from;
        while (at < to) {
            int c = codePoint(text, at, to);
            boolean wasBlank = blank;
            blank = c <= ' ';
            if (!blank || !wasBlank) {
                int begin = length;
                append(blank ? ' ' : keepsCase ? c : lowerCase(c));
                addUnit(begin, length);
            }
            at += bytesOf(c);
        }
    }

    private void addUnit(int begin, int end) {
        if (units == begins.length) {
            begins = Arrays.copyOf(begins, 2 * units);
            ends = Arrays.copyOf(ends, 2 * units);
        }
        begins[units] = begin;
        ends[units++] = end;
    }

    private static boolean isOfWord(int c) {
        if (c < 0x80) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        }
        if (c < FIXED_BELOW) {
            return Character.isLetterOrDigit(c);
        }
        return (c < 0x2000 || c > 0x206F) && (c < 0x3000 || c > 0x303F);
    }

    private static int lowerCase(int c) {
        return c < FIXED_BELOW ? Character.toLowerCase(c) : c;
    }

    /** {@return the character at a place of a text, which is valid UTF-8} */
    private static int codePoint(byte[] text, int at, int to) {
        int lead = text[at];
        if (lead >= 0) {
            return lead;
        }
        int count = lead >= (byte) 0xF0 ? 3 : lead >= (byte) 0xE0 ? 2 : 1;
        int c = lead & (0x3F >> count);
        for (int i = 1; i <= count && at + i < to; i++) {
            c = (c << 6) | (text[at + i] & 0x3F);
        }
        return c;
    }

    private static int bytesOf(int c) {
        return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }

    /** Appends a character as UTF-8. */
    private void append(int c) {
        if (length + 4 > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        if (c < 0x80) {
            bytes[length++] = (byte) c;
            return;
        }
        int count = bytesOf(c) - 1;
        bytes[length++] = (byte) ((0xF0 << (3 - count)) | (c >> (6 * count)));
        for (int i = count - 1; i >= 0; i--) {
            bytes[length++] = (byte) (0x80 | ((c >> (6 * i)) & 0x3F));
        }
    }
}
