package io.github.lifebelt.apps.benchmarks.results;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lifebelt.apps.benchmarks.report.Report;
import io.github.lifebelt.apps.benchmarks.report.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All that was measured.
 *
 * @param runs what is known of the run of each file, by the file's name
 * @param entries their rows, in the order of the files' names
 */
record Measured(Map<String, Map<String, Object>> runs, List<Entry> entries) {

    private static final String ROWS = ".jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The files of a folder, each with its facts beside it: figures without them mean nothing. */
    static Measured in(Path folder) throws IOException {
        Map<String, Map<String, Object>> runs = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.getFileName().toString().endsWith(ROWS))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            Path run = Report.runOf(file);
            if (!Files.exists(run)) {
                throw new IOException(file + " says nothing of its run: " + run + " is not there");
            }
            String name = file.getFileName().toString();
            runs.put(name, JSON.readValue(run.toFile(), new TypeReference<Map<String, Object>>() {}));
            for (String line : Files.readAllLines(file)) {
                entries.add(new Entry(name, JSON.readValue(line, Row.class)));
            }
        }
        return new Measured(runs, entries);
    }
}
