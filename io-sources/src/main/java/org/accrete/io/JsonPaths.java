package org.accrete.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.PlanInference;

/**
 * The columns of JSON objects by the path to their values: {@code a.b} is the value of {@code b} in that of {@code a},
 * and {@code list.0} is the first of a list. Not thread-safe.
 */
final class JsonPaths {
    /** A path. */
    static final class Node {
        private final String path;
        private final Map<String, Node> children = new HashMap<>();
        private final List<Node> items = new ArrayList<>();
        /** Index of the column; negative if it has none. */
        private int column = -1;
        /** The node of the next column, while columns are found. */
        private Optional<Node> next = Optional.empty();

        private boolean isColumn;
        private boolean hasValue;

        Node(String path) {
            this.path = path;
        }

        /** {@return the path as text} */
        String path() {
            return path;
        }

        /** {@return the index of its column; negative if it has none} */
        int column() {
            return column;
        }

        private Node add(String key) {
            return children.computeIfAbsent(key, name -> new Node(path.isEmpty() ? name : path + "." + name));
        }

        /** {@return the node of a key below this one, whose dots separate keys too; empty if there is none} */
        Optional<Node> find(String key) {
            if (key.indexOf('.') < 0) {
                return Optional.ofNullable(children.get(key));
            }
            Optional<Node> node = Optional.of(this);
            for (String part : key.split("\\.", -1)) {
                node = node.flatMap(one -> Optional.ofNullable(one.children.get(part)));
            }
            return node;
        }

        /** {@return the node of an item of a list; empty if there is none} */
        Optional<Node> item(int index) {
            while (items.size() <= index) {
                Optional<Node> item = find(Integer.toString(items.size()));
                if (item.isEmpty()) {
                    return item;
                }
                items.add(item.get());
            }
            return Optional.of(items.get(index));
        }
    }

    private static final int MOST_COLUMNS = 200_000;

    private final Node root = new Node("");
    /** Before the first column. */
    private final Node head = new Node("");

    private Node last = head;
    private int count;
    private int lines;

    JsonPaths() {}

    /** Makes the paths of known columns. */
    JsonPaths(List<String> names) {
        for (String name : names) {
            child(root, name).column = count++;
        }
    }

    /** {@return the node of the whole object} */
    Node root() {
        return root;
    }

    /** Begins a line whose paths are to be found; returns whether they count. */
    boolean wantsLine() {
        last = head;
        return lines++ < PlanInference.ROWS;
    }

    /** {@return the node of a key, which is made if there is none} */
    Node child(Node parent, String key) {
        Node node = parent;
        for (String part : key.split("\\.", -1)) {
            node = node.add(part);
        }
        return node;
    }

    /** Finds a value. A new column comes after that of the value before it in the same object. */
    void found(Node node, boolean isNull) {
        node.hasValue |= !isNull;
        if (!node.isColumn) {
            if (++count > MOST_COLUMNS) {
                throw AccreteException.badData("the lines have more than " + MOST_COLUMNS + " different keys");
            }
            node.isColumn = true;
            node.next = last.next;
            last.next = Optional.of(node);
        }
        last = node;
    }

    /** {@return the paths that were found, in order, without those that are only null or an object} */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (Optional<Node> node = head.next; node.isPresent(); node = node.get().next) {
            if (node.get().hasValue || node.get().children.isEmpty()) {
                names.add(node.get().path);
            }
        }
        return names;
    }
}
