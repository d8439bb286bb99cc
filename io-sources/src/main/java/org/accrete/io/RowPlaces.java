package org.accrete.io;

import java.util.List;
import org.accrete.api.data.RowPlace;
import org.accrete.api.file.Input;

/** Places of rows in several inputs as one number: which input, and which line or row of it. */
final class RowPlaces {
    /** A trillion lines of some million inputs. */
    private static final int LINE_BITS = 40;

    private RowPlaces() {}

    /**
     * {@return the number of a place}
     *
     * @param input index of the input
     * @param number of the line or row, from 1
     */
    static long of(int input, long number) {
        return (long) input << LINE_BITS | number;
    }

    /** {@return the place that a number stands for} */
    static RowPlace place(List<Input> inputs, long place, RowPlace.Unit unit) {
        return new RowPlace(inputs.get((int) (place >>> LINE_BITS)).name(), unit, place & ((1L << LINE_BITS) - 1));
    }
}
