package org.accrete.io;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.accrete.api.AccreteException;

/**
 * The mark of a position in CSV files: the place after a record, and what identifies the data before it.
 *
 * <p>As text: {@code file:key:record:size:hash:before:classes:unended}.
 *
 * @param file index of the file in the sorted list
 * @param key key of the file
 * @param record number of records of the file before the position, good and bad ones
 * @param fingerprint fingerprint of the file when it was marked
 * @param before hash of the files before it, {@code -} if there are none
 * @param classes number of known labels
 * @param unended hash of the last record before the position if its line had no line end, else {@code -}
 */
record CsvMark(
        int file, String key, long record, Input.Fingerprint fingerprint, String before, int classes, String unended) {
    static final String NOTHING = "-";
    private static final String ADVICE =
            "; put it back as it was, or train a new model, or go on from this one with --from";

    /** Creates marks in ascending order; caches the fingerprint of the current file. */
    static final class Factory {
        private final List<Input> inputs;
        private int file = -1;
        private String before = NOTHING;
        private String prefix = "";
        private String suffix = "";

        Factory(List<Input> inputs) {
            this.inputs = inputs;
        }

        /**
         * {@return a mark as text}
         *
         * @param atFile index of the file, at least that of the previous call
         * @param record number of records of the file before the mark
         * @param classes number of known labels
         * @param unended hash of the last record if its line has no line end, else {@link CsvMark#NOTHING}
         */
        String create(int atFile, long record, int classes, String unended) {
            if (atFile != file) {
                before = before(inputs, Math.max(file, 0), atFile, before);
                file = atFile;
                Input input = inputs.get(file);
                Input.Fingerprint fingerprint = input.fingerprint();
                prefix = file + ":" + URLEncoder.encode(input.key(), StandardCharsets.UTF_8) + ":";
                suffix = ":" + fingerprint.size() + ":" + fingerprint.hash() + ":" + before + ":";
            }
            return prefix + record + suffix + classes + ":" + unended;
        }
    }

    private static String before(List<Input> inputs, int from, int to, String chain) {
        String result = chain;
        for (Input input : inputs.subList(from, to)) {
            Input.Fingerprint fingerprint = input.fingerprint();
            String link = result + ":" + input.key() + ":" + fingerprint.size() + ":" + fingerprint.hash();
            result = Input.hash(link.getBytes(StandardCharsets.UTF_8));
        }
        return result;
    }

    /**
     * {@return the mark with the given text}
     *
     * @param text a result of {@link Factory#create}
     */
    static CsvMark parse(String text) {
        try {
            String[] parts = text.split(":", -1);
            if (parts.length == 8) {
                return new CsvMark(
                        Integer.parseInt(parts[0]),
                        URLDecoder.decode(parts[1], StandardCharsets.UTF_8),
                        Long.parseLong(parts[2]),
                        new Input.Fingerprint(Long.parseLong(parts[3]), parts[4]),
                        parts[5],
                        Integer.parseInt(parts[6]),
                        parts[7]);
            }
        } catch (IllegalArgumentException e) {
            // An invalid number or escape: thrown below.
        }
        throw AccreteException.badState("the stored position '" + text + "' is not one in CSV files");
    }

    /**
     * Throws if the last record before the mark had no line end and has changed: it was read before it was complete.
     *
     * @param name name of the file
     * @param found hash of that record as it is now
     */
    void checkUnended(String name, String found) {
        if (!unended.equals(NOTHING) && !unended.equals(found)) {
            throw AccreteException.badState(
                    "the last line of '" + name + "' that was learned had no line end then and is"
                            + " another now, so what was learned was not all of it; train a new model, always with --resume,"
                            + " which leaves a line until it has its end");
        }
    }

    /**
     * Throws if the data before the mark has changed. Data added after it is allowed.
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
        Input.Fingerprint now = input.fingerprint(fingerprint.size());
        if (now.size() < fingerprint.size()) {
            throw AccreteException.badState("'" + input.name() + "' had " + fingerprint.size()
                    + " bytes when it was last read but has only " + now.size() + " now" + ADVICE);
        }
        if (!now.hash().equals(fingerprint.hash())) {
            throw AccreteException.badState(
                    "'" + input.name() + "' does not begin as it did when it was last read" + ADVICE);
        }
        if (!before.equals(before(inputs, 0, file, NOTHING))) {
            throw AccreteException.badState("one of the " + file + " files before '" + input.name()
                    + "' is not what it was when it was read: changed, renamed or replaced" + ADVICE);
        }
    }
}
