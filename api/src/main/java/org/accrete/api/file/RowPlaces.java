package org.accrete.api.file;

import java.util.List;
import java.util.function.IntFunction;
import org.accrete.api.data.RowPlace;

/** Places of rows in several inputs as one number: which input, and which line or row of it. */
public final class RowPlaces {
    /** A trillion lines of some million inputs. */
    private static final int LINE_BITS = 40;

    private RowPlaces() {}

    /**
     * {@return the number of a place}
     *
     * @param input index of the input
     * @param number of the line or row, from 1
     */
    public static long of(int input, long number) {
        return (long) input << LINE_BITS | number;
    }

    /**
     * {@return the place that a number stands for}
     *
     * @param inputs the inputs
     * @param place the number
     * @param unit what was counted
     */
    public static RowPlace place(List<Input> inputs, long place, RowPlace.Unit unit) {
        return place(input -> inputs.get(input).name(), place, unit);
    }

    /**
     * {@return the place that a number stands for}
     *
     * @param names the name of each input
     * @param place the number
     * @param unit what was counted
     */
    public static RowPlace place(IntFunction<String> names, long place, RowPlace.Unit unit) {
        return new RowPlace(names.apply((int) (place >>> LINE_BITS)), unit, place & ((1L << LINE_BITS) - 1));
    }
}
