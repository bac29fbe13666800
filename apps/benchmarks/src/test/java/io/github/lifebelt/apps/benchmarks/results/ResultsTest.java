package io.github.lifebelt.apps.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.apps.benchmarks.report.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page that is committed, and the rows that it is made of. */
class ResultsTest {

    private static final Path FOLDER = Path.of("results");
    private static final Path PAGE = Path.of("RESULTS.md");

    @Test
    void thePageIsMadeOfTheRows() throws Exception {
        Measured measured = Measured.in(FOLDER);

        assertThat(measured.entries()).isNotEmpty();
        assertThat(ResultsCommand.page(PAGE, measured))
                .as("run the command results again; README.md says how")
                .isEqualTo(Files.readString(PAGE));
    }

    @Test
    void thePlotsAreMadeOfTheRows() throws Exception {
        List<Plot.Picture> pictures = ResultsCommand.pictures(Measured.in(FOLDER));

        assertThat(pictures).isNotEmpty();
        for (Plot.Picture picture : pictures) {
            Path file = FOLDER.resolve(picture.file());
            assertThat(Png.madeOf(file)).as(picture.file()).contains(Drawing.digest(picture));
            assertThat(Files.size(file)).as(picture.file()).isLessThan(60_000);
        }
    }

    @Test
    void thePlotsAreDrawn() throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "plots"));
        Measured measured = Measured.in(FOLDER);
        if (fontsAreMissing()) {
            assertThatThrownBy(() -> ResultsCommand.draw(measured, folder)).hasMessageContaining("plots need fonts");
            return;
        }

        List<Path> files = ResultsCommand.draw(measured, folder);

        assertThat(files).hasSameSizeAs(ResultsCommand.pictures(measured)).allMatch(Files::exists);
    }

    @Test
    void whoIsBetterIsSaid() {
        Measured measured = measured(
                new Row("A", "lifebelt").with("errors", 2).with("rounds", 1).with("borrowsPerRound", 40),
                new Row("A", "dbcp2").with("errors", 0).with("rounds", 1).with("borrowsPerRound", 40),
                new Row("A", "hikari").with("errors", 9).with("rounds", 1).with("borrowsPerRound", 40),
                new Row("borrow", "lifebelt").with("threads", 1).with("opsPerSecond", 9_000.0),
                new Row("borrow", "hikari")
                        .with("threads", 1)
                        .with("opsPerSecond", 8_000.0)
                        .with("lifebeltTimes", 0.9));

        List<String> ahead = Ahead.table(measured, Forms.ALL);

        // The medians say that Lifebelt is faster, and the rounds that it is not.
        assertThat(ahead).hasSize(4);
        assertThat(ahead.get(2))
                .contains("errors", "lifebelt: 2 of 40", "dbcp2", "0 of 40")
                .doesNotContain("hikari");
        assertThat(ahead.get(3)).contains("lifebelt is x times", "hikari", "0.90");
        assertThat(Forms.KILL_ALL.table(measured)).anyMatch(line -> line.contains("**0 of 40**"));
    }

    @Test
    void whatNobodyDescribesOrPlacesIsRefused() {
        Measured unknown = measured(new Row("Z", "lifebelt").with("errors", 0));
        assertThatThrownBy(() -> Page.filled("", unknown, Forms.ALL, Plots.ALL)).hasMessageContaining("scenario Z");

        Measured measured = measured(new Row("probe", "lifebelt").with("probeNanos", 300.0));
        assertThatThrownBy(() -> Page.filled("", measured, Forms.ALL, Plots.ALL))
                .hasMessageContaining("table: probe");
        assertThatThrownBy(() -> Page.filled("<!-- table: Q -->\n<!-- end -->", measured, Forms.ALL, Plots.ALL))
                .hasMessageContaining("table: Q");
    }

    @Test
    void aFigureStandsInOneFileOnly() {
        Row row = new Row("A", "lifebelt").with("errors", 0);
        Measured twice = new Measured(Map.of(), List.of(new Entry("a.jsonl", row), new Entry("b.jsonl", row)));

        assertThatThrownBy(() -> Forms.KILL_ALL.groups(twice)).hasMessageContainingAll("a.jsonl", "b.jsonl");
    }

    private static boolean fontsAreMissing() {
        try {
            Drawing.requireFonts();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static Measured measured(Row... rows) {
        List<Entry> entries = new ArrayList<>();
        for (Row row : rows) {
            entries.add(new Entry("some.jsonl", row));
        }
        return new Measured(Map.of(), entries);
    }
}
