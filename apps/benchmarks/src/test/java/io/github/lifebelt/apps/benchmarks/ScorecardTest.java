package io.github.lifebelt.apps.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lifebelt.apps.benchmarks.pools.Database;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cards of a few cells, tried for real; what a busy machine makes of times is not judged here. */
class ScorecardTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void killedSessionsAreCountedForEachPool() throws Exception {
        List<JsonNode> rows = rows("A", "hikari,lifebelt", "tls");

        assertThat(rows).extracting(row -> row.get("pool").textValue()).containsExactly("lifebelt", "hikari");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.size()).isEqualTo(4);
            assertThat(row.get("scenario").textValue()).isEqualTo("A");
            assertThat(row.get("database").textValue()).isEqualTo("postgres");
            assertThat(row.get("figures").get("wire").textValue()).isEqualTo("tls");
            assertThat(row.get("figures").get("borrowsPerRound").intValue()).isEqualTo(40);
        });
        assertThat(rows.get(0).get("figures").get("errors").intValue()).isZero();
        assertThat(rows.get(0).get("figures").get("kept").booleanValue()).isTrue();
        assertThat(rows.get(1).get("figures").has("kept")).isFalse();
        // What this pool has used a moment before it lends unasked; on a busy machine the moment can be over.
        JsonNode trusting = rows.get(1).get("figures");
        int unasked = Math.min(10, trusting.get("borrowsShortlyAfterFill").intValue());
        assertThat(trusting.get("errors").intValue()).isBetween(unasked, 10);
        assertThat(out.toString()).contains("| PASS", "its defaults: trusts a connection for 500 ms", "Seed: 1");
    }

    @Test
    void aStoppedServerIsMetInBothModes() throws Exception {
        List<JsonNode> rows = rows("B", "lifebelt", "plain");

        assertThat(rows)
                .extracting(row -> row.get("figures").get("part").textValue() + " "
                        + row.get("figures").get("mode").textValue())
                .containsExactly("stopped failFast", "stopped waiting", "back failFast", "back waiting");
        assertThat(rows.subList(0, 2)).allSatisfy(row -> {
            assertThat(row.get("figures").get("secondWaveFailed").intValue()).isEqualTo(16);
            assertThat(row.get("figures").get("secondWaveDeadConnections").intValue())
                    .isZero();
        });
        assertThat(rows.get(1).get("figures").get("secondWaveMillis").doubleValue())
                .isGreaterThan(900);
        assertThat(rows.subList(2, 4)).allSatisfy(row -> {
            assertThat(row.get("figures").get("rounds").intValue()).isEqualTo(1);
            assertThat(row.get("figures").get("bareConnectMillis").doubleValue())
                    .isPositive();
        });
    }

    @Test
    void whoIsStillBlockedIsCountedAndLeft() throws Exception {
        List<JsonNode> rows = rows("C", "dbcp2", "plain");

        assertThat(rows)
                .extracting(row -> row.get("figures").get("fault").textValue())
                .containsExactly("frozen", "blackhole", "silence");
        JsonNode frozen = rows.get(0).get("figures");
        // Twelve validate or connect without a deadline, four wait for one of them with a deadline.
        assertThat(frozen.get("blocked").intValue()).isEqualTo(12);
        assertThat(frozen.get("late").intValue()).isBetween(1, 16);
        assertThat(frozen.get("lent").intValue()).isZero();
        assertThat(out.toString()).doesNotContain("PASS", "FALLS SHORT");
    }

    @Test
    void refillStandsBesideBareConnects() throws Exception {
        List<JsonNode> rows = rows("D", "lifebelt", "plain");

        assertThat(rows)
                .extracting(row -> row.get("pool").textValue() + " "
                        + row.get("figures").get("connections").intValue())
                .containsExactly("none 5", "lifebelt 5", "none 50", "lifebelt 50");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.get("figures").get("wire").textValue()).isEqualTo("plain");
            assertThat(row.get("figures").get("millis").doubleValue()).isPositive();
        });
        assertThat(rows.get(1).get("figures").get("timesBare").doubleValue()).isPositive();
        assertThat(rows.get(1).get("figures").get("errors").intValue()).isZero();
    }

    @Test
    void unitsInAStormAreHeldAgainstTheLedger() throws Exception {
        List<JsonNode> rows = rows("E", "agroal,dbcp2,hikari,lifebelt", "tls", "--storm", "3");

        // A quick run spares the others.
        assertThat(rows)
                .extracting(row -> row.get("pool").textValue() + " "
                        + row.get("figures").get("way").textValue() + " "
                        + row.get("figures").get("pace").textValue())
                .containsExactly(
                        "lifebelt own thinking",
                        "hikari asItIs thinking",
                        "dbcp2 loop thinking",
                        "lifebelt own saturated",
                        "hikari asItIs saturated",
                        "dbcp2 loop saturated");
        assertThat(rows).allSatisfy(row -> {
            JsonNode figures = row.get("figures");
            assertThat(figures.get("units").intValue())
                    .isPositive()
                    .isEqualTo(figures.get("committed").intValue()
                            + figures.get("failed").intValue()
                            + figures.get("unknown").intValue());
            assertThat(figures.get("kills").intValue()).isPositive();
            assertThat(figures.get("restarts").intValue()).isEqualTo(1);
            assertThat(figures.get("commitsLost").intValue()).isPositive();
            assertThat(figures.get("retried").intValue() > 0)
                    .isNotEqualTo(figures.get("way").textValue().equals("asItIs"));
            assertThat(figures.get("p99Millis").doubleValue())
                    .isGreaterThanOrEqualTo(figures.get("p50Millis").doubleValue());
        });
        assertThat(rows)
                .filteredOn(row -> row.get("pool").textValue().equals("lifebelt"))
                .allSatisfy(row -> assertThat(List.of("failed", "unknown", "lost", "duplicated", "countersOff"))
                        .allMatch(name -> row.get("figures").get(name).intValue() == 0));
        assertThat(rows.get(1).get("figures").has("kept")).isFalse();
    }

    @Test
    void aCommitWithoutAnAnswerIsRunTwiceByALoopThatCannotKnow() throws Exception {
        List<JsonNode> rows = rows("E", "dbcp2", "plain", "--storm", "5");

        // Each second an answer is lost of a COMMIT that has taken place.
        assertThat(rows).allMatch(row -> row.get("figures").get("duplicated").intValue() > 0);
    }

    @ParameterizedTest
    @CsvSource({
        "--pools, bonecp, 'there are lifebelt, hikari, hikari-window--1, dbcp2, tomcat, c3p0, agroal, vibur, druid'",
        "--database, oracle, '[POSTGRES, MYSQL, MARIADB] (case-insensitive)'",
        "--wire, wet, '[PLAIN, TLS] (case-insensitive)'",
        "--scenario, Z, 'expected one of [A, B, C, D, E'",
        "--rounds, 0, 'at least 1 is needed'",
        "--storm, 0, 'at least 1 s is needed'",
        "--json, /nowhere/at/all, 'cannot be written there'"
    })
    void whatCannotBeIsRefusedWithWhatCan(String option, String value, String said) {
        assertThat(run("scorecard", option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(option, said);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aDatabaseThatNoDialectSpeaksIsRefused() {
        assertThat(Database.POSTGRES.isSpoken()).isTrue();
        if (!Database.MYSQL.isSpoken()) {
            assertThat(run("scorecard", "--database", "mysql")).isEqualTo(2);
            assertThat(err.toString()).contains("there is no dialect called mysql");
        }
    }

    @Test
    void helpIsGiven() {
        assertThat(run("scorecard", "--help")).isZero();
        assertThat(out.toString()).contains("--quick", "--pools", "--database", "--wire", "--seed", "hikari-window--1");
    }

    private List<JsonNode> rows(String scenario, String pools, String wire, String... more) throws Exception {
        List<String> options = new ArrayList<>(List.of("--wire", wire));
        options.addAll(List.of(more));
        ScorecardRun run = ScorecardRun.of(folder, scenario, pools, options.toArray(String[]::new));
        out.write(run.out());
        return run.rows();
    }

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), UnaryOperator.identity(), arguments);
    }
}
