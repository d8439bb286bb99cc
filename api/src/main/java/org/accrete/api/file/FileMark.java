package org.accrete.api.file;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.accrete.api.AccreteException;

/**
 * The mark of a position in files: the place after a record, and what identifies the data before it.
 *
 * <p>As text: {@code file:key:record:rows:before:classes}.
 *
 * @param file index of the file in the sorted list
 * @param key key of the file
 * @param record number of records of the file before the position, good and bad ones
 * @param rows {@linkplain RowHash hash} of these records
 * @param before hash of the files before it, {@code -} if there are none
 * @param classes number of known labels
 */
public record FileMark(int file, String key, long record, String rows, String before, int classes) {
    private static final String NOTHING = "-";
    private static final String ADVICE =
            "; put it back as it was, or train a new model, or go on from this one with --from";

    /** Creates marks in ascending order; caches the hash of the files before the current one. */
    public static final class Factory {
        private final List<Input> inputs;
        private int file = -1;
        private String before = NOTHING;
        private String prefix = "";

        /**
         * Starts before the first file.
         *
         * @param inputs the files in the order in which they are read
         */
        public Factory(List<Input> inputs) {
            this.inputs = inputs;
        }

        /**
         * {@return a mark as text}
         *
         * @param atFile index of the file, at least that of the previous call
         * @param record number of records of the file before the mark
         * @param rows hash of these records
         * @param classes number of known labels
         */
        public String create(int atFile, long record, RowHash rows, int classes) {
            if (atFile != file) {
                before = before(inputs, Math.max(file, 0), atFile, before);
                file = atFile;
                prefix = file + ":" + URLEncoder.encode(inputs.get(file).key(), StandardCharsets.UTF_8) + ":";
            }
            return prefix + record + ":" + rows.toText() + ":" + before + ":" + classes;
        }
    }

    private static String before(List<Input> inputs, int from, int to, String chain) {
        String result = chain;
        for (Input input : inputs.subList(from, to)) {
            String link = result + ":" + input.key() + ":" + input.hash();
            result = Input.hash(link.getBytes(StandardCharsets.UTF_8));
        }
        return result;
    }

    /**
     * {@return the mark with the given text}
     *
     * @param text a result of {@link Factory#create}
     */
    public static FileMark parse(String text) {
        try {
            String[] parts = text.split(":", -1);
            if (parts.length == 6) {
                return new FileMark(
                        Integer.parseInt(parts[0]),
                        URLDecoder.decode(parts[1], StandardCharsets.UTF_8),
                        Long.parseLong(parts[2]),
                        parts[3],
                        parts[4],
                        Integer.parseInt(parts[5]));
            }
        } catch (IllegalArgumentException e) {
            // An invalid number or escape: thrown below.
        }
        throw AccreteException.badState("the stored position '" + text + "' is not one in files");
    }

    /**
     * Throws if the files before that of the mark have changed.
     *
     * @param inputs the files as they are now
     */
    public void check(List<Input> inputs) {
        if (file < 0 || file >= inputs.size()) {
            throw AccreteException.badState("the stored position is in file number " + (file + 1) + ", '" + key
                    + "', but now there are only " + inputs.size() + " files" + ADVICE);
        }
        Input input = inputs.get(file);
        if (inputs.size() > 1 && !input.key().equals(key)) {
            throw AccreteException.badState("the stored position is in file number " + (file + 1) + ", '" + key
                    + "', but that is now '" + input.key() + "'; new files must sort after those already read");
        }
        if (!before.equals(before(inputs, 0, file, NOTHING))) {
            throw AccreteException.badState("one of the " + file + " files before '" + input.name()
                    + "' is not what it was when it was read: changed, renamed or replaced" + ADVICE);
        }
    }

    /**
     * Throws if the records before the mark have changed. Those after it may change, and more may be added.
     *
     * @param input the file of the mark
     * @param now hash of as many of its records as there are before the mark
     */
    public void check(Input input, RowHash now) {
        if (!now.toText().equals(rows)) {
            throw AccreteException.badState("'" + input.name() + "' does not begin as it did when it was last read: it"
                    + " differs " + now.difference(rows) + ADVICE);
        }
    }
}
