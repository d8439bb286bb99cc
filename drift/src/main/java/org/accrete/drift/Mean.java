package org.accrete.drift;

import org.accrete.api.store.State;

/** A running mean. */
final class Mean {
    long count;
    double value;

    void add(double number) {
        count++;
        value += 1.0 / count * (number - value);
    }

    void clear() {
        count = 0;
        value = 0;
    }

    void copy(Mean other) {
        count = other.count;
        value = other.value;
    }

    void write(String name, State.Builder state) {
        state.whole(name + "_count", count).number(name, value);
    }

    void read(String name, State state) {
        count = state.whole(name + "_count");
        value = state.number(name);
        CheckedDetector.requireStored(count >= 0 && Double.isFinite(value), "a finite mean and a count >= 0");
    }
}
