package org.accrete.core.source;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;

/**
 * A {@link Combinator} of several sources of the same columns.
 *
 * <p>Known first are the labels of all schemas, in the order of the sources; others get their index when a row brings
 * them. The state in a mark ends with the labels that no schema had. So the indexes are the same again, whether the
 * sources are opened as before or with the labels known at the mark.
 *
 * <p>With k sources, place p of source i is p · k + i + 1. So every place tells its source, also that of a row whose
 * place is 0.
 */
abstract class ManySources extends Combinator {
    private static final int NAMED = 3;

    private final List<ChunkSource> sources;
    final List<Feed> feeds = new ArrayList<>();
    private final LabelIndex labels;
    private final int labelsOfSchemas;
    private final boolean categorical;
    /** The index here of each label of each source; −1 for one that no row has brought. */
    private final List<int[]> indexes = new ArrayList<>();
    /** The number of the first of each source's sources, and how many there are in all. */
    private final int[] firsts;

    ManySources(String step, List<? extends ChunkSource> sources) {
        super(step, name(sources), schema(sources), plan(sources), warnings(sources));
        this.sources = List.copyOf(sources);
        List<String> known = schema().target().classes();
        this.labels = new LabelIndex(known);
        this.labelsOfSchemas = known.size();
        this.categorical = schema().target().kind() == Target.Kind.CATEGORICAL;
        for (ChunkSource source : sources) {
            feeds.add(new Feed(source));
            indexes.add(new int[0]);
        }
        firsts = new int[sources.size() + 1];
        for (int i = 0; i < sources.size(); i++) {
            firsts[i + 1] = firsts[i] + sources.get(i).sources().size();
        }
    }

    private static String name(List<? extends ChunkSource> sources) {
        if (sources.isEmpty()) {
            throw AccreteException.badArgument("sources must be at least one but are none");
        }
        List<String> names = sources.stream().map(ChunkSource::name).toList();
        return names.size() <= NAMED
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, NAMED - 1)) + " and " + (names.size() - NAMED + 1) + " more";
    }

    private static Schema schema(List<? extends ChunkSource> sources) {
        ChunkSource first = sources.get(0);
        Set<String> labels = new LinkedHashSet<>();
        for (ChunkSource source : sources) {
            if (!first.schema().matches(source.schema())
                    || !columns(first.plan()).equals(columns(source.plan()))) {
                throw AccreteException.badArgument("sources must have the same columns but those of " + source.name()
                        + " differ from those of " + first.name() + "; open it with the column plan of "
                        + first.name());
            }
            labels.addAll(source.schema().target().classes());
        }
        return first.schema().withClasses(List.copyOf(labels));
    }

    private static Optional<ColumnPlan> plan(List<? extends ChunkSource> sources) {
        List<String> labels = schema(sources).target().classes();
        return sources.get(0).plan().map(plan -> plan.withClasses(labels));
    }

    /** {@return a plan but for the labels, which may differ} */
    static Optional<ColumnPlan> columns(Optional<ColumnPlan> plan) {
        return plan.map(some -> some.withClasses(List.of()));
    }

    private static List<String> warnings(List<? extends ChunkSource> sources) {
        return sources.stream()
                .flatMap(source -> source.warnings().stream())
                .distinct()
                .toList();
    }

    /** Appends the next rows of a source's chunk, with their labels and places as they are here, and uses them up. */
    final void append(int source, int count, ChunkBuffer buffer) {
        Feed feed = feeds.get(source);
        ChunkBuffer rows = feed.rows();
        int from = feed.used();
        int to = from + count;
        int at = buffer.rows();
        if (categorical) {
            buffer.append(rows, from, to, indexes(source, rows.chunk(), from, to));
        } else {
            buffer.append(rows, from, to);
        }
        for (int row = from; row < to; row++) {
            buffer.place(at + row - from, place(rows.place(row), source));
        }
        feed.use(count);
    }

    /** {@return the indexes here of the labels of a source's rows} */
    private int[] indexes(int source, Chunk rows, int from, int to) {
        List<String> theirs = rows.classes();
        int[] known = indexes.get(source);
        if (known.length < theirs.size()) {
            int length = known.length;
            known = Arrays.copyOf(known, Math.max(theirs.size(), 2 * length));
            Arrays.fill(known, length, known.length, -1);
            indexes.set(source, known);
        }
        for (int row = from; row < to && rows.hasTargets(); row++) {
            double target = rows.target(row);
            if (!Double.isNaN(target) && known[(int) target] < 0) {
                known[(int) target] = labels.add(theirs.get((int) target));
            }
        }
        return known;
    }

    private long place(long place, int source) {
        int count = sources.size();
        long known = place <= 0 || place > (Long.MAX_VALUE - source - 1) / count ? 0 : place;
        return known * count + source + 1;
    }

    /** {@inheritDoc} Here the mean of its sources, whatever their sizes are. */
    @Override
    public final OptionalDouble share() {
        double sum = 0;
        for (Feed feed : feeds) {
            OptionalDouble one = feed.share();
            if (one.isEmpty()) {
                return one;
            }
            sum += one.getAsDouble();
        }
        return OptionalDouble.of(sum / feeds.size());
    }

    @Override
    public final Optional<RowPlace> place(long place) {
        int count = sources.size();
        long known = (place - 1) / count;
        return known == 0 ? Optional.empty() : sources.get(part(place)).place(known);
    }

    private int part(long place) {
        return (int) ((place - 1) % sources.size());
    }

    @Override
    public final List<String> sources() {
        return sources.stream().flatMap(source -> source.sources().stream()).toList();
    }

    @Override
    public final int sourceOf(long place) {
        int part = part(place);
        return firsts[part] + sources.get(part).sourceOf((place - 1) / sources.size());
    }

    /** {@return what a source dropped since the last call} */
    final DroppedRows takeDropped(int source) {
        return feeds.get(source).takeDropped().among(firsts[source], firsts[sources.size()]);
    }

    @Override
    final String stepsBefore() {
        return sources.stream().map(Combinator::steps).collect(Collectors.joining(" and "));
    }

    @Override
    final List<String> classes() {
        return labels.labels();
    }

    /** {@return numbers of the step itself, with a comma between each two} */
    abstract String numbers();

    /** Goes back to the numbers of the step itself. */
    abstract void restore(List<String> numbers, Mark to);

    /** {@return how many numbers the step has} */
    abstract int numberCount();

    @Override
    final String state() {
        List<String> known = labels.labels();
        StringBuilder state = new StringBuilder(numbers());
        for (String label : known.subList(labelsOfSchemas, known.size())) {
            state.append(',').append(Mark.escape(label));
        }
        return state.toString();
    }

    @Override
    final void restore(Mark to) {
        List<String> parts = to.parts();
        for (String label : parts.subList(numberCount(), parts.size())) {
            labels.add(Mark.unescape(label));
        }
        restore(parts.subList(0, numberCount()), to);
    }

    @Override
    final void closeSources() {
        Feed.closeAll(feeds.stream().map(feed -> (AutoCloseable) feed::close).toList());
    }
}
