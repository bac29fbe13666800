package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolConfig.Hygiene;
import io.github.lifebelt.internal.pool.OpenUnits;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A second connection of a pool that is borrowed while a unit is open on the same thread. */
class NestedBorrowTest extends PoolTest {

    private static OpenUnits unitsOf(ConnectionPool pool) throws SQLException {
        return pool.unwrap(PoolEngine.class).openUnits();
    }

    @Test
    void itIsLentWithAWarning() throws SQLException {
        ConnectionPool pool = open();
        OpenUnits.Entry unit = unitsOf(pool).begin("place-order");
        try (Connection connection = pool.getConnection()) {
            assertThat(query(connection, "select 1")).isEqualTo("1");
        } finally {
            unit.end();
        }
    }

    @Test
    void strictlyItIsRefusedWithTheUnitAndWhereItWasOpened() throws SQLException {
        ConnectionPool pool = open(builder().name("orders").hygiene(Hygiene.STRICT));
        OpenUnits.Entry unit = unitsOf(pool).begin("place-order");
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("[NESTED_BORROW] orders: thread '")
                .hasMessageContaining("unit 'place-order'")
                .hasMessageContaining("tx.connection()")
                .satisfies(e -> assertThat(e.getCause().getStackTrace())
                        .anyMatch(frame ->
                                frame.getMethodName().equals("strictlyItIsRefusedWithTheUnitAndWhereItWasOpened")));
        assertThatThrownBy(() -> UnitOfWork.on(pool).run(tx -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("[NESTED_BORROW]");
        assertThat(pool.stats().active()).isZero();
        unit.end();
        pool.getConnection().close();
    }

    @Test
    void otherThreadsOtherPoolsAndThePoolsOwnConnectionsAreNotMeant() throws Exception {
        ConnectionPool pool = open(builder().hygiene(Hygiene.STRICT).minIdle(2));
        ConnectionPool other = open(builder().hygiene(Hygiene.STRICT));
        OpenUnits.Entry unit = unitsOf(pool).begin("place-order");
        threads.submit(() -> {
                    pool.getConnection().close();
                    return true;
                })
                .get(30, TimeUnit.SECONDS);
        other.getConnection().close();
        pool.awaitReady(Duration.ofSeconds(10));
        unit.end();
    }
}
