package io.github.lifebelt.apps.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenario H on a small scale; what a busy machine makes of times is not judged. */
class LongIdleTest {

    @TempDir
    private Path folder;

    @Test
    void connectionsThatWereForgottenAreMetByEachPool() throws Exception {
        ScorecardRun run = ScorecardRun.of(folder, "H", "dbcp2,lifebelt");
        List<JsonNode> rows = run.rows();

        assertThat(rows).extracting(row -> row.get("pool").textValue()).containsExactly("lifebelt", "dbcp2");
        assertThat(rows).allSatisfy(row -> {
            JsonNode figures = row.get("figures");
            assertThat(figures.get("mode").textValue()).isEqualTo("default");
            assertThat(figures.get("borrows").intValue()).isEqualTo(8);
            // Nobody was told that they are gone,
            assertThat(figures.get("connectionsKept").intValue()).isEqualTo(6);
            assertThat(figures.get("lentDead").intValue()).isZero();
            assertThat(figures.get("hanging").intValue()).isZero();
            // so somebody had to wait for an answer that never came.
            assertThat(figures.get("slowestMillis").doubleValue()).isGreaterThan(900);
        });
        assertThat(rows.get(0).get("figures").has("kept")).isTrue();
        assertThat(rows.get(1).get("figures").has("kept")).isFalse();
        assertThat(run.out()).contains("without keep-alives", "ping-after-idle 250 ms");
    }
}
