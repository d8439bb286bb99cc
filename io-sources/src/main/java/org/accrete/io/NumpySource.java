package org.accrete.io;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.CellFormat;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.file.FileRows;
import org.accrete.api.file.Input;
import org.accrete.api.file.RowHash;

/**
 * A source of the rows of NumPy files. Numbers mean what their text means in a CSV file without a header: the plan is
 * inferred from that text, and a row that is not simply copied is encoded from it.
 */
final class NumpySource extends FileRows<NumpyFile> {
    /** The most numbers of the rows that are read at once. */
    private static final int BATCH = 1 << 14;
    /** The most numbers that the plan is inferred from. */
    private static final int SAMPLE = 1 << 21;

    private static final int KNOWN_LABELS = 128;
    private static final String LAST = "last";

    private final String features;
    private final String targetOption;
    private final List<String> names;
    private final int dense;
    private final int width;
    private final ColumnPlan plan;
    /** Set if the rows are encoded already. */
    private final Optional<EncodedRows> encoded;

    /** How cells are read: the plan, or for rows that are encoded already, that of their columns. */
    private final ColumnPlan cellPlan;

    private final Schema schema;
    private final List<String> warnings;
    private final RowEncoder encoder;
    /** Whether rows are chosen by their numbers, or not at all, so that no text is made of them. */
    private final boolean asksNumbers;

    private final Copying copying;

    /** Rows that are not simply copied, because a number is infinite. */
    private final BitSet odd = new BitSet();

    /**
     * Opens files at their beginning.
     *
     * @param request what is asked for
     * @param features name of the array of features in archives; empty to find it
     * @param targetOption name of the array of targets in archives, empty to find it; name of the target of a matrix,
     *     or {@code last}, empty for none
     */
    NumpySource(SourceRequest request, String features, String targetOption) {
        super(request, NumpySourceProvider.ENDINGS, "NumPy");
        this.features = features;
        this.targetOption = targetOption;
        this.encoded = EncodedRows.of(inputs(), request);
        try (NumpyFile first = read(inputs().get(0))) {
            names = first.names();
            dense = first.dense();
            width = first.width();
            if (encoded.isPresent()) {
                plan = encoded.get().plan();
                cellPlan = width > 0 ? EncodedRows.archiveColumns(plan) : EncodedRows.matrixColumns(plan);
                warnings = List.of();
                requireColumns();
            } else if (request.plan().isPresent()) {
                plan = request.plan().get();
                cellPlan = plan;
                warnings = List.of();
            } else {
                PlanInference inference = inference(request, first);
                plan = inference.plan();
                cellPlan = plan;
                warnings = inference.warnings();
            }
            schema = plan.schema();
            encoder = new RowEncoder(cellPlan, names, request.targetNeeded(), request.where());
            asksNumbers = encoder.asksNumbersOnly(dense);
            copying = new Copying();
        } catch (AccreteException e) {
            throw e.where().isPresent() ? e : e.at(name());
        } catch (IOException e) {
            throw failed(e, inputs().get(0).name());
        }
    }

    /** Refuses encoded rows of other columns than those that their plan makes. */
    private void requireColumns() {
        int columns = plan.schema().width();
        int found = width > 0 ? width : names.size();
        int wanted = width > 0 ? columns : cellPlan.columns().size();
        if (found != wanted) {
            throw AccreteException.badData(
                    "its rows have " + found + " numbers but its plan makes " + wanted + "; convert again");
        }
    }

    private NumpyFile read(Input input) {
        try {
            boolean hasWeights =
                    encoded.map(EncodedRows::plan).flatMap(EncodedRows::weight).isPresent();
            return new NumpyFile(input.path().orElseThrow(), features, targetOption, hasWeights);
        } catch (AccreteException e) {
            throw e.where().isPresent() ? e : e.at(input.name());
        } catch (IOException e) {
            throw failed(e, input.name());
        }
    }

    private static AccreteException failed(IOException e, String place) {
        return e instanceof ZipException || e instanceof EOFException
                ? AccreteException.badData("the file is damaged: " + e.getMessage())
                        .at(place)
                : Input.unreadable(place, e);
    }

