package org.accrete.learners.sgd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * The formulas of {@code optimizer=adagrad-mixture} with nothing clever: sums of squares instead of rates, whole copies
 * as snapshots, one member and one function after the other, implicit steps by bisection.
 */
final class MixtureOracle {
    private static final double[] ETA = {1, 10};

    private final Map<String, String> set;
    private final boolean classes;
    private final int width;
    /** For each function: member × column, the last column is the constant feature. */
    private final List<double[][]> w = new ArrayList<>();
    /** For each function: sums of squares of each member. */
    private final List<double[][]> g = new ArrayList<>();
    /** What w was at the last multiple of 128 rows. */
    private final List<double[][]> members = new ArrayList<>();
    /** What the mixture was at the last multiple of 1,024 rows. */
    private final List<double[]> model = new ArrayList<>();

    private final double[] v = {2.0 / 3, 1.0 / 3};
    private double scale = 1;
    private double curvature = 1000;
    private double unit;
    private double judgements;
    private final double[] mass = new double[100];
    private long row;
    private double weights;
    private double mean;
    private double m2;
    private double epsilon;

    MixtureOracle(int width, int functions, boolean classes, Map<String, String> set) {
        this.width = width;
        this.classes = classes;
        this.set = set;
        for (int c = 0; c < functions; c++) {
            add();
        }
    }

    private void add() {
        w.add(new double[2][width + 1]);
        g.add(new double[2][width + 1]);
        members.add(new double[2][width + 1]);
        model.add(new double[width + 1]);
    }

    private boolean is(String key, String value) {
        return value.equals(set.get(key));
    }

    private double real(String key) {
        return Double.parseDouble(set.get(key));
    }

    private boolean isStandardized() {
        return !classes && !is("loss", "poisson");
    }

    private double deviation() {
        return isStandardized() && m2 > 0 ? Math.sqrt(m2 / weights) : 1;
    }

    private double constant() {
        return is("fit-intercept", "true") ? Math.sqrt(real("intercept-rate")) : 0;
    }

    private double[] mixed(int c) {
        double[] mixed = new double[width + 1];
        for (int j = 0; j <= width; j++) {
            for (int m = 0; m < 2; m++) {
                mixed[j] += v[m] * w.get(c)[m][j];
            }
        }
        return mixed;
    }

    double[] coef() {
        double[] all = new double[w.size() * width];
        Arrays.setAll(all, i -> deviation() * scale * mixed(i / width)[i % width]);
        return all;
    }

    double[] intercepts() {
        double[] all = new double[w.size()];
        Arrays.setAll(all, c -> (isStandardized() ? mean : 0) + deviation() * scale * mixed(c)[width] * constant());
        return all;
    }

    double[] mixture() {
        return new double[] {v[0], v[1], scale};
    }

    private boolean softmax() {
        return is("multi-class", "softmax") && w.size() > 1;
    }

    private void grow(int count) {
        double share = is("multi-class", "softmax") ? 0.5 : 1;
        while (w.size() < count) {
            add();
            if (w.size() == 2) {
                for (int j = 0; j <= width; j++) {
                    for (int m = 0; m < 2; m++) {
                        w.get(1)[m][j] = share * w.get(0)[m][j];
                        w.get(0)[m][j] *= -share;
                        members.get(1)[m][j] = share * members.get(0)[m][j];
                        members.get(0)[m][j] *= -share;
                    }
                    model.get(1)[j] = share * model.get(0)[j];
                    model.get(0)[j] *= -share;
                    g.get(1)[0][j] = g.get(0)[0][j];
                    g.get(1)[1][j] = g.get(0)[1][j];
                }
            }
        }
    }

    void learn(double[] features, double target, double weight) {
        if (classes && target >= 2) {
            grow((int) target + 1);
        }
        if (weight == 0) {
            return;
        }
        int count = w.size();
        double[] x = Arrays.copyOf(features, width + 1);
        x[width] = constant();
        if (row % 128 == 0) {
            for (int c = 0; c < count; c++) {
                for (int m = 0; m < 2; m++) {
                    members.get(c)[m] = w.get(c)[m].clone();
                }
            }
        }
        if (row % 1024 == 0) {
            for (int c = 0; c < count; c++) {
                model.set(c, mixed(c));
            }
        }
        double y = standardized(target, weight);
        double[] importance = importance(target, weight, count);
        boolean drawn = row % 8 == (row / 8 * 2654435769L % (1L << 32)) / (1L << 29);
        if (drawn) {
            judge(x, y, importance);
        }
        int taken = row < (is("loss", "poisson") ? 64 : 8) ? 1 : drawn ? 8 : 0;
        double[][] descents = new double[2][count];
        double[][] steps = new double[2][count];
        for (int m = 0; m < 2; m++) {
            computeSteps(m, x, y, importance, descents[m], steps[m]);
        }
        for (int c = 0; c < count; c++) {
            for (int j = 0; j <= width; j++) {
                double[][] sums = g.get(c);
                double kept = 1 - taken * Math.min(1, x[j] * x[j]) / 1000;
                sums[0][j] += taken * Math.pow(descents[0][c] * x[j], 2);
                sums[1][j] = kept * sums[1][j] + taken * Math.pow(descents[1][c] * x[j], 2);
                for (int m = 0; m < 2; m++) {
                    w.get(c)[m][j] += steps[m][c] * x[j] / Math.sqrt(1 + sums[m][j]);
                }
            }
        }
        row++;
    }

