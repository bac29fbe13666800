package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;

/** Connecting that ends by its deadline, neither before nor much later. */
public abstract class ConnectDeadlines extends PoolTest {

    static final Duration DEADLINE = Duration.ofMillis(500);
    static final Duration LATEST = DEADLINE.plusMillis(250);

    /** Loading driver and TLS for the first time takes longer than what is measured here. */
    @BeforeEach
    void warmUp() throws SQLException {
        Connects.open(server()).close();
    }

    protected void endsInTime(String url) {
        endsInTime(DatabaseUrl.parse(url));
    }

    void endsInTime(DatabaseUrl url) {
        long begin = System.nanoTime();
        ConnectRequest request = Connects.request(url, DEADLINE);
        SQLException failure = Connects.fails(request);
        Duration took = since(begin);
        assertThat((Throwable) failure).isNotNull();
        assertThat(took).isBetween(DEADLINE.minusMillis(10), atMost(LATEST));
        assertThat(Connects.whileConnecting(failure)).isEqualTo(Verdict.DATABASE_DOWN);
        assertThat(Connects.dialect().connectProblem(failure)).isEqualTo(ConnectProblem.TIMED_OUT);
    }
}
