package org.accrete.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;

/** The tokens that callers show. Only their hashes are kept. Immutable. */
final class Tokens {
    private static final int SHORTEST = 16;

    /** A token and what it lets do. */
    private static final class Entry {
        final byte[] hash;
        final Access access;

        Entry(byte[] hash, Access access) {
            this.hash = hash;
            this.access = access;
        }
    }

    private final List<Entry> entries;

    private Tokens(List<Entry> entries) {
        this.entries = entries;
    }

    /** {@return no tokens} */
    static Tokens none() {
        return new Tokens(List.of());
    }

    /**
     * {@return the tokens in a file}
     *
     * @param file lines {@code read TOKEN} and {@code write TOKEN}, or one token alone for both; empty lines and those
     *     that begin with a {@code #} do not count
     * @throws AccreteException bad argument: not such a file; I/O
     */
    static Tokens read(Path file) {
        List<Entry> entries = new ArrayList<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AccreteException(
                    AccreteException.Kind.IO, "the file of tokens " + file + " cannot be read: " + e, e);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                entries.add(entry(line, file + " line " + (i + 1)));
            }
        }
        if (entries.isEmpty()) {
            throw AccreteException.badArgument("the file of tokens " + file + " has none");
        }
        return new Tokens(List.copyOf(entries));
    }

    private static Entry entry(String line, String place) {
        String[] words = line.split("\\s+", -1);
        boolean isNamed = words.length == 2 && (words[0].equals("read") || words[0].equals("write"));
        if (words.length != 1 && !isNamed) {
            throw AccreteException.badArgument("a line must be 'read TOKEN', 'write TOKEN' or one token")
                    .at(place);
        }
        String token = words[words.length - 1];
        if (token.length() < SHORTEST || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw AccreteException.badArgument("a token must be " + SHORTEST
                            + " or more visible characters of ASCII, as of: openssl rand -hex 32")
                    .at(place);
        }
        return new Entry(hash(token), isNamed && words[0].equals("read") ? Access.READ : Access.WRITE);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** {@return whether some token lets write} */
    boolean canWrite() {
        return entries.stream().anyMatch(entry -> entry.access == Access.WRITE);
    }

    /**
     * {@return what a token lets do; empty if it is unknown} Takes as long whichever it is.
     *
     * @param token as a caller shows it
     */
    Optional<Access> access(String token) {
        byte[] hash = hash(token);
        Optional<Access> found = Optional.empty();
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.hash, hash)) {
                found = Optional.of(entry.access);
            }
        }
        return found;
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