    private PlanInference inference(SourceRequest request, NumpyFile first) throws IOException {
        SourceRequest named = request;
        if (request.target().isEmpty() && first.targetName().isPresent()) {
            named = request.withTarget(first.targetName().get());
        } else if (request.target().isEmpty() && !targetOption.isEmpty()) {
            named = request.withTarget(targetOption.equals(LAST) ? names.get(names.size() - 1) : targetOption);
        }
        if (width > 0
                && request.columns().stream().noneMatch(column -> column.name().equals(NumpyFile.FEATURES))) {
            List<Column> columns = new ArrayList<>(request.columns());
            columns.add(new Column.Sparse(NumpyFile.FEATURES, width, 0));
            named = named.withColumns(columns);
        }
        PlanInference inference = new PlanInference(names, named, CellFormat.standard());
        int most = Math.min(PlanInference.ROWS, Math.max(1, SAMPLE / Math.max(1, dense)));
        int rows = 0;
        while (rows < most) {
            int count = first.read(Math.min(most - rows, batch()));
            if (count == 0) {
                break;
            }
            for (int row = 0; row < count; row++) {
                List<String> cells = new ArrayList<>(names.size());
                for (int j = 0; j < dense; j++) {
                    cells.add(text(first.values()[row * dense + j]));
                }
                if (width > 0) {
                    cells.add("");
                }
                inference.add(cells);
            }
            rows += count;
        }
        if (rows == 0) {
            throw AccreteException.badData("it has no rows to learn from");
        }
        return inference;
    }

    private int batch() {
        return Math.max(1, BATCH / Math.max(1, dense));
    }

    /** {@return a number as the cell of a CSV file} */
    private static String text(double number) {
        return Double.isNaN(number) ? "" : EncodedRows.text(number);
    }

    /** How rows are copied that need no more than that, as far as the plan allows it. */
    private final class Copying {
        private final boolean allowed;
        /** For each run of columns the first field, the first column and how many there are. */
        private final int[][] runs;

        private final int targetField;
        private final int weightField;
        private final boolean isCategorical = schema.target().kind() == Target.Kind.CATEGORICAL;
        private final double[] labels = new double[KNOWN_LABELS];
        private final int[] labelIndexes = new int[KNOWN_LABELS];
        private int[] encodedIndexes = {};
        private int labelCount;

        Copying() {
            boolean simple = true;
            List<int[]> found = new ArrayList<>();
            int column = 0;
            for (Column some : cellPlan.columns()) {
                int field = names.indexOf(some.name());
                boolean isNumber = some instanceof Column.Numeric;
                simple &= (isNumber
                                || some instanceof Column.Label
                                || some instanceof Column.Weight
                                || some instanceof Column.Ignore
                                || some instanceof Column.Sparse)
                        && some.cells().equals(CellFormat.standard());
                if (isNumber) {
                    int[] last = found.isEmpty() ? new int[3] : found.get(found.size() - 1);
                    if (!found.isEmpty() && last[0] + last[2] == field) {
                        last[2]++;
                    } else {
                        found.add(new int[] {field, column, 1});
                    }
                    column++;
                }
            }
            allowed = simple;
            runs = found.toArray(int[][]::new);
            targetField = field(Column.Label.class);
            weightField = field(Column.Weight.class);
        }

        private int field(Class<? extends Column> kind) {
            return cellPlan.columns().stream()
                    .filter(kind::isInstance)
                    .mapToInt(column -> names.indexOf(column.name()))
                    .findFirst()
                    .orElse(-1);
        }

