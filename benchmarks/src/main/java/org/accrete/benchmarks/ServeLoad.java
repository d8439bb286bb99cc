package org.accrete.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.ModelStore;
import org.accrete.core.Accrete;
import org.accrete.core.ClassifierTrainer;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.store.DirectoryStore;
import org.accrete.serve.ModelServer;

/**
 * Prints how many predictions a server answers, and how long a client waits for one. Clients are threads of the same
 * process, each with one connection that it keeps, a request at a time, on plain sockets. Arguments: how many seconds
 * each turn takes, how many turns, how many connections, how many records of 20 numbers a request has; and, if given,
 * how many records a second the model learns meanwhile, and the port of another server that takes the same requests, on
 * which nothing is learned.
 */
public final class ServeLoad {
    private static final int WIDTH = 20;
    private static final int STEP_NANOS = 1_000;
    private static final int MOST_STEPS = 100_000;
    private static final String PREDICT = "/models/load/predict";
    /** Records of a request that is learned. */
    private static final int LEARNED = 10;

    private ServeLoad() {}

    /**
     * Measures.
     *
     * @param args as above
     * @throws Exception if anything fails
     */
    public static void main(String[] args) throws Exception {
        int seconds = Integer.parseInt(args[0]);
        int turns = Integer.parseInt(args[1]);
        int connections = Integer.parseInt(args[2]);
        int rows = Integer.parseInt(args[3]);
        int learned = args.length > 4 ? Integer.parseInt(args[4]) : 0;
        if (args.length > 5) {
            int port = Integer.parseInt(args[5]);
            first(port);
            for (int turn = 0; turn < turns; turn++) {
                turn(turn, port, seconds, connections, rows);
            }
            return;
        }
        Path folder = Files.createTempDirectory("serve-load");
        try (ModelStore store = DirectoryStore.open(folder)) {
            train(store);
            long start = System.nanoTime();
            try (ModelServer server = ModelServer.builder(PlugIns.load(), store)
                    .model("load")
                    .learns()
                    .port(0)
                    .start()) {
                System.out.printf("ready after %.0f ms%n", (System.nanoTime() - start) / 1e6);
                first(server.port());
                try (Teacher teacher = new Teacher(server.port(), learned)) {
                    for (int turn = 0; turn < turns; turn++) {
                        long before = teacher.records.get();
                        turn(turn, server.port(), seconds, connections, rows);
                        if (learned > 0) {
                            System.out.printf("        %,d records learned%n", teacher.records.get() - before);
                        }
                    }
                }
            } finally {
                store.remove("load");
            }
        }
        Files.deleteIfExists(folder);
    }

    private static void train(ModelStore store) {
        SeededRandom random = new SeededRandom(1);
        double[][] x = new double[2_000][WIDTH];
        String[] y = new String[x.length];
        for (int row = 0; row < x.length; row++) {
            double sum = 0;
            for (int column = 0; column < WIDTH; column++) {
                x[row][column] = random.nextGaussian();
                sum += x[row][column];
            }
            y[row] = sum > 0 ? "yes" : "no";
        }
        try (ClassifierTrainer trainer =
                Accrete.classifier("sgd-classifier").steps("standard-scaler").into(store, "load")) {
            trainer.partialFit(x, y);
            trainer.save();
        }
    }

    /** Prints how long the first thousand requests take. */
    private static void first(int port) throws IOException {
        double[] micros = new double[1_000];
        try (Client client = new Client(port, PREDICT, records(1, 7, ""))) {
            for (int i = 0; i < micros.length; i++) {
                long start = System.nanoTime();
                client.ask();
                micros[i] = (System.nanoTime() - start) / 1e3;
            }
        }
        double first = micros[0];
        Arrays.sort(micros);
        System.out.printf(
                "first 1,000 requests, ms: the first %.1f, median %.2f, 99 %% %.2f, longest %.1f%n",
                first / 1e3, micros[500] / 1e3, micros[990] / 1e3, micros[999] / 1e3);
    }

    private static void turn(int turn, int port, int seconds, int connections, int rows)
            throws IOException, InterruptedException {
        List<Client> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        CountDownLatch ready = new CountDownLatch(connections);
        for (int i = 0; i < connections; i++) {
            Client client = new Client(port, PREDICT, records(rows, i, ""));
            clients.add(client);
            Thread thread = new Thread(() -> client.askFor(seconds, ready), "client " + i);
            threads.add(thread);
            thread.start();
        }
        long[] counts = new long[MOST_STEPS];
        long requests = 0;
        double rate = 0;
        for (int i = 0; i < connections; i++) {
            threads.get(i).join();
            Client client = clients.get(i);
            for (int step = 0; step < MOST_STEPS; step++) {
                counts[step] += client.counts[step];
                requests += client.counts[step];
            }
            rate += client.requests / client.seconds;
            client.close();
        }
        System.out.printf(
                "turn %d: %,.0f requests/s, %,.0f rows/s; µs: median %.0f, 99 %% %.0f, 99.9 %% %.0f%n",
                turn,
                rate,
                rate * rows,
                at(counts, requests, .5),
                at(counts, requests, .99),
                at(counts, requests, .999));
    }

