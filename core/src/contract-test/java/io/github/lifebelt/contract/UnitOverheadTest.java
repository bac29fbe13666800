package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import io.github.lifebelt.tx.UnitOfWork.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a unit that does not fail costs on the wire: exchanges with the server, counted by a proxy. */
class UnitOverheadTest extends PoolTest {

    private static final boolean POSTGRES = Servers.PRODUCT == DatabaseProduct.POSTGRESQL;
    private static final int WARM_UP = 10;

    private FaultProxy proxy;
    private ConnectionPool pool;

    private interface Run {
        void run() throws SQLException;
    }

    @BeforeEach
    void oneConnection() throws SQLException {
        proxy = server().proxy();
        pool = open(ConnectionPool.builder(server().url(proxy)).maxSize(1));
        try (Connection connection = bare()) {
            execute(connection, "drop table if exists counted");
            execute(connection, "create table counted (n int)");
            execute(connection, "drop table if exists lifebelt_token");
            execute(connection, UnitOfWork.on(pool).tokenTableStatement());
        }
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    private long roundTripsOf(Run run) throws SQLException {
        for (int i = 0; i < WARM_UP; i++) {
            run.run();
        }
        long before = proxy.roundTrips();
        run.run();
        return proxy.roundTrips() - before;
    }

    /** What somebody pays who writes it by hand: begin, the insert, COMMIT, and what the pool puts right. */
    private long byHand() throws SQLException {
        return roundTripsOf(() -> {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                execute(connection, "insert into counted values (1)");
                connection.commit();
            }
        });
    }

    private long of(UnitOfWork unit) throws SQLException {
        return roundTripsOf(() -> unit.run(tx -> execute(tx.connection(), "insert into counted values (1)")));
    }

    private UnitOfWork unit(CommitOutcome outcome) {
        return UnitOfWork.on(pool).commitOutcome(outcome);
    }

    @Test
    void aTokenIsFreeWhereItTravelsWithCommit() throws SQLException {
        assertThat(of(unit(CommitOutcome.TOKEN)) - byHand()).isEqualTo(POSTGRES ? 0 : 1);
    }

    @Test
    void nothingIsFreeToo() throws SQLException {
        assertThat(of(unit(CommitOutcome.OFF)) - byHand()).isZero();
    }

    @Test
    void aTransactionIdCostsOneAndNoneMoreWithTimeOuts() throws SQLException {
        if (POSTGRES) {
            long byHand = byHand();
            UnitOfWork named = unit(CommitOutcome.TRANSACTION_ID);
            assertThat(of(named) - byHand).isOne();
            assertThat(of(named.readWrite()) - byHand).isOne();
            assertThat(of(named.readWrite()
                                    .isolation(Isolation.REPEATABLE_READ)
                                    .timeout(Duration.ofMinutes(1))
                                    .lockTimeout(Duration.ofSeconds(5)))
                            - byHand)
                    .isOne();
        }
    }

    @Test
    void timeOutsCostOneWhereTheyEndWithTheTransaction() throws SQLException {
        UnitOfWork bounded =
                unit(CommitOutcome.OFF).statementTimeout(Duration.ofSeconds(5)).lockTimeout(Duration.ofSeconds(5));
        // MySQL has to be told to forget them.
        assertThat(of(bounded) - byHand()).isEqualTo(POSTGRES ? 1 : 2);
    }

    @Test
    void aReaderPaysForNothingButBeingOne() throws SQLException {
        long byHand = roundTripsOf(() -> {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                Sql.query(connection, "select count(*) from counted");
                connection.commit();
            }
        });
        UnitOfWork reader = UnitOfWork.on(pool).readOnly();
        long asUnit = roundTripsOf(() -> reader.run(tx -> Sql.query(tx.connection(), "select count(*) from counted")));
        // There the driver's begin says it.
        assertThat(asUnit - byHand).isEqualTo(POSTGRES ? 0 : 1);
    }
}
