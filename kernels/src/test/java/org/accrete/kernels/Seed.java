package org.accrete.kernels;

import java.util.SplittableRandom;

/** The seed of a random test: another in each run, printed with what replays it. */
final class Seed {

    private Seed() {}

    static long of(Class<?> test) {
        long seed = Long.getLong("test.seed", new SplittableRandom().nextInt(1, Integer.MAX_VALUE));
        System.out.println(test.getSimpleName() + " replays with -Dtest.seed=" + seed);
        return seed;
    }
}
