package org.accrete.core.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The classes of two models and of the rows, numbered once: those of the first model, of the second, of the rows. */
final class Labels {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> labels = new ArrayList<>();
    private List<String> ofRows = List.of();
    private int[] rowNumbers = {};

    /** {@return the numbers of some labels; new ones are added} */
    int[] numbers(List<String> some) {
        int[] found = new int[some.size()];
        for (int c = 0; c < found.length; c++) {
            Integer known = numbers.putIfAbsent(some.get(c), labels.size());
            if (known == null) {
                labels.add(some.get(c));
            }
            found[c] = known == null ? labels.size() - 1 : known;
        }
        return found;
    }

    /** Numbers the classes of a chunk. */
    void rows(List<String> classes) {
        if (classes != ofRows) {
            rowNumbers = numbers(classes);
            ofRows = classes;
        }
    }

    /** {@return the number of a class that the last chunk calls so} */
    int ofRow(int index) {
        return rowNumbers[index];
    }

    /** {@return how many labels there are} */
    int count() {
        return labels.size();
    }

    /** {@return a label} */
    String label(int number) {
        return labels.get(number);
    }
}