        /** Appends a row if it can be copied; else returns false. */
        boolean append(NumpyFile from, int row, ChunkBuffer out) {
            if (!allowed || odd.get(row) || out.keyCount() > 0) {
                return false;
            }
            double[] values = from.values();
            int begin = row * dense;
            double target = targetField < 0 ? Double.NaN : values[begin + targetField];
            if (isCategorical && !Double.isNaN(target)) {
                int label = find(target);
                if (label < 0) {
                    return false;
                }
                target = labelIndexes[label];
            }
            double weight = weightField < 0 ? 1 : values[begin + weightField];
            if (weight < 0) {
                return false;
            }
            out.beginRow();
            for (int[] run : runs) {
                out.put(run[1], values, begin + run[0], run[2]);
            }
            if (width > 0 && !putSparse(from, row, schema.width() - width, 0, out)) {
                return false;
            }
            if (weightField >= 0) {
                out.weight(Double.isNaN(weight) ? 1 : weight);
            }
            out.target(target);
            out.classes(encoder.classes());
            out.endRow();
            return true;
        }

        /** Appends a row of numbers that are those of a chunk, or refuses it. */
        void appendEncoded(EncodedRows rows, NumpyFile from, int row, ChunkBuffer out) {
            double[] values = from.values();
            int begin = row * dense;
            double weight = weightField < 0 ? 1 : values[begin + weightField];
            if (odd.get(row) || weight < 0) {
                throw AccreteException.badData("a row must be finite numbers, and its weight at least 0");
            }
            out.beginRow();
            if (width == 0) {
                out.put(0, values, begin, schema.width());
            } else if (!putSparse(from, row, 0, EncodedRows.amounts(schema), out)) {
                throw AccreteException.badData(
                        "the indices of a row must ascend and its numbers be finite, or NaN in" + " numeric columns");
            }
            if (weightField >= 0) {
                out.weight(Double.isNaN(weight) ? 1 : weight);
            }
            double target = targetField < 0 ? Double.NaN : values[begin + targetField];
            out.target(isCategorical && !Double.isNaN(target) ? index(rows, target) : target);
            out.classes(encoder.classes());
            out.endRow();
        }

        /** {@return the index of the class that a number stands for} */
        private int index(EncodedRows rows, double number) {
            String label = rows.label(number);
            if (encodedIndexes.length == 0) {
                encodedIndexes = new int[rows.classes().size()];
                Arrays.fill(encodedIndexes, -1);
            }
            int known = encodedIndexes[(int) number];
            if (known < 0) {
                known = encoder.classIndex(label);
                encodedIndexes[(int) number] = known;
            }
            return known;
        }

        /** Puts numbers of ascending indices, of which the first may be NaN; else returns false. */
        private boolean putSparse(NumpyFile from, int row, int first, int amounts, ChunkBuffer out) {
            int[] indices = from.indices();
            double[] entries = from.entries();
            int last = -1;
            for (int k = from.starts()[row]; k < from.starts()[row + 1]; k++) {
                boolean isNumber = Double.isFinite(entries[k]) || (Double.isNaN(entries[k]) && indices[k] < amounts);
                if (indices[k] <= last || !isNumber) {
                    return false;
                }
                last = indices[k];
                if (entries[k] != 0.0) {
                    out.put(first + last, entries[k]);
                }
            }
            return true;
        }

        private int find(double target) {
            for (int i = 0; i < labelCount; i++) {
                if (labels[i] == target) {
                    return i;
                }
            }
            return -1;
        }

