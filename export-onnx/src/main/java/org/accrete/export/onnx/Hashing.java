package org.accrete.export.onnx;

/** Where the texts of a categorical column that has no list of its values are hashed. */
public enum Hashing {
    /** In the graph, by {@code MurmurHash3}, which only ONNX Runtime has. */
    INSIDE,
    /** By the caller: an input is the column of the text within its block, −1 where it is missing. */
    OUTSIDE
}
