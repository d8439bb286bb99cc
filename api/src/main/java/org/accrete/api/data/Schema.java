package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;

/**
 * What the columns of a chunk are: blocks from left to right, and the target. Immutable.
 *
 * @param blocks the blocks in column order; may be empty
 * @param target what is to be predicted
 */
public record Schema(List<Block> blocks, Target target) {
    // Copies the list and checks that the total width fits an {@code int}.
    public Schema {
        blocks = List.copyOf(blocks);
        long total = 0;
        for (Block block : blocks) {
            total += block.width();
        }
        if (total > Integer.MAX_VALUE - 64) {
            throw AccreteException.badArgument("a schema's width must be < 2^31 - 64 but was " + total);
        }
    }

    /**
     * {@return a schema of numeric columns named x0, x1, …}
     *
     * @param width number of columns
     * @param target what is to be predicted
     */
    public static Schema numeric(int width, Target target) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            blocks.add(new Block("x" + i, Block.Kind.NUMERIC, 1));
        }
        return new Schema(blocks, target);
    }

    /** {@return the number of columns; O(blocks), so read it once} */
    public int width() {
        int total = 0;
        // Without an iterator, which would be allocated wherever this is called for each row.
        for (int i = 0; i < blocks.size(); i++) {
            total += blocks.get(i).width();
        }
        return total;
    }

    /** {@return whether chunks of this schema are sparse: exactly when there is a one-hot or a sparse block} */
    public boolean isSparse() {
        return blocks.stream().anyMatch(block -> block.kind().isSparse());
    }

    /**
     * {@return the name of a column: the block's name, with its index in brackets where the block has several}
     *
     * @param column from 0 to width − 1
     */
    public String columnName(int column) {
        int from = 0;
        for (Block block : blocks) {
            if (column < from + block.width()) {
                return block.width() == 1 ? block.name() : block.name() + "[" + (column - from) + "]";
            }
            from += block.width();
        }
        throw AccreteException.badArgument("column must be < " + from + " but was " + column);
    }

    /**
     * {@return the same schema whose target has other known classes}
     *
     * @param labels labels in class order
     */
    public Schema withClasses(List<String> labels) {
        return new Schema(blocks, target.withClasses(labels));
    }

    /** {@return a hash of the blocks and of the target's name and kind, not its classes: 16 hexadecimal digits} */
    public String fingerprint() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(withoutClasses().toText().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * {@return whether chunks of the other schema can be used where this one is expected: equal but for the classes}
     *
     * @param other another schema
     */
    public boolean matches(Schema other) {
        return blocks.equals(other.blocks)
                && target.kind() == other.target.kind()
                && target.name().equals(other.target.name());
    }

    /**
     * Refuses a schema that does not {@linkplain #matches match}, naming the first difference.
     *
     * @param found the schema of a chunk or of a model
     * @throws AccreteException bad state: they differ
     */
    public void require(Schema found) {
        if (matches(found)) {
            return;
        }
        throw AccreteException.badState("data has " + found.width() + " features but the model was trained on "
                + width() + " (first difference: " + firstDifference(found) + ")");
    }

    private String firstDifference(Schema found) {
        for (int i = 0; i < Math.max(blocks.size(), found.blocks.size()); i++) {
            Optional<Block> mine = i < blocks.size() ? Optional.of(blocks.get(i)) : Optional.empty();
            Optional<Block> theirs = i < found.blocks.size() ? Optional.of(found.blocks.get(i)) : Optional.empty();
            if (!mine.equals(theirs)) {
                return "expected " + mine.map(Schema::describe).orElse("no more columns") + " but found "
                        + theirs.map(Schema::describe).orElse("no more columns");
            }
        }
        return "expected target " + describe(target) + " but found target " + describe(found.target);
    }

    private static String describe(Block block) {
        return "'" + block.name() + "' (" + ParamSpec.word(block.kind()) + ", width " + block.width() + ")";
    }

    private static String describe(Target target) {
        return target.kind() == Target.Kind.NONE
                ? "none"
                : "'" + target.name() + "' (" + ParamSpec.word(target.kind()) + ")";
    }

    private Schema withoutClasses() {
        return withClasses(List.of());
    }

    /**
     * Refuses a target that a learner does not learn.
     *
     * @param kind the kind that it learns
     * @param learner name of the learner, for the message
     * @throws AccreteException bad argument: the target is of another kind
     */
    public void requireTarget(Target.Kind kind, String learner) {
        if (target.kind() != kind) {
            throw AccreteException.badArgument(learner + " needs a " + ParamSpec.word(kind) + " target but "
                    + (target.kind() == Target.Kind.NONE
                            ? "there is none"
                            : "'" + target.name() + "' is " + ParamSpec.word(target.kind())));
        }
    }

    /**
     * {@return the schema as text, one block a line and the target last: {@code distance numeric 1}; names and labels
     * are percent-escaped; {@link #parse} takes it back}
     */
    public String toText() {
        StringBuilder text = new StringBuilder();
        for (Block block : blocks) {
            text.append(Escapes.escape(block.name()))
                    .append(' ')
                    .append(ParamSpec.word(block.kind()))
                    .append(' ')
                    .append(block.width())
                    .append('\n');
        }
        text.append("target ").append(Escapes.escape(target.name())).append(' ').append(ParamSpec.word(target.kind()));
        for (String label : target.classes()) {
            text.append(' ').append(Escapes.escape(label)).append(',');
        }
        return text.toString();
    }

    /**
     * {@return the schema that {@link #toText} wrote}
     *
     * @param text one block a line, the target last
     * @throws AccreteException corrupt file: not such a text
     */
    public static Schema parse(String text) {
        try {
            String[] lines = text.split("\n", -1);
            List<Block> blocks = new ArrayList<>();
            for (int i = 0; i < lines.length - 1; i++) {
                String[] words = lines[i].split(" ", -1);
                blocks.add(new Block(
                        Escapes.unescape(words[0]), kind(Block.Kind.class, words[1]), Integer.parseInt(words[2])));
            }
            String[] words = lines[lines.length - 1].split(" ", -1);
            List<String> labels = new ArrayList<>();
            for (int i = 3; i < words.length; i++) {
                labels.add(Escapes.unescape(words[i].substring(0, words[i].length() - 1)));
            }
            return new Schema(
                    blocks, new Target(Escapes.unescape(words[1]), kind(Target.Kind.class, words[2]), labels));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE, "a stored schema cannot be read: " + e.getMessage(), e);
        }
    }

    private static <E extends Enum<E>> E kind(Class<E> type, String word) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
