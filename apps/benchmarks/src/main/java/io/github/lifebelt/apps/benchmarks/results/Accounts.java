package io.github.lifebelt.apps.benchmarks.results;

import io.github.lifebelt.apps.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What is known of the runs, and how their promises came out. */
final class Accounts {

    private Accounts() {}

    /** By what command, on what, and when. */
    static List<String> runs(Measured measured) {
        List<String> lines = new ArrayList<>();
        measured.runs().forEach((file, run) -> {
            lines.add("- [" + file + "](results/" + file + "): `" + text(run, "command") + "`");
            if (run.containsKey("note")) {
                lines.add("  - " + text(run, "note"));
            }
            lines.add("  - Began " + text(run, "began") + ", took " + text(run, "seconds") + " s; "
                    + text(run, "loadBefore") + " before, " + text(run, "loadAfter") + " after");
            lines.add("  - " + text(run, "machine"));
            if (run.get("servers") instanceof List<?> servers) {
                lines.add("  - " + servers.stream().map(Object::toString).collect(Collectors.joining("; ")));
            }
            if (run.get("versions") instanceof Map<?, ?> versions) {
                lines.add("  - "
                        + versions.entrySet().stream()
                                .map(version -> version.getKey() + " " + version.getValue())
                                .collect(Collectors.joining(", ")));
            }
        });
        return lines;
    }

    /** What was set in which pool, as the runs that took it had it. */
    static List<String> pools(Measured measured) {
        Map<String, String> pools = new LinkedHashMap<>();
        measured.runs().forEach((file, run) -> {
            if (run.get("pools") instanceof Map<?, ?> configurations) {
                configurations.forEach((pool, set) -> {
                    String before = pools.putIfAbsent(pool.toString(), set.toString());
                    if (before != null && !before.equals(set.toString())) {
                        throw new IllegalStateException(
                                file + " has " + pool + " with " + set + ", another file with " + before);
                    }
                });
            }
        });
        Table table = new Table("", "pool", "set besides size and wait");
        pools.forEach(table::add);
        return table.lines();
    }

    /** How many cases of each table were kept. */
    static List<String> promises(Measured measured, List<Form> forms) {
        Table table = new Table("", "table", "verdict", "cases kept");
        for (Form form : forms) {
            List<Cell> judged = form.groups(measured).stream()
                    .flatMap(group -> group.cells().stream())
                    .filter(cell -> cell.has("kept"))
                    .toList();
            if (!judged.isEmpty()) {
                long kept = judged.stream()
                        .filter(cell -> cell.entries().stream().allMatch(entry -> entry.is("kept", "true")))
                        .count();
                table.add(form.title(), kept == judged.size() ? "PASS" : "FALLS SHORT", kept + " of " + judged.size());
            }
        }
        return table.lines();
    }

    private static String text(Map<String, Object> run, String name) {
        return Objects.toString(run.get(name), "unknown");
    }
}
