package org.accrete.io.jdbc.login;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Params;

/** The password of a database: read from a file or the environment, refused in a URL, and kept out of messages. */
final class Password {
    private static final String HIDDEN = "***";

    private static final Pattern IN_URL = Pattern.compile(
            "//[^/:@?;]*:(?!\\d{1,5}(?:[/?;,]|$)).*@" // user:password@host
                    + "|//[^@?;]*:[^@?;]*@"
                    + "|^oracle:[^@]*/[^@]*@"
                    + "|(?i:(password|passwd|pwd|passphrase|secret|token)\\s*(=|%3d))");

    private final Optional<String> text;

    private Password(Optional<String> text) {
        this.text = text;
    }

    /**
     * {@return the password that the parameters name, if they name one}
     *
     * @param params name a file or a variable
     * @throws AccreteException bad argument: the file cannot be read or is empty, or there is no such variable
     */
    static Password of(Params params) {
        String file = params.get(Login.PASSWORD_FILE);
        String variable = params.get(Login.PASSWORD_ENV);
        if (!file.isEmpty()) {
            return new Password(Optional.of(read(file)));
        }
        Optional<String> found = Optional.ofNullable(System.getenv(variable));
        if (found.isEmpty() && !variable.equals(Login.PASSWORD_ENV.defaultValue())) {
            throw AccreteException.badArgument("password-env names the variable '" + variable
                    + "', which the environment does not have; export it, or name another one");
        }
        return new Password(found.filter(password -> !password.isEmpty()));
    }

    private static String read(String file) {
        try {
            String password = Files.readString(Path.of(file)).replaceFirst("\\R$", "");
            if (password.isEmpty()) {
                throw AccreteException.badArgument("password-file '" + file + "' is empty; write the password to it");
            }
            return password;
        } catch (IOException | InvalidPathException e) {
            throw AccreteException.badArgument("password-file '" + file + "' cannot be read ("
                    + e.getClass().getSimpleName()
                    + "); give the path of a file in UTF-8 with the password and nothing else");
        }
    }

    /**
     * Refuses a location that has a password, without repeating it.
     *
     * @param location a URL
     * @throws AccreteException bad argument
     */
    static void requireNoneIn(String location) {
        if (IN_URL.matcher(location).find()) {
            throw AccreteException.badArgument("a URL must not have a password, which others could read in the list of"
                    + " processes and in stored models; take it out, and give user=NAME with password-file=PATH or"
                    + " the environment variable " + Login.PASSWORD_ENV.defaultValue());
        }
    }

    /** {@return the password, if there is one} */
    Optional<String> text() {
        return text;
    }

    /** {@return a message of a driver on one line, without the password} */
    String takenOutOf(String message) {
        String clean = message;
        if (text.isPresent()) {
            clean = clean.replace(text.get(), HIDDEN)
                    .replace(URLEncoder.encode(text.get(), StandardCharsets.UTF_8), HIDDEN);
        }
        return clean.replaceAll("\\s+", " ").strip();
    }
}
