package org.accrete.io;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.accrete.api.data.Column;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.SourceRequest;

/** Files of which each line is a JSON object. The columns are the paths to its values. */
final class JsonFormat implements TextFormat {
    private static final Logger LOGGER = System.getLogger(JsonFormat.class.getName());
    private static final int TOLD = 5;
    /** Endings of files. */
    static final Set<String> ENDINGS = Packing.endings("jsonl", "ndjson", "json");

    private final JsonPaths found = new JsonPaths();
    private final Set<String> later = ConcurrentHashMap.newKeySet();
    private volatile TextHeader header = TextHeader.UNKNOWN;
    private volatile boolean isLearned;

    @Override
    public Set<String> endings() {
        return ENDINGS;
    }

    @Override
    public Splitter splitter() {
        return new JsonSplitter(this);
    }

    @Override
    public String noRows() {
        return "it has no rows to learn from; expected a JSON object on each line";
    }

    @Override
    public TextHeader header() {
        return header;
    }

    @Override
    public void expect(List<String> names) {
        header = new TextHeader(List.copyOf(names), List.of());
    }

    /** {@return the paths that came up in lines that were split without knowing the columns} */
    JsonPaths found() {
        return found;
    }

    /** {@inheritDoc} They are the paths of the sample, and those that the user names. */
    @Override
    public TextHeader learn(SourceRequest request) {
        List<String> names = new ArrayList<>(found.names());
        List<String> known = List.copyOf(names);
        request.columns().stream()
                .filter(column -> !(column instanceof Column.Cross))
                .map(column -> column.namedAsIn(known).name())
                .filter(name -> !known.contains(name))
                .forEach(names::add);
        header = new TextHeader(List.copyOf(names), List.of());
        isLearned = true;
        return header;
    }

    @Override
    public List<String> warnings(TextHeader columns, String name) {
        List<String> known = found.names();
        return columns.names().stream()
                .filter(path -> !known.contains(path))
                .map(path -> LineSplitter.oneLine("no key '" + path + "' is in the first " + PlanInference.ROWS
                        + " lines of '" + name + "'; keys: "
                        + String.join(", ", known.subList(0, Math.min(known.size(), 20)))))
                .toList();
    }

    /**
     * Tells of a key that was not in the sample.
     *
     * @param path the path to its value
     * @param hasKeys whether the value is an object or a list
     */
    void ignored(String path, boolean hasKeys) {
        if (isLearned && later.size() < TOLD && later.add(path)) {
            LOGGER.log(
                    Level.WARNING,
                    "key ''{0}'' first comes up behind the first {1} lines, so it is ignored; --column {2} reads it",
                    LineSplitter.oneLine(path),
                    Integer.toString(PlanInference.ROWS),
                    new Column.Ignore(hasKeys ? path + ".KEY" : path)
                            .toPlainText()
                            .replaceFirst("ignore$", "KIND"));
        }
    }
}
