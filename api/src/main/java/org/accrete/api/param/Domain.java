package org.accrete.api.param;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.AccreteException;

/** The values a parameter may have, as data, so that an error, the help and a test can all read it. */
public sealed interface Domain {
    /** {@return the domain as users read it, such as {@code > 0} or {@code hinge | log-loss}} */
    String text();

    /** {@return values, as text, that lie just outside; empty when there are none} */
    List<String> justOutside();

    /**
     * An interval of numbers; an infinite bound is no bound and never itself a value.
     *
     * @param min lower bound
     * @param minOpen whether {@code min} itself is outside
     * @param max upper bound
     * @param maxOpen whether {@code max} itself is outside
     */
    record Range(double min, boolean minOpen, double max, boolean maxOpen) implements Domain {
        // Checks that the interval holds something.
        public Range {
            if (Double.isNaN(min) || Double.isNaN(max) || min > max) {
                throw AccreteException.badArgument("a range must have min <= max but was " + min + " … " + max);
            }
        }

        /**
         * {@return the numbers above {@code min}}
         *
         * @param min the largest value outside
         */
        public static Range above(double min) {
            return new Range(min, true, Double.POSITIVE_INFINITY, true);
        }

        /**
         * {@return the numbers from {@code min}}
         *
         * @param min the smallest value
         */
        public static Range atLeast(double min) {
            return new Range(min, false, Double.POSITIVE_INFINITY, true);
        }

        /**
         * {@return the numbers from {@code min} to {@code max}, both included}
         *
         * @param min the smallest value
         * @param max the largest value
         */
        public static Range between(double min, double max) {
            return new Range(min, false, max, false);
        }

        /** {@return every finite number} */
        public static Range finite() {
            return new Range(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, true);
        }

        /**
         * {@return whether the value lies inside; NaN never does}
         *
         * @param value any value
         */
        public boolean contains(double value) {
            return (minOpen ? value > min : value >= min) && (maxOpen ? value < max : value <= max);
        }

        @Override
        public String text() {
            boolean below = min != Double.NEGATIVE_INFINITY;
            boolean above = max != Double.POSITIVE_INFINITY;
            if (below && above) {
                return (minOpen ? "> " : ">= ") + number(min) + " and " + (maxOpen ? "< " : "<= ") + number(max);
            }
            if (below) {
                return (minOpen ? "> " : ">= ") + number(min);
            }
            return above ? (maxOpen ? "< " : "<= ") + number(max) : "finite";
        }

        @Override
        public List<String> justOutside() {
            List<String> values = new ArrayList<>(List.of("NaN", "Infinity", "-Infinity"));
            // From 2^53 on the next whole number that a double can hold is further away than 1.
            if (min != Double.NEGATIVE_INFINITY) {
                values.add(number(
                        minOpen ? min : isWhole(min) ? Math.min(min - 1, Math.nextDown(min)) : Math.nextDown(min)));
            }
            if (max != Double.POSITIVE_INFINITY) {
                values.add(
                        number(maxOpen ? max : isWhole(max) ? Math.max(max + 1, Math.nextUp(max)) : Math.nextUp(max)));
            }
            return values;
        }

        private static boolean isWhole(double value) {
            return value == Math.rint(value);
        }

        private static String number(double value) {
            return isWhole(value) && Math.abs(value) <= 0x1p53 ? Long.toString((long) value) : Double.toString(value);
        }
    }

    /**
     * A closed list of words.
     *
     * @param words the words, as users spell them
     */
    record Choice(List<String> words) implements Domain {
        // Copies the list.
        public Choice {
            words = List.copyOf(words);
        }

        @Override
        public String text() {
            return String.join(" | ", words);
        }

        @Override
        public List<String> justOutside() {
            return List.of("", "no-such-" + words.get(0));
        }
    }

    /**
     * Any text.
     *
     * @param text what it should be, in words
     */
    record Text(String text) implements Domain {
        @Override
        public List<String> justOutside() {
            return List.of();
        }
    }
}
