/** Numeric loops with one defined result, whatever runs them. */
module org.accrete.kernels {
    exports org.accrete.kernels;
}
