package org.accrete.core.plugin;

/**
 * A plug-in that is there but cannot be used.
 *
 * @param plugIn its name where that is known, else its class or its jar
 * @param why what is wrong with it, on one line
 */
public record BrokenPlugIn(String plugIn, String why) {}
