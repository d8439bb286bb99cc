package org.accrete.learners.trees;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.accrete.api.SeededRandom;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftLevel;

/**
 * A tree of a forest, with what watches its errors. Where they may be rising, another tree begins to grow in the
 * background, which takes its place once they have risen. Whatever it draws at random is its own, so that members can
 * learn on different threads.
 *
 * @param <T> the kind of tree
 * @param <L> the kind of its leaves
 */
abstract class ForestMember<T extends HoeffdingTree<L>, L extends Leaf<L>> {
    static final String FACTS = "trees.member";
    static final String DRAWS = "trees.member_draws";
    /** The tensors of members, besides those of trees. */
    static final List<String> NUMBERS = List.of(FACTS, Watches.BUCKETS);

    static final List<String> WHOLES = List.of(DRAWS, Watches.SIZES, Watches.COUNTS);

    final Features features;
    final ForestParams params;
    final SeededRandom random;
    private final DriftDetector warning;
    private final DriftDetector drift;
    T tree;
    Optional<T> background = Optional.empty();
    private long drifts;

    /** Makes a member whose tree is still to be set. */
    @SuppressWarnings("NullAway.Init") // The trees of subclasses need what the subclasses keep.
    ForestMember(Features features, ForestParams params, int number) {
        this.features = features;
        this.params = params;
        random = new SeededRandom(seed(params, number));
        warning = params.warning().create();
        drift = params.drift().create();
    }

    private static long seed(ForestParams params, int number) {
        // Draws of one member must not be those of another a few numbers later.
        return new SeededRandom(params.seed(), number).nextLong();
    }

    abstract T newTree();

    /** {@return what its vote counts, above 0} */
    abstract double weight();

    /** Forgets how well the tree did, which another one replaces. */
    abstract void forget();

    /** {@return the weight that the tree learns a row with; may be 0} */
    final double draw(double weight) {
        return weight * random.nextPoisson(params.meanWeight());
    }

    /**
     * Watches the errors of the tree, and replaces it where they have risen.
     *
     * @param error from 0 to 1
     */
    final void watch(double error) {
        boolean warns = warning.update(error) == DriftLevel.DRIFT;
        boolean drifted = drift.update(error) == DriftLevel.DRIFT;
        if (drifted) {
            tree = background.isPresent() ? background.get() : newTree();
            background = Optional.empty();
            warning.reset();
            forget();
            drifts++;
        } else if (warns) {
            background = Optional.of(newTree());
        }
    }

    final Voter<L> view() {
        return tree.view().with(weight(), drifts);
    }

    final Voter<L> snapshot() {
        return tree.snapshot().with(weight(), drifts);
    }

    // --- state

    /** Writes all but what {@link #weight} depends on. */
    void write(TreeWriter out) {
        out.whole(DRAWS, random.counter());
        out.whole(DRAWS, drifts);
        out.number(FACTS, background.isPresent() ? 1 : 0);
        Watches.write(warning, out);
        Watches.write(drift, out);
        tree.write(out);
        background.ifPresent(other -> other.write(out));
    }

    /** Reads the member, but for its trees: see {@link #readTrees}. */
    @SuppressWarnings("NullAway.Init") // As above.
    ForestMember(Features features, ForestParams params, int number, TreeReader in) {
        this.features = features;
        this.params = params;
        random = new SeededRandom(seed(params, number), in.whole(DRAWS));
        drifts = in.whole(DRAWS);
        TreeReader.require(drifts >= 0, "members");
        warning = params.warning().read(in);
        drift = params.drift().read(in);
    }

    final void readTrees(TreeReader in, Supplier<T> read) {
        boolean hasBackground = in.number(FACTS) != 0;
        tree = read.get();
        if (hasBackground) {
            background = Optional.of(read.get());
        }
    }
}