        /** Remembers the label of a row that was encoded. */
        void learn(NumpyFile from, int row, ChunkBuffer encoded) {
            double target = targetField < 0 ? Double.NaN : from.values()[row * dense + targetField];
            double index = encoded.chunk().hasTargets() ? encoded.chunk().target(encoded.rows() - 1) : Double.NaN;
            if (isCategorical && labelCount < KNOWN_LABELS && !Double.isNaN(index) && find(target) < 0) {
                labels[labelCount] = target;
                labelIndexes[labelCount++] = (int) index;
            }
        }
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<ColumnPlan> plan() {
        return Optional.of(plan);
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    protected List<String> names() {
        return names;
    }

    @Override
    protected int labels() {
        return encoder.classes().size();
    }

    @Override
    protected BadRow badRow(NumpyFile from, int row, RowPlace place, AccreteException why) {
        List<String> cells = cells(from, row);
        if (width > 0 && why.column().isPresent()) {
            cells.add(sparseCell(from, row));
        }
        return new BadRow(place, why.column(), String.valueOf(why.getMessage()), names.subList(0, cells.size()), cells);
    }

    @Override
    protected boolean accepts(NumpyFile from, int row) {
        return asksNumbers ? encoder.accepts(from.values(), row * dense) : encoder.accepts(rawCells(from, row));
    }

    @Override
    protected void encode(NumpyFile from, int row, ChunkBuffer buffer) {
        if (encoded.isPresent()) {
            copying.appendEncoded(encoded.get(), from, row, buffer);
            return;
        }
        if (copying.append(from, row, buffer)) {
            return;
        }
        encoder.encode(rawCells(from, row), buffer);
        copying.learn(from, row, buffer);
    }

    /** {@return all cells of a row as text} */
    private List<String> rawCells(NumpyFile from, int row) {
        List<String> cells = cells(from, row);
        if (width > 0) {
            cells.add(sparseCell(from, row));
        }
        return cells;
    }

    /** {@return the numbers of a row as text, without sparse features} */
    private List<String> cells(NumpyFile from, int row) {
        List<String> cells = new ArrayList<>(names.size());
        for (int j = 0; j < dense; j++) {
            cells.add(text(from.values()[row * dense + j]));
        }
        return cells;
    }

    /** {@return the sparse features of a row as text, sorted} */
    private static String sparseCell(NumpyFile from, int row) {
        int begin = from.starts()[row];
        int end = from.starts()[row + 1];
        long[] order = new long[end - begin];
        for (int k = begin; k < end; k++) {
            if (from.indices()[k] < 0) {
                throw AccreteException.badData(
                        "an index of the sparse matrix must be a whole number from 0 to " + (from.width() - 1));
            }
            order[k - begin] = (long) from.indices()[k] << 32 | k;
        }
        Arrays.sort(order);
        StringBuilder cell = new StringBuilder();
        for (long one : order) {
            cell.append(one >>> 32)
                    .append(':')
                    .append(from.entries()[(int) one])
                    .append(' ');
        }
        return cell.toString();
    }

    @Override
    protected NumpyFile open(Input input) {
        NumpyFile opened = read(input);
        if (!opened.names().equals(names) || opened.width() != width) {
            opened.close();
            throw AccreteException.badData("it has " + opened.names().size() + " columns"
                            + (opened.width() > 0 ? " and " + opened.width() + " features" : "")
                            + " but the first file has "
                            + names.size() + (width > 0 ? " and " + width + " features" : ""))
                    .at(input.name());
        }
        return opened;
    }

    /** {@inheritDoc} Zero has one sign and NaN one form, as when they are read from text. */
    @Override
    protected int readBatch(NumpyFile from, Input input) {
        int rows;
        try {
            rows = from.read(batch());
        } catch (IOException e) {
            throw failed(e, input.name());
        }
        odd.clear();
        int targetField = copying.targetField;
        double[] values = from.values();
        for (int row = 0; row < rows; row++) {
            boolean isFinite = true;
            double target = targetField < 0 ? 0 : values[row * dense + targetField];
            for (int i = row * dense; i < (row + 1) * dense; i++) {
                double value = values[i] + 0.0;
                isFinite &= Math.abs(value) != Double.POSITIVE_INFINITY;
                values[i] = Double.isNaN(value) ? Double.NaN : value;
            }
            if (targetField >= 0 && target == 0) {
                // Only of a target zero keeps its sign, as it does when it is read from text.
                values[row * dense + targetField] = target;
            }
            if (!isFinite) {
                odd.set(row);
            }
        }
        return rows;
    }

    @Override
    protected void hash(NumpyFile from, int row, RowHash to) {
        to.add(from.values(), row * dense, (row + 1) * dense);
        if (width > 0) {
            to.add(from.indices(), from.starts()[row], from.starts()[row + 1]);
            to.add(from.entries(), from.starts()[row], from.starts()[row + 1]);
        }
        to.endRow();
    }
}
