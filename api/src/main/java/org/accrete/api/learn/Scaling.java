package org.accrete.api.learn;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;

/** A shift and a scale for each column: x becomes {@code (x - centre) / scale}. Immutable. */
public final class Scaling {
    private final double[] centre;
    private final double[] scale;

    private Scaling(double[] centre, double[] scale) {
        this.centre = centre;
        this.scale = scale;
    }

    /**
     * {@return a shift and a scale for each column}
     *
     * @param centre what is subtracted; copied
     * @param scale what is divided by afterwards; as many numbers, above 0; copied
     * @throws AccreteException bad argument: the lengths differ, or a number is out of range
     */
    public static Scaling of(double[] centre, double[] scale) {
        if (centre.length != scale.length) {
            throw AccreteException.badArgument(
                    "a scaling must have as many scales as centres but has " + scale.length + " and " + centre.length);
        }
        return checked(Kind.BAD_ARGUMENT, centre.clone(), scale.clone());
    }

    private static Scaling checked(Kind kind, double[] centre, double[] scale) {
        for (int j = 0; j < centre.length; j++) {
            if (!(Math.abs(centre[j]) <= Double.MAX_VALUE && scale[j] > 0 && scale[j] <= Double.MAX_VALUE)) {
                throw new AccreteException(
                        kind,
                        "a scaling must have finite centres and finite scales > 0 but column " + j + " has centre "
                                + centre[j] + " and scale " + scale[j]);
            }
        }
        return new Scaling(centre, scale);
    }

    /**
     * {@return the scaling that changes nothing}
     *
     * @param width number of columns
     */
    public static Scaling identity(int width) {
        double[] ones = new double[width];
        Arrays.fill(ones, 1);
        return new Scaling(new double[width], ones);
    }

    /** {@return the number of columns} */
    public int width() {
        return centre.length;
    }

    /** {@return what is subtracted from each column, a copy} */
    public double[] centre() {
        return centre.clone();
    }

    /** {@return what each column is divided by afterwards, a copy} */
    public double[] scale() {
        return scale.clone();
    }

    /** {@return whether it changes nothing} */
    public boolean isIdentity() {
        for (int j = 0; j < centre.length; j++) {
            if (centre[j] != 0 || scale[j] != 1) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return this scaling and then another one}
     *
     * @param next what is done to the columns that this one makes
     * @throws AccreteException bad argument: another number of columns; bad state: the numbers overflow
     */
    public Scaling then(Scaling next) {
        requireWidth(next);
        double[] centres = new double[centre.length];
        double[] scales = new double[centre.length];
        for (int j = 0; j < centres.length; j++) {
            centres[j] = centre[j] + scale[j] * next.centre[j];
            scales[j] = scale[j] * next.scale[j];
        }
        return checked(Kind.BAD_STATE, centres, scales);
    }

    /**
     * {@return the scaling that turns the output of this one into the output of another for the same columns; exactly
     * the {@linkplain #isIdentity identity} where both are equal}
     *
     * @param other another scaling
     * @throws AccreteException bad argument: another number of columns; bad state: the numbers overflow
     */
    public Scaling to(Scaling other) {
        requireWidth(other);
        double[] centres = new double[centre.length];
        double[] scales = new double[centre.length];
        for (int j = 0; j < centres.length; j++) {
            centres[j] = (other.centre[j] - centre[j]) / scale[j];
            scales[j] = other.scale[j] / scale[j];
        }
        return checked(Kind.BAD_STATE, centres, scales);
    }

    private void requireWidth(Scaling other) {
        if (other.width() != width()) {
            throw AccreteException.badArgument("a scaling must have " + width() + " columns but has " + other.width());
        }
    }
}
