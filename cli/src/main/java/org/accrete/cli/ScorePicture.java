package org.accrete.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;

/** Draws a {@link ScoreCurve} as a picture, one panel below the other for its first scores. */
final class ScorePicture {
    private static final int WIDTH = 1_000;
    private static final int PANEL = 380;
    private static final int PANELS = 2;
    private static final int LEFT = 90;
    private static final int RIGHT = 150;
    private static final int TOP = 50;
    private static final int BOTTOM = 50;
    private static final int TICKS = 6;

    private static final Color TEXT = new Color(0x1b1f24);
    private static final Color FAINT = new Color(0xd5dae0);
    private static final Color CURVE = new Color(0x0b62c4);
    private static final Color BASELINE = new Color(0x6b7280);
    private static final Color DRIFT = new Color(0xc2410c);
    private static final Color LIVE = new Color(0x15803d);
    private static final Stroke DASHES =
            new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {5, 5}, 0);

    private final ScoreCurve curve;
    private final Graphics2D on;
    // The panel that is drawn: its upper edge, and what its edges stand for.
    private int top;
    private double[] x = {};
    private double least;
    private double most;

    private ScorePicture(ScoreCurve curve, Graphics2D on) {
        this.curve = curve;
        this.on = on;
    }

    /** {@return the picture as a PNG file; it needs no screen} */
    static byte[] png(ScoreCurve curve) {
        System.setProperty("java.awt.headless", "true");
        List<String> metrics = curve.metrics().stream().limit(PANELS).toList();
        BufferedImage image = new BufferedImage(WIDTH, PANEL * metrics.size(), BufferedImage.TYPE_INT_RGB);
        Graphics2D on = image.createGraphics();
        on.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        on.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        on.setColor(Color.WHITE);
        on.fillRect(0, 0, image.getWidth(), image.getHeight());
        ScorePicture picture = new ScorePicture(curve, on);
        for (String metric : metrics) {
            picture.panel(metric);
            picture.top += PANEL;
        }
        on.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void panel(String metric) {
        double[] scores = curve.scores(metric);
        Map<String, Double> baselines = curve.baselines(metric);
        x = curve.rows();
        double[] all = DoubleStream.concat(
                        Arrays.stream(scores), baselines.values().stream().mapToDouble(Double::doubleValue))
                .filter(Double::isFinite)
                .toArray();
        double low = Arrays.stream(all).min().orElse(0);
        double high = Arrays.stream(all).max().orElse(1);
        double margin = high > low ? (high - low) * 0.08 : Math.max(Math.abs(high) * 0.1, 1e-6);
        least = low - margin;
        most = high + margin;
        text(
                Font.BOLD,
                16,
                TEXT,
                curve.model() + ": " + Figures.label(metric) + " of the rows of each version",
                LEFT,
                top + 24);
        grid();
        baselines.forEach((name, level) -> {
            line(BASELINE, DASHES, x[0], level, x[x.length - 1], level);
            text(Font.PLAIN, 12, BASELINE, Figures.label(name), WIDTH - RIGHT + 6, atY(level) + 4);
        });
        marks();
        steps(scores);
    }

    private void grid() {
        for (double tick : ticks(least, most)) {
            line(FAINT, new BasicStroke(1), x[0], tick, x[x.length - 1], tick);
            right(String.format(Locale.ROOT, "%.4g", tick), LEFT - 8, atY(tick) + 4);
        }
        for (double tick : ticks(x[0], x[x.length - 1])) {
            String label = Console.count((long) tick);
            line(FAINT, new BasicStroke(1), tick, least, tick, most);
            right(label, atX(tick) + width(label) / 2, top + PANEL - BOTTOM + 18);
        }
        right("rows learned", WIDTH - RIGHT, top + PANEL - BOTTOM + 38);
    }

    private void marks() {
        double free = 0;
        for (ScoreCurve.Mark mark : curve.marks()) {
            if (mark.kind() == ScoreCurve.Kind.REFUSED) {
                continue; // Its point says so.
            }
            boolean isDrift = mark.kind() == ScoreCurve.Kind.DRIFT;
            Color color = isDrift ? DRIFT : LIVE;
            if (isDrift) {
                line(color, new BasicStroke(1.2f), mark.at(), most - (most - least) * 0.04, mark.at(), most);
            } else {
                line(color, DASHES, mark.at(), least, mark.at(), most);
            }
            if (isDrift && curve.hasManyDrifts()) {
                continue; // The page has a table of them.
            }
            String text = mark.text().length() > 30 ? mark.text().substring(0, 29) + "…" : mark.text();
            double at = Math.min(atX(mark.at()), WIDTH - width(text) - 6);
            if (at >= free) {
                text(Font.PLAIN, 12, color, text, at, top + TOP - 6);
                free = at + width(text) + 8;
            }
        }
    }

    /** Each score holds from the end of the stretch before to its own, where a point tells what became of it. */
    private void steps(double[] scores) {
        Stroke thick = new BasicStroke(2);
        for (int i = 1; i < scores.length; i++) {
            if (Double.isNaN(scores[i])) {
                continue;
            }
            ScoreCurve.Stretch stretch = curve.stretches().get(i - 1);
            line(CURVE, thick, x[i - 1], scores[i], x[i], scores[i]);
            if (i > 1 && !Double.isNaN(scores[i - 1])) {
                line(CURVE, thick, x[i - 1], scores[i - 1], x[i - 1], scores[i]);
            }
            Ellipse2D point = new Ellipse2D.Double(atX(x[i]) - 4, atY(scores[i]) - 4, 8, 8);
            on.setColor(stretch.isRefused() ? Color.WHITE : CURVE);
            on.fill(point);
            on.setColor(stretch.isRefused() ? DRIFT : CURVE);
            on.draw(point);
        }
    }

    private double atX(double rows) {
        double share = x[x.length - 1] > x[0] ? (rows - x[0]) / (x[x.length - 1] - x[0]) : 0.5;
        return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    private double atY(double score) {
        return top + TOP + (most - score) / (most - least) * (PANEL - TOP - BOTTOM);
    }

    private void line(Color color, Stroke stroke, double x1, double y1, double x2, double y2) {
        on.setColor(color);
        on.setStroke(stroke);
        on.draw(new Line2D.Double(atX(x1), atY(y1), atX(x2), atY(y2)));
        on.setStroke(new BasicStroke(1.5f));
    }

    private void text(int style, int size, Color color, String text, double atX, double atY) {
        on.setColor(color);
        on.setFont(new Font(Font.SANS_SERIF, style, size));
        on.drawString(text, (float) atX, (float) atY);
    }

    private void right(String label, double atX, double atY) {
        text(Font.PLAIN, 12, TEXT, label, atX - width(label), atY);
    }

    private double width(String label) {
        return on.getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 12)).stringWidth(label);
    }

    /** {@return round numbers between two: multiples of 1, 2 or 5 times a power of ten} */
    static double[] ticks(double from, double to) {
        double raw = (to - from) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
        return DoubleStream.iterate(Math.ceil(from / step), tick -> tick * step <= to, tick -> tick + 1)
                .map(tick -> tick * step)
                .limit(TICKS * 2L)
                .toArray();
    }
}
