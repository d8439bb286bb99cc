package org.accrete.engine.spark;

import org.accrete.core.plugin.PlugIns;

/** What each JVM, driver or executor, finds once. */
final class Here {
    /** The plug-ins beside this class. */
    static final PlugIns PLUG_INS = PlugIns.load();

    private Here() {}
}
