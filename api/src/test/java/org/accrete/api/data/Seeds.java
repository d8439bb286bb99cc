package org.accrete.api.data;

import java.util.Random;

/** Gives the random tests of this module their seed and prints it. */
final class Seeds {
    private Seeds() {}

    static Random random(Class<?> test) {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println(test.getSimpleName() + ": replay with -Daccrete.seed=" + seed);
        return new Random(seed);
    }
}
