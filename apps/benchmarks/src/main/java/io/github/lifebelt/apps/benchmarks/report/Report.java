package io.github.lifebelt.apps.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a run has found: tables on standard output as they come, rows for a file, and the promises at the end. */
public final class Report {

    private final PrintWriter out;
    private final PrintWriter err;
    private final long begin = System.nanoTime();
    private final Map<String, Object> run = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();

    /** Tables go to one, progress to the other. */
    public Report(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** Says what it runs on, and keeps that for {@link #end}. */
    public void begin(List<String> arguments) {
        about("command", "java -jar apps/benchmarks/target/lifebelt-benchmarks.jar " + String.join(" ", arguments));
        about("began", Machine.now().toString());
        about("machine", Machine.name());
        about("versions", Machine.versions());
        about("loadBefore", Machine.load());
        say("Machine: " + Machine.name());
        say("Versions: "
                + Machine.versions().entrySet().stream()
                        .map(version -> version.getKey() + " " + version.getValue())
                        .collect(Collectors.joining(", ")));
        say("Time: " + Machine.now() + ", " + Machine.load());
    }

    /** Keeps a fact that is true of all rows: what JSON has a word for, in maps and lists. */
    public void about(String name, Object fact) {
        run.put(name, fact);
    }

    /** Says what is being done. */
    public void progress(String what) {
        err.printf("%4d s  %s%n", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin), what);
        err.flush();
    }

    /** Prints a line. */
    public void say(String line) {
        out.println(line);
        out.flush();
    }

    /** Prints a table. */
    public void show(Table table) {
        table.print(out);
        out.flush();
    }

    /** Keeps a row for {@link #end}. */
    public void row(Row row) {
        rows.add(row);
    }

    /** Keeps a verdict for {@link #end}. */
    public void verdict(Verdict verdict) {
        verdicts.add(verdict);
    }

    /** What a command ends with, however it ends: a full run is long, and what it had found when it broke off is kept. */
    public void end(@Nullable Path json) {
        showVerdicts();
        say("");
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        about("seconds", seconds);
        about("loadAfter", Machine.load());
        say("Took " + seconds + " s; " + Machine.load());
        if (json != null) {
            write(json);
        }
    }

    /** Prints how many cases of each promise were kept, and then case by case. */
    private void showVerdicts() {
        if (verdicts.isEmpty()) {
            return;
        }
        Table summary = new Table("Promises", "promise", "verdict", "cases kept");
        for (String promise :
                new LinkedHashSet<>(verdicts.stream().map(Verdict::promise).toList())) {
            List<Verdict> cases =
                    verdicts.stream().filter(v -> v.promise().equals(promise)).toList();
            long kept = cases.stream().filter(Verdict::kept).count();
            boolean all = kept == cases.size();
            summary.add(promise, all ? "PASS" : "FALLS SHORT", kept + " of " + cases.size());
        }
        show(summary);
        Table each = new Table("Promises, case by case", "promise", "where", "measured", "verdict");
        verdicts.forEach(v -> each.add(v.promise(), v.where(), v.measured(), v.word()));
        show(each);
    }

    /** Where the facts of a run stand whose rows are in a file: beside it, since readers of rows know nothing else. */
    public static Path runOf(Path rows) {
        return rows.resolveSibling(rows.getFileName() + ".run");
    }

    /** Writes the rows, one JSON object to a line, and beside them how they came to be. */
    private void write(Path file) {
        ObjectMapper json = new ObjectMapper();
        try {
            Files.write(file, rows.stream().map(row -> line(json, row)).toList());
            // Not beside a device, for those who write to standard output.
            if (Files.isRegularFile(file)) {
                json.writerWithDefaultPrettyPrinter().writeValue(runOf(file).toFile(), run);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static String line(ObjectMapper json, Row row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("scenario", row.scenario());
        fields.put("pool", row.pool());
        fields.put("database", row.database());
        fields.put("figures", row.figures());
        try {
            return json.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
