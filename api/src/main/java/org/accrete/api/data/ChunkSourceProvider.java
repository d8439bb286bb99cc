package org.accrete.api.data;

import java.util.Set;
import org.accrete.api.Provider;
import org.accrete.api.param.Params;

/** A plug-in that opens chunk sources. */
public interface ChunkSourceProvider extends Provider {
    /**
     * {@return the endings of files that this source reads when no name is given, such as {@code csv} and
     * {@code csv.gz}}
     */
    default Set<String> endings() {
        return Set.of();
    }

    /**
     * {@return whether locations are URLs with parameters of their own} Where users write parameters after a location,
     * those that this plug-in does not declare are then a part of the location.
     */
    default boolean takesUrls() {
        return false;
    }

    /**
     * Opens a source at its beginning.
     *
     * @param request what to open and how to encode it
     * @param params values of {@link #params()}
     * @return the source; the caller closes it
     * @throws org.accrete.api.AccreteException bad argument, bad data, bad state or I/O, with the file and line
     */
    ChunkSource open(SourceRequest request, Params params);
}
