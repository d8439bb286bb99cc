/**
 * Programs that the tests start in JVMs of their own, with other options or another JDK. They stand in a package of
 * their own and use public names only, so that they also run on the class path beside the kernels as a named module.
 */
package org.accrete.kernels.trial;
