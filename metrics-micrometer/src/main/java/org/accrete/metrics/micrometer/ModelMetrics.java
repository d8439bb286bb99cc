package org.accrete.metrics.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelVersion;
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
 *       {@code .versions.failed}, {@code .drifts}, {@code .drift.warnings}, {@code .rollbacks}; gauges
 *       {@code accrete.train.score} with the tag {@code score}, as of the newest version.
 *   <li>Of a live model: gauge {@code accrete.live.version}, the number that answers; counters
 *       {@code accrete.live.swaps}, {@code .refused}, {@code .failures}.
 *   <li>Of predictions, with the tag {@code version}: timer {@code accrete.predictions} with a histogram, one count for
 *       each call; counter {@code accrete.predictions.rows}. Without that tag: counter
 *       {@code accrete.predictions.refused}, of rows that could not be used. Meters of versions are kept for the eight
 *       versions of a model that answered last.
 * </ul>
 */
public final class ModelMetrics implements MeterBinder {
    private static final String MODEL = "model";
    private static final int VERSIONS_KEPT = 8;
    private static final Duration SHORTEST = Duration.ofNanos(10_000);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final CompositeMeterRegistry registries = new CompositeMeterRegistry();
    private final Map<String, VersionMeters> versions = new ConcurrentHashMap<>();
    private final Map<String, Counter> refused = new ConcurrentHashMap<>();
    /** Names of the versions that have meters, by model, the oldest first. Guarded by itself. */
    private final Map<String, Deque<String>> kept = new HashMap<>();

    /** The meters of what one version predicts. */
    private record VersionMeters(Timer calls, Counter rows) {}

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
     * {@return what counts the events of a live model}
     *
     * @param model name of the model
     */
    public LiveListener live(String model) {
        return new LiveMeters(registries, Tags.of(MODEL, model));
    }

    /**
     * Counts a call that predicted. About 0.2 µs; allocates nothing after the first call of a version.
     *
     * @param version the version that answered, such as {@code flights@3}
     * @param rows rows that were predicted
     * @param nanos what it took, nanoseconds
     */
    public void predicted(String version, long rows, long nanos) {
        VersionMeters meters = versions.get(version);
        if (meters == null) {
            meters = begin(version);
        }
        meters.calls().record(nanos, TimeUnit.NANOSECONDS);
        meters.rows().increment((double) rows);
    }

    /**
     * Counts rows that could not be used.
     *
     * @param model name of the model
     * @param rows how many
     */
    public void refused(String model, long rows) {
        refused.computeIfAbsent(model, name -> registries.counter("accrete.predictions.refused", Tags.of(MODEL, name)))
                .increment((double) rows);
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
            refused(modelOf(version), 1);
            throw e;
        }
    }

    private VersionMeters begin(String version) {
        String model = modelOf(version);
        synchronized (kept) {
            VersionMeters known = versions.get(version);
            if (known != null) {
                return known;
            }
            Tags tags =
                    Tags.of(MODEL, model, "version", version.substring(Math.min(version.length(), model.length() + 1)));
            VersionMeters made = new VersionMeters(
                    Timer.builder("accrete.predictions")
                            .description("Calls that predicted")
                            .tags(tags)
                            .publishPercentileHistogram()
                            .minimumExpectedValue(SHORTEST)
                            .maximumExpectedValue(LONGEST)
                            .register(registries),
                    Counter.builder("accrete.predictions.rows")
                            .description("Rows that were predicted")
                            .tags(tags)
                            .register(registries));
            Deque<String> names = kept.computeIfAbsent(model, name -> new ArrayDeque<>());
            names.addLast(version);
            if (names.size() > VERSIONS_KEPT) {
                Optional.ofNullable(versions.remove(names.removeFirst())).ifPresent(old -> {
                    registries.remove(old.calls());
                    registries.remove(old.rows());
                });
            }
            versions.put(version, made);
            return made;
        }
    }

    private static String modelOf(String version) {
        return version.indexOf('@') > 0 ? ModelReference.parse(version).model() : version;
    }

    /** Counts the events of a run. */
    private static final class RunMeters implements RunListener {
        private final MeterRegistry registry;
        private final Tags tags;
        private final Counter rows;
        private final Counter rowsRefused;
        private final Map<String, AtomicReference<Double>> scores = new ConcurrentHashMap<>();
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
            Gauge.builder("accrete.train.score", value, AtomicReference::get)
                    .description("Prequential scores, as of the newest version")
                    .tags(tags.and(Tag.of("score", score)))
                    .strongReference(true)
                    .register(registry);
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
            counter("drifts").increment();
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
            Gauge.builder("accrete.live.version", number, AtomicLong::get)
                    .description("Number of the version that answers")
                    .tags(tags)
                    .strongReference(true)
                    .register(registry);
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
