package org.accrete.core.preprocess;

import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;

/**
 * The inverse of the cumulative distribution function of the standard normal distribution, to about 16 digits: M. J.
 * Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37(3), 1988,
 * routine PPND16.
 */
final class NormalQuantile {
    private static final double[] CENTRE_UPPER = {
        3.3871328727963665,
        133.14166789178438,
        1971.5909503065513,
        13731.69376550946,
        45921.95393154987,
        67265.7709270087,
        33430.57558358813,
        2509.0809287301227
    };
    private static final double[] CENTRE_LOWER = {
        1.0,
        42.31333070160091,
        687.1870074920579,
        5394.196021424751,
        21213.794301586597,
        39307.89580009271,
        28729.085735721943,
        5226.495278852854
    };
    private static final double[] NEAR_UPPER = {
        1.4234371107496835,
        4.630337846156546,
        5.769497221460691,
        3.6478483247632045,
        1.2704582524523684,
        0.2417807251774506,
        0.022723844989269184,
        0.0007745450142783414
    };
    private static final double[] NEAR_LOWER = {
        1.0,
        2.053191626637759,
        1.6763848301838038,
        0.6897673349851,
        0.14810397642748008,
        0.015198666563616457,
        0.0005475938084995345,
        1.0507500716444169E-9
    };
    private static final double[] FAR_UPPER = {
        6.657904643501103,
        5.463784911164114,
        1.7848265399172913,
        0.29656057182850487,
        0.026532189526576124,
        0.0012426609473880784,
        2.7115555687434876E-5,
        2.0103343992922881E-7
    };
    private static final double[] FAR_LOWER = {
        1.0,
        0.599832206555888,
        0.1369298809227358,
        0.014875361290850615,
        0.0007868691311456133,
        1.8463183175100548E-5,
        1.421511758316446E-7,
        2.0442631033899397E-15
    };

    private NormalQuantile() {}

    /**
     * {@return the number that a standard normal variable is below with a given probability}
     *
     * @param p above 0 and below 1
     */
    static double of(double p) {
        double q = p - 0.5;
        if (Math.abs(q) <= 0.425) {
            double r = 0.180625 - q * q;
            return q * polynomial(CENTRE_UPPER, r) / polynomial(CENTRE_LOWER, r);
        }
        double r = Math.sqrt(-StrictMath.log(Math.min(p, 1 - p)));
        double tail = r <= 5
                ? polynomial(NEAR_UPPER, r - 1.6) / polynomial(NEAR_LOWER, r - 1.6)
                : polynomial(FAR_UPPER, r - 5) / polynomial(FAR_LOWER, r - 5);
        return q < 0 ? -tail : tail;
    }

    /**
     * {@return the same in a graph}
     *
     * @param p from 1e-10 to 1 − 1e-10
     */
    static Value of(ModelGraph graph, Value p) {
        Value q = graph.apply("Sub", p, graph.constant(0.5));
        Value r = graph.apply("Sub", graph.constant(0.180625), graph.apply("Mul", q, q));
        Value centre = graph.apply(
                "Div", graph.apply("Mul", q, polynomial(graph, CENTRE_UPPER, r)), polynomial(graph, CENTRE_LOWER, r));
        Value side = graph.apply("Min", p, graph.apply("Sub", graph.constant(1), p));
        Value root = graph.apply("Sqrt", graph.apply("Neg", graph.apply("Log", side)));
        Value near = graph.apply("Sub", root, graph.constant(1.6));
        Value tail = graph.apply("Div", polynomial(graph, NEAR_UPPER, near), polynomial(graph, NEAR_LOWER, near));
        return graph.apply(
                "Where",
                graph.apply("LessOrEqual", graph.apply("Abs", q), graph.constant(0.425)),
                centre,
                graph.apply("Mul", graph.apply("Sign", q), tail));
    }

    private static Value polynomial(ModelGraph graph, double[] coefficients, Value x) {
        Value sum = graph.constant(coefficients[7]);
        for (int i = 6; i >= 0; i--) {
            sum = graph.apply("Add", graph.apply("Mul", sum, x), graph.constant(coefficients[i]));
        }
        return sum;
    }

    private static double polynomial(double[] coefficients, double x) {
        double sum = coefficients[7];
        for (int i = 6; i >= 0; i--) {
            sum = sum * x + coefficients[i];
        }
        return sum;
    }
}
