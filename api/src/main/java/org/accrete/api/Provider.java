package org.accrete.api;

import java.util.List;
import org.accrete.api.param.ParamSpec;

/**
 * What every plug-in tells about itself. A provider is stateless, has a public no-argument constructor and is found by
 * {@link java.util.ServiceLoader} through one of the four interfaces that extend this one.
 *
 * <ul>
 *   <li>{@link #name()} matches {@code [a-z][a-z0-9-]*} and never changes: it is written into stored models.
 *   <li>{@link #params()} lists each parameter once; validation, help and the reference page derive from it.
 * </ul>
 */
public interface Provider {
    /** {@return the name by which users choose the plug-in} */
    String name();

    /** {@return one sentence for lists and help} */
    String summary();

    /** {@return the parameters, in the order in which help shows them} */
    List<ParamSpec<?>> params();
}
