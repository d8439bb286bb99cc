package org.accrete.api;

/**
 * The one random generator: SplitMix64 of a seed and a counter, so that its whole state is two {@code long}s that a
 * checkpoint can hold.
 *
 * <p>Draw {@code n} of seed {@code s} is {@code mix(s + (n + 1) × 0x9E3779B97F4A7C15)}: any draw can be computed
 * without those before it. Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014,
 * with Stafford's mix 13. Not for cryptography. Not thread-safe.
 */
public final class SeededRandom {
    private static final int MOST_MEAN = 100;
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long seed;
    private long counter;
    /** Kept from the last draw of {@link #nextPoisson}, since it costs more than the draw. */
    private double lastMean;

    private double noneOfMean = 1;

    /**
     * Makes a generator at its first draw.
     *
     * @param seed any value
     */
    public SeededRandom(long seed) {
        this(seed, 0);
    }

    /**
     * Makes a generator that continues where another stopped.
     *
     * @param seed the other's seed
     * @param counter the other's {@link #counter()}
     */
    public SeededRandom(long seed, long counter) {
        this.seed = seed;
        this.counter = counter;
    }

    /** {@return the seed} */
    public long seed() {
        return seed;
    }

    /** {@return how many 64-bit draws were taken} */
    public long counter() {
        return counter;
    }

    /** {@return 64 random bits} */
    public long nextLong() {
        counter++;
        long z = seed + counter * GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** {@return a uniform value in [0, 1), a multiple of 2^-53} */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /**
     * {@return a uniform value in 0 … bound − 1, without bias}
     *
     * @param bound above 0
     */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw AccreteException.badArgument("bound must be > 0 but was " + bound);
        }
        // Rejects the few draws that would favour small values.
        long bits = nextLong() >>> 1;
        long value = bits % bound;
        while (bits - value + (bound - 1) < 0) {
            bits = nextLong() >>> 1;
            value = bits % bound;
        }
        return (int) value;
    }

    /** {@return a draw from the standard normal distribution, by Box and Muller, two draws of the counter each} */
    public double nextGaussian() {
        double u = 1.0 - nextDouble();
        double v = nextDouble();
        return StrictMath.sqrt(-2.0 * StrictMath.log(u)) * StrictMath.cos(2.0 * StrictMath.PI * v);
    }

    /**
     * {@return a draw from a Poisson distribution, by inversion of one uniform draw; O(mean)}
     *
     * @param mean from 0 to 100
     */
    public int nextPoisson(double mean) {
        if (!(mean >= 0 && mean <= MOST_MEAN)) {
            throw AccreteException.badArgument("mean must be >= 0 and <= " + MOST_MEAN + " but was " + mean);
        }
        if (mean != lastMean) {
            lastMean = mean;
            noneOfMean = StrictMath.exp(-mean);
        }
        double u = nextDouble();
        double p = noneOfMean;
        double sum = p;
        int k = 0;
        // Rounded, the probabilities may add up to a little less than the draw; then p is 0 in the end.
        while (u >= sum && p > 0) {
            k++;
            p *= mean / k;
            sum += p;
        }
        return p > 0 ? k : (int) mean;
    }
}
