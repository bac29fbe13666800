package io.github.lifebelt.apps.benchmarks.results;

import io.github.lifebelt.apps.benchmarks.report.Numbers;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Where another pool is better than Lifebelt: every figure of every table that says which is better, by its median. */
final class Ahead {

    /** A pool and its figure. */
    private record Standing(String pool, Figure.Value value) {}

    private static final Figure.Value AS_GOOD = new Figure.Value(1, 1, 1, "1");

    private Ahead() {}

    static List<String> table(Measured measured, List<Form> forms) {
        Table table =
                new Table("", "table", "where", "figure", "lifebelt", "best", "its figure", "times", "others ahead");
        int lines = 0;
        for (Form form : forms) {
            for (Form.Group group : form.groups(measured)) {
                for (Figure figure : form.figures()) {
                    lines += compare(table, form, group, figure);
                }
            }
        }
        return lines == 0 ? List.of("Nowhere in these rows.") : table.lines();
    }

    private static int compare(Table table, Form form, Form.Group group, Figure figure) {
        List<Standing> peers = group.cells().stream()
                .filter(Cell::peer)
                .flatMap(cell -> figure.of().apply(cell).map(value -> new Standing(cell.contender(), value)).stream())
                .toList();
        if (figure.better() == Better.NEITHER || peers.isEmpty()) {
            return 0;
        }
        Comparator<Standing> bestFirst = (one, other) -> figure.better()
                        .beats(one.value().middle(), other.value().middle())
                ? -1
                : figure.better().beats(other.value().middle(), one.value().middle()) ? 1 : 0;
        int lines = 0;
        for (Cell cell : group.cells()) {
            if (!cell.ours()) {
                continue;
            }
            Optional<Figure.Value> ours = figure.better() == Better.OURS_TO_THEIRS
                    ? Optional.of(AS_GOOD)
                    : figure.of().apply(cell);
            List<Standing> ahead = peers.stream()
                    // A peer is ahead of what was not measured, too.
                    .filter(peer -> ours.isEmpty()
                            || figure.better()
                                    .beats(peer.value().middle(), ours.get().middle()))
                    .sorted(bestFirst)
                    .toList();
            if (!ahead.isEmpty()) {
                lines++;
                Standing best = ahead.get(0);
                table.add(
                        form.title(),
                        String.join(", ", form.words(group)),
                        figure.header(),
                        cell.contender() + ": " + ours.map(Figure.Value::text).orElse("not measured"),
                        best.pool(),
                        best.value().text(),
                        ours.map(value -> times(value.middle(), best.value().middle()))
                                .orElse(""),
                        ahead.size() == 1 ? "" : Integer.toString(ahead.size() - 1));
            }
        }
        return lines;
    }

    /** How far ahead; by nothing that can be divided by, it is in the figures alone. */
    private static String times(double one, double other) {
        double least = Math.min(one, other);
        return least > 0 ? Numbers.shortly(Math.max(one, other) / least) : "";
    }
}
