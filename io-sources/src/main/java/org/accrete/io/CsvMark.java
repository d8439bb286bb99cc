package org.accrete.io;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.accrete.api.AccreteException;

/**
 * The mark of a position in files: after which record of which file, and what was there so far.
 *
 * <p>As text: {@code file:key:record:size:hash:before:classes}.
 *
 * @param file index among the sorted files
 * @param key its name within the glob
 * @param record how many records of it come before, good or bad
 * @param head the file when it was marked
 * @param before hash over the files before it, {@code -} when there are none
 * @param classes how many labels were known
 */
record CsvMark(int file, String key, long record, Input.Head head, String before, int classes) {
    private static final String NOTHING = "-";
    private static final String ADVICE =
            "; put it back as it was, or train a new model, or go on from this one with --from";

    /** Makes marks along some files; remembers what it found out about the file it marked last. */
    static final class Maker {
        private final List<Input> inputs;
        private int file = -1;
        private String before = NOTHING;
        private String prefix = "";
        private String suffix = "";

        Maker(List<Input> inputs) {
            this.inputs = inputs;
        }

        /**
         * {@return a mark as text}
         *
         * @param atFile never before the one of the last call
         * @param record how many records of it come before
         * @param classes how many labels are known
         */
        String make(int atFile, long record, int classes) {
            if (atFile != file) {
                before = before(inputs, Math.max(file, 0), atFile, before);
                file = atFile;
                Input input = inputs.get(file);
                Input.Head head = input.head();
                prefix = file + ":" + URLEncoder.encode(input.key(), StandardCharsets.UTF_8) + ":";
                suffix = ":" + head.size() + ":" + head.hash() + ":" + before + ":";
            }
            return prefix + record + suffix + classes;
        }
    }

    private static String before(List<Input> inputs, int from, int to, String chain) {
        String result = chain;
        for (Input input : inputs.subList(from, to)) {
            Input.Head head = input.head();
            String link = result + ":" + input.key() + ":" + head.size() + ":" + head.hash();
            result = Input.hash(link.getBytes(StandardCharsets.UTF_8));
        }
        return result;
    }

    /**
     * {@return the mark that a text stands for}
     *
     * @param text what {@link Maker#make} returned
     */
    static CsvMark parse(String text) {
        try {
            String[] parts = text.split(":", -1);
            if (parts.length == 7) {
                return new CsvMark(
                        Integer.parseInt(parts[0]),
                        URLDecoder.decode(parts[1], StandardCharsets.UTF_8),
                        Long.parseLong(parts[2]),
                        new Input.Head(Long.parseLong(parts[3]), parts[4]),
                        parts[5],
                        Integer.parseInt(parts[6]));
            }
        } catch (IllegalArgumentException e) {
            // Not a number or not an escape: refused below.
        }
        throw AccreteException.badState("the stored position '" + text + "' is not one in CSV files");
    }

    /**
     * Refuses files that differ from those that were marked, but for what was added behind the mark.
     *
     * @param inputs the files as they are now
     */
    void check(List<Input> inputs) {
        if (file < 0 || file >= inputs.size()) {
            throw AccreteException.badState("the stored position is in file number " + (file + 1) + ", '" + key
                    + "', but now there are only " + inputs.size() + " files" + ADVICE);
        }
        Input input = inputs.get(file);
        if (inputs.size() > 1 && !input.key().equals(key)) {
            throw AccreteException.badState("the stored position is in file number " + (file + 1) + ", '" + key
                    + "', but that is now '" + input.key() + "'; new files must sort after those already read");
        }
        Input.Head now = input.head(head.size());
        if (now.size() < head.size()) {
            throw AccreteException.badState("'" + input.name() + "' had " + head.size()
                    + " bytes when it was last read but has only " + now.size() + " now" + ADVICE);
        }
        if (!now.hash().equals(head.hash())) {
            throw AccreteException.badState(
                    "'" + input.name() + "' does not begin as it did when it was last read" + ADVICE);
        }
        if (!before.equals(before(inputs, 0, file, NOTHING))) {
            throw AccreteException.badState("one of the " + file + " files before '" + input.name()
                    + "' is not what it was when it was read: changed, renamed or replaced" + ADVICE);
        }
    }
}
