package org.accrete.testkit;

import static org.accrete.testkit.SourceFixtures.appendRows;
import static org.accrete.testkit.SourceFixtures.newBuffer;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Position;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.core.source.Rows;
import org.accrete.core.source.Sources;

/**
 * Random compositions of sources, and their law: after a stop at any row and a seek, the same composition hands out the
 * same rows in the same chunks.
 */
final class Compositions implements AutoCloseable {
    /** Opens rows. */
    @FunctionalInterface
    interface Opening {
        /**
         * {@return rows at their start}
         *
         * @param classes the labels known; empty at the first time
         * @param epoch added to the seed of each shuffle, from 1
         */
        ChunkSource open(List<String> classes, int epoch);
    }

    /**
     * A composition.
     *
     * @param text what it is, for messages
     * @param opening opens it
     * @param countsExactly whether it counts dropped rows exactly where a chunk ends
     */
    private record Composition(String text, Opening opening, boolean countsExactly) {}

    /**
     * The rows of a chunk, and what is known after it.
     *
     * @param lines the rows with their places
     * @param position the position after it
     * @param classes the labels after it
     * @param dropped what was dropped for it
     */
    private record Told(List<String> lines, Position position, List<String> classes, DroppedRows dropped) {}

    private final SeededRandom random;
    private final Opening leaf;
    private final boolean indexes;
    private final Path directory;
    private final boolean categorical;
    private final List<String> blocks;
    private int caches;

