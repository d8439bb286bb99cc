package org.accrete.api.data;

import java.util.Random;

/** Where random tests of this module take their seed from, and say it. */
final class Seeds {
    private Seeds() {}

    static Random random(Class<?> test) {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println(test.getSimpleName() + ": replay with -Daccrete.seed=" + seed);
        return new Random(seed);
    }
}