    private static double at(long[] counts, long total, double share) {
        long left = (long) Math.ceil(share * total);
        int step = 0;
        while (step < counts.length - 1 && (left -= counts[step]) > 0) {
            step++;
        }
        return (step + 1) * STEP_NANOS / 1e3;
    }

    /** {@return records as JSON, each with some more behind its numbers} */
    private static String records(int rows, long seed, String more) {
        SeededRandom random = new SeededRandom(seed);
        StringBuilder body = new StringBuilder("[");
        for (int row = 0; row < rows; row++) {
            body.append(row == 0 ? "{" : ",{");
            for (int column = 0; column < WIDTH; column++) {
                body.append(column == 0 ? "" : ",")
                        .append("\"x")
                        .append(column)
                        .append("\":")
                        .append(Math.round(random.nextGaussian() * 1e4) / 1e4);
            }
            body.append(more).append('}');
        }
        return body.append(']').toString();
    }

    /** Lets the model learn at an even pace until it is closed. */
    private static final class Teacher implements AutoCloseable {
        final AtomicLong records = new AtomicLong();
        private volatile boolean isClosed;

        Teacher(int port, int perSecond) {
            if (perSecond > 0) {
                new Thread(() -> teach(port, perSecond), "teacher").start();
            }
        }

        private void teach(int port, int perSecond) {
            try (Client client = new Client(port, "/models/load/learn", records(LEARNED, 11, ",\"y\":\"yes\""))) {
                long pause = TimeUnit.SECONDS.toNanos(LEARNED) / perSecond;
                for (long next = System.nanoTime(); !isClosed; next += pause) {
                    for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    client.ask();
                    records.addAndGet(LEARNED);
                }
            } catch (IOException e) {
                if (!isClosed) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    /** A connection that sends the same request again and again. */
    private static final class Client implements AutoCloseable {
        private static final byte[] LENGTH = "Content-Length: ".getBytes(StandardCharsets.US_ASCII);

        final long[] counts = new long[MOST_STEPS];
        long requests;
        double seconds;

        private final Socket socket;
        private final OutputStream out;
        private final InputStream in;
        private final byte[] request;
        private byte[] answer = new byte[8 << 10];

        Client(int port, String path, String body) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            out = socket.getOutputStream();
            in = socket.getInputStream();
            request = ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII);
        }

        void askFor(int seconds, CountDownLatch ready) {
            try {
                ready.countDown();
                ready.await();
                long start = System.nanoTime();
                long end = start + TimeUnit.SECONDS.toNanos(seconds);
                long now = start;
                while (now < end) {
                    ask();
                    long next = System.nanoTime();
                    counts[(int) Math.min((next - now) / STEP_NANOS, MOST_STEPS - 1)]++;
                    requests++;
                    now = next;
                }
                this.seconds = (now - start) / 1e9;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void ask() throws IOException {
            out.write(request);
            int length = 0;
            int needed = -1;
            while (needed < 0 || length < needed) {
                if (length == answer.length) {
                    answer = Arrays.copyOf(answer, 2 * length);
                }
                int read = in.read(answer, length, answer.length - length);
                if (read < 0) {
                    throw new IOException("the server closed the connection");
                }
                length += read;
                if (needed < 0) {
                    needed = needed(length);
                }
            }
            if (answer[9] != '2') {
                throw new IOException(new String(answer, 0, length, StandardCharsets.UTF_8));
            }
        }

        /** {@return bytes of the whole answer; negative while its headers are not there} */
        private int needed(int length) {
            int end = -1;
            for (int i = 3; i < length && end < 0; i++) {
                if (answer[i] == '\n' && answer[i - 2] == '\n') {
                    end = i + 1;
                }
            }
            if (end < 0) {
                return -1;
            }
            for (int i = 0; i < end - LENGTH.length; i++) {
                if (isLength(i)) {
                    int bytes = 0;
                    for (int at = i + LENGTH.length; answer[at] != '\r'; at++) {
                        bytes = bytes * 10 + answer[at] - '0';
                    }
                    return end + bytes;
                }
            }
            throw new IllegalStateException("the answer does not say its length");
        }

        private boolean isLength(int at) {
            for (int i = 0; i < LENGTH.length; i++) {
                if ((answer[at + i] | 0x20) != (LENGTH[i] | 0x20)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
