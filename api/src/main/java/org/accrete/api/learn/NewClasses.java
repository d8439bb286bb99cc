package org.accrete.api.learn;

/** What a classifier does with a label it has not seen before. */
public enum NewClasses {
    /** It learns it as a further class. */
    GROW,
    /** It refuses the chunk. */
    REJECT
}
