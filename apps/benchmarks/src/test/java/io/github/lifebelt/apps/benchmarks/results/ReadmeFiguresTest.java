package io.github.lifebelt.apps.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A row of a table in the README that has the name of a table of RESULTS.md in a comment ({@code <!-- B-back -->}) quotes
 * it: each figure behind the row's first cell is there, rounded or not, and with its pool where the columns are pools.
 */
class ReadmeFiguresTest {

    private static final Pattern MARK = Pattern.compile("<!-- ([\\w-]+(?:, [\\w-]+)*) -->");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.,])-?\\d[\\d,]*(?:\\.\\d+)?");
    private static final Map<String, String> POOLS = Map.of(
            "Lifebelt", "lifebelt",
            "HikariCP", "hikari",
            "HikariCP that asks each time", "hikari-window--1",
            "DBCP2", "dbcp2",
            "Tomcat", "tomcat",
            "c3p0", "c3p0",
            "Agroal", "agroal",
            "Vibur", "vibur",
            "Druid", "druid");

    @Test
    void whatTheReadmeQuotesStandsInTheResults() throws IOException {
        String results = Files.readString(Path.of("RESULTS.md"));
        List<String> header = List.of();
        List<String> unknown = new ArrayList<>();
        int quotes = 0;
        for (String line : Files.readAllLines(Path.of("..", "..", "README.md"))) {
            if (!line.startsWith("|")) {
                header = List.of();
                continue;
            }
            List<String> cells = cells(line);
            header = header.isEmpty() ? cells : header;
            Matcher mark = MARK.matcher(cells.get(0));
            if (!mark.find()) {
                continue;
            }
            quotes++;
            List<String> rows = Stream.of(mark.group(1).split(", "))
                    .flatMap(table -> table(results, table))
                    .toList();
            for (int column = 1; column < cells.size(); column++) {
                String pool = POOLS.get(header.get(column));
                List<BigDecimal> known = rows.stream()
                        .filter(row -> pool == null || isOf(pool, row))
                        .flatMap(ReadmeFiguresTest::numbers)
                        .toList();
                numbers(cells.get(column))
                        .filter(number -> known.stream().noneMatch(one -> isRounded(number, one)))
                        .forEach(number -> unknown.add(number + " in " + line));
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(quotes).isGreaterThan(20);
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("\\|", -1)).skip(1).map(String::trim).toList();
    }

    private static Stream<String> table(String results, String name) {
        String begin = "<!-- table: " + name + " -->";
        assertThat(results).contains(begin);
        String table = results.substring(results.indexOf(begin) + begin.length());
        return table.substring(0, table.indexOf("<!-- end -->")).lines().filter(line -> line.startsWith("|"));
    }

    /** Such columns are of runs on PostgreSQL. A pool's name may be followed by how it was set or called. */
    private static boolean isOf(String pool, String row) {
        return row.startsWith("| postgres")
                && cells(row).stream()
                        .anyMatch(cell ->
                                cell.equals(pool) || cell.startsWith(pool + " (") || cell.startsWith(pool + ", "));
    }

    private static Stream<BigDecimal> numbers(String text) {
        return NUMBER.matcher(text.replace("..", " "))
                .results()
                .map(MatchResult::group)
                .map(number -> new BigDecimal(number.replaceAll(",", "")));
    }

    private static boolean isRounded(BigDecimal quoted, BigDecimal measured) {
        return measured.setScale(quoted.scale(), RoundingMode.HALF_UP).compareTo(quoted) == 0;
    }
}
