/** Linear models by stochastic gradient descent. */
module org.accrete.learners.sgd {
    requires org.accrete.api;
    requires org.accrete.kernels;
}
