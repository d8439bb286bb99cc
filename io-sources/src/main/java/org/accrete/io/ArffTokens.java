package org.accrete.io;

import org.accrete.api.AccreteException;

/** Takes words from a line of an ARFF file. A word is quoted by {@code '} or {@code "} if it has blanks or commas. */
final class ArffTokens {
    private final String text;
    private int at;
    private boolean wasQuoted;

    ArffTokens(String text) {
        this.text = text;
        skipBlanks();
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
    }

    boolean isEnd() {
        return at == text.length();
    }

    boolean startsWith(char one) {
        return at < text.length() && text.charAt(at) == one;
    }

    /** Passes one character and blanks. */
    void skip() {
        at++;
        skipBlanks();
    }

    /** {@return whether the last word was quoted} */
    boolean wasQuoted() {
        return wasQuoted;
    }

    /**
     * {@return the next word, without blanks around it}
     *
     * @param ends characters that end a word that is not quoted
     */
    String next(String ends) {
        wasQuoted = startsWith('\'') || startsWith('"');
        String word;
        if (wasQuoted) {
            word = quoted(text.charAt(at++));
        } else {
            int begin = at;
            while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            word = text.substring(begin, at).strip();
        }
        skipBlanks();
        return word;
    }

    private String quoted(char mark) {
        StringBuilder word = new StringBuilder();
        while (at < text.length() && text.charAt(at) != mark) {
            char one = text.charAt(at++);
            if (one == '\\' && at < text.length()) {
                one = switch (text.charAt(at++)) {
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    default -> text.charAt(at - 1);
                };
            }
            word.append(one);
        }
        if (at == text.length()) {
            throw AccreteException.badData("a quotation mark is not closed on its line");
        }
        at++;
        return word.toString();
    }
}
