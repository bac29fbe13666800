package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.PoolListener;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An application that is up before its database. */
class ReadinessTest extends PoolTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<ConnectProblem> met = new CopyOnWriteArrayList<>();

    private final PoolListener listening = new PoolListener() {
        @Override
        public void awaitingDatabase(Duration waited, ConnectProblem problem, SQLException failure) {
            met.add(problem);
        }
    };

    @Test
    void aDatabaseThatIsUpIsReadyAtOnce() throws SQLException {
        ConnectionPool pool = open(builder().listener(listening));
        pool.awaitReady(LONG);
        assertThat(pool.stats().connects()).isEqualTo(1);
        assertThat(pool.stats().active()).isZero();
        assertThat(met).isEmpty();
    }

    @Test
    void aDatabaseThatComesUpLaterIsWaitedFor() throws Exception {
        // The pool's own patience does not count.
        ConnectionPool pool =
                open(builder().failFast().borrowTimeout(Duration.ofSeconds(1)).listener(listening));
        server().faults().stop(StopMode.FAST);
        Future<Boolean> ready = threads.submit(() -> {
            pool.awaitReady(LONG);
            return true;
        });
        await().until(() -> met.size() >= 2);
        assertThat(met).containsOnly(ConnectProblem.UNREACHABLE);
        server().faults().start();
        assertThat(ready.get(10, TimeUnit.SECONDS)).isTrue();
        pool.getConnection().close();
    }

    @Test
    void theWaitEndsWhenItsTimeIsUp() {
        server().faults().stop(StopMode.FAST);
        ConnectionPool pool = open(builder().listener(listening));
        Duration limit = Duration.ofMillis(1_500);
        long begin = System.nanoTime();
        assertThatThrownBy(() -> pool.awaitReady(limit)).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(since(begin)).isBetween(limit, atMost(limit.plusMillis(250)));
    }

    @Test
    void aNameWithoutAnAddressIsWaitedForAndSaidSo() {
        ConnectionPool pool = open(ConnectionPool.builder(server().databaseUrl())
                .resolver(host -> {
                    throw new UnknownHostException(host);
                })
                .listener(listening));
        assertThatThrownBy(() -> pool.awaitReady(Duration.ofMillis(1_200)))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("the host name has no address");
        assertThat(met).isNotEmpty().containsOnly(ConnectProblem.UNKNOWN_HOST);
    }

    @Test
    void whatTimeDoesNotCureEndsTheWaitAtOnce() {
        DatabaseUrl url = server().databaseUrl();
        endsAtOnce(url.toBuilder().password("wrong").build());
        endsAtOnce(url.toBuilder().database("not_there").build());
    }

    private void endsAtOnce(DatabaseUrl url) {
        ConnectionPool pool = open(ConnectionPool.builder(url).listener(listening));
        long begin = System.nanoTime();
        assertThatThrownBy(() -> pool.awaitReady(LONG)).isInstanceOf(SQLNonTransientConnectionException.class);
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(2)));
        assertThat(met).isEmpty();
    }
}
