package org.accrete.core.train;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Target;
import org.accrete.core.score.ScoreReport;

/**
 * A condition that a version must meet to become {@code live}, such as {@code log_loss <= live + 0.01}. Immutable.
 *
 * <pre>{@code
 * gate     =  measure ( "<=" | "<" | ">=" | ">" ) sum [ "by" column ]
 * measure  =  log_loss | roc_auc | accuracy | kappa | kappa_t | mae | rmse | r2 | changed
 * sum      =  product { ( "+" | "-" ) product }
 * product  =  one { ( "*" | "/" ) one }
 * one      =  a number | a number "%" | "live" | "baseline" | "(" sum ")"
 * column   =  letters, digits and _, or any name between `backquotes`
 * }</pre>
 *
 * <p>{@code live} is the same measure of the live version on the same rows, {@code baseline} that of the best baseline,
 * {@code changed} the share of rows of which the version predicts another class than the live one. With {@code by} the
 * condition must hold in each slice of at least {@value #SLICE_ROWS} rows that have one value of the column.
 */
public final class Gate {
    /** Fewer rows say little of a slice. */
    static final int SLICE_ROWS = 100;

    static final String CHANGED = "changed";

    private static final List<String> OF_CLASSES =
            List.of("log_loss", "roc_auc", "accuracy", "kappa", "kappa_t", CHANGED);
    private static final List<String> OF_NUMBERS = List.of("mae", "rmse", "r2");
    private static final List<String> OF_SLICES = List.of("log_loss", "accuracy", CHANGED, "mae", "rmse");

    private final String text;
    private final String measure;
    private final String operator;
    private final Term bound;
    private final String boundText;
    private final Optional<String> column;

    /** What a measure is compared with. */
    private sealed interface Term {
        double value(double live, double baseline);

        default boolean usesLive() {
            return false;
        }

        default boolean usesBaseline() {
            return false;
        }
    }

    private record Num(double number) implements Term {
        @Override
        public double value(double live, double baseline) {
            return number;
        }
    }

    private record Live() implements Term {
        @Override
        public double value(double live, double baseline) {
            return live;
        }

        @Override
        public boolean usesLive() {
            return true;
        }
    }

    private record Baseline() implements Term {
        @Override
        public double value(double live, double baseline) {
            return baseline;
        }

        @Override
        public boolean usesBaseline() {
            return true;
        }
    }

    private record Two(Term left, char sign, Term right) implements Term {
        @Override
        public double value(double live, double baseline) {
            double a = left.value(live, baseline);
            double b = right.value(live, baseline);
            return switch (sign) {
                case '+' -> a + b;
                case '-' -> a - b;
                case '*' -> a * b;
                default -> a / b;
            };
        }

        @Override
        public boolean usesLive() {
            return left.usesLive() || right.usesLive();
        }

        @Override
        public boolean usesBaseline() {
            return left.usesBaseline() || right.usesBaseline();
        }
    }

    private Gate(Parser parser) {
        text = parser.text;
        measure = parser.measure();
        operator = parser.operator();
        int from = parser.blanks();
        bound = parser.sum();
        boundText = text.substring(from, parser.at).strip();
        column = parser.column();
        if (column.isPresent() && !OF_SLICES.contains(measure)) {
            throw AccreteException.badArgument("a gate by a column can be of " + String.join(", ", OF_SLICES) + " but '"
                    + text + "' is of " + measure);
        }
        if (column.isPresent() && bound.usesBaseline()) {
            throw AccreteException.badArgument("a gate by a column has no baseline but '" + text + "' uses it");
        }
    }

    /**
     * {@return the gate that a text is}
     *
     * @param text as above
     * @throws AccreteException bad argument: it is none; the message says where
     */
    public static Gate parse(String text) {
        return new Gate(new Parser(text));
    }

    /**
     * Refuses a target that has not this measure.
     *
     * @param target what is predicted
     * @throws AccreteException bad argument: it has not; the message lists what it has
     */
    public void requireTarget(Target target) {
        List<String> measures = switch (target.kind()) {
            case CATEGORICAL -> OF_CLASSES;
            case NUMERIC -> OF_NUMBERS;
            case NONE -> List.of();
        };
        if (!measures.contains(measure)) {
            throw AccreteException.badArgument("gate '" + text + "' is of " + measure + ", which "
                    + (measures.isEmpty()
                            ? "needs a target, but there is none"
                            : "a " + target.kind().name().toLowerCase(Locale.ROOT) + " target has not; it has "
                                    + String.join(", ", measures)));
        }
    }

    String measure() {
        return measure;
    }

    /** {@return the column whose slices it is judged by} */
    Optional<String> column() {
        return column;
    }

    /** {@return whether it can be judged only beside a live version} */
    boolean needsLive() {
        return bound.usesLive() || measure.equals(CHANGED);
    }

