package org.accrete.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.CellFormat;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.file.Input;

/**
 * Files whose rows are encoded already: the numbers that a column plan made of raw columns. Beside each stands a
 * {@link PlanFile} of its name and {@value #ENDING}. A source of such files has the plan and the schema of the raw rows
 * and gives the same chunks, so that a model cannot tell them apart.
 *
 * <p>To read them, a source encodes their cells by another plan, which has the same columns in the same order but takes
 * them as numbers: each column of a block that is not sparse as a number, and each sparse block as one sparse column.
 *
 * @param plan how the rows were encoded, with the classes that are known before the first row
 * @param classes names of the classes that numbers stand for
 */
record EncodedRows(ColumnPlan plan, List<String> classes) {
    /** What the name of the plan's file has behind that of the rows. */
    static final String ENDING = ".encoding";

    private static final double EXACT = 1e15;

    /** {@return the plan's file of a file of encoded rows} */
    static Path planFile(Path rows) {
        return rows.resolveSibling(rows.getFileName() + ENDING);
    }

    /**
     * {@return what the rows of some files are, if they are encoded}
     *
     * @param inputs the files
     * @param request may have a plan or name the target and columns, which must be those of the files
     * @throws AccreteException bad data: only some of them are encoded, or each in another way, or a plan's file is of
     *     another file; bad argument: the request asks for something else
     */
    static Optional<EncodedRows> of(List<Input> inputs, SourceRequest request) {
        Optional<PlanFile> first = Optional.empty();
        for (Input input : inputs) {
            Optional<PlanFile> found = input.path().flatMap(EncodedRows::read);
            if (input == inputs.get(0)) {
                first = found;
            } else if (!same(first, found)) {
                throw AccreteException.badData("it is not encoded as '"
                                + inputs.get(0).name() + "' is; convert all files at once, or read one at a time")
                        .at(input.name());
            }
        }
        return first.map(file -> new EncodedRows(
                plan(file.plan(), request, inputs.get(0).name()),
                file.encoded().orElseThrow().classes()));
    }

    private static Optional<PlanFile> read(Path rows) {
        Path beside = planFile(rows);
        if (!Files.isRegularFile(beside)) {
            return Optional.empty();
        }
        PlanFile file = PlanFile.read(beside);
        if (file.encoded().isEmpty()) {
            throw AccreteException.badData("key 'encoded' is missing, which convert writes; give the plan of raw rows"
                            + " another name and --plan")
                    .at(beside.toString());
        }
        try {
            long bytes = file.encoded().get().bytes();
            if (Files.size(rows) != bytes) {
                throw AccreteException.badData("it has " + Files.size(rows) + " bytes but '" + beside
                                + "' is of a file of " + bytes + "; one of them was changed: convert again, or remove"
                                + " the latter to read the numbers as they are")
                        .at(rows.toString());
            }
        } catch (IOException e) {
            throw Input.unreadable(rows.toString(), e);
        }
        return Optional.of(file);
    }

    private static boolean same(Optional<PlanFile> one, Optional<PlanFile> other) {
        return one.map(PlanFile::plan).equals(other.map(PlanFile::plan))
                && one.flatMap(PlanFile::encoded)
                        .map(PlanFile.Encoded::classes)
                        .equals(other.flatMap(PlanFile::encoded).map(PlanFile.Encoded::classes));
    }

    /** {@return the plan to show: that of the files, or the same with the classes that a model knows} */
    private static ColumnPlan plan(ColumnPlan own, SourceRequest request, String name) {
        if (request.plan().isPresent()) {
            List<Column> wanted = request.plan().get().withClasses(List.of()).columns();
            List<Column> columns = own.withClasses(List.of()).columns();
            for (int i = 0; i < Math.max(wanted.size(), columns.size()); i++) {
                Optional<Column> mine = i < columns.size() ? Optional.of(columns.get(i)) : Optional.empty();
                Optional<Column> theirs = i < wanted.size() ? Optional.of(wanted.get(i)) : Optional.empty();
                if (!mine.equals(theirs)) {
                    throw AccreteException.badArgument("the rows of '" + name + "' are encoded by another column plan: "
                            + words(mine) + ", but here " + words(theirs) + "; read the rows that they were made of");
                }
            }
            return request.plan().get();
        }
        Optional<String> target = own.label().map(Column::name);
        if (request.target().isPresent() && !request.target().equals(target)) {
            throw changed(
                    name,
                    target.map(label -> "their target is '" + label + "'").orElse("they have no target"),
                    "--target " + request.target().get());
        }
        List<String> names = own.columns().stream().map(Column::name).toList();
        for (Column asWritten : request.columns()) {
            Column given = asWritten.namedAsIn(names);
            if (own.columns().stream().noneMatch(column -> isSame(column, given))) {
                throw changed(
                        name,
                        words(own.columns().stream()
                                .filter(column -> column.name().equals(given.name()))
                                .findFirst()),
                        given instanceof Column.Cross cross
                                ? "--cross " + String.join(",", cross.columns())
                                : "--column " + given.toPlainText());
            }
        }
        return own;
    }

