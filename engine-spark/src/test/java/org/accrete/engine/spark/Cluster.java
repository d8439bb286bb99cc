package org.accrete.engine.spark;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A standalone master and two workers, each a process of its own, from the jars of this class path. */
final class Cluster implements AutoCloseable {
    private final Path home;
    private final int port;
    private final Process master;
    private final List<Process> workers = new ArrayList<>();

    Cluster(Path folder) throws IOException, InterruptedException {
        home = folder.resolve("spark-home");
        // Empty: executors have the class path of this program.
        Files.createDirectories(home.resolve("jars"));
        port = freePort();
        master = start("master", "org.apache.spark.deploy.master.Master", "--port", String.valueOf(port));
        awaitPort();
        for (int i = 0; i < 2; i++) {
            workers.add(worker(i));
        }
    }

    String address() {
        return "spark://127.0.0.1:" + port;
    }

    private Process worker(int number) throws IOException {
        return start(
                "worker-" + number,
                "org.apache.spark.deploy.worker.Worker",
                "--cores",
                "1",
                "--memory",
                "2g",
                "--work-dir",
                home.resolve("work-" + number).toString(),
                address());
    }

    private Process start(String name, String type, String... more) throws IOException {
        List<String> command = Jvms.command("-Xmx256m", type);
        command.addAll(List.of("--host", "127.0.0.1", "--webui-port", "0"));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolve(name + ".log").toFile()))
                .start();
    }

    /** Kills an executor; {@return whether there was one} */
    boolean killExecutor(Random random) {
        List<ProcessHandle> executors = workers.stream()
                .flatMap(worker -> worker.toHandle().descendants())
                .filter(process -> process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                .toList();
        return !executors.isEmpty()
                && executors.get(random.nextInt(executors.size())).destroyForcibly();
    }

    /** Kills a worker, and starts another one in its place. */
    void killWorker(Random random) throws IOException, InterruptedException {
        int number = random.nextInt(workers.size());
        workers.get(number).destroyForcibly().waitFor();
        workers.set(number, worker(number));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitPort() throws IOException, InterruptedException {
        Optional<IOException> last = Optional.empty();
        for (int i = 0; i < 300; i++) {
            try {
                new Socket("127.0.0.1", port).close();
                return;
            } catch (IOException e) {
                last = Optional.of(e);
                Thread.sleep(100);
            }
        }
        throw last.orElseThrow();
    }

    @Override
    public void close() {
        workers.forEach(worker -> {
            worker.descendants().forEach(ProcessHandle::destroyForcibly);
            worker.destroyForcibly();
        });
        master.destroyForcibly();
    }
}
