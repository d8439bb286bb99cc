package org.accrete.drift;

import org.accrete.api.param.ParamSpec;

/** Which changes of the mean are told. */
enum Side {
    /** Rises only: of a loss, a fall is good news. */
    HIGHER,
    /** Rises and falls. */
    BOTH;

    static final ParamSpec<Side> PARAM =
            ParamSpec.choice("side", Side.class, HIGHER, "whether only rises are told (higher) or falls too (both)");
}
