package org.accrete.serve;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.online.OnlineService;
import org.accrete.core.online.OnlineStatus;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.train.DriftMark;
import org.accrete.core.train.Progress;
import org.accrete.core.train.RunListener;

/** What each model did in the last second, for those who look at the page. Thread-safe. */
final class Pulse {
    /** Four to each doubling, from a microsecond to about an hour. */
    private static final int BUCKETS = 128;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final long SECOND = 1_000_000_000;
    private static final int MOST_DRIFTS = 20;

    /** Counts since the last look. */
    private static final class Counts {
        final LongAdder rows = new LongAdder();
        final AtomicLongArray times = new AtomicLongArray(BUCKETS);
        long learnedBefore = -1;
        volatile Optional<Run> run = Optional.empty();
        volatile List<DriftMark> drifts = List.of();
    }

    /**
     * How far a run is that another part of the process does.
     *
     * @param rows learned
     * @param refused bad rows
     * @param scores so far
     */
    private record Run(long rows, long refused, ScoreReport scores) {}

    private final Models models;
    private final Trainers trainers;
    private final Map<String, Counts> counts = new ConcurrentHashMap<>();

    Pulse(Models models, Trainers trainers) {
        this.models = models;
        this.trainers = trainers;
    }

    /** Counts a request that predicted. */
    void predicted(String model, long rows, long nanos) {
        Counts of = counts.computeIfAbsent(model, name -> new Counts());
        of.rows.add(rows);
        of.times.incrementAndGet(bucket(nanos));
    }

    /** {@return what hears of a run that trains a model, so that it is shown} */
    RunListener run(String model) {
        Counts of = counts.computeIfAbsent(model, name -> new Counts());
        return new RunListener() {
            private long next = System.nanoTime();

            @Override
            public void drift(DriftMark mark) {
                of.drifts = Stream.concat(of.drifts.stream(), Stream.of(mark))
                        .skip(of.drifts.size() < MOST_DRIFTS ? 0 : 1)
                        .toList();
            }

            @Override
            public void chunk(Progress progress) {
                long now = System.nanoTime();
                if (now - next >= 0) {
                    next = now + SECOND;
                    of.run = Optional.of(new Run(
                            progress.rows(),
                            progress.rowsRefused(),
                            progress.scores().get()));
                }
            }
        };
    }

    private static int bucket(long nanos) {
        double octaves = Math.log(Math.max(1, nanos / 1e3)) / Math.log(2);
        return (int) Math.min(BUCKETS - 1, 4 * octaves);
    }

    /** {@return the upper end of a bucket, milliseconds} */
    private static double upper(int bucket) {
        return Math.pow(2, (bucket + 1) / 4.0) * 1e3 / NANOS_PER_MILLI;
    }

    /**
     * {@return what all models did since the last call}
     *
     * @param seconds since then
     */
    Map<String, ?> next(double seconds) {
        List<Map<String, ?>> all = new ArrayList<>();
        for (String name : models.names()) {
            all.add(next(name, seconds));
        }
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("time", Instant.now().toEpochMilli() / 1e3);
        event.put("models", all);
        return event;
    }

    private Map<String, ?> next(String model, double seconds) {
        Counts of = counts.computeIfAbsent(model, name -> new Counts());
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("model", model);
        facts.put("serving", models.live(model).name());
        facts.put("revision", models.store().revision(model));
        facts.put("predicted", of.rows.sumThenReset() / seconds);
        long[] times = new long[BUCKETS];
        long requests = 0;
        for (int i = 0; i < BUCKETS; i++) {
            times[i] = of.times.getAndSet(i, 0);
            requests += times[i];
        }
        facts.put("median", quantile(times, requests, 0.5));
        facts.put("p99", quantile(times, requests, 0.99));
        facts.put("rows_seen", rowsSeen(model));
        List<String> bad = List.of();
        Optional<OnlineService> service = trainers.opened(model);
        if (service.isPresent()) {
            OnlineStatus status = service.get().status();
            facts.put("learned", of.learnedBefore < 0 ? 0.0 : (status.rowsLearned() - of.learnedBefore) / seconds);
            of.learnedBefore = status.rowsLearned();
            facts.put("rows_learned", status.rowsLearned());
            facts.put("rows_waiting", status.rowsWaiting());
            facts.put("rows_refused", status.rowsRefused());
            facts.put("predictions_awaiting", status.predictionsAwaiting());
            status.scores().ifPresent(scores -> tell(scores, facts));
            status.served()
                    .filter(scores -> scores.rows() > 0)
                    .ifPresent(scores -> facts.put("served", scores.metrics()));
            status.shadow()
                    .filter(scores -> scores.rows() > 0)
                    .ifPresent(scores -> facts.put("shadow", scores.metrics()));
            status.failure().ifPresent(why -> facts.put("failure", why));
            bad = service.get().badRows();
        } else if (of.run.isPresent()) {
            Run run = of.run.get();
            facts.put("learned", of.learnedBefore < 0 ? 0.0 : (run.rows() - of.learnedBefore) / seconds);
            of.learnedBefore = run.rows();
            facts.put("rows_learned", run.rows());
            facts.put("rows_refused", run.refused());
            tell(run.scores(), facts);
        } else {
            facts.put("learned", 0.0);
        }
        facts.put("bad", bad);
        List<DriftMark> drifts = service.map(OnlineService::drifts).orElse(of.drifts);
        facts.put("drifts", drifts.stream().map(Pulse::facts).toList());
        return facts;
    }

    private static Map<String, ?> facts(DriftMark mark) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("detector", mark.detector());
        facts.put(mark.isColumn() ? "column" : "metric", mark.of());
        facts.put("row", mark.row());
        return facts;
    }

    private static void tell(ScoreReport scores, Map<String, Object> facts) {
        if (scores.rows() > 0) {
            facts.put("scores", scores.metrics());
            facts.put("baselines", scores.baselines());
        }
    }

    private static Optional<Double> quantile(long[] times, long count, double share) {
        long left = (long) Math.ceil(share * count);
        for (int i = 0; i < BUCKETS && count > 0; i++) {
            left -= times[i];
            if (left <= 0) {
                return Optional.of(upper(i));
            }
        }
        return Optional.empty();
    }

    /** {@return how many rows the model that answers has learned, by its name, such as {@code flights@3+500}} */
    private long rowsSeen(String model) {
        String serving = models.live(model).name();
        int plus = serving.lastIndexOf('+');
        String version = plus < 0 ? serving : serving.substring(0, plus);
        long more = plus < 0 ? 0 : Long.parseLong(serving.substring(plus + 1));
        History history = models.history(model);
        return more
                + history.versions().stream()
                        .filter(one -> one.reference().equals(version))
                        .map(ModelVersion::note)
                        .mapToLong(ModelVersion.Note::rowsSeen)
                        .findFirst()
                        .orElse(0);
    }
}
