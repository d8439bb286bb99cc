/** What trains, scores and stores. */
module org.accrete.core {
    requires transitive org.accrete.api;
    requires org.accrete.kernels;
    requires com.google.common;
}
