package org.accrete.core.source;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Position;

/**
 * The mark of a source made of others: {@code step(arguments;state)|inner}.
 *
 * <p>The arguments tell which composition made the mark. The inner part is one position as text, or a {@linkplain #list
 * list} of them. It is the rest of the text, so that it may contain anything.
 *
 * @param state where the step stands, without brackets and bars
 * @param inner where the sources stand
 */
record Mark(String state, String inner) {
    private static final Pattern TEXT = Pattern.compile("([a-z]+\\([^;()|]*);([^()|]*)\\)\\|(.*)");

    /** Steps that keep the order of their one source and end their chunks where it does. */
    private static final Set<String> IN_ORDER = Set.of("map", "filter", "select", "take", "skip", "shard", "balance");

    /** Characters of a mark that a message shows. */
    private static final int SHOWN = 60;

    /**
     * {@return a mark as text}
     *
     * @param step name and arguments: {@code shard(0/4}
     * @param state where the step stands
     * @param inner where the sources stand
     */
    static String text(String step, String state, String inner) {
        return step + ";" + state + ")|" + inner;
    }

    /**
     * {@return the mark that {@link #text} wrote}
     *
     * @param text the mark
     * @param step name and arguments that it must have
     * @param source name of the rows, for the message
     * @throws AccreteException bad state: it was not made by this step with these arguments
     */
    static Mark parse(String text, String step, String source) {
        Matcher parts = TEXT.matcher(text);
        boolean matches = parts.matches();
        if (!matches || !parts.group(1).equals(step)) {
            String found = matches
                    ? parts.group(1) + ")"
                    : "'" + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text) + "'";
            throw AccreteException.badState("the stored position in " + source + " must be one of " + step
                    + ") but is one of " + found + "; combine the rows as the run did that stored it");
        }
        return new Mark(parts.group(2), parts.group(3));
    }

    /** {@return the refusal of a mark of the right step that cannot be read} */
    static AccreteException unreadable(String text, String source) {
        return AccreteException.badState("the stored position '" + text + "' in " + source + " cannot be read");
    }

    /** {@return the state's parts, which commas separate; none of an empty state} */
    List<String> parts() {
        return state.isEmpty() ? List.of() : List.of(state.split(",", -1));
    }

    /**
     * {@return which pass over repeated rows a mark is in: 1 where no step repeats rows, or another step mixes passes}
     */
    static int pass(String mark) {
        Matcher parts = TEXT.matcher(mark);
        if (!parts.matches()) {
            return Repeat.epoch(mark);
        }
        String step = parts.group(1);
        return IN_ORDER.contains(step.substring(0, step.indexOf('(')))
                ? pass(Position.parse(parts.group(3)).mark())
                : 1;
    }

    /** {@return positions as one text; each has its length in front} */
    static String list(List<Position> positions) {
        StringBuilder all = new StringBuilder();
        for (Position position : positions) {
            String text = position.toText();
            all.append(text.length()).append(':').append(text);
        }
        return all.toString();
    }

    /** {@return the positions that {@link #list} wrote} */
    List<Position> positions(int count, String source) {
        List<Position> all = new ArrayList<>();
        int at = 0;
        try {
            while (at < inner.length()) {
                int colon = inner.indexOf(':', at);
                int end = colon + 1 + Integer.parseInt(inner.substring(at, colon));
                all.add(Position.parse(inner.substring(colon + 1, end)));
                at = end;
            }
        } catch (IndexOutOfBoundsException | NumberFormatException | AccreteException e) {
            throw unreadable(inner, source);
        }
        if (all.size() != count) {
            throw unreadable(inner, source);
        }
        return all;
    }

    /** {@return a label without commas, brackets, bars and unprintable characters} */
    static String escape(String label) {
        return URLEncoder.encode(label, StandardCharsets.UTF_8);
    }

    /** {@return the label that {@link #escape} wrote} */
    static String unescape(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
