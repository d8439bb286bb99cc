package org.accrete.drift;

import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * EDDM: distances between two errors have the mean m and the standard deviation s. The longest m + 2 s is kept; when m
 * + 2 s falls below a share of it, errors come closer together. What was said at an error holds until the next one.
 *
 * <p>Source: Baena-García and others, "Early Drift Detection Method", 4th Workshop on Knowledge Discovery from Data
 * Streams, 2006.
 */
final class Eddm extends CheckedDetector {
    private final long warmStart;
    private final double alpha;
    private final double beta;

    private final Mean distance = new Mean();
    private double squares;
    private long numbers;
    private long lastError;
    private double longest = -1;
    private boolean isWarning;

    Eddm(EddmProvider provider, Params params) {
        super(provider);
        warmStart = params.get(EddmProvider.WARM_START);
        alpha = params.get(EddmProvider.ALPHA);
        beta = params.get(EddmProvider.BETA);
    }

    @Override
    DriftLevel next(double value) {
        numbers++;
        if (value == 1) {
            add((double) (numbers - lastError));
            lastError = numbers;
            if (numbers > warmStart && isCloser()) {
                reset();
                return DriftLevel.DRIFT;
            }
        }
        return isWarning ? DriftLevel.WARNING : DriftLevel.NONE;
    }

    private void add(double number) {
        double before = distance.value;
        distance.add(number);
        squares += (number - before) * (number - distance.value);
    }

    private boolean isCloser() {
        double variance = distance.count > 1 ? squares / (distance.count - 1) : 0;
        double reach = distance.value + 2 * Math.sqrt(variance);
        if (reach > longest) {
            longest = reach;
        } else if (distance.count > warmStart) {
            double share = reach / longest;
            if (share < beta) {
                return true;
            }
            isWarning = share < alpha;
        }
        return false;
    }

    @Override
    public void reset() {
        distance.clear();
        squares = 0;
        numbers = 0;
        lastError = 0;
        longest = -1;
        isWarning = false;
    }

    @Override
    public State state() {
        State.Builder state = State.builder();
        distance.write("distance", state);
        return state.doubles("longest", new double[] {longest, squares})
                .longs("rows", new long[] {numbers, lastError, isWarning ? 1 : 0})
                .build();
    }

    @Override
    void read(State state) {
        distance.read("distance", state);
        double[] sums = state.doubles("longest", 2);
        longest = sums[0];
        squares = sums[1];
        long[] rows = state.longs("rows", 3);
        numbers = rows[0];
        lastError = rows[1];
        isWarning = rows[2] == 1;
        requireStored(squares >= 0 && longest >= -1 && lastError >= 0 && numbers >= lastError, "errors among its rows");
    }
}
