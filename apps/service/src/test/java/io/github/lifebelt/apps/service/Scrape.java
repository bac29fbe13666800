package io.github.lifebelt.apps.service;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scrape has, in Prometheus' text format: metrics, their labels, and the labels' values. */
final class Scrape {
    private static final Pattern LINE = Pattern.compile("(?m)^([a-zA-Z_]\\w*)(?:\\{([^}]*)\\})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private final Map<String, Map<String, Set<String>>> metrics = new TreeMap<>();

    private Scrape() {}

    static Scrape of(String text) {
        Scrape scrape = new Scrape();
        Matcher lines = LINE.matcher(text);
        while (lines.find()) {
            Map<String, Set<String>> labels = scrape.metrics.computeIfAbsent(lines.group(1), any -> new HashMap<>());
            if (lines.group(2) != null) {
                LABEL.matcher(lines.group(2))
                        .results()
                        .forEach(label -> labels.computeIfAbsent(label.group(1), any -> new HashSet<>())
                                .add(label.group(2)));
            }
        }
        return scrape;
    }

    Set<String> metrics() {
        return metrics.keySet();
    }

    Set<String> labels(String metric) {
        return metrics.getOrDefault(metric, Map.of()).keySet();
    }

    /** Whether a metric has such a label, and a series for which the condition holds where that is a plain one. */
    boolean hasLabel(String metric, Promql.Match match) {
        Set<String> values = metrics.getOrDefault(metric, Map.of()).get(match.label());
        return values != null && (!match.operator().equals("=") || values.contains(match.value()));
    }
}
