package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Connects.dies;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.PoolTest;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What the probe sees that MySQL alone does. */
class MySqlProbeTest extends PoolTest {

    /**
     * MySQL says why before it closes. The words do not hide the end behind them, and are there for the driver; in plain
     * text it throws away what it finds in the stream before it sends something.
     */
    @Test
    void aSessionThatWasIdleForTooLongIsDeadAndItsLastWordsAreRead() throws SQLException {
        try (Connected connected = Connects.open(server())) {
            execute(connected.jdbc(), "set wait_timeout = 1");
            dies(connected);
            SQLException failure = catchThrowableOfType(SQLException.class, () -> query(connected.jdbc(), "select 1"));
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.SUSPECT_ALL);
            if (tls && !Servers.isMariaDb(server())) {
                assertThat((Throwable) failure).hasMessageContaining("inactivity");
            }
        }
    }
}
