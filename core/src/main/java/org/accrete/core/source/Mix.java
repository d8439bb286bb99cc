package org.accrete.core.source;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;

/**
 * Each row from a source drawn by weight. A source that is drawn and has no more rows is not drawn again.
 *
 * <p>The draws of a chunk are made first, so that each source is read once and no further than its draws. Only when a
 * source ends in between, other sources may have rows waiting at the end of the chunk.
 */
final class Mix extends ManySources {
    private final double[] weights;
    private final SeededRandom seeded;
    private final boolean[] out;
    private final int[] drawn;
    private int[] draws = {};
    private long counter;

    Mix(List<? extends ChunkSource> sources, double[] weights, long seed) {
        super(
                "mix(" + DoubleStream.of(weights).mapToObj(Double::toString).collect(Collectors.joining("/")) + "/"
                        + seed,
                sources);
        if (weights.length != sources.size()) {
            throw AccreteException.badArgument(
                    "weights must be as many as sources, " + sources.size() + ", but are " + weights.length);
        }
        for (double weight : weights) {
            if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
                throw AccreteException.badArgument("the weight of a source must be > 0 and finite but was " + weight);
            }
        }
        this.weights = weights.clone();
        this.seeded = new SeededRandom(seed);
        this.out = new boolean[weights.length];
        this.drawn = new int[weights.length];
    }

    @Override
    void fill(ChunkBuffer buffer) {
        boolean more = true;
        while (more && buffer.room() > 0) {
            int count = buffer.room();
            more = draw(count);
            if (more) {
                read(buffer);
                handOut(count, buffer);
            }
        }
    }

    /** Draws sources without counting the draws yet. Returns false if all sources have ended. */
    private boolean draw(int count) {
        if (draws.length < count) {
            draws = new int[count];
        }
        double total = 0;
        int last = -1;
        for (int i = 0; i < weights.length; i++) {
            if (!out[i]) {
                total += weights[i];
                last = i;
            }
        }
        Arrays.fill(drawn, 0);
        SeededRandom random = new SeededRandom(seeded.seed(), counter);
        for (int row = 0; row < count && last >= 0; row++) {
            double left = random.nextDouble() * total;
            int source = 0;
            while (source < last && (out[source] || left >= weights[source])) {
                left -= out[source] ? 0 : weights[source];
                source++;
            }
            draws[row] = source;
            drawn[source]++;
        }
        return last >= 0;
    }

    private void read(ChunkBuffer buffer) {
        for (int i = 0; i < drawn.length; i++) {
            Feed feed = feeds.get(i);
            if (drawn[i] > 0 && feed.left() == 0 && feed.read(drawn[i], buffer)) {
                buffer.dropped(takeDropped(i));
            }
        }
    }

    /** Hands out the rows drawn, up to the first whose source has none at hand. */
    private void handOut(int count, ChunkBuffer buffer) {
        int row = 0;
        while (row < count) {
            int source = draws[row];
            Feed feed = feeds.get(source);
            int end = row + 1;
            while (end < count && draws[end] == source) {
                end++;
            }
            int run = Math.min(end - row, feed.left());
            if (run > 0) {
                append(source, run, buffer);
                counter += run;
            }
            row += run;
            if (row < end) {
                if (feed.isEnded()) {
                    buffer.dropped(takeDropped(source));
                    out[source] = true;
                    counter++;
                }
                return;
            }
        }
    }

    @Override
    boolean isClean() {
        return feeds.stream().allMatch(feed -> feed.left() == 0);
    }

    @Override
    String numbers() {
        StringBuilder bits = new StringBuilder();
        for (boolean one : out) {
            bits.append(one ? '1' : '0');
        }
        return counter + "," + bits;
    }

    @Override
    int numberCount() {
        return 2;
    }

    @Override
    String inner() {
        return Mark.list(feeds.stream().map(Feed::position).toList());
    }

    @Override
    void restore(List<String> numbers, Mark to) {
        counter = Long.parseLong(numbers.get(0));
        for (int i = 0; i < out.length; i++) {
            out[i] = numbers.get(1).charAt(i) == '1';
        }
        List<Position> positions = to.positions(out.length, name());
        for (int i = 0; i < out.length; i++) {
            feeds.get(i).seek(positions.get(i));
        }
    }
}
