package io.github.lifebelt.apps.benchmarks.results;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is drawn of a form: one picture for each of its groups at the first place that was measured, the best pool on top.
 *
 * @param id that RESULTS.md calls it by
 * @param title what was done
 * @param axis what is counted, in what
 * @param scale from nothing, or by powers of ten
 * @param form whose rows they are; the first condition is the place
 * @param figures one bar, or parts of a bar
 */
record Plot(String id, String title, String axis, Scale scale, Form form, List<Figure> figures) {

    /** How long a bar is. */
    enum Scale {
        LINEAR,
        LOGARITHMIC
    }

    /**
     * One bar.
     *
     * @param label of the pool
     * @param ours whether it is Lifebelt's
     * @param parts how long each part is; none if it was not measured
     * @param least of all rounds
     * @param most of all rounds
     */
    record Bar(String label, boolean ours, List<Double> parts, double least, double most) {

        double length() {
            return parts.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /**
     * What is drawn.
     *
     * @param file its name
     * @param title above it
     * @param axis below it
     * @param scale of it
     * @param parts what the parts of a bar are
     * @param bars from top to bottom
     */
    record Picture(String file, String title, String axis, Scale scale, List<String> parts, List<Bar> bars) {}

    List<Picture> pictures(Measured measured) {
        List<Form.Group> groups = form.groups(measured);
        List<Picture> pictures = new ArrayList<>();
        for (Form.Group group : groups) {
            // The first place stands for all, and a pool alone is no comparison.
            if (group.conditions().get(0).equals(groups.get(0).conditions().get(0))
                    && pools(group).size() > 1) {
                pictures.add(picture(group));
            }
        }
        return pictures;
    }

    private Picture picture(Form.Group group) {
        List<Bar> bars =
                pools(group).stream().map(this::bar).sorted(bestFirst()).toList();
        List<String> words = form.words(group);
        String file = (id + "-" + String.join("-", words.subList(1, words.size())))
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("-$", "");
        Better better = figures.get(0).better();
        String below = axis + (better == Better.MORE ? "; more is better" : "; less is better");
        return new Picture(
                file + ".png",
                title + " (" + String.join(", ", words) + ")",
                below,
                scale,
                figures.stream().map(Figure::header).toList(),
                bars);
    }

    private static List<Cell> pools(Form.Group group) {
        return group.cells().stream().filter(cell -> cell.ours() || cell.peer()).toList();
    }

    private Bar bar(Cell cell) {
        List<Figure.Value> values = figures.stream()
                .map(figure -> figure.of().apply(cell))
                .flatMap(Optional::stream)
                .toList();
        if (values.size() < figures.size()) {
            return new Bar(cell.contender(), cell.ours(), List.of(), 0, 0);
        }
        List<Double> parts = values.stream().map(Figure.Value::middle).toList();
        double sum = parts.stream().mapToDouble(Double::doubleValue).sum();
        boolean whole = parts.size() == 1;
        return new Bar(
                cell.contender(),
                cell.ours(),
                parts,
                whole ? values.get(0).least() : sum,
                whole ? values.get(0).most() : sum);
    }

    /** What was not measured comes last. */
    private Comparator<Bar> bestFirst() {
        Comparator<Bar> byLength = Comparator.comparingDouble(Bar::length);
        return Comparator.comparing((Bar bar) -> bar.parts().isEmpty())
                .thenComparing(figures.get(0).better() == Better.MORE ? byLength.reversed() : byLength);
    }
}
