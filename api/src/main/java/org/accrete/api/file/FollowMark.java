package org.accrete.api.file;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.accrete.api.AccreteException;

/**
 * The mark of a position in files that are followed: the place after a record of one of them. It says nothing about the
 * files before, which may have been rotated, packed or removed since.
 *
 * <p>As text: {@code follow:name:record:rows:file:classes}.
 *
 * @param name key of the file, by which it was followed
 * @param record number of records of the file before the position, good and bad ones
 * @param rows {@linkplain RowHash hash} of these records
 * @param file what the file system called the file, also after it was renamed; may be empty
 * @param classes number of known labels
 */
public record FollowMark(String name, long record, String rows, String file, int classes) {
    private static final String KIND = "follow";

    /** {@return whether a mark is one of followed files} */
    public static boolean isOne(String text) {
        return text.startsWith(KIND + ":");
    }

    /**
     * {@return the mark with the given text}
     *
     * @param text a result of {@link #toText}
     */
    public static FollowMark parse(String text) {
        try {
            String[] parts = text.split(":", -1);
            if (parts.length == 6 && parts[0].equals(KIND)) {
                return new FollowMark(
                        URLDecoder.decode(parts[1], StandardCharsets.UTF_8),
                        Long.parseLong(parts[2]),
                        parts[3],
                        URLDecoder.decode(parts[4], StandardCharsets.UTF_8),
                        Integer.parseInt(parts[5]));
            }
        } catch (IllegalArgumentException e) {
            // An invalid number or escape: thrown below.
        }
        throw AccreteException.badState("the stored position '" + text + "' is not one in followed files");
    }

    /** {@return the mark as text} */
    public String toText() {
        return KIND + ":" + URLEncoder.encode(name, StandardCharsets.UTF_8) + ":" + record + ":" + rows + ":"
                + URLEncoder.encode(file, StandardCharsets.UTF_8) + ":" + classes;
    }
}