    private double standardized(double target, double weight) {
        epsilon = classes ? 0 : real("epsilon");
        if (!isStandardized()) {
            return target;
        }
        double seen = target;
        if (row >= 100 && m2 > 0) {
            seen = Math.max(mean - 10 * deviation(), Math.min(mean + 10 * deviation(), target));
        }
        weights += weight;
        double before = mean;
        mean += is("fit-intercept", "true") ? (seen - mean) * (weight / weights) : 0;
        m2 += weight * (seen - before) * (seen - mean);
        epsilon /= deviation();
        return Math.max(-10, Math.min(10, (target - mean) / deviation()));
    }

    private double[] importance(double target, double weight, int count) {
        double own = classes ? classWeight((int) target, weight) : 1;
        double[] importance = new double[count];
        Arrays.setAll(importance, c -> weight * (count == 1 || c == target || softmax() ? own : 1));
        return importance;
    }

    private double side(int c, double y) {
        return !classes ? y : y == (w.size() == 1 ? 1 : c) ? 1 : -1;
    }

    private void judge(double[] x, double y, double[] importance) {
        int count = w.size();
        double[] losses = new double[2];
        double[] mixed = new double[count];
        double[] fresh = new double[count];
        for (int m = 0; m < 2; m++) {
            double[] p = new double[count];
            for (int c = 0; c < count; c++) {
                p[c] = dot(members.get(c)[m], x);
                mixed[c] += v[m] * p[c];
                fresh[c] += v[m] * dot(w.get(c)[m], x);
            }
            losses[m] = loss(p, y, importance);
        }
        double[] z = new double[count];
        Arrays.setAll(z, c -> row / 8 % 3 == 0 ? fresh[c] : dot(model.get(c), x));
        int counted = row / 8 % 3 == 0 ? 8 : 16;
        if (row / 8 % 3 < 2 && (is("loss", "log-loss") || isStandardized())) {
            double descent = 0;
            double bend = 0;
            if (softmax()) {
                double[] p =
                        probabilities(Arrays.stream(z).map(one -> scale * one).toArray());
                double first = 0;
                double second = 0;
                for (int c = 0; c < count; c++) {
                    first += p[c] * z[c];
                    second += p[c] * z[c] * z[c];
                }
                descent = importance[0] * (z[(int) y] - first);
                bend = importance[0] * (second - first * first);
            } else {
                for (int c = 0; c < count; c++) {
                    double side = side(c, y);
                    double wrong = 1 / (1 + Math.exp(side * scale * z[c]));
                    descent += importance[c] * z[c] * clip(-gradient(scale * z[c], side));
                    bend += importance[c] * z[c] * z[c] * (classes ? wrong * (1 - wrong) : 1);
                }
            }
            curvature += counted * bend;
            scale = Math.max(0.02, Math.min(2, scale + counted * descent / curvature));
        }
        boolean log = is("loss", "log-loss");
        judgements++;
        double measure = log ? importance[count == 1 ? 0 : (int) y] : Math.min(1e12, loss(mixed, y, importance));
        unit += (measure - unit) / judgements;
        double total = 0;
        for (int m = 0; m < 2; m++) {
            v[m] *= Math.exp(-0.24 * (log ? 1 : 0.5) * Math.min(30, losses[m] / Math.max(1e-300, unit)));
            total += v[m];
        }
        for (int m = 0; m < 2; m++) {
            v[m] = 0.992 * v[m] / total + 0.008 * (m == 0 ? 2.0 : 1.0) / 3;
        }
    }

    private void computeSteps(int m, double[] x, double y, double[] importance, double[] descent, double[] steps) {
        int count = w.size();
        double[] p = new double[count];
        Arrays.setAll(p, c -> dot(w.get(c)[m], x));
        double[] probabilities = probabilities(p);
        double eta = ETA[m] * real("eta0");
        for (int c = 0; c < count; c++) {
            double side = side(c, y);
            DoubleUnaryOperator down = u -> clip(-gradient(u, side));
            double f = softmax() ? clip((c == y ? 1 : 0) - probabilities[c]) : down.applyAsDouble(p[c]);
            descent[c] = importance[c] * f;
            double q = 0;
            for (int j = 0; j <= width; j++) {
                q += importance[c] * eta * x[j] * x[j] / Math.sqrt(1 + g.get(c)[m][j]);
            }
            double d = softmax() ? f / (1 + q / 4) : clip(implicit(p[c], side, f, q, down));
            steps[c] = descent[c] == 0 ? 0 : eta * importance[c] * d;
        }
    }

