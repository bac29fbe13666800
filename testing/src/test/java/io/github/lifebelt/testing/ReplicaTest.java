package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @ParameterizedTest(name = "tls={0}")
    @ValueSource(booleans = {true, false})
    void aReplicaFollowsRefusesWritesAndTakesOver(boolean tls) throws Exception {
        try (TestDatabase primary = TestDatabase.postgres().tls(tls).start();
                Connection writer = Sessions.open(primary)) {
            Sessions.execute(writer, "CREATE TABLE notes (note text)");
            Sessions.execute(writer, "INSERT INTO notes VALUES ('before')");
            try (TestDatabase replica = primary.replica();
                    Connection reader = Sessions.open(replica)) {
                Sessions.execute(writer, "INSERT INTO notes VALUES ('after')");
                await().atMost(SOON)
                        .until(() -> Sessions.query(reader, "SELECT count(*) FROM notes")
                                .equals("2"));
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> Sessions.execute(reader, "INSERT INTO notes VALUES ('refused')"))
                        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("25006"));
                assertThatIllegalStateException()
                        .isThrownBy(() -> primary.faults().promote())
                        .withMessageContaining("primary already");

                primary.faults().crash();
                replica.faults().promote();

                Sessions.execute(reader, "INSERT INTO notes VALUES ('taken over')");
                assertThat(Sessions.query(reader, "SELECT string_agg(note, ', ') FROM notes"))
                        .isEqualTo("before, after, taken over");
                assertThatIllegalStateException().isThrownBy(primary::replica).withMessageContaining("does not run");
            }
        }
    }

    @Test
    void aReplicaThatWasStoppedCatchesUp() throws Exception {
        try (TestDatabase primary = TestDatabase.postgres().start();
                TestDatabase replica = primary.replica();
                Connection writer = Sessions.open(primary)) {
            replica.faults().stop(StopMode.FAST);
            Sessions.execute(writer, "CREATE TABLE late AS SELECT 1 AS one");
            replica.faults().start();
            try (Connection reader = Sessions.open(replica)) {
                await().atMost(SOON).until(() -> "late".equals(Sessions.query(reader, "SELECT to_regclass('late')")));
            }
        }
    }
}
