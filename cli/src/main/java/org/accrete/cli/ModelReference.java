package org.accrete.cli;

import org.accrete.api.AccreteException;

/**
 * A model, and which version of it, as users write it: {@code MODEL} or {@code MODEL@V}.
 *
 * @param model name of the model
 * @param version a number or an alias; empty for the live one
 */
record ModelReference(String model, String version) {
    static ModelReference parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            return new ModelReference(text, "");
        }
        if (at == 0 || at == text.length() - 1) {
            throw AccreteException.badArgument("a model must be given as MODEL or MODEL@V but was '" + text + "'");
        }
        return new ModelReference(text.substring(0, at), text.substring(at + 1));
    }
}
