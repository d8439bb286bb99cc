package org.accrete.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code train} that say which rows are learned and in which order; they apply in this order. */
final class RowsOptions {
    @Mixin
    WhereOption where = new WhereOption();

    @Option(
            names = "--mix",
            paramLabel = "[W:]SOURCE",
            description =
                    "Mix in the rows of another source of the same columns: each next row is drawn from one of the"
                            + " sources by weight. W is its weight (default: 1); SOURCE has weight 1. May be repeated.")
    List<String> mix = new ArrayList<>();

    @Option(names = "--skip", paramLabel = "N", description = "Leave out the first N rows.")
    Optional<String> skip = Optional.empty();

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description =
                    "Only every Nth row, from the Ith on, as in 2/8: eight trainings, 1/8 to 8/8, share the rows.")
    Optional<String> shard = Optional.empty();

    @Option(
            names = "--cache",
            paramLabel = "FILE",
            description =
                    "Keep the encoded rows of the first epoch in a file, which later epochs, and later runs on the"
                            + " same source and columns, read instead.")
    Optional<Path> cache = Optional.empty();

    @Option(
            names = "--shuffle",
            paramLabel = "N[,seed=S]",
            description = "Shuffle the rows, in another order in each epoch, with N rows in memory.")
    Optional<String> shuffle = Optional.empty();

    @Option(
            names = "--balance",
            arity = "0..1",
            fallbackValue = "seed=0",
            paramLabel = "seed=S",
            description =
                    "Leave out rows of the commoner classes at random, so that all are learned about equally often.")
    Optional<String> balance = Optional.empty();

    /** {@return the options that are given and decide what is learned, by name} */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        where.text.ifPresent(text -> texts.put("where", text));
        if (!mix.isEmpty()) {
            texts.put("mix", String.join("\n", mix));
        }
        skip.ifPresent(text -> texts.put("skip", text));
        shard.ifPresent(text -> texts.put("shard", text));
        shuffle.ifPresent(text -> texts.put("shuffle", text));
        balance.ifPresent(text -> texts.put("balance", text));
        return texts;
    }
}
