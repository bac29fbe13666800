package io.github.lifebelt.apps.benchmarks.results;

import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.results.Plot.Bar;
import io.github.lifebelt.apps.benchmarks.results.Plot.Picture;
import io.github.lifebelt.apps.benchmarks.results.Plot.Scale;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Horizontal bars, one below the other. Each is a line of its own, thick and from the axis on, since bar charts can neither
 * colour bars one by one nor begin at another place than zero.
 */
final class Drawing {

    private static final int WIDTH = 800;
    private static final int ROW_HEIGHT = 28;
    private static final int BAR_HEIGHT = 16;
    private static final int AROUND_HEIGHT = 96;
    private static final int LEGEND_HEIGHT = 40;
    // For screens whose pixels are small.
    private static final int SHARPNESS = 2;

    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final Color OURS = new Color(0x0b6e99);
    private static final Color THEIRS = new Color(0xb5bcc4);
    private static final Color RANGE = new Color(0x30363d);
    // Parts of bars: what is merely a nuisance pale, what is wrong strong.
    private static final List<Color> PARTS =
            List.of(new Color(0xe0a030), new Color(0xb03030), new Color(0x501850), new Color(0x909090));

    private final Picture picture;
    private final int height;
    private final double floor;
    private final double ceiling;
    private final XYChart chart;

    private Drawing(Picture picture) {
        this.picture = picture;
        boolean legend = picture.parts().size() > 1;
        this.height = AROUND_HEIGHT
                + (legend ? LEGEND_HEIGHT : 0)
                + ROW_HEIGHT * picture.bars().size();
        double most = picture.bars().stream()
                .mapToDouble(bar -> Math.max(bar.length(), bar.most()))
                .max()
                .orElse(1);
        this.floor = picture.scale() == Scale.LINEAR ? 0 : powerBelow(picture.bars());
        this.ceiling = most > floor ? most : floor + 1;
        this.chart = new XYChartBuilder()
                .width(WIDTH)
                .height(height)
                .title(picture.title())
                .xAxisTitle(picture.axis())
                .build();
        style(legend);
    }

    /** Draws it into a folder. */
    static void draw(Picture picture, Path folder) throws IOException {
        requireFonts();
        Drawing drawing = new Drawing(picture);
        drawing.bars();
        BufferedImage image =
                new BufferedImage(SHARPNESS * WIDTH, SHARPNESS * drawing.height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(SHARPNESS, SHARPNESS);
        drawing.chart.paint(graphics, WIDTH, drawing.height);
        graphics.dispose();
        Png.write(image, digest(picture), folder.resolve(picture.file()));
    }

    /** Of all that can be seen in it. */
    static String digest(Picture picture) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(picture.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Java without fonts fails in many ways, and none of them says so. */
    static void requireFonts() {
        // There is no screen to draw on, and none is needed.
        System.setProperty("java.awt.headless", "true");
        try {
            new TextLayout("x", TEXT, new FontRenderContext(null, true, true)).getBounds();
        } catch (RuntimeException | LinkageError | InternalError e) {
            throw new IllegalStateException(
                    "plots need fonts, and Java finds none here; where there is apt-get, this helps:"
                            + " apt-get install fontconfig fonts-dejavu-core",
                    e);
        }
    }

    private static double powerBelow(List<Bar> bars) {
        double least = bars.stream()
                .mapToDouble(bar -> Math.min(bar.length(), bar.least()))
                .filter(length -> length > 0)
                .min()
                .orElse(1);
        // One more, so that the least can be seen.
        return Math.pow(10, Math.ceil(Math.log10(least)) - 1);
    }

    private void style(boolean legend) {
        XYStyler style = chart.getStyler();
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBackgroundColor(Color.WHITE);
        style.setPlotBorderVisible(false);
        style.setPlotGridHorizontalLinesVisible(false);
        style.setPlotContentSize(1);
        style.setAxisTickLabelsFont(TEXT);
        style.setAxisTitleFont(TEXT);
        style.setLegendVisible(legend);
        style.setLegendPosition(LegendPosition.OutsideS);
        style.setLegendLayout(LegendLayout.Horizontal);
        style.setLegendBorderColor(Color.WHITE);
        style.setLegendFont(TEXT);
        style.setXAxisLogarithmic(picture.scale() == Scale.LOGARITHMIC);
        style.setXAxisMin(floor);
        style.setXAxisMax(picture.scale() == Scale.LINEAR ? ceiling * 1.04 : ceiling * 1.3);
        style.setYAxisMin(0.4);
        style.setYAxisMax(picture.bars().size() + 0.6);
        // Half a row, for XChart leaves ticks out if one of the first three, which are half a row apart, has a long
        // label.
        style.setYAxisTickMarkSpacingHint(ROW_HEIGHT / 2 - 1);
        style.setAxisTicksMarksVisible(false);
        style.setYAxisLabelAlignment(TextAlignment.Right);
        chart.setCustomYAxisTickLabelsFormatter(this::label);
        chart.setCustomXAxisTickLabelsFormatter(Drawing::number);
    }

    private void bars() {
        int rows = picture.bars().size();
        for (int row = 0; row < rows; row++) {
            Bar bar = picture.bars().get(row);
            double y = rows - row;
            double from = floor;
            double sum = 0;
            for (int part = 0; part < picture.parts().size(); part++) {
                boolean whole = picture.parts().size() == 1;
                sum += bar.parts().isEmpty() ? 0 : bar.parts().get(part);
                double to = Math.max(floor, sum);
                Color color = whole ? bar.ours() ? OURS : THEIRS : PARTS.get(part);
                // The legend has each part once: that of the first row.
                String name = row == 0 ? picture.parts().get(part) : row + "/" + part;
                line(name, from, to, y, BAR_HEIGHT, color, row == 0);
                from = to;
            }
            if (bar.most() > bar.least()) {
                line("range " + row, Math.max(floor, bar.least()), Math.max(floor, bar.most()), y, 1.5f, RANGE, false);
            }
        }
    }

    private void line(String name, double from, double to, double y, float width, Color color, boolean inLegend) {
        XYSeries line = chart.addSeries(name, new double[] {from, to}, new double[] {y, y});
        line.setMarker(SeriesMarkers.NONE);
        line.setLineStyle(new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
        line.setLineColor(color);
        line.setShowInLegend(inLegend);
    }

    /** Pools stand at whole numbers, the first on top. */
    private String label(double y) {
        int row = picture.bars().size() - (int) Math.rint(y);
        if (Math.abs(y - Math.rint(y)) > 1e-6
                || row < 0
                || row >= picture.bars().size()) {
            // Nothing to see, and no two alike: XChart leaves ticks out if their labels are.
            return " ".repeat(Math.max(0, (int) Math.rint(2 * y + 9)));
        }
        Bar bar = picture.bars().get(row);
        return bar.label() + "   " + (bar.parts().isEmpty() ? "not measured" : number(bar.length()));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%,.0f", value) : Numbers.shortly(value);
    }
}