    boolean isLowerBetter() {
        return measure.equals(CHANGED) || ScoreReport.isLowerBetter(measure);
    }

    double bound(double live, double baseline) {
        return bound.value(live, baseline);
    }

    /** {@return whether a value meets a bound; what is undefined does not} */
    boolean holds(double value, double bound) {
        return switch (operator) {
            case "<=" -> value <= bound;
            case "<" -> value < bound;
            case ">=" -> value >= bound;
            default -> value > bound;
        };
    }

    /** {@return the comparison with its figures, for a person} */
    String figures(double value, double bound) {
        return measure + " " + figure(value) + (holds(value, bound) ? " " : " is not ") + operator + " " + figure(bound)
                + (isNumber() ? "" : " (" + boundText + ")");
    }

    private boolean isNumber() {
        return bound instanceof Num;
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? "undefined" : String.format(Locale.ROOT, "%.6f", value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Gate gate && text.equals(gate.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** {@return the text} */
    @Override
    public String toString() {
        return text;
    }

    /** Reads the grammar by recursive descent. */
    private static final class Parser {
        private static final int DEEPEST = 100;

        private final String text;
        private int at;
        private int depth;

        Parser(String text) {
            this.text = text;
        }

        String measure() {
            blanks();
            int from = at;
            String word = word();
            if (!OF_CLASSES.contains(word) && !OF_NUMBERS.contains(word)) {
                at = from;
                throw expected("one of " + String.join(", ", OF_CLASSES) + ", " + String.join(", ", OF_NUMBERS));
            }
            return word;
        }

        String operator() {
            for (String sign : List.of("<=", "<", ">=", ">")) {
                if (take(sign)) {
                    return sign;
                }
            }
            throw expected("<=, <, >= or >");
        }

        Term sum() {
            Term sum = product();
            while (true) {
                if (take("+")) {
                    sum = new Two(sum, '+', product());
                } else if (take("-")) {
                    sum = new Two(sum, '-', product());
                } else {
                    return sum;
                }
            }
        }

        private Term product() {
            Term product = one();
            while (true) {
                if (take("*")) {
                    product = new Two(product, '*', one());
                } else if (take("/")) {
                    product = new Two(product, '/', one());
                } else {
                    return product;
                }
            }
        }

        private Term one() {
            if (++depth > DEEPEST) {
                throw AccreteException.badArgument("a gate may be nested " + DEEPEST + " deep but is deeper");
            }
            Term one;
            int from = blanks();
            if (take("(")) {
                one = sum();
                if (!take(")")) {
                    throw expected("')'");
                }
            } else if (from < text.length() && (Character.isDigit(text.charAt(from)) || text.charAt(from) == '.')) {
                one = number();
            } else {
                String word = word();
                if (!word.equals("live") && !word.equals("baseline")) {
                    at = from;
                    throw expected("a number, 'live', 'baseline' or '('");
                }
                one = word.equals("live") ? new Live() : new Baseline();
            }
            depth--;
            return one;
        }

        private Term number() {
            int from = at;
            while (at < text.length() && isOfNumber(from)) {
                at++;
            }
            try {
                double number = Double.parseDouble(text.substring(from, at));
                return new Num(take("%") ? number / 100 : number);
            } catch (NumberFormatException e) {
                at = from;
                throw expected("a number");
            }
        }

        private boolean isOfNumber(int from) {
            char c = Character.toLowerCase(text.charAt(at));
            boolean isExponent = at > from && Character.toLowerCase(text.charAt(at - 1)) == 'e';
            return Character.isDigit(c) || c == '.' || c == 'e' || (isExponent && (c == '-' || c == '+'));
        }

        Optional<String> column() {
            blanks();
            if (at == text.length()) {
                return Optional.empty();
            }
            int from = at;
            if (!word().equals("by")) {
                at = from;
                throw expected("+, -, *, /, 'by' or the end");
            }
            blanks();
            String name;
            if (at < text.length() && text.charAt(at) == '`') {
                int end = text.indexOf('`', at + 1);
                if (end < 0) {
                    throw expected("a name between two backquotes");
                }
                name = text.substring(at + 1, end);
                at = end + 1;
            } else {
                name = word();
            }
            if (name.isEmpty()) {
                throw expected("the name of a column");
            }
            blanks();
            if (at < text.length()) {
                throw expected("the end");
            }
            return Optional.of(name);
        }

        private String word() {
            blanks();
            int from = at;
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
                at++;
            }
            return text.substring(from, at);
        }

        private boolean take(String sign) {
            blanks();
            if (!text.startsWith(sign, at)) {
                return false;
            }
            at += sign.length();
            return true;
        }

        int blanks() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return at;
        }

        private AccreteException expected(String what) {
            String found = at < text.length() ? "'" + text.substring(at) + "'" : "the end";
            return AccreteException.badArgument(
                    "in gate '" + text + "', at character " + (at + 1) + ", expected " + what + " but found " + found);
        }
    }
}
