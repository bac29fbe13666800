package io.github.lifebelt.postgres.tx;

import static io.github.lifebelt.contract.Sql.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.PoolTest;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table is changed by a migration while the driver holds statements prepared for what it was. */
class StaleStatementTest extends PoolTest {

    private final AtomicInteger runs = new AtomicInteger();
    private UnitOfWork unit;
    private ConnectionPool pool;

    @BeforeEach
    void prepared() throws SQLException {
        migrate("drop table if exists migrated", "create table migrated (n int)", "insert into migrated values (1)");
        pool = open(builder().maxSize(1));
        unit = UnitOfWork.on(pool).named("read");
        // The driver prepares on the server what it has been given five times.
        for (int i = 0; i < 6; i++) {
            assertThat(unit.call(StaleStatementTest::columns)).isOne();
        }
        migrate("alter table migrated add m int");
    }

    private void migrate(String... statements) throws SQLException {
        try (Connection connection = bare()) {
            for (String statement : statements) {
                execute(connection, statement);
            }
        }
    }

    private static int columns(Transaction tx) throws SQLException {
        try (PreparedStatement statement = tx.connection().prepareStatement("select * from migrated");
                ResultSet rows = statement.executeQuery()) {
            return rows.getMetaData().getColumnCount();
        }
    }

    @Test
    void aStaleStatementIsPreparedAnewInTheNextRun() {
        int columns = unit.retry(RetryPolicy.conflicts()).call(tx -> {
            runs.incrementAndGet();
            return columns(tx);
        });
        assertThat(columns).isEqualTo(2);
        assertThat(runs).hasValue(2);
        assertThat(pool.stats().connects()).isOne();
    }

    @Test
    void withoutAPolicyItIsSaidWhatItIs() {
        assertThatThrownBy(() -> unit.call(StaleStatementTest::columns))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.STALE_STATEMENT);
                    assertThat(e.retryable()).isTrue();
                })
                .hasMessageContaining("cached plan");
        assertThat(unit.call(StaleStatementTest::columns)).isEqualTo(2);
    }
}