    /**
     * Prepares compositions of one source.
     *
     * @param random draws them
     * @param leaf opens the source
     * @param indexes whether the source numbers labels by the classes that it is given, and counts what it drops after
     *     a seek exactly
     */
    Compositions(SeededRandom random, Opening leaf, boolean indexes) {
        this.random = random;
        this.leaf = leaf;
        this.indexes = indexes;
        try {
            directory = Files.createTempDirectory("accrete-caches");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (ChunkSource source = leaf.open(List.of(), 1)) {
            categorical = source.schema().target().kind() == Target.Kind.CATEGORICAL;
            blocks = source.schema().blocks().stream().map(Block::name).toList();
        }
    }

    /** Makes a random composition and checks its law. */
    void check(int depth) {
        Composition composition = composition(depth, true);
        int size = 1 + random.nextInt(random.nextInt(3) == 0 ? 200 : 25);
        String what = composition.text() + " in chunks of " + size;
        List<Told> expected = read(composition, List.of(), Position.start(), size);
        List<String> all = lines(expected);
        assertThat(lines(read(composition, List.of(), Position.start(), 1 + random.nextInt(60))))
                .as("rows of %s in chunks of another size", what)
                .isEqualTo(all);
        for (int times = 0; times < 3; times++) {
            int stop = random.nextInt(all.size() + 1);
            if (random.nextInt(4) == 0) {
                deleteCaches();
            }
            // A later pass did not see the labels of those before.
            boolean none = indexes && !what.contains("repeat") && random.nextInt(2) == 0;
            Point point = point(expected, Position.start(), 0, stop);
            List<Told> rest = read(composition, known(point, none), point.position(), size);
            assertThat(lines(rest))
                    .as("rows of %s after a stop at row %s and a seek to %s", what, stop, point)
                    .isEqualTo(all.subList(stop, all.size()));
            // A cache of repeated rows does not know where their passes end.
            if (point.chunks() >= 0 && !what.contains("cache")) {
                List<Told> later = expected.subList(point.chunks(), expected.size());
                assertThat(rest.stream().map(chunk -> chunk.lines().size()))
                        .as("rows of the chunks of %s after a seek to %s", what, point)
                        .isEqualTo(later.stream()
                                .map(chunk -> chunk.lines().size())
                                .toList());
                if (indexes && composition.countsExactly() && point.position().rows() == 0) {
                    assertThat(dropped(rest))
                            .as("dropped rows of %s after a seek to %s", what, point)
                            .isEqualTo(dropped(later));
                }
            }
            int again = stop + random.nextInt(all.size() - stop + 1);
            Point second = point(rest, point.position(), stop, again);
            List<Told> last = read(composition, known(second, none), second.position(), 1 + random.nextInt(50));
            assertThat(lines(last))
                    .as("rows of %s after stops at rows %s and %s and a seek to %s", what, stop, again, second)
                    .isEqualTo(all.subList(again, all.size()));
        }
    }

    /**
     * Where a run stopped.
     *
     * @param position the position
     * @param classes the labels known
     * @param chunks how many chunks it read, if it stopped at the end of one; −1 otherwise
     */
    private record Point(Position position, List<String> classes, int chunks) {}

    private static Point point(List<Told> chunks, Position start, int first, int stop) {
        Position position = start;
        List<String> classes = List.of();
        int row = first;
        for (int i = 0; i < chunks.size(); i++) {
            Told chunk = chunks.get(i);
            if (row == stop) {
                return new Point(position, i == 0 ? chunk.classes() : classes, i);
            }
            if (stop < row + chunk.lines().size()) {
                return new Point(position.plus(stop - row), chunk.classes(), -1);
            }
            row += chunk.lines().size();
            position = chunk.lines().isEmpty() ? position : chunk.position();
            classes = chunk.classes();
        }
        return new Point(position.plus(stop - row), classes, -1);
    }

    private static List<String> known(Point point, boolean none) {
        return none || point.position().equals(Position.start()) ? List.of() : point.classes();
    }

    private static DroppedRows dropped(List<Told> chunks) {
        return chunks.stream().map(Told::dropped).reduce(DroppedRows.NONE, DroppedRows::plus);
    }

    private static List<String> lines(List<Told> chunks) {
        return chunks.stream().flatMap(chunk -> chunk.lines().stream()).toList();
    }

    /** {@return all chunks from a position on; the last one is empty and has what was dropped at the end} */
    private List<Told> read(Composition composition, List<String> classes, Position from, int size) {
        try (ChunkSource source = composition.opening().open(classes, 1)) {
            List<Told> all = new ArrayList<>();
            source.seek(Position.parse(from.toText()));
            ChunkBuffer buffer = newBuffer(source, size);
            boolean more = true;
            while (more) {
                more = source.next(buffer);
                List<String> lines = new ArrayList<>();
                appendRows(buffer, lines, indexes);
                for (int row = 0; row < lines.size(); row++) {
                    lines.set(row, lines.get(row) + " @" + buffer.place(row));
                }
                all.add(new Told(
                        lines, buffer.position(), List.copyOf(buffer.chunk().classes()), buffer.dropped()));
            }
            return all;
        } catch (RuntimeException e) {
            throw new AssertionError(
                    composition.text() + " fails after a seek to " + from + " with the classes " + classes, e);
        }
    }

    private Composition composition(int depth, boolean free) {
        if (depth == 0) {
            return new Composition("rows", leaf, true);
        }
        int kind = random.nextInt(categorical ? 14 : 13);
        if (kind >= 9 && kind <= 11) {
            return several(kind, depth);
        }
        Composition of = composition(depth - 1, free && kind != 8);
        long seed = random.nextInt(100);
        int some = 1 + random.nextInt(40);
        return switch (kind) {
            case 0 -> {
                int remainder = random.nextInt(3);
                yield step(
                        of, "filter", (rows, epoch) -> rows.filter((chunk, row) -> hash(chunk, row) % 3 != remainder));
            }
            case 1 -> step(of, "take " + some, (rows, epoch) -> rows.take(some));
            case 2 -> step(of, "skip " + some, (rows, epoch) -> rows.skip(some));
            case 3 -> {
                int count = 1 + random.nextInt(4);
                int index = random.nextInt(count);
                yield step(of, "shard " + index + "/" + count, (rows, epoch) -> rows.shard(index, count));
            }
            case 4, 5 -> step(of, "shuffle " + some, (rows, epoch) -> rows.shuffle(some, seed + epoch));
            case 6 -> {
                int epochs = 1 + random.nextInt(3);
                yield new Composition(
                        "repeat " + epochs + "(" + of.text() + ")",
                        (classes, epoch) ->
                                Sources.repeat(inner -> of.opening().open(classes, epoch * 10 + inner), epochs),
                        of.countsExactly());
            }
            case 7 -> {
                Path file = directory.resolve("cache" + caches++);
                // Its rows must not depend on the epoch.
                yield new Composition(
                        "cache(" + of.text() + ")",
                        (classes, epoch) ->
                                Rows.of(of.opening().open(classes, 1)).cache(file),
                        false);
            }
            case 8 -> free ? changed(of) : of;
            case 12 ->
                new Composition(
                        "prefetch(" + of.text() + ")",
                        (classes, epoch) -> Sources.prefetch(of.opening().open(classes, epoch), some),
                        false);
            default -> step(of, "balance", (rows, epoch) -> rows.balance(seed));
        };
    }

    /** A step of one source. */
    @FunctionalInterface
    private interface Step {
        ChunkSource of(Rows rows, int epoch);
    }

    private static Composition step(Composition of, String name, Step step) {
        return new Composition(
                name + "(" + of.text() + ")",
                (classes, epoch) -> step.of(Rows.of(of.opening().open(classes, epoch)), epoch),
                of.countsExactly());
    }

    private Composition several(int kind, int depth) {
        List<Composition> parts = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            parts.add(composition(random.nextInt(depth), false));
            weights[i] = 0.1 + random.nextDouble();
        }
        int block = 1 + random.nextInt(10);
        long seed = random.nextInt(100);
        String name = kind == 9 ? "concat" : kind == 10 ? "interleave " + block : "mix";
        return new Composition(
                name + "("
                        + String.join(
                                ", ", parts.stream().map(Composition::text).toList()) + ")",
                (classes, epoch) -> {
                    List<ChunkSource> sources = parts.stream()
                            .map(part -> part.opening().open(classes, epoch))
                            .toList();
                    return switch (kind) {
                        case 9 -> Rows.concat(sources);
                        case 10 -> Rows.interleave(sources, block);
                        default -> Rows.mix(sources, weights, seed + epoch);
                    };
                },
                parts.stream().allMatch(Composition::countsExactly));
    }

    /** {@return rows of other columns; blocks are known of the source only} */
    private Composition changed(Composition of) {
        if (of.text().contains("select") || of.text().contains("map")) {
            return of;
        }
        List<String> some =
                blocks.stream().filter(name -> random.nextInt(3) > 0).toList();
        if (!some.isEmpty() && random.nextInt(2) == 0) {
            return step(of, "select " + some, (rows, epoch) -> rows.select(some));
        }
        return step(of, "map", (rows, epoch) -> rows.map(rows.schema(), Compositions::copy));
    }

    private static void copy(Chunk rows, int row, ChunkBuffer out) {
        if (rows instanceof DenseChunk dense) {
            out.put(0, dense.values(), dense.offset(row), dense.width());
        } else if (rows instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                out.put(sparse.indices()[k], sparse.values()[k]);
            }
        }
    }

    /** {@return a number that depends on a row's columns, at least 0} */
    private static int hash(Chunk rows, int row) {
        long hash = 1;
        for (double cell : ChunkCopy.cells(rows, row)) {
            hash = hash * 31 + Double.hashCode(cell);
        }
        return (int) (new SeededRandom(hash).nextLong() >>> 33);
    }

    private void deleteCaches() {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        deleteCaches();
        try {
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
