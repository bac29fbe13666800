package io.github.lifebelt.apps.benchmarks.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A table that reads well on a terminal and in Markdown. */
public final class Table {

    private final String title;
    private final List<List<String>> lines = new ArrayList<>();

    /** A table with a title and the names of its columns. */
    public Table(String title, String... columns) {
        this.title = title;
        lines.add(List.of(columns));
    }

    /** Adds a line, one cell for each column; those that are left out are empty. */
    public void add(String... cells) {
        List<String> line = new ArrayList<>(List.of(cells));
        while (line.size() < lines.get(0).size()) {
            line.add("");
        }
        lines.add(line);
    }

    void print(PrintWriter out) {
        out.println();
        out.println("### " + title);
        out.println();
        lines().forEach(out::println);
    }

    /** Without its title. */
    public List<String> lines() {
        int columns = lines.get(0).size();
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        List<String> text = new ArrayList<>();
        text.add(line(lines.get(0), widths));
        StringBuilder rule = new StringBuilder("|");
        for (int width : widths) {
            rule.append("-".repeat(width + 2)).append('|');
        }
        text.add(rule.toString());
        lines.subList(1, lines.size()).forEach(line -> text.add(line(line, widths)));
        return text;
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            line.append(' ')
                    .append(cell)
                    .append(" ".repeat(widths[i] - cell.length()))
                    .append(" |");
        }
        return line.toString();
    }
}
