package org.accrete.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.export.onnx.Hashing;
import org.accrete.export.onnx.OnnxExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export}: writes a version for programs without this library. */
@Command(
        name = "export",
        description = "Write a version of a model as a file that other programs predict with.",
        footer = {
            "",
            "MODEL is NAME, NAME@3 or NAME@ALIAS; without the latter it is the version that 'live' points to.",
            "An ONNX file has one input for each column and the outputs 'label' and 'probabilities', or 'variable'.",
            "--format sklearn writes the attributes of scikit-learn's estimators as a NumPy archive (.npz): of linear"
                    + " learners and components, alone or behind standard-scaler."
        })
final class ExportCommand extends Subcommand {
    /** How a file is written. */
    enum Format {
        ONNX,
        SKLEARN
    }

    private static final ParamSpec<Format> FORMAT =
            ParamSpec.choice("format", Format.class, Format.ONNX, "how the file is written");
    private static final ParamSpec<Hashing> HASH =
            ParamSpec.choice("hash", Hashing.class, Hashing.INSIDE, "where texts are hashed");

    @Parameters(index = "0", paramLabel = "MODEL", description = "The version; see below.")
    String model = "";

    @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
    Path out = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "How it is written: onnx (the default) or sklearn.")
    Optional<String> format = Optional.empty();

    @Option(
            names = "--hash",
            paramLabel = "PLACE",
            description = "Where texts of columns that keep no list of values are hashed: inside (the default), which"
                    + " only ONNX Runtime can, or outside: such an input is the column of the text in its block.")
    Optional<String> hash = Optional.empty();

    @Option(names = "--replace", description = "Overwrite OUT if it exists.")
    boolean replace;

    ExportCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        Format written = format.map(FORMAT::parse).orElse(FORMAT.defaultValue());
        Hashing hashing = hash.map(HASH::parse).orElse(HASH.defaultValue());
        if (written != Format.ONNX && hash.isPresent()) {
            throw AccreteException.badArgument("--hash is about the inputs of --format onnx; leave it out");
        }
        NewFile.requireWritable(out, "OUT");
        NewFile.requireAbsent(out, replace);
        PlugIns plugIns = plugIns();
        StoredModel stored = StoredModel.load(plugIns, this, model);
        String reference = stored.version().reference();
        byte[] bytes = written == Format.SKLEARN
                ? SklearnExport.of(plugIns, stored.state())
                : OnnxExport.of(
                        Pipeline.restore(plugIns, stored.state()).snapshot(),
                        stored.plan(),
                        hashing,
                        Map.of("model", reference, "accrete", Main.version()));
        NewFile.write(out, bytes);
        if (console.isJson()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("version", reference);
            document.put("output", out.toString());
            document.put("format", ParamSpec.word(written));
            document.put("bytes", bytes.length);
            console.json(document);
        } else {
            console.print(reference + " written to " + out + " (" + Console.bytes(bytes.length) + ")");
        }
        return 0;
    }
}
