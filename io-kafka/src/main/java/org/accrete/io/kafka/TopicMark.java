package org.accrete.io.kafka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;

/**
 * The mark of a position in a topic: how far each partition was read, and where the round ends that was being read.
 *
 * <p>As text: {@code topic-id:classes:next-end,next-end,…}, a pair for each partition from 0 on.
 *
 * @param topicId id that the brokers gave the topic, which a topic of the same name made later does not have
 * @param classes number of known labels
 * @param next for each partition the offset after the last message that was handed on
 * @param ends for each partition the offset at which it ends in the round, at least {@code next}
 */
record TopicMark(String topicId, int classes, List<Long> next, List<Long> ends) {
    private static final Pattern TEXT = Pattern.compile("[\\w-]+:\\d+:\\d+-\\d+(,\\d+-\\d+)*");

    // Copies the lists.
    TopicMark {
        next = List.copyOf(next);
        ends = List.copyOf(ends);
    }

    /** {@return the mark before a message of a partition, which was the last that was handed on} */
    TopicMark before(int partition, long offset) {
        List<Long> earlier = new ArrayList<>(next);
        earlier.set(partition, offset);
        return new TopicMark(topicId, classes, earlier, ends);
    }

    String toText() {
        StringBuilder text = new StringBuilder(topicId).append(':').append(classes);
        for (int i = 0; i < next.size(); i++) {
            text.append(i == 0 ? ':' : ',').append(next.get(i)).append('-').append(ends.get(i));
        }
        return text.toString();
    }

    static TopicMark parse(String text) {
        try {
            if (TEXT.matcher(text).matches()) {
                String[] parts = text.split(":", -1);
                List<Long> next = new ArrayList<>();
                List<Long> ends = new ArrayList<>();
                for (String pair : Arrays.asList(parts[2].split(",", -1))) {
                    int dash = pair.indexOf('-');
                    next.add(Long.valueOf(pair.substring(0, dash)));
                    ends.add(Long.valueOf(pair.substring(dash + 1)));
                }
                return new TopicMark(parts[0], Integer.parseInt(parts[1]), next, ends);
            }
        } catch (NumberFormatException e) {
            // A number that is too large: thrown below.
        }
        throw AccreteException.badState("the stored position '" + text + "' is not one in a Kafka topic");
    }
}
