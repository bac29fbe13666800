package io.github.lifebelt.apps.benchmarks.results;

import io.github.lifebelt.apps.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How rows become a table. Its order is that of the rows: conditions as they came, and pools as they came.
 *
 * @param id that RESULTS.md calls it by
 * @param title what was done
 * @param rows which are its own
 * @param conditions what tells groups of pools apart that are compared
 * @param contender what a pool is called
 * @param figures what came out
 */
record Form(
        String id,
        String title,
        Predicate<Entry> rows,
        List<Condition> conditions,
        Function<Entry, String> contender,
        List<Figure> figures) {

    /**
     * Pools that were measured alike.
     *
     * @param conditions in the order of the form's
     * @param cells one for each pool
     */
    record Group(List<String> conditions, List<Cell> cells) {

        /** The best figure; nothing where all are alike. */
        Optional<Double> best(Figure figure) {
            List<Double> all = cells.stream()
                    .filter(cell -> cell.ours() || cell.peer())
                    .flatMap(cell -> figure.of().apply(cell).stream())
                    .map(Figure.Value::middle)
                    .toList();
            if (figure.better() == Better.NEITHER
                    || figure.better() == Better.OURS_TO_THEIRS
                    || all.stream().distinct().count() < 2) {
                return Optional.empty();
            }
            return all.stream().reduce((one, other) -> figure.better().beats(other, one) ? other : one);
        }
    }

    /** Of all rows of a scenario, pools by their names. */
    static Form of(String id, String title, String scenario, List<Condition> conditions, List<Figure> figures) {
        return new Form(
                id,
                title,
                entry -> entry.is(scenario),
                conditions,
                entry -> entry.row().pool(),
                figures);
    }

    /** The same of fewer rows. */
    Form where(Predicate<Entry> also) {
        return new Form(id, title, rows.and(also), conditions, contender, figures);
    }

    /** The same with pools called otherwise. */
    Form calling(Function<Entry, String> name) {
        return new Form(id, title, rows, conditions, name, figures);
    }

    /** What was measured, side by side. */
    List<Group> groups(Measured measured) {
        Map<List<String>, Map<String, Cell>> groups = new LinkedHashMap<>();
        for (Entry entry : measured.entries()) {
            if (rows.test(entry)) {
                List<String> group = conditions.stream()
                        .map(condition -> condition.of().apply(entry))
                        .toList();
                String name = contender.apply(entry);
                Cell cell = groups.computeIfAbsent(group, any -> new LinkedHashMap<>())
                        .computeIfAbsent(name, any -> new Cell(name, new ArrayList<>()));
                requireSameFile(cell, entry, group);
                cell.entries().add(entry);
            }
        }
        return groups.entrySet().stream()
                .map(group ->
                        new Group(group.getKey(), List.copyOf(group.getValue().values())))
                .toList();
    }

    /** The conditions of a group in words, the place first. */
    List<String> words(Group group) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < conditions.size(); i++) {
            String value = group.conditions().get(i);
            words.add(i == 0 ? value : conditions.get(i).header() + " " + value);
        }
        return words;
    }

    /** A figure that stands in two places is true in none. */
    private void requireSameFile(Cell cell, Entry entry, List<String> group) {
        if (!cell.entries().isEmpty() && !cell.entries().get(0).file().equals(entry.file())) {
            throw new IllegalStateException(id + ", " + String.join(", ", group) + ", " + cell.contender()
                    + " stands in both " + cell.entries().get(0).file() + " and " + entry.file() + ": keep one");
        }
    }

    /** As Markdown, the best of each group bold; columns of which nothing was measured are left out. */
    List<String> table(Measured measured) {
        List<Group> groups = groups(measured);
        List<Figure> seen = figures.stream()
                .filter(figure -> groups.stream()
                        .flatMap(group -> group.cells().stream())
                        .anyMatch(cell -> figure.of().apply(cell).isPresent()))
                .toList();
        List<String> headers = new ArrayList<>();
        conditions.forEach(condition -> headers.add(condition.header()));
        headers.add("pool");
        seen.forEach(figure -> headers.add(figure.header()));
        Table table = new Table(title, headers.toArray(String[]::new));
        for (Group group : groups) {
            for (Cell cell : group.cells()) {
                List<String> line = new ArrayList<>(group.conditions());
                line.add(cell.label());
                seen.forEach(figure -> line.add(text(group, cell, figure)));
                table.add(line.toArray(String[]::new));
            }
        }
        return table.lines();
    }

    private static String text(Group group, Cell cell, Figure figure) {
        Optional<Figure.Value> value = figure.of().apply(cell);
        Optional<Double> best = group.best(figure);
        boolean bold = value.isPresent()
                && best.isPresent()
                && Objects.equals(best.get(), value.get().middle())
                && (cell.ours() || cell.peer());
        return value.map(seen -> bold ? "**" + seen.text() + "**" : seen.text()).orElse("");
    }
}
