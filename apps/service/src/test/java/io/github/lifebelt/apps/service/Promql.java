package io.github.lifebelt.apps.service;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of Prometheus' language as it takes to see which metrics and labels an expression asks for. */
final class Promql {
    private static final Set<String> WORDS = Set.of(
            "and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*\\]");
    private static final Pattern GROUPING = Pattern.compile("\\b(by|without|on|ignoring)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w$.])([a-zA-Z_][\\w:]*)\\s*(\\((?!\\w*=))?(\\{[^}]*\\})?");
    private static final Pattern MATCH = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");

    private Promql() {}

    /**
     * A metric with what its labels must be.
     *
     * @param metric its name
     * @param matches conditions
     */
    record Selector(String metric, List<Match> matches) {}

    /**
     * A condition.
     *
     * @param label its name
     * @param operator how it is compared
     * @param value with what
     */
    record Match(String label, String operator, String value) {
        String text() {
            return label + operator + '"' + value + '"';
        }
    }

    static List<Selector> selectors(String expression) {
        String plain =
                GROUPING.matcher(RANGE.matcher(expression).replaceAll("")).replaceAll(" ");
        List<Selector> selectors = new ArrayList<>();
        Matcher matcher = SELECTOR.matcher(plain);
        while (matcher.find()) {
            boolean function = matcher.group(2) != null;
            if (!function && !WORDS.contains(matcher.group(1))) {
                selectors.add(new Selector(matcher.group(1), matches(matcher.group(3))));
            }
        }
        return selectors;
    }

    static List<String> metrics(String expression) {
        return selectors(expression).stream().map(Selector::metric).toList();
    }

    /** The labels by which results are put together. */
    static List<String> grouping(String expression) {
        return GROUPING.matcher(expression)
                .results()
                .filter(found -> found.group(1).equals("by"))
                .flatMap(found -> Arrays.stream(found.group(2).split(",")))
                .map(String::strip)
                .toList();
    }

    private static List<Match> matches(String braces) {
        return braces == null
                ? List.of()
                : MATCH.matcher(braces)
                        .results()
                        .map(found -> new Match(found.group(1), found.group(2), found.group(3)))
                        .toList();
    }
}
