package io.github.lifebelt.apps.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenario F, tried for real. */
class ReadOnlyScenarioTest {

    private static final List<String> ALL_ZERO =
            List.of("failed", "unknown", "lost", "duplicated", "unfinished", "countersOff");

    @TempDir
    private Path folder;

    @Test
    void aServerWithoutWritesFailsTheUnitsOfThoseWhoDoNotTryAgain() throws Exception {
        ScorecardRun run = ScorecardRun.of(folder, "F", "lifebelt,hikari", "--wire", "tls");

        // Nobody's loop is tried in a quick run.
        assertThat(run.rows()).hasSize(3);
        JsonNode own = run.figures("lifebelt", "flip", "own");
        assertPerfect(own);
        assertThat(own.get("kept").booleanValue()).isTrue();
        // Somebody has met it.
        assertThat(own.get("retried").intValue()).isPositive();
        JsonNode asItIs = run.figures("hikari", "flip", "asItIs");
        assertThat(asItIs.get("failed").intValue()).isPositive();
        assertThat(asItIs.get("retried").intValue()).isZero();
        assertThat(asItIs.has("kept")).isFalse();
        assertThat(run.rows().subList(0, 2)).allSatisfy(row -> {
            assertThat(row.get("figures").get("readOnlyMillis").doubleValue()).isGreaterThanOrEqualTo(1_000);
            assertThat(row.get("figures").get("firstCommitMillis").doubleValue())
                    .isPositive();
        });
        // The promotion of a quick run spares this pool.
        assertPerfect(run.figures("lifebelt", "promotion", "own"));
    }

    @Test
    void aPromotionMovesLifebeltAndLeavesThePeerBehind() throws Exception {
        ScorecardRun run = ScorecardRun.of(folder, "F", "lifebelt,dbcp2,vibur");

        JsonNode own = run.figures("lifebelt", "promotion", "own");
        assertPerfect(own);
        assertThat(own.has("firstCommitMillis")).isTrue();
        assertThat(own.get("oldConnections").intValue()).isZero();
        assertThat(own.get("borrowsOfOld").intValue()).isZero();
        assertThat(own.get("borrowErrors").intValue()).isZero();
        assertThat(own.get("kept").booleanValue()).isTrue();
        JsonNode peer = run.figures("dbcp2", "promotion", "asItIs");
        assertThat(peer.has("kept")).isFalse();
        assertThat(peer.has("firstCommitMillis")).isFalse();
        assertThat(peer.get("failed").intValue()).isPositive();
        assertThat(peer.get("lost").intValue()).isZero();
        assertThat(peer.get("duplicated").intValue()).isZero();
        // They are alive, so it keeps them.
        assertThat(peer.get("oldConnections").intValue()).isEqualTo(5);
        assertThat(peer.get("leftOld").booleanValue()).isFalse();
        assertThat(peer.get("borrows").intValue()).isEqualTo(20);
        assertThat(peer.get("borrowsOfOld").intValue()).isEqualTo(20);
        // It gives a connection up after an error.
        JsonNode moved = run.figures("vibur", "promotion", "asItIs");
        assertThat(moved.get("failed").intValue()).isPositive();
        assertThat(moved.get("borrowsOfOld").intValue()).isZero();
        assertThat(run.out()).contains("targetServerType=primary", "not within 3 s");
    }

    @Test
    void whereThereIsNoReplicaThePromotionIsNotTried() throws Exception {
        ScorecardRun run = ScorecardRun.of(folder, "F", "lifebelt,agroal", "--database", "mysql");

        assertThat(run.rows())
                .allMatch(row -> row.get("figures").get("part").textValue().equals("flip"));
        assertPerfect(run.figures("lifebelt", "flip", "own"));
        assertThat(run.figures("agroal", "flip", "asItIs").get("failed").intValue())
                .isPositive();
        assertThat(run.out()).contains("only PostgreSQL has a replica here");
    }

    private static void assertPerfect(JsonNode figures) {
        assertThat(figures.get("units").intValue()).isPositive();
        assertThat(ALL_ZERO)
                .as(figures.toString())
                .allMatch(name -> figures.get(name).intValue() == 0);
    }
}
