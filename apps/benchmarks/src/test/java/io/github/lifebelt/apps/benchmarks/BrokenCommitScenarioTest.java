package io.github.lifebelt.apps.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scenario G, tried for real: every count is certain. */
class BrokenCommitScenarioTest {

    private static final int LOSSES = 5;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"plain", "tls"})
    void lifebeltTellsTheTruthAndOthersSayNothingOrStoreTwice(String wire) throws Exception {
        ScorecardRun run = ScorecardRun.of(folder, "G", "lifebelt,dbcp2", "--wire", wire);

        assertThat(run.rows()).hasSize(12).allSatisfy(row -> {
            JsonNode figures = row.get("figures");
            assertThat(figures.get("losses").intValue()).isEqualTo(LOSSES);
            assertThat(figures.get("toldRight").intValue()
                            + figures.get("toldWrong").intValue()
                            + figures.get("toldUnknown").intValue()
                            + figures.get("errors").intValue())
                    .isEqualTo(LOSSES);
        });
        for (String way : new String[] {"token", "transactionId"}) {
            assertKnows(run, way);
        }
        assertAll(run.figures("lifebelt", "off", "answer"), "toldUnknown", LOSSES);
        assertAll(run.figures("lifebelt", "off", "request"), "toldUnknown", 0);
        for (String pool : new String[] {"none", "dbcp2"}) {
            JsonNode answer = run.figures(pool, "asItIs", "answer");
            assertAll(answer, "errors", LOSSES);
            assertThat(answer.get("said").textValue()).contains("08006");
            assertThat(answer.has("kept")).isFalse();
            assertAll(run.figures(pool, "asItIs", "request"), "errors", 0);
        }
        JsonNode twice = run.figures("dbcp2", "loop", "answer");
        assertAll(twice, "toldWrong", LOSSES);
        assertThat(twice.get("duplicated").intValue()).isEqualTo(LOSSES);
        // This time it was right to run it again.
        assertAll(run.figures("dbcp2", "loop", "request"), "toldRight", LOSSES);
        assertThat(run.out()).contains("5: stored twice 5").doesNotContain("FALLS SHORT");
    }

    @Test
    void aDatabaseWithoutTransactionIdsHasTokens() throws Exception {
        ScorecardRun run = ScorecardRun.of(folder, "G", "lifebelt,hikari", "--database", "mysql");

        assertThat(run.rows()).hasSize(10);
        assertKnows(run, "token");
        assertAll(run.figures("hikari", "loop", "answer"), "toldWrong", LOSSES);
    }

    private static void assertKnows(ScorecardRun run, String way) {
        JsonNode answer = run.figures("lifebelt", way, "answer");
        assertAll(answer, "toldRight", LOSSES);
        assertThat(answer.get("kept").booleanValue()).isTrue();
        JsonNode request = run.figures("lifebelt", way, "request");
        assertAll(request, "toldRight", 0);
        assertThat(request.get("kept").booleanValue()).isTrue();
    }

    /** All of one kind, and so many units that are there. */
    private static void assertAll(JsonNode figures, String kind, int stored) {
        assertThat(figures.get(kind).intValue()).isEqualTo(LOSSES);
        assertThat(figures.get("stored").intValue()).isEqualTo(stored);
        assertThat(figures.get("failedBefore").intValue()).isZero();
    }
}
