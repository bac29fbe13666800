package io.github.lifebelt.apps.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scenario M: what is sure whatever the machine does. */
class MatrixTest extends QuickCard {

    @Test
    void eachSettingSeesWhatItCan() throws Exception {
        List<JsonNode> rows = rows("M", "lifebelt,tomcat", "tls");

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
        assertWords(rows, "lifebelt SOCKET", closesSeenAs("replaced"));
        assertWords(rows, "lifebelt SOCKET", Map.of("halfOpen", "hangs", "blackhole", "hangs", "frozen", "hangs"));
        assertWords(rows, "lifebelt SOCKET", Map.of("forgotten", "hangs", "readOnly", "unnoticed", "pending", "ok"));
        assertWords(rows, "lifebelt SOCKET, 1 s", Map.of("halfOpen", "hangs", "forgotten", "replaced"));
        assertWords(rows, "lifebelt ROUND_TRIP", closesSeenAs("replaced"));
        assertWords(rows, "lifebelt ROUND_TRIP", Map.of("blackhole", "failed", "frozen", "failed", "pending", "ok"));
        assertWords(rows, "lifebelt OFF", closesSeenAs("lent dead"));
        assertWords(rows, "tomcat", closesSeenAs("lent dead"));
        assertWords(rows, "tomcat", Map.of("halfOpen", "hangs", "pending", "ok"));
        assertWords(rows, "tomcat, test, 0", closesSeenAs("replaced"));
        assertThat(figures(rows, "lifebelt ROUND_TRIP").get("killedNowLentDead").intValue())
                .isZero();
        assertThat(figures(rows, "tomcat").get("killedNowLentDead").intValue()).isEqualTo(20);
        assertThat(rows)
                .filteredOn(row -> row.get("figures").has("kept"))
                .extracting(row -> row.get("pool").textValue())
                .containsExactly("lifebelt SOCKET", "lifebelt SOCKET, 1 s", "lifebelt ROUND_TRIP");
        // A quick run spares the others what is too short for them.
        assertThat(figures(rows, "tomcat").has("forgotten")).isFalse();
        assertThat(out.toString()).contains("quick: \"idle, forgotten\" for lifebelt only", "as documented");
    }

    private static Map<String, String> closesSeenAs(String word) {
        return Map.of("killed", word, "fin", word, "rst", word);
    }

    private static void assertWords(List<JsonNode> rows, String setting, Map<String, String> words) {
        JsonNode figures = figures(rows, setting);
        words.forEach((fault, word) -> assertThat(figures.get(fault).textValue())
                .as(setting + ", " + fault)
                .isEqualTo(word));
    }
}
