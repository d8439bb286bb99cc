package org.accrete.api.learn;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * The labels a classifier knows, in class order, and the rule by which it accepts new ones. Used in two steps, so that
 * a refused chunk changes nothing: {@link #check} before anything else, {@link #grow} once the chunk is accepted.
 */
public final class ClassList {
    /** Whether new labels are accepted. */
    public static final ParamSpec<NewClasses> NEW_CLASSES = ParamSpec.choice(
            "new-classes", NewClasses.class, NewClasses.GROW, "what to do with a class first seen after the start");

    /** The most classes. */
    public static final ParamSpec<Long> MAX_CLASSES = ParamSpec.whole(
            "max-classes", 100, Domain.Range.between(1, 1_000_000), "the most classes a model may have");

    private final NewClasses newClasses;
    private final long maxClasses;
    private List<String> labels;

    /**
     * Makes a list.
     *
     * @param labels labels known so far, in class order
     * @param params values of at least {@link #NEW_CLASSES} and {@link #MAX_CLASSES}
     * @throws AccreteException bad argument: more labels than allowed
     */
    public ClassList(List<String> labels, Params params) {
        this.labels = List.copyOf(labels);
        this.newClasses = params.get(NEW_CLASSES);
        this.maxClasses = params.get(MAX_CLASSES);
        if (labels.size() > maxClasses) {
            throw AccreteException.badArgument("max-classes must be >= " + labels.size()
                    + ", the number of classes in the data, but was " + maxClasses
                    + numberAdvice(labels, "TARGET"));
        }
    }

    /** {@return the labels, immutable} */
    public List<String> labels() {
        return labels;
    }

    /** {@return how many labels there are} */
    public int size() {
        return labels.size();
    }

    /**
     * Checks the targets of a chunk; changes nothing.
     *
     * @param chunk rows of a categorical target
     * @return how many classes there will be once the chunk is accepted
     * @throws AccreteException bad data: a missing target, a new label that is not accepted; bad state: the chunk's
     *     labels do not begin with the known ones
     */
    public int check(Chunk chunk) {
        if (chunk.schema().target().kind() != Target.Kind.CATEGORICAL) {
            throw AccreteException.badState("a classifier needs a categorical target");
        }
        List<String> theirs = chunk.classes();
        if (theirs != labels) {
            int common = Math.min(theirs.size(), labels.size());
            for (int i = 0; i < common; i++) {
                if (!theirs.get(i).equals(labels.get(i))) {
                    throw AccreteException.badState("classes of the data must begin with those of the model, " + labels
                            + ", but are " + theirs);
                }
            }
        }
        int size = labels.size();
        int rows = chunk.rows();
        boolean present = chunk.hasTargets();
        for (int row = 0; row < rows; row++) {
            double target = present ? chunk.target(row) : Double.NaN;
            int code = (int) target;
            if (code != target || code < 0 || code >= theirs.size()) {
                throw AccreteException.badRow(
                        row,
                        Double.isNaN(target)
                                ? "the target is missing"
                                : "a class index must be >= 0 and < " + theirs.size() + " but was " + target);
            }
            if (code >= size) {
                if (newClasses == NewClasses.REJECT) {
                    throw AccreteException.badRow(
                            row,
                            "class '" + theirs.get(code) + "' is not one of " + labels
                                    + "; set new-classes=grow to learn new ones");
                }
                if (code >= maxClasses) {
                    throw AccreteException.badRow(
                            row,
                            "class '" + theirs.get(code) + "' would be number " + (code + 1) + " but max-classes is "
                                    + maxClasses
                                    + numberAdvice(
                                            theirs, chunk.schema().target().name()));
                }
                size = code + 1;
            }
        }
        return size;
    }

    /**
     * {@return what to do where many classes are whole numbers: the target may be a number that was taken for a class}
     */
    private static String numberAdvice(List<String> labels, String target) {
        return labels.stream().allMatch(label -> label.matches("-?[0-9]+"))
                ? "; if the target is a number, say --column " + target + "=numeric"
                : "";
    }

    /**
     * Adds the new labels of an accepted chunk.
     *
     * @param chunk the chunk
     * @param size what {@link #check} returned for it
     */
    public void grow(Chunk chunk, int size) {
        if (size > labels.size()) {
            // The chunk's own list where possible: the next check then compares references only.
            labels = List.copyOf(
                    size == chunk.classes().size()
                            ? chunk.classes()
                            : chunk.classes().subList(0, size));
        }
    }

    /**
     * {@return these labels and then those that only the other list has, in its order; changes nothing}
     *
     * @param theirs labels of a learner to be merged
     * @throws AccreteException bad state: a new label that is not accepted
     */
    public List<String> joined(List<String> theirs) {
        Set<String> joined = new LinkedHashSet<>(labels);
        for (String label : theirs) {
            if (joined.add(label) && newClasses == NewClasses.REJECT) {
                throw AccreteException.badState("the other learner's class '" + label + "' is not one of " + labels
                        + "; set new-classes=grow to merge new ones");
            }
        }
        if (joined.size() > maxClasses) {
            throw AccreteException.badState(
                    "the two learners know " + joined.size() + " classes together but max-classes is " + maxClasses);
        }
        return List.copyOf(joined);
    }

    /**
     * Replaces the labels by those of a merged learner.
     *
     * @param merged all of its labels, in class order
     */
    public void become(List<String> merged) {
        labels = List.copyOf(merged);
    }
}
