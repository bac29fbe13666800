package io.github.lifebelt.contract;

import static io.github.lifebelt.testing.PoolAssertions.exactlyOnce;
import static io.github.lifebelt.testing.PoolAssertions.noBorrowOver;
import static io.github.lifebelt.testing.PoolAssertions.noConnectionLeaked;
import static io.github.lifebelt.testing.PoolAssertions.nothingLeftInTransaction;
import static io.github.lifebelt.testing.PoolAssertions.recoversWithin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.Borrows;
import io.github.lifebelt.testing.DatabaseExtension;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.Ledger;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The fixtures with a pool of ours: what they inject, and what their assertions find. */
class FixtureTest {

    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.of(TestDatabase.of(Servers.PRODUCT));

    @Test
    void aPoolIsInjectedReadyToUse(ConnectionPool pool, TestDatabase database, DatabaseUrl url) throws Exception {
        PoolTest.fill(pool, 3);
        assertThat(pool.stats().idle()).isEqualTo(3);
        assertThat(url).isEqualTo(DatabaseUrl.parse(database.url()));
        noConnectionLeaked(pool, database);
        nothingLeftInTransaction(database);
    }

    @Test
    void thePoolRecoversAndBorrowsInTime(ConnectionPool pool, Faults faults) throws Exception {
        PoolTest.fill(pool, 2);
        faults.stop(StopMode.FAST);
        Borrows borrows = noBorrowOver(pool, pool.config().borrowTimeout().plusMillis(250), faults::start);
        assertThat(borrows.succeeded() + borrows.failed()).isPositive();
        recoversWithin(pool, Duration.ofSeconds(2));
    }

    @Test
    void thePoolGoesThroughTheProxy(ConnectionPool pool, FaultProxy proxy, TestDatabase database) throws Exception {
        PoolTest.fill(pool, 2);
        assertThat(proxy.connections()).isEqualTo(2);
        proxy.reset();
        // The pool has been told, and the server is about to end its sessions.
        PoolTest.fill(pool, 2);
        noConnectionLeaked(pool, database);
    }

    @Test
    void aLostConnectionIsFound(ConnectionPool pool, TestDatabase database) throws Exception {
        Connection held = pool.getConnection();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> noConnectionLeaked(pool, database))
                .withMessageContaining("1 lent");
        held.close();
        noConnectionLeaked(pool, database);
    }

    /** Whoever kills and then looks whether the pool has noticed is not to depend on luck. */
    @Test
    void afterAKillTheNextUnitIsNotHit(ConnectionPool pool, Faults faults) {
        for (int i = 0; i < 200; i++) {
            UnitOfWork.on(pool).run(tx -> Sql.query(tx.connection(), "select 1"));
            assertThat(faults.killSessions()).isEqualTo(1);
        }
    }

    @Test
    void unitsUnderKillsAreNeitherLostNorDoubled(ConnectionPool pool, TestDatabase database) throws Exception {
        Ledger ledger = Ledger.in(database.dataSource());
        for (int i = 0; i < 100; i++) {
            ledger.attempt(unit -> UnitOfWork.on(pool).run(tx -> {
                ledger.write(tx.connection(), unit);
                if (unit % 10 == 0) {
                    database.faults().killSessions();
                }
            }));
        }
        Ledger.Count count = exactlyOnce(ledger);
        assertThat(count.committed()).isGreaterThanOrEqualTo(80);
        nothingLeftInTransaction(database);
    }
}
