package org.accrete.kernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the SIMD twins share: vectors of doubles, the widest of 256 or 512 bits that this JVM prefers. There is no twin
 * for vectors of two doubles, because C2 compiles too few of their operations to one instruction without objects.
 *
 * <p>Rules for all twins:
 *
 * <ul>
 *   <li>Same bits. The sixteen running sums of a reduction are the lanes of two or four vectors, so each sum takes the
 *       same elements in the same order at every width. The tree that combines them is written out lane by lane,
 *       because {@code reduceLanes} leaves its order open.
 *   <li>Branches on {@link #LANES} are free: it is a constant to the compiler.
 *   <li>Vectors live in local variables. A vector in a field, or one that is passed to or returned by a call which C2
 *       does not inline, is an object on the heap.
 *   <li>Twins call the Vector API alone, and repeat what looks like a helper. C2 stops inlining methods of ours once a
 *       compilation has grown large, its caller's part included, so that a short twin in a long caller would lose its
 *       helpers; the methods of the Vector API are inlined in any case.
 *   <li>Scalar code handles the elements after the last whole vector: masked loads are slow on JDK 17.
 *   <li>C2 of JDK 17 inlines the end of a method of many vector operations late, and then knows a vector by its
 *       declared type only; storing it may be a call that allocates. A cast to {@link #EXACT} makes the type exact.
 * </ul>
 */
final class Vectors {

    static final VectorSpecies<Double> SPECIES =
            DoubleVector.SPECIES_PREFERRED.length() > 8 ? DoubleVector.SPECIES_512 : DoubleVector.SPECIES_PREFERRED;

    static final VectorSpecies<Long> BITS = VectorSpecies.of(long.class, SPECIES.vectorShape());

    static final int LANES = SPECIES.length();

    /** The one class of all these vectors. */
    static final Class<? extends Vector<Double>> EXACT = SPECIES.vectorType();

    static final String NAME = "simd " + SPECIES.vectorBitSize() + "-bit";

    private Vectors() {}

    /** The tree of eight lanes that were stored: fewer instructions than taking them out of a vector one by one. */
    static double storedTree(double[] s, int i) {
        return ((s[i] + s[i + 4]) + (s[i + 2] + s[i + 6])) + ((s[i + 1] + s[i + 5]) + (s[i + 3] + s[i + 7]));
    }
}
