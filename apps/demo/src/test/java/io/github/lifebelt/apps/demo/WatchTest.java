package io.github.lifebelt.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.PoolStats.State;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchTest {
    private final List<String> said = new ArrayList<>();
    private Instant now = Instant.parse("2026-05-04T03:02:00Z");
    private final Watch watch = new Watch(said::add, () -> now);

    @Test
    void anOutageLastsFromTheLastCommitToTheNextOne() {
        commit();
        after(200);
        watch.databaseDown(new SQLException("secret", "08006"));
        watch.stateChanged(State.UP, State.DOWN, "connecting failed");
        after(66_800);
        watch.databaseUp(Duration.ofMillis(66_800));
        after(500);
        commit();
        watch.end();

        assertThat(watch.report())
                .containsExactly(
                        "outages  1 times no commit for a second or more",
                        "         from 2026-05-04T03:02:00Z to 2026-05-04T03:03:07.500Z: 67.500 s, the last 0.500 s of it"
                                + " after the database took connections again",
                        "states   1 changes of the pool's state",
                        "         2026-05-04T03:02:00.200Z UP -> DOWN: connecting failed",
                        "COMMITs not answered: 0 were stored, 0 were not, of 0 nobody knows");
        assertThat(said)
                .contains(
                        "2026-05-04T03:02:00.200Z the database cannot be reached, SQLState 08006",
                        "2026-05-04T03:03:07.500Z first commit again, 67.500 s after the last one")
                .noneMatch(line -> line.contains("secret"));
    }

    @Test
    void aSilenceOfLessThanASecondIsNone() {
        commit();
        after(999);
        commit();
        watch.end();

        assertThat(watch.report()).contains("outages  0 times no commit for a second or more");
    }

    @Test
    void anOutageThatHasNotEndedIsToldToo() {
        commit();
        after(30_000);
        watch.end();

        assertThat(watch.report()).contains("         from 2026-05-04T03:02:00Z, and none since");
    }

    @Test
    void eachCommitThatWasNotAnsweredIsToldWithWhatBecameOfIt() {
        watch.commitResolved("transfer", true, Duration.ofMillis(34));
        watch.commitResolved("transfer", false, Duration.ofMillis(5));
        watch.commitUnknown("transfer", new SQLException());

        assertThat(watch.report()).contains("COMMITs not answered: 1 were stored, 1 were not, of 1 nobody knows");
        assertThat(said)
                .contains("2026-05-04T03:02:00Z a COMMIT was not answered: it was stored, found out within 0.034 s");
    }

    private void commit() {
        watch.unitCommitted("transfer", Duration.ofMillis(3), 1);
    }

    private void after(long millis) {
        now = now.plusMillis(millis);
    }
}
