package org.accrete.api.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.accrete.api.AccreteException;

/**
 * A condition on the raw cells of a row, such as {@code distance > 500 and origin = "JFK"}. Immutable.
 *
 * <pre>{@code
 * condition   =  and { "or" and }          and  =  not { "and" not }          not  =  [ "not" ] one
 * one         =  "(" condition ")"
 *             |  column ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value
 *             |  column [ "not" ] "in" "(" value { "," value } ")"
 *             |  column "is" [ "not" ] "missing"
 * column      =  letters, digits and _, or any name between `backquotes`
 * value       =  a number, "text", 'text', true or false
 * }</pre>
 *
 * <p>Blanks around a cell do not count. A number is compared with the number that the cell is, as its column is
 * written; a text with the text of the cell, byte by byte, unless both are dates, which are compared in time. A
 * comparison with a missing cell, or with one of another kind, is neither true nor false, as in SQL; so is its
 * negation. A row passes if the condition is true of it. In a text, its quotation mark is written twice.
 */
public final class RowFilter {
    private static final Set<String> WORDS = Set.of("and", "or", "not", "in", "is", "missing", "true", "false");

    private final String text;
    private final Condition root;
    private final Set<String> columns;

    /** What is asked of a row. */
    sealed interface Condition {
        /** True where all parts are. */
        record And(List<Condition> parts) implements Condition {}

        /** True where any part is. */
        record Or(List<Condition> parts) implements Condition {}

        /** True where the part is false. */
        record Not(Condition part) implements Condition {}

        /** True where the cell compares so with the value. */
        record Compare(String column, Operator operator, Value value) implements Condition {}

        /** True where the cell equals one of the values. */
        record In(String column, List<Value> values) implements Condition {}

        /** True where the cell is missing. Never unknown. */
        record Missing(String column) implements Condition {}
    }

    /** How two values compare. */
    enum Operator {
        EQUAL("="),
        UNEQUAL("!="),
        LESS("<"),
        AT_MOST("<="),
        GREATER(">"),
        AT_LEAST(">=");

        final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        /** {@return whether it is true of two values whose comparison has this sign} */
        boolean accepts(int sign) {
            return switch (this) {
                case EQUAL -> sign == 0;
                case UNEQUAL -> sign != 0;
                case LESS -> sign < 0;
                case AT_MOST -> sign <= 0;
                case GREATER -> sign > 0;
                case AT_LEAST -> sign >= 0;
            };
        }
    }

    /** What a cell is compared with. */
    sealed interface Value {
        /** A finite number. */
        record Num(double number) implements Value {}

        /** A text. */
        record Text(String text) implements Value {}

        /** A truth value. */
        record Bool(boolean isTrue) implements Value {}
    }

    private RowFilter(String text, Condition root, Set<String> columns) {
        this.text = text;
        this.root = root;
        this.columns = columns;
    }

    /**
     * {@return the condition that a text is}
     *
     * @param text as above
     * @throws AccreteException bad argument: it is none; the message says where
     */
    public static RowFilter parse(String text) {
        Parser parser = new Parser(text);
        Condition root = parser.all();
        return new RowFilter(text, root, parser.columns);
    }

    /** {@return the names of the columns that it reads} */
    public Set<String> columns() {
        return Set.copyOf(columns);
    }

    Condition root() {
        return root;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowFilter filter && root.equals(filter.root);
    }

