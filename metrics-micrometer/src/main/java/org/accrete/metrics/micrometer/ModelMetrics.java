package org.accrete.metrics.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.online.OnlineService;
import org.accrete.core.online.OnlineStatus;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.serve.LiveListener;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.ServedModel;
import org.accrete.core.train.DriftMark;
import org.accrete.core.train.Progress;
import org.accrete.core.train.Rollback;
import org.accrete.core.train.RunListener;

/**
 * Counts what runs and live models do, for the registries of an application. Thread-safe.
 *
 * <pre>{@code
 * ModelMetrics metrics = new ModelMetrics();
 * metrics.bindTo(registry);
 * TrainingRun.builder(pipeline, source).listener(metrics.run("flights"));
 * LiveModel live = LiveModel.builder(plugIns, store).listener(metrics.live("flights")).open("flights");
 * Prediction answer = metrics.timed(live, model -> model.predict(record));
 * }</pre>
 *
 * <p>All meters have the tag {@code model}.
 *
 * <ul>
 *   <li>Of a run: counters {@code accrete.train.rows}, {@code .rows.refused}, {@code .versions},
 *       {@code .versions.failed}, {@code .drifts}, {@code .drift.warnings}, {@code .rollbacks}; counter
 *       {@code accrete.train.column.drifts} with the tag {@code column}, of the first hundred columns that drift, of
 *       further ones as {@code (others)}; gauges {@code accrete.train.score} with the tag {@code score}, as of the
 *       newest version.
 *   <li>Of an online service: gauges {@code accrete.learn.queue} and {@code .queue.bound}, rows that wait to be learned
 *       and the most that may; {@code accrete.learn.awaiting}, predictions that await their labels; counter
 *       {@code accrete.learn.forgotten}, those that were dropped before. Gauges {@code accrete.served.score} and
 *       {@code accrete.shadow.score} with the tag {@code score}.
 *   <li>Of a live model: gauge {@code accrete.live.version}, the number that answers; counters
 *       {@code accrete.live.swaps}, {@code .refused}, {@code .failures}.
 *   <li>Of predictions, with the tag {@code version}, its number: timer {@code accrete.predictions} with a histogram,
 *       one count for each call; counters {@code accrete.predictions.rows} and {@code .refused}, of rows that could not
 *       be used. Meters of versions are kept for the eight versions of a model that answered last.
 * </ul>
 */
public final class ModelMetrics implements MeterBinder {
    private static final String MODEL = "model";
    private static final int VERSIONS_KEPT = 8;
    private static final int MOST_NAMES = 256;
    private static final int MOST_COLUMNS = 100;
    private static final String OTHER_COLUMNS = "(others)";
    private static final Duration SHORTEST = Duration.ofNanos(10_000);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final CompositeMeterRegistry registries = new CompositeMeterRegistry();
    /** By what answered, such as {@code flights@3+500}: a version and what was learned since have the same. */
    private final Map<String, VersionMeters> versions = new ConcurrentHashMap<>();
    /** By model and number of the version, the oldest first. Guarded by itself. */
    private final Map<String, Map<String, VersionMeters>> kept = new HashMap<>();

    /** The meters of what one version predicts. */
    private record VersionMeters(Timer calls, Counter rows, Counter refused) {}

    /** Makes meters that nothing reads yet. */
    public ModelMetrics() {}

    /**
     * Makes a registry show the meters, from now on; those that there are and those to come.
     *
     * @param registry a registry of the application, not closed
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        registries.add(registry);
    }

    /**
     * {@return what counts the events of a run}
     *
     * @param model name of the model
     */
    public RunListener run(String model) {
        return new RunMeters(registries, Tags.of(MODEL, model));
    }

    /**
     * Shows how an online service is doing, in place of one of the same model before.
     *
     * @param model name of the model
     * @param service is asked whenever the meters are read
     */
    public void online(String model, OnlineService service) {
        Tags tags = Tags.of(MODEL, model);
        gauge("learn.queue", "Rows that wait to be learned", tags, service, status -> status.rowsWaiting());
        gauge("learn.queue.bound", "The most rows that may wait", tags, service, status -> status.queue());
        gauge("learn.awaiting", "Predictions that await labels", tags, service, status -> status.predictionsAwaiting());
        remove(registries, "accrete.learn.forgotten", tags);
        FunctionCounter.builder("accrete.learn.forgotten", service, one ->
                        (double) one.status().predictionsForgotten())
                .description("Predictions that were dropped before their labels came")
                .tags(tags)
                .register(registries);
        scores("served", tags, service, OnlineStatus::served);
        scores("shadow", tags, service, OnlineStatus::shadow);
    }