    /** {@return whether a given column says no other than that of the plan} */
    private static boolean isSame(Column column, Column given) {
        String kind = given.kind().replaceFirst("\\(.*", "");
        boolean isTarget = column instanceof Column.Label label
                && kind.equals(label.target().kind() == Target.Kind.NUMERIC ? "numeric" : "categorical");
        return column.name().equals(given.name()) && (isTarget || column.says(given));
    }

    private static String words(Optional<Column> column) {
        return column.map(some -> "column " + some.toPlainText()).orElse("no such column");
    }

    private static AccreteException changed(String name, String fact, String option) {
        return AccreteException.badArgument("the rows of '" + name + "' are encoded and cannot be changed: " + fact
                + "; leave out " + option + ", or give it to convert");
    }

    /** {@return how many columns at the beginning may be missing, which is NaN} */
    static int amounts(Schema schema) {
        return schema.blocks().stream()
                .filter(block -> block.kind() == Block.Kind.NUMERIC)
                .mapToInt(Block::width)
                .sum();
    }

    /** {@return how many columns come before the sparse blocks} */
    static int numbers(Schema schema) {
        return schema.blocks().stream()
                .filter(block -> !block.kind().isSparse())
                .mapToInt(Block::width)
                .sum();
    }

    /** {@return the columns of encoded rows as text: keys, numbers, sparse blocks, the weight, the target} */
    static ColumnPlan textColumns(ColumnPlan plan) {
        Schema schema = plan.schema();
        int numbers = numbers(schema);
        List<Block> sparse = schema.blocks().stream()
                .filter(block -> block.kind().isSparse())
                .toList();
        Optional<Column> weight = weight(plan);
        List<String> wanted = new ArrayList<>(plan.keys());
        IntStream.range(0, numbers).mapToObj(schema::columnName).forEach(wanted::add);
        sparse.forEach(block -> wanted.add(block.name()));
        weight.ifPresent(column -> wanted.add(column.name()));
        plan.label().ifPresent(column -> wanted.add(column.name()));

        // The same that a CSV file makes of its header.
        List<String> names = TextHeader.of(wanted).names();
        List<Column> columns = new ArrayList<>();
        plan.keys().forEach(key -> columns.add(new Column.Key(names.get(columns.size()))));
        for (int i = 0; i < numbers; i++) {
            columns.add(new Column.Numeric(names.get(columns.size())));
        }
        sparse.forEach(block -> columns.add(new Column.Sparse(names.get(columns.size()), block.width(), 0)));
        weight.ifPresent(column -> columns.add(new Column.Weight(names.get(columns.size()))));
        plan.label().ifPresent(label -> columns.add(named(label, names.get(columns.size()))));
        return new ColumnPlan(columns);
    }

    /** {@return the columns of encoded rows in an {@code .npy} file: numbers, the weight, the target} */
    static ColumnPlan matrixColumns(ColumnPlan plan) {
        List<Column> columns = new ArrayList<>();
        int width = plan.schema().width();
        for (int i = 0; i < width; i++) {
            columns.add(new Column.Numeric(Integer.toString(i + 1)));
        }
        weight(plan).ifPresent(column -> columns.add(new Column.Weight(Integer.toString(columns.size() + 1))));
        plan.label().ifPresent(label -> columns.add(named(label, Integer.toString(columns.size() + 1))));
        return new ColumnPlan(columns);
    }

    /** {@return the columns of encoded rows in an {@code .npz} file: all numbers sparse, and the arrays beside them} */
    static ColumnPlan archiveColumns(ColumnPlan plan) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column.Sparse(NumpyFile.FEATURES, plan.schema().width(), 0));
        weight(plan).ifPresent(column -> columns.add(new Column.Weight(NumpyFile.WEIGHT)));
        plan.label().ifPresent(label -> columns.add(named(label, NumpyFile.TARGET)));
        return new ColumnPlan(columns);
    }

    /** {@return the column of weights} */
    static Optional<Column> weight(ColumnPlan plan) {
        return plan.columns().stream().filter(Column.Weight.class::isInstance).findFirst();
    }

    /** {@return a target of another name; labels are read as before, numbers as they are written by us} */
    private static Column.Label named(Column.Label label, String name) {
        Target target = label.target();
        return new Column.Label(
                name,
                new Target(name, target.kind(), target.classes()),
                label.asWritten(),
                target.kind() == Target.Kind.NUMERIC ? CellFormat.standard() : label.cells());
    }

    /**
     * {@return the name of the class that a number stands for}
     *
     * @param number a whole number from 0
     * @throws AccreteException bad data: there is no such class
     */
    String label(double number) {
        if (!(number >= 0 && number < classes.size() && number == Math.rint(number))) {
            throw AccreteException.badData("the target must be the number of one of the " + classes.size()
                    + " classes, from 0, but was " + text(number));
        }
        return classes.get((int) number);
    }

    /** {@return the shortest usual text of a number that is read back as the same number} */
    static String text(double number) {
        boolean isWhole = number == Math.rint(number) && Math.abs(number) < EXACT;
        return isWhole && (number != 0 || 1 / number > 0) ? Long.toString((long) number) : Double.toString(number);
    }
}
