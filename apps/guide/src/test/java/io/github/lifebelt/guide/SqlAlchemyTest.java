package io.github.lifebelt.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.guide.Bank.Order;
import io.github.lifebelt.guide.Bank.Orders;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.CommitOutcomeUnknownException;
import io.github.lifebelt.tx.ConnectionUnavailableException;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** docs/coming-from-sqlalchemy.md, on PostgreSQL and on MySQL's family. */
class SqlAlchemyTest {
    private final Orders orders = new Orders();

    @Test
    void whatIsShownHoldsOnPostgres() throws Exception {
        try (TestDatabase database = TestDatabase.postgres().start()) {
            show(database);
        }
    }

    @Test
    void whatIsShownHoldsOnMySql() throws Exception {
        try (TestDatabase database = TestDatabase.mysql().start()) {
            show(database);
        }
    }

    private void show(TestDatabase database) throws Exception {
        try (ConnectionPool pool = engine(database.url())) {
            try (Connection connection = pool.getConnection()) {
                Bank.create(connection);
            }
            begin(pool);
            assertThat(insert(pool, new Order(2, "oar"))).isEqualTo("stored");
            assertThat(insert(pool, new Order(2, "oar"))).isEqualTo("nothing was stored: CONSTRAINT");
            again(pool, database.faults());
            database.faults().stop(StopMode.FAST);
            assertThat(insert(pool, new Order(4, "sail"))).isEqualTo("nothing was sent");
        }
    }

    private static ConnectionPool engine(String url) {
        // snippet: engine
        // create_engine(url, pool_size=10, pool_timeout=5, pool_recycle=1800, pool_pre_ping=True)
        ConnectionPool pool = ConnectionPool.builder(url)
                .maxSize(10)
                .borrowTimeout(Duration.ofSeconds(5))
                .recycleAfter(Duration.ofSeconds(1800))
                .open();
        // end: engine
        return pool;
    }

    private void begin(ConnectionPool pool) throws Exception {
        Order order = new Order(1, "rope");
        // snippet: begin
        // with Session.begin() as session: ...
        long id = UnitOfWork.on(pool).call(tx -> orders.insert(tx.connection(), order));
        // end: begin
        assertThat(id).isEqualTo(1);
        try (Connection connection = pool.getConnection()) {
            assertThat(orders.count(connection)).isEqualTo(1);
        }
    }

    private String insert(ConnectionPool pool, Order order) {
        // snippet: errors
        try {
            UnitOfWork.on(pool).call(tx -> orders.insert(tx.connection(), order));
            return "stored";
        } catch (ConnectionUnavailableException e) {
            return "nothing was sent"; // OperationalError of connect()
        } catch (TransactionRolledBackException e) {
            return "nothing was stored: " + e.reason(); // IntegrityError is CONSTRAINT, and so on
        } catch (CommitOutcomeUnknownException e) {
            return "stored whole, or not at all"; // OperationalError of commit()
        }
        // end: errors
    }

    private void again(ConnectionPool pool, Faults faults) throws Exception {
        Order order = new Order(3, "anchor");
        // snippet: retry
        UnitOfWork again = UnitOfWork.on(pool).retry(RetryPolicy.conflictsAndLostConnections());
        long id = again.call(tx -> {
            if (tx.attempt() == 1) {
                faults.killSessions(); // here in the test: the connection dies in the middle
            }
            return orders.insert(tx.connection(), order);
        });
        // end: retry
        assertThat(id).isEqualTo(3);
        try (Connection connection = pool.getConnection()) {
            assertThat(orders.count(connection)).isEqualTo(3);
        }
    }
}