    private void scores(
            String of, Tags tags, OnlineService service, Function<OnlineStatus, Optional<ScoreReport>> report) {
        report.apply(service.status())
                .ifPresent(known -> known.metrics()
                        .keySet()
                        .forEach(score -> gauge(
                                of + ".score",
                                "Scores of predictions that were labelled later",
                                tags.and("score", score),
                                service,
                                status -> report.apply(status)
                                        .map(now -> now.metrics().get(score))
                                        .orElse(Double.NaN))));
    }

    private void gauge(
            String name, String about, Tags tags, OnlineService service, ToDoubleFunction<OnlineStatus> value) {
        gauge(registries, name, about, tags, service, one -> value.applyAsDouble(one.status()));
    }

    /** Registers a gauge, in place of one of the same name and tags. */
    private static <T> void gauge(
            MeterRegistry registry, String name, String about, Tags tags, T of, ToDoubleFunction<T> value) {
        remove(registry, "accrete." + name, tags);
        Gauge.builder("accrete." + name, of, value)
                .description(about)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private static void remove(MeterRegistry registry, String name, Tags tags) {
        Optional.ofNullable(registry.find(name).tags(tags).meter()).ifPresent(registry::remove);
    }

    /**
     * {@return what counts the events of a live model}
     *
     * @param model name of the model
     */
    public LiveListener live(String model) {
        return new LiveMeters(registries, Tags.of(MODEL, model));
    }

    /**
     * Counts a call that predicted. About 0.2 µs; allocates nothing after the first call of a version or snapshot.
     *
     * @param version the version that answered, such as {@code flights@3}
     * @param rows rows that were predicted
     * @param nanos what it took, nanoseconds
     */
    public void predicted(String version, long rows, long nanos) {
        VersionMeters meters = of(version);
        meters.calls().record(nanos, TimeUnit.NANOSECONDS);
        meters.rows().increment((double) rows);
    }

    /**
     * Counts rows that could not be used.
     *
     * @param version the version that could not use them, such as {@code flights@3}
     * @param rows how many
     */
    public void refused(String version, long rows) {
        of(version).refused().increment((double) rows);
    }

    /** What is done with the model that answers. */
    @FunctionalInterface
    public interface Call<T> {
        /**
         * {@return an answer}
         *
         * @param live the model that answers now
         */
        T of(LiveModel live);
    }

    /**
     * {@return what a call for one row answers, which is counted} A refusal of the row counts as such and is thrown.
     *
     * @param live the model
     * @param call what is asked
     * @param <T> type of the answer
     */
    public <T> T timed(LiveModel live, Call<T> call) {
        String version = live.current().version();
        long start = System.nanoTime();
        try {
            T answer = call.of(live);
            predicted(version, 1, System.nanoTime() - start);
            return answer;
        } catch (AccreteException e) {
            refused(version, 1);
            throw e;
        }
    }

    private VersionMeters of(String version) {
        VersionMeters meters = versions.get(version);
        return meters == null ? begin(version) : meters;
    }

    private VersionMeters begin(String version) {
        int at = Math.max(0, version.lastIndexOf('@'));
        int plus = version.indexOf('+', at);
        String number = version.substring(Math.min(at + 1, version.length()), plus < 0 ? version.length() : plus);
        Tags tags = Tags.of(MODEL, version.substring(0, at), "version", number);
        synchronized (kept) {
            Map<String, VersionMeters> ofModel =
                    kept.computeIfAbsent(version.substring(0, at), name -> new LinkedHashMap<>());
            VersionMeters meters = ofModel.computeIfAbsent(
                    number,
                    name -> new VersionMeters(
                            Timer.builder("accrete.predictions")
                                    .description("Calls that predicted")
                                    .tags(tags)
                                    .publishPercentileHistogram()
                                    .minimumExpectedValue(SHORTEST)
                                    .maximumExpectedValue(LONGEST)
                                    .register(registries),
                            counter("rows", "Rows that were predicted", tags),
                            counter("refused", "Rows that could not be used", tags)));
            if (ofModel.size() > VERSIONS_KEPT) {
                Iterator<VersionMeters> oldest = ofModel.values().iterator();
                VersionMeters old = oldest.next();
                oldest.remove();
                List.of(old.calls(), old.rows(), old.refused()).forEach(registries::remove);
                versions.values().removeIf(old::equals);
            }
            if (versions.size() >= MOST_NAMES) {
                versions.clear();
            }
            versions.put(version, meters);
            return meters;
        }
    }

    private Counter counter(String of, String about, Tags tags) {
        return Counter.builder("accrete.predictions." + of)
                .description(about)
                .tags(tags)
                .register(registries);
    }

    /** Counts the events of a run. */
    private static final class RunMeters implements RunListener {
        private final MeterRegistry registry;
        private final Tags tags;
        private final Counter rows;
        private final Counter rowsRefused;
        private final Map<String, AtomicReference<Double>> scores = new ConcurrentHashMap<>();
        private final Set<String> columns = new HashSet<>();
        private long lastRows;
        private long lastRefused;

        RunMeters(MeterRegistry registry, Tags tags) {
            this.registry = registry;
            this.tags = tags;
            rows = counter("rows");
            rowsRefused = counter("rows.refused");
            for (String name : List.of("versions", "versions.failed", "drifts", "drift.warnings", "rollbacks")) {
                counter(name);
            }
        }

        private Counter counter(String name) {
            return registry.counter("accrete.train." + name, tags);
        }

        @Override
        public void chunk(Progress progress) {
            rows.increment((double) (progress.rows() - lastRows));
            rowsRefused.increment((double) (progress.rowsRefused() - lastRefused));
            lastRows = progress.rows();
            lastRefused = progress.rowsRefused();
        }

        @Override
        public void version(ModelVersion version) {
            counter("versions").increment();
            version.note()
                    .metrics()
                    .forEach((score, value) ->
                            scores.computeIfAbsent(score, this::gauge).set(value));
        }

        private AtomicReference<Double> gauge(String score) {
            AtomicReference<Double> value = new AtomicReference<>(Double.NaN);
            ModelMetrics.gauge(
                    registry,
                    "train.score",
                    "Prequential scores, as of the newest version",
                    tags.and("score", score),
                    value,
                    AtomicReference::get);
            return value;
        }

        @Override
        public void versionFailed(AccreteException failure, String next) {
            counter("versions.failed").increment();
        }

        @Override
        public void rolledBack(Rollback rollback) {
            counter("rollbacks").increment();
        }

        @Override
        public void drift(DriftMark mark) {
            if (!mark.isColumn()) {
                counter("drifts").increment();
                return;
            }
            boolean isOwn = columns.contains(mark.of()) || (columns.size() < MOST_COLUMNS && columns.add(mark.of()));
            registry.counter("accrete.train.column.drifts", tags.and("column", isOwn ? mark.of() : OTHER_COLUMNS))
                    .increment();
        }

        @Override
        public void driftWarning(DriftMark mark) {
            counter("drift.warnings").increment();
        }
    }

    /** Counts the events of a live model. */
    private static final class LiveMeters implements LiveListener {
        private final AtomicLong number = new AtomicLong();
        private final Counter swaps;
        private final Counter refusals;
        private final Counter failures;

        LiveMeters(MeterRegistry registry, Tags tags) {
            swaps = registry.counter("accrete.live.swaps", tags);
            refusals = registry.counter("accrete.live.refused", tags);
            failures = registry.counter("accrete.live.failures", tags);
            gauge(registry, "live.version", "Number of the version that answers", tags, number, AtomicLong::get);
        }

        @Override
        public void swapped(ServedModel model) {
            swaps.increment();
            String version = ModelReference.parse(model.version()).version();
            int plus = version.indexOf('+');
            String digits = plus < 0 ? version : version.substring(0, plus);
            if (!digits.isEmpty() && digits.chars().allMatch(Character::isDigit)) {
                number.set(Long.parseLong(digits));
            }
        }

        @Override
        public void refused(String version, String why) {
            refusals.increment();
        }

        @Override
        public void failed(Throwable problem) {
            failures.increment();
        }
    }
}
