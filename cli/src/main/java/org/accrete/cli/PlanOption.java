package org.accrete.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.io.PlanFile;
import picocli.CommandLine.Option;

/** The option {@code --plan} of the commands that read rows by a plan from a file. */
final class PlanOption {
    @Option(
            names = "--plan",
            paramLabel = "FILE",
            description =
                    "Read the columns by the plan in this file, which 'inspect --plan' writes, and infer nothing.")
    Optional<Path> file = Optional.empty();

    /** {@return the plan; empty if none is given} */
    Optional<ColumnPlan> read() {
        return file.map(path -> PlanFile.read(path).plan());
    }

    /**
     * {@return a request that encodes by the plan, if one is given}
     *
     * @param request names target and columns as the user did
     * @throws AccreteException bad argument: they are not those of the plan; bad data: the file is no plan
     */
    SourceRequest in(SourceRequest request) {
        return read().map(plan -> {
                    requireFit(request, plan);
                    return request.withPlan(plan, true);
                })
                .orElse(request);
    }

    private void requireFit(SourceRequest request, ColumnPlan plan) {
        String name = "--plan " + file.orElseThrow();
        if (!request.columns().isEmpty()) {
            throw AccreteException.badArgument(
                    name + " says what all columns are, so leave out --column and --cross, or change the file");
        }
        Optional<String> label = plan.label().map(Column::name);
        request.target().filter(target -> !label.equals(Optional.of(target))).ifPresent(target -> {
            throw AccreteException.badArgument("--target " + target + " does not fit " + name + ", "
                    + label.map(own -> "whose target is '" + own + "'").orElse("which has no target")
                    + "; leave it out, or change the file: a target is of kind target(kind=numeric) or"
                    + " target(kind=categorical)");
        });
    }
}
