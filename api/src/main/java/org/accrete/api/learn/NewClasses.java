package org.accrete.api.learn;

/** What a classifier does with a label it has not seen before. */
public enum NewClasses {
    /** The label becomes another class. */
    GROW,
    /** The chunk is refused. */
    REJECT
}
