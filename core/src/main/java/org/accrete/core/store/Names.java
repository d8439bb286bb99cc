package org.accrete.core.store;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;

/** The names that models, aliases and files can have. */
final class Names {
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    /** What Windows takes for a device, whatever follows a dot; it also drops a dot at the end. */
    private static final Pattern RESERVED =
            Pattern.compile("(?:(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\\..*)?|.*\\.)", Pattern.CASE_INSENSITIVE);

    private static final Pattern ALIAS = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern REFERENCE = Pattern.compile("(.+)@([1-9][0-9]{0,17})");
    private static final Pattern FILE = Pattern.compile("([0-9]{6,18})\\.safetensors");
    private static final Pattern TEMPORARY = Pattern.compile("([0-9]{6,18})-[0-9a-f-]+\\.tmp");

    private static final String VERSION_END = ".safetensors";
    private static final String TEMPORARY_END = ".tmp";
    private static final int LEAST_DIGITS = 6;

    private Names() {}

    static boolean isModel(String name) {
        return MODEL.matcher(name).matches() && !RESERVED.matcher(name).matches();
    }

    /**
     * Refuses a name that could leave the store.
     *
     * @throws AccreteException bad argument: not a model's name
     */
    static void requireModel(String name) {
        if (!isModel(name)) {
            throw AccreteException.badArgument("a model's name must be at most 100 letters, digits, '.', '_' and '-',"
                    + " start with a letter or digit, not end in a dot and be no device of Windows such as CON"
                    + " or nul.txt, but was '" + name + "'");
        }
    }

    static boolean isAlias(String alias) {
        return alias.length() <= 100 && ALIAS.matcher(alias).matches() && !alias.equals(History.LATEST);
    }

    /**
     * Refuses what cannot be an alias.
     *
     * @throws AccreteException bad argument: not an alias
     */
    static void requireAlias(String alias) {
        if (alias.equals(History.LATEST)) {
            throw AccreteException.badArgument("alias 'latest' is always the highest number and cannot be moved");
        }
        if (!isAlias(alias)) {
            throw AccreteException.badArgument("an alias must be lower-case words with hyphens, such as 'live' or"
                    + " 'before-summer', but was '" + alias + "'");
        }
    }

    /** A model and a number. */
    record Reference(String model, long number) {}

    /**
     * {@return what a {@code model@number} names}
     *
     * @throws AccreteException bad argument: not of that form
     */
    static Reference reference(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        if (!matcher.matches() || !isModel(matcher.group(1))) {
            throw AccreteException.badArgument("a parent must be model@number but was '" + text + "'");
        }
        return new Reference(matcher.group(1), Long.parseLong(matcher.group(2)));
    }

    /** {@return the name of a version's file} */
    static String file(long number) {
        return digits(number) + VERSION_END;
    }

    /** {@return the name of a file that is being written for a number; none before had it} */
    static String temporary(long number, String unique) {
        return digits(number) + '-' + unique + TEMPORARY_END;
    }

    /** {@return a number in at least six digits} Directories have thousands of such names, so there is no format. */
    private static String digits(long number) {
        String digits = Long.toString(number);
        return "0".repeat(Math.max(0, LEAST_DIGITS - digits.length())) + digits;
    }

    /** {@return the number of a version's file, if the name is one's} */
    static Optional<Long> fileNumber(String name) {
        return name.endsWith(VERSION_END)
                ? number(FILE, name).filter(number -> file(number).equals(name))
                : Optional.empty();
    }

    /** {@return the number that a temporary file is for, if the name is one's} */
    static Optional<Long> temporaryNumber(String name) {
        return name.endsWith(TEMPORARY_END) ? number(TEMPORARY, name) : Optional.empty();
    }

    private static Optional<Long> number(Pattern pattern, String name) {
        Matcher matcher = pattern.matcher(name);
        return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
    }
}