    private double implicit(double p, double y, double f, double q, DoubleUnaryOperator down) {
        if (is("loss", "log-loss")) {
            return -gradient(p, y) / (1 + q / 4);
        }
        if (is("loss", "perceptron")) {
            return f;
        }
        double near = 0;
        double far = f;
        for (int i = 0; i < 200; i++) {
            double middle = (near + far) / 2;
            double there = down.applyAsDouble(p + q * middle);
            boolean further = Math.abs(there) > Math.abs(middle) && Math.signum(there) == Math.signum(f);
            near = further ? middle : near;
            far = further ? far : middle;
        }
        return far;
    }

    private double classWeight(int own, double weight) {
        String given = set.getOrDefault("class-weight", "none");
        if (given.equals("balanced")) {
            mass[own] += weight;
            double seen = Arrays.stream(mass).filter(one -> one > 0).count();
            return Arrays.stream(mass).sum() / (seen * mass[own]);
        }
        return given.startsWith("class 1:") && own == 1 ? Double.parseDouble(given.substring(8)) : 1;
    }

    private double clip(double descent) {
        return Math.max(-real("clip-gradient"), Math.min(real("clip-gradient"), descent));
    }

    private static double[] probabilities(double[] p) {
        double largest = Arrays.stream(p).max().orElse(0);
        double sum = Arrays.stream(p).map(one -> Math.exp(one - largest)).sum();
        return Arrays.stream(p).map(one -> Math.exp(one - largest) / sum).toArray();
    }

    private double loss(double[] p, double y, double[] importance) {
        if (softmax()) {
            return -importance[0] * Math.log(probabilities(p)[(int) y]);
        }
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            sum += importance[c] * loss(p[c], side(c, y));
        }
        return sum;
    }

    private double loss(double p, double y) {
        double z = p * y;
        double r = y - p;
        return switch (set.get("loss")) {
            case "hinge" -> Math.max(0, 1 - z);
            case "squared-hinge" -> Math.pow(Math.max(0, 1 - z), 2);
            case "perceptron" -> Math.max(0, -z);
            case "log-loss" -> Math.log1p(Math.exp(-z));
            case "modified-huber" -> z < -1 ? -4 * z : Math.pow(Math.max(0, 1 - z), 2);
            case "squared-error" -> r * r / 2;
            case "huber" -> Math.abs(r) <= epsilon ? r * r / 2 : epsilon * (Math.abs(r) - epsilon / 2);
            case "epsilon-insensitive" -> Math.max(0, Math.abs(r) - epsilon);
            case "squared-epsilon-insensitive" -> Math.pow(Math.max(0, Math.abs(r) - epsilon), 2);
            case "quantile" -> r > 0 ? real("quantile") * r : (real("quantile") - 1) * r;
            case "poisson" -> Math.exp(p) - y * p - (y == 0 ? 0 : y - y * Math.log(y));
            default -> throw new IllegalArgumentException(set.get("loss"));
        };
    }

    private double gradient(double p, double y) {
        double z = p * y;
        double r = y - p;
        return switch (set.get("loss")) {
            case "hinge" -> z <= 1 ? -y : 0;
            case "squared-hinge" -> -2 * y * Math.max(0, 1 - z);
            case "perceptron" -> z <= 0 ? -y : 0;
            case "log-loss" -> -y / (Math.exp(z) + 1);
            case "modified-huber" -> z < -1 ? -4 * y : -2 * y * Math.max(0, 1 - z);
            case "squared-error" -> -r;
            case "huber" -> -Math.max(-epsilon, Math.min(epsilon, r));
            case "epsilon-insensitive" -> Math.abs(r) <= epsilon ? 0 : -Math.signum(r);
            case "squared-epsilon-insensitive" -> -2 * Math.signum(r) * Math.max(0, Math.abs(r) - epsilon);
            case "quantile" -> r == 0 ? 0 : r > 0 ? -real("quantile") : 1 - real("quantile");
            case "poisson" -> Math.exp(p) - y;
            default -> throw new IllegalArgumentException(set.get("loss"));
        };
    }

    private static double dot(double[] w, double[] x) {
        double sum = 0;
        for (int j = 0; j < w.length; j++) {
            sum += w[j] * x[j];
        }
        return sum;
    }
}
