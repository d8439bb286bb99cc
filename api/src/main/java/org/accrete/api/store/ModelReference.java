package org.accrete.api.store;

import org.accrete.api.AccreteException;

/**
 * A model and one of its versions as people write them: {@code MODEL} or {@code MODEL@V}.
 *
 * @param model name of the model
 * @param version a number, an alias or {@code latest}; empty means {@code live}
 */
public record ModelReference(String model, String version) {
    /**
     * {@return what a text stands for}
     *
     * @param text {@code flights}, {@code flights@3} or {@code flights@live}
     * @throws AccreteException bad argument: nothing before or after the {@code @}
     */
    public static ModelReference parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            return new ModelReference(text, "");
        }
        if (at == 0 || at == text.length() - 1) {
            throw AccreteException.badArgument("a model must be given as MODEL or MODEL@V but was '" + text + "'");
        }
        return new ModelReference(text.substring(0, at), text.substring(at + 1));
    }

    /**
     * {@return the version in a store}
     *
     * @param store where the model is
     * @throws AccreteException bad argument: no such model or version
     */
    public ModelVersion resolve(ModelStore store) {
        return store.history(model).resolve(version);
    }
}
