package org.accrete.api.data;

import java.util.List;
import java.util.Optional;

/**
 * A row that cannot be used, as far as it is known: whoever keeps it can correct it and have it read again.
 *
 * @param place where it stands
 * @param column the column whose cell is to blame, if one is
 * @param reason what is wrong, on one line, without the place
 * @param names names of the cells; empty if the row could not be divided into cells
 * @param cells the raw cells, as many as the row has; the whole text as one cell if it could not be divided; empty if
 *     the row is not at hand, because a learner refused it
 */
public record BadRow(RowPlace place, Optional<String> column, String reason, List<String> names, List<String> cells) {
    // Copies the lists.
    public BadRow {
        names = List.copyOf(names);
        cells = List.copyOf(cells);
    }
}
