package io.github.lifebelt.apps.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenario M: what is sure whatever the machine does. */
class MatrixTest {

    @TempDir
    private Path folder;

    @Test
    void eachSettingSeesWhatItCan() throws Exception {
        ScorecardRun run = ScorecardRun.of(folder, "M", "lifebelt,tomcat", "--wire", "tls");
        List<JsonNode> rows = run.rows();

        assertThat(rows)
                .extracting(row -> row.get("pool").textValue())
                .containsExactly(
                        "lifebelt SOCKET",
                        "lifebelt SOCKET, 1 s",
                        "lifebelt ROUND_TRIP",
                        "lifebelt OFF",
                        "tomcat",
                        "tomcat, test, 3 s",
                        "tomcat, test, 0");
        assertWords(run, "lifebelt SOCKET", closesSeenAs("replaced"));
        assertWords(run, "lifebelt SOCKET", Map.of("halfOpen", "hangs", "blackhole", "hangs", "frozen", "hangs"));
        assertWords(run, "lifebelt SOCKET", Map.of("forgotten", "hangs", "readOnly", "unnoticed", "pending", "ok"));
        assertWords(run, "lifebelt SOCKET, 1 s", Map.of("halfOpen", "hangs", "forgotten", "replaced"));
        assertWords(run, "lifebelt ROUND_TRIP", closesSeenAs("replaced"));
        assertWords(run, "lifebelt ROUND_TRIP", Map.of("blackhole", "failed", "frozen", "failed", "pending", "ok"));
        assertWords(run, "lifebelt OFF", closesSeenAs("lent dead"));
        assertWords(run, "tomcat", closesSeenAs("lent dead"));
        assertWords(run, "tomcat", Map.of("halfOpen", "hangs", "pending", "ok"));
        assertWords(run, "tomcat, test, 0", closesSeenAs("replaced"));
        assertThat(run.figures("lifebelt ROUND_TRIP").get("killedNowLentDead").intValue())
                .isZero();
        assertThat(run.figures("tomcat").get("killedNowLentDead").intValue()).isEqualTo(20);
        assertThat(rows)
                .filteredOn(row -> row.get("figures").has("kept"))
                .extracting(row -> row.get("pool").textValue())
                .containsExactly("lifebelt SOCKET", "lifebelt SOCKET, 1 s", "lifebelt ROUND_TRIP");
        // A quick run spares the others what is too short for them.
        assertThat(run.figures("tomcat").has("forgotten")).isFalse();
        assertThat(run.out()).contains("quick: \"idle, forgotten\" for lifebelt only", "as documented");
    }

    private static Map<String, String> closesSeenAs(String word) {
        return Map.of("killed", word, "fin", word, "rst", word);
    }

    private static void assertWords(ScorecardRun run, String setting, Map<String, String> words) {
        JsonNode figures = run.figures(setting);
        words.forEach((fault, word) -> assertThat(figures.get(fault).textValue())
                .as(setting + ", " + fault)
                .isEqualTo(word));
    }
}
