/**
 * Numeric loops with one defined result each. The SIMD twin uses {@code jdk.incubator.vector} when that module is
 * resolved at run time; it is not required here, so that everything works without it.
 */
module org.accrete.kernels {
    exports org.accrete.kernels;
}
