package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.RowFilter;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.core.source.Rows;

/**
 * Which rows of a source a training learns, and in which order: what {@link RowsOptions} say, or a version holds.
 *
 * @param where which raw rows are read; empty for all
 * @param mix other sources whose rows are mixed in
 * @param skip how many rows are left out first
 * @param shard which part of the rows
 * @param shuffle how rows are shuffled, if they are
 * @param balance the seed by which rows of the commoner classes are left out, if they are
 */
record ChosenRows(
        Optional<RowFilter> where,
        List<Mixed> mix,
        long skip,
        Shard shard,
        Optional<Shuffle> shuffle,
        Optional<Long> balance) {
    /** What the parts are called in options and, behind {@code run.}, in versions. */
    static final List<String> NAMES = List.of("where", "mix", "skip", "shard", "shuffle", "balance");

    private static final ParamSpec<Long> SKIP =
            ParamSpec.whole("skip", 0, Domain.Range.atLeast(0), "rows that are left out first");
    private static final ParamSpec<Long> BUFFER =
            ParamSpec.whole("shuffle", 10_000, Domain.Range.between(2, 100_000_000), "rows in memory");
    private static final Pattern WEIGHTED =
            Pattern.compile("(?<weight>[0-9.]+(e-?[0-9]+)?):(?<source>.+)", Pattern.DOTALL);
    private static final Pattern PART = Pattern.compile("(?<index>[0-9]{1,9})/(?<count>[0-9]{1,9})");
    private static final Pattern SHUFFLE = Pattern.compile("(?<rows>[^,]*)(,seed=(?<seed>-?[0-9]{1,18}))?");
    private static final Pattern SEED = Pattern.compile("seed=(-?[0-9]{1,18})");

    /**
     * Another source.
     *
     * @param weight how often its rows are drawn, the first source being 1
     * @param source as on the command line
     */
    record Mixed(double weight, String source) {}

    /**
     * A part of the rows.
     *
     * @param index which one, from 1
     * @param count of how many
     */
    record Shard(int index, int count) {}

    /**
     * How rows are shuffled.
     *
     * @param rows in memory
     * @param seed of the first epoch
     */
    record Shuffle(int rows, long seed) {}

    /**
     * {@return what texts of the options mean}
     *
     * @param texts by name, those that are given
     * @throws AccreteException bad argument: one that means nothing
     */
    static ChosenRows parse(Map<String, String> texts) {
        Optional<String> mix = Optional.ofNullable(texts.get("mix"));
        return new ChosenRows(
                Optional.ofNullable(texts.get("where")).map(RowFilter::parse),
                mix.map(list -> List.of(list.split("\n"))).orElse(List.of()).stream()
                        .map(ChosenRows::mixed)
                        .toList(),
                Optional.ofNullable(texts.get("skip")).map(SKIP::parse).orElse(0L),
                Optional.ofNullable(texts.get("shard")).map(ChosenRows::shard).orElse(new Shard(1, 1)),
                Optional.ofNullable(texts.get("shuffle")).map(ChosenRows::shuffle),
                Optional.ofNullable(texts.get("balance")).map(ChosenRows::seed));
    }

    private static Mixed mixed(String text) {
        Matcher parts = WEIGHTED.matcher(text);
        if (!parts.matches()) {
            return new Mixed(1, text);
        }
        double weight;
        try {
            weight = Double.parseDouble(parts.group("weight"));
        } catch (NumberFormatException e) {
            weight = 0;
        }
        if (!(weight > 0 && weight <= 1e9)) {
            throw AccreteException.badArgument(
                    "the weight of mix must be > 0 and <= 1e9, as in 0.5:other.csv, but was '" + text + "'");
        }
        return new Mixed(weight, parts.group("source"));
    }

    private static Shard shard(String text) {
        Matcher parts = PART.matcher(text.strip());
        if (parts.matches()) {
            Shard shard = new Shard(Integer.parseInt(parts.group("index")), Integer.parseInt(parts.group("count")));
            if (shard.index() >= 1 && shard.index() <= shard.count()) {
                return shard;
            }
        }
        throw AccreteException.badArgument("shard must be I/N with I from 1 to N, as in 2/8, but was '" + text + "'");
    }

    private static Shuffle shuffle(String text) {
        Matcher parts = SHUFFLE.matcher(text.strip());
        if (!parts.matches()) {
            throw AccreteException.badArgument(
                    "shuffle must be a number of rows, as in 10000 or 10000,seed=7, but was '" + text + "'");
        }
        long seed = Optional.ofNullable(parts.group("seed")).map(Long::valueOf).orElse(0L);
        return new Shuffle(BUFFER.parse(parts.group("rows")).intValue(), seed);
    }

    private static long seed(String text) {
        Matcher parts = SEED.matcher(text.strip());
        if (!parts.matches()) {
            throw AccreteException.badArgument("balance must be alone or seed=S, as in seed=7, but was '" + text + "'");
        }
        return Long.parseLong(parts.group(1));
    }

    /**
     * {@return the rows of an epoch}
     *
     * @param first the rows of SOURCE, open
     * @param open opens a source that is mixed in
     * @param cache keeps encoded rows, where they are to be kept
     * @param epoch which one, from 1
     */
    ChunkSource of(ChunkSource first, Function<Mixed, ChunkSource> open, UnaryOperator<Rows> cache, int epoch) {
        Rows rows = mix.isEmpty() ? Rows.of(first) : mixed(first, open);
        if (skip > 0) {
            rows = rows.skip(skip);
        }
        if (shard.count() > 1) {
            rows = rows.shard(shard.index() - 1, shard.count());
        }
        // Before the steps that differ by epoch.
        rows = cache.apply(rows);
        if (shuffle.isPresent()) {
            rows = rows.shuffle(shuffle.get().rows(), seedOf(shuffle.get().seed(), epoch));
        }
        if (balance.isPresent()) {
            rows = rows.balance(seedOf(balance.get(), epoch));
        }
        return rows;
    }

    private Rows mixed(ChunkSource first, Function<Mixed, ChunkSource> open) {
        List<ChunkSource> sources = new ArrayList<>(List.of(first));
        double[] weights = new double[1 + mix.size()];
        weights[0] = 1;
        try {
            for (Mixed other : mix) {
                weights[sources.size()] = other.weight();
                sources.add(open.apply(other));
            }
        } catch (RuntimeException e) {
            sources.forEach(ChunkSource::close);
            throw e;
        }
        return Rows.mix(sources, weights, 0);
    }

    /** Another one in each epoch. */
    private static long seedOf(long seed, int epoch) {
        return seed + 0x9E3779B97F4A7C15L * (epoch - 1);
    }

    /** {@return whether rows are taken as they come from the source} */
    boolean isPlain() {
        return mix.isEmpty() && skip == 0 && shard.count() == 1 && shuffle.isEmpty() && balance.isEmpty();
    }
}
