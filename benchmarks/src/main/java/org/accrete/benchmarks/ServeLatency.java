package org.accrete.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Schema;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.LiveListener;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.ServedModel;
import org.accrete.core.source.Sources;
import org.accrete.core.train.Progress;
import org.accrete.core.train.RunListener;
import org.accrete.core.train.TrainingRun;

/**
 * Prints what a live model costs and takes. Arguments:
 *
 * <ul>
 *   <li>{@code readers SECONDS TURNS PREDICTIONS}: how long one prediction of 100 columns takes while a run trains at
 *       full speed and publishes to the same live model, and what one reader costs the run; so many predictions a
 *       second, or 0 for one after the other without a pause.
 *   <li>{@code visible STORE LOCATION APPENDS [KEY=VALUE]…}: how long after an append has returned a follower with a
 *       store of its own answers with the version; the parameters are those of the store.
 * </ul>
 */
public final class ServeLatency {
    private static final int WIDTH = 100;
    private static final int ROWS = 20_000;
    private static final PipelineSpec SPEC = new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of());

    private ServeLatency() {}

    /**
     * Measures.
     *
     * @param args as above
     * @throws Exception if anything fails
     */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("readers")) {
            readers(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Long.parseLong(args[3]));
        } else {
            visible(args[1], args[2], Integer.parseInt(args[3]), Arrays.copyOfRange(args, 4, args.length));
        }
    }

    // ---- readers beside a run

    private static void readers(int seconds, int turns, long perSecond) throws InterruptedException {
        SeededRandom random = new SeededRandom(1);
        double[][] x = new double[ROWS][WIDTH];
        String[] y = new String[ROWS];
        for (int row = 0; row < ROWS; row++) {
            double sum = 0;
            for (int column = 0; column < WIDTH; column++) {
                x[row][column] = random.nextGaussian();
                sum += x[row][column];
            }
            y[row] = sum > 0 ? "yes" : "no";
        }
        train(x, y, seconds, Optional.empty(), perSecond); // Warms up.
        double[] alone = new double[turns];
        double[] read = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            alone[turn] = train(x, y, seconds, Optional.empty(), perSecond);
            PredictLatencies latencies = new PredictLatencies();
            read[turn] = train(x, y, seconds, Optional.of(latencies), perSecond);
            System.out.printf(
                    "turn %d: rows in a second of the run's own time, alone %,.0f, with a reader %,.0f (%+.1f %%); %s%n",
                    turn, alone[turn], read[turn], 100 * (read[turn] / alone[turn] - 1), latencies);
        }
        Arrays.sort(alone);
        Arrays.sort(read);
        System.out.printf(
                "median of %d turns: rows in a second of the run's own time, alone %,.0f, with a reader %,.0f (%+.1f %%)%n",
                turns, alone[turns / 2], read[turns / 2], 100 * (read[turns / 2] / alone[turns / 2] - 1));
    }

    /** {@return rows per second of processor time of a run: what others do on the machine counts for little} */
    private static double train(
            double[][] x, String[] y, int seconds, Optional<PredictLatencies> reader, long perSecond)
            throws InterruptedException {
        ChunkSource source = Sources.repeat(epoch -> Sources.of(x, y), Integer.MAX_VALUE);
        Pipeline pipeline = Pipeline.create(PlugIns.load(), source.schema(), SPEC);
        LiveModel live = LiveModel.unpublished();
        AtomicLong learned = new AtomicLong();
        TrainingRun run = TrainingRun.builder(pipeline, source)
                .chunkRows(1_000)
                .prefetch(false)
                .listener(new RunListener() {
                    @Override
                    public void chunk(Progress progress) {
                        learned.lazySet(progress.rows());
                    }
                })
                .publishTo(live)
                .build();
        AtomicBoolean done = new AtomicBoolean();
        Thread reading = new Thread(() -> reader.ifPresent(latencies -> read(live, x, done, latencies, perSecond)));
        Thread training = new Thread(run::run);
        training.start();
        TimeUnit.MILLISECONDS.sleep(500);
        reading.start();
        long rows = learned.get();
        ThreadMXBean times = ManagementFactory.getThreadMXBean();
        long start = times.getThreadCpuTime(training.getId());
        TimeUnit.SECONDS.sleep(seconds);
        double rate = (learned.get() - rows) / ((times.getThreadCpuTime(training.getId()) - start) / 1e9);
        done.set(true);
        run.stop();
        training.join();
        reading.join();
        return rate;
    }

    private static void read(
            LiveModel live, double[][] x, AtomicBoolean done, PredictLatencies latencies, long perSecond) {
        long pause = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
        int row = 0;
        for (int i = 0; i < 20_000; i++) {
            live.predict(x[i % x.length]);
        }
        long next = System.nanoTime();
        while (!done.get()) {
            next += pause;
            while (pause > 0 && System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            long start = System.nanoTime();
            live.predict(x[row]);
            latencies.add(System.nanoTime() - start);
            row = row + 1 == x.length ? 0 : row + 1;
        }
    }

    /** Counts by hundredths of a microsecond. */
    private static final class PredictLatencies {
        private static final int STEP = 10;
        private final long[] counts = new long[200_000];
        private long total;
        private long longest;

        void add(long nanos) {
            counts[(int) Math.min(nanos / STEP, counts.length - 1)]++;
            total++;
            longest = Math.max(longest, nanos);
        }

        private double micros(double share) {
            long left = (long) Math.ceil(share * total);
            int at = 0;
            while (at < counts.length - 1 && (left -= counts[at]) > 0) {
                at++;
            }
            return (at + 1) * STEP / 1e3;
        }

        @Override
        public String toString() {
            return String.format(
                    "%,d predictions, µs: median %.2f, 99 %% %.2f, 99.9 %% %.2f, 99.99 %% %.2f, longest %.0f",
                    total, micros(.5), micros(.99), micros(.999), micros(.9999), longest / 1e3);
        }
    }

    // ---- from an append to a follower

    private static void visible(String kind, String location, int appends, String[] settings)
            throws IOException, InterruptedException {
        PlugIns plugIns = PlugIns.load();
        String place = location.equals("-")
                ? Files.createTempDirectory(Path.of(""), "serve-latency").toString()
                : location;
        SynchronousQueue<Long> seen = new SynchronousQueue<>();
        try (ModelStore store = open(plugIns, kind, place, settings);
                ModelStore followed = open(plugIns, kind, place, settings);
                ModelWriter writer = store.writer("serve-latency")) {
            Pipeline pipeline = trained(plugIns);
            writer.append(pipeline.state(), note());
            try (LiveModel live = LiveModel.builder(plugIns, followed)
                    .listener(new LiveListener() {
                        private boolean isFirst = true;

                        @Override
                        public void swapped(ServedModel model) {
                            if (!isFirst) {
                                Latencies.hand(seen);
                            }
                            isFirst = false;
                        }
                    })
                    .open("serve-latency")) {
                double[] millis = new double[appends];
                double[] append = new double[appends];
                for (int i = 0; i < appends; i++) {
                    TimeUnit.MILLISECONDS.sleep(20 + Math.floorMod(37 * i, 200));
                    long start = System.nanoTime();
                    String made = writer.append(pipeline.state(), note()).reference();
                    long appended = System.nanoTime();
                    append[i] = (appended - start) / 1e6;
                    millis[i] = (seen.take() - appended) / 1e6;
                    if (!live.current().version().equals(made)) {
                        throw new IllegalStateException(live.current().version() + " answers instead of " + made);
                    }
                }
                Latencies.print("append", append);
                Latencies.print("until it answers", millis);
            }
        } finally {
            try (ModelStore store = open(plugIns, kind, place, settings)) {
                store.remove("serve-latency");
            }
        }
    }

    private static ModelVersion.Note note() {
        return new ModelVersion.Note(Optional.empty(), "sgd-classifier", 1_000, Map.of());
    }

    private static Pipeline trained(PlugIns plugIns) {
        double[][] x = new double[1_000][WIDTH];
        String[] y = new String[x.length];
        for (int row = 0; row < x.length; row++) {
            x[row][row % WIDTH] = row;
            y[row] = row % 3 == 0 ? "yes" : "no";
        }
        ChunkSource source = Sources.of(x, y);
        Schema schema = source.schema();
        Pipeline pipeline = Pipeline.create(plugIns, schema, SPEC);
        TrainingRun.builder(pipeline, source).build().run();
        return pipeline;
    }

    private static ModelStore open(PlugIns plugIns, String kind, String location, String[] settings) {
        ModelStoreProvider provider = plugIns.stores().find(kind);
        Map<String, String> texts = new LinkedHashMap<>();
        for (String setting : settings) {
            texts.put(
                    ParamSpec.word(setting.substring(0, setting.indexOf('='))),
                    setting.substring(setting.indexOf('=') + 1));
        }
        return provider.open(location, Params.parse(provider.params(), texts));
    }
}
