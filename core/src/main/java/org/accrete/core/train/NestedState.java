package org.accrete.core.train;

import org.accrete.api.store.State;

/** A whole state inside of another one: all its names have a prefix. */
final class NestedState {
    private NestedState() {}

    static void write(State.Builder into, String prefix, State state) {
        state.tensors().forEach((name, tensor) -> into.tensor(prefix + name, tensor));
        state.texts().forEach((name, text) -> into.text(prefix + name, text));
    }

    static State read(State from, String prefix) {
        State.Builder state = State.builder();
        from.tensors().forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                state.tensor(name.substring(prefix.length()), tensor);
            }
        });
        from.texts().forEach((name, text) -> {
            if (name.startsWith(prefix)) {
                state.text(name.substring(prefix.length()), text);
            }
        });
        return state.build();
    }
}
