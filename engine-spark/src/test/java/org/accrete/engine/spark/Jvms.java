package org.accrete.engine.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Further JVMs with the class path and the modules of this one. */
final class Jvms {
    private Jvms() {}

    /** {@return a command that starts a class, to which arguments may be added} */
    static List<String> command(String heap, String type) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), heap));
        command.addAll(opens());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), type));
        return command;
    }

    /** {@return what Spark's own launcher would give, and the module of the kernels} */
    static List<String> opens() {
        List<String> options = new ArrayList<>(
                Arrays.asList(System.getProperty("spark.opens", "").split(" ")));
        options.removeIf(String::isEmpty);
        options.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        return options;
    }

    /** Starts a class, whose output is added to a file. */
    static Process start(Path output, String heap, String type, String... arguments) throws IOException {
        List<String> command = command(heap, type);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
    }
}