    @Override
    public int hashCode() {
        return Objects.hash(root);
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
        private final Set<String> columns = new LinkedHashSet<>();
        private int at;
        private int depth;

        Parser(String text) {
            this.text = text;
        }

        Condition all() {
            Condition all = or();
            if (!isEnd()) {
                throw expected("'and', 'or' or the end");
            }
            return all;
        }

        private Condition or() {
            List<Condition> parts = new ArrayList<>(List.of(and()));
            while (takeWord("or")) {
                parts.add(and());
            }
            return parts.size() == 1 ? parts.get(0) : new Condition.Or(List.copyOf(parts));
        }

        private Condition and() {
            List<Condition> parts = new ArrayList<>(List.of(not()));
            while (takeWord("and")) {
                parts.add(not());
            }
            return parts.size() == 1 ? parts.get(0) : new Condition.And(List.copyOf(parts));
        }

        private Condition not() {
            if (++depth > DEEPEST) {
                throw AccreteException.badArgument("a condition may be nested " + DEEPEST + " deep but is deeper");
            }
            Condition one;
            if (takeWord("not")) {
                one = new Condition.Not(not());
            } else if (take("(")) {
                one = or();
                require(")");
            } else {
                one = comparison();
            }
            depth--;
            return one;
        }

        private Condition comparison() {
            String column = column();
            if (takeWord("is")) {
                boolean isNegated = takeWord("not");
                if (!takeWord("missing")) {
                    throw expected(isNegated ? "'missing'" : "'missing' or 'not missing'");
                }
                return negated(new Condition.Missing(column), isNegated);
            }
            boolean isNegated = takeWord("not");
            if (takeWord("in")) {
                require("(");
                List<Value> values = new ArrayList<>(List.of(value()));
                while (take(",")) {
                    values.add(value());
                }
                require(")");
                return negated(new Condition.In(column, List.copyOf(values)), isNegated);
            }
            if (isNegated) {
                throw expected("'in'");
            }
            return new Condition.Compare(column, operator(), value());
        }

        private static Condition negated(Condition condition, boolean isNegated) {
            return isNegated ? new Condition.Not(condition) : condition;
        }

        private Operator operator() {
            for (Operator one : List.of(
                    Operator.AT_MOST,
                    Operator.AT_LEAST,
                    Operator.UNEQUAL,
                    Operator.EQUAL,
                    Operator.LESS,
                    Operator.GREATER)) {
                if (take(one.sign)) {
                    return one;
                }
            }
            throw expected("one of = != < <= > >=, 'in' or 'is missing'");
        }

        private String column() {
            String name;
            if (take("`")) {
                int end = text.indexOf('`', at);
                if (end <= at) {
                    at--;
                    throw expected("the name of a column between two backquotes");
                }
                name = text.substring(at, end);
                at = end + 1;
            } else {
                name = word();
                if (name.isEmpty()
                        || Character.isDigit(name.charAt(0))
                        || WORDS.contains(name.toLowerCase(Locale.ROOT))) {
                    throw expected("the name of a column, between backquotes if it is not letters, digits and _,");
                }
                at += name.length();
            }
            columns.add(name);
            return name;
        }

        private Value value() {
            if (takeWord("true")) {
                return new Value.Bool(true);
            }
            if (takeWord("false")) {
                return new Value.Bool(false);
            }
            skipBlanks();
            if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
                return new Value.Text(quoted(text.charAt(at)));
            }
            int end = at;
            while (end < text.length() && isOfNumber(end)) {
                end++;
            }
            double number = end == at ? Double.NaN : Cells.number(text.substring(at, end));
            if (!Double.isFinite(number)) {
                throw expected("a finite number, a \"text\", true or false");
            }
            at = end;
            return new Value.Num(number);
        }

        private boolean isOfNumber(int i) {
            char c = text.charAt(i);
            boolean isSign = c == '-' || c == '+';
            return isSign
                    ? i == at || Character.toLowerCase(text.charAt(i - 1)) == 'e'
                    : c == '.' || c == '_' || Character.isLetterOrDigit(c);
        }

        private String quoted(char mark) {
            StringBuilder inside = new StringBuilder();
            int from = at + 1;
            while (true) {
                int end = text.indexOf(mark, from);
                if (end < 0) {
                    throw expected("a text that ends with " + mark);
                }
                inside.append(text, from, end);
                from = end + 1;
                if (from == text.length() || text.charAt(from) != mark) {
                    at = from;
                    return inside.toString();
                }
                inside.append(mark);
                from++;
            }
        }

        private String word() {
            skipBlanks();
            int end = at;
            while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
                end++;
            }
            return text.substring(at, end);
        }

        private boolean takeWord(String word) {
            boolean isNext = word().equalsIgnoreCase(word);
            at += isNext ? word.length() : 0;
            return isNext;
        }

        private boolean take(String sign) {
            skipBlanks();
            boolean isNext = text.startsWith(sign, at);
            at += isNext ? sign.length() : 0;
            return isNext;
        }

        private void require(String sign) {
            if (!take(sign)) {
                throw expected("'" + sign + "'");
            }
        }

        private boolean isEnd() {
            skipBlanks();
            return at == text.length();
        }

        private void skipBlanks() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private AccreteException expected(String what) {
            skipBlanks();
            String before = Cells.oneLine(text.substring(0, at)).trim();
            String found = isEnd() ? "ends" : "is followed by " + Cells.quote(text.substring(at));
            return AccreteException.badArgument("a condition must have " + what + " at character " + (at + 1)
                    + (before.isEmpty() && !isEnd()
                            ? " but begins with " + Cells.quote(text.substring(at))
                            : ", but '" + before + "' " + found)
                    + "; an example: distance > 500 and origin in (\"JFK\", \"LGA\")");
        }
    }
}
