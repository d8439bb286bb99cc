/** The {@code accrete} command; starts at {@link org.accrete.cli.Main}. */
package org.accrete.cli;
