package io.github.lifebelt.postgres.tx;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.PoolTest;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Units of work that meet what only PostgreSQL has. */
class PostgresUnitOfWorkTest extends PoolTest {

    /** Of constraints that are checked at COMMIT; others fail before. */
    @Test
    void aRefusalAtCommitIsARollbackNotADoubt() throws SQLException {
        try (Connection connection = bare()) {
            execute(connection, "drop table if exists late_orders");
            execute(connection, "create table late_orders (n int unique deferrable initially deferred)");
        }
        ConnectionPool pool = open(builder().maxSize(2));
        assertThatThrownBy(() -> UnitOfWork.on(pool).run(tx -> {
                    execute(tx.connection(), "insert into late_orders values (1)");
                    execute(tx.connection(), "insert into late_orders values (1)");
                }))
                .isInstanceOfSatisfying(TransactionRolledBackException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.CONSTRAINT);
                    assertThat(e.sqlState()).isEqualTo("23505");
                });
        try (Connection connection = bare()) {
            assertThat(query(connection, "select count(*) from late_orders")).isEqualTo("0");
        }
        assertThat(pool.stats().replaced()).isZero();
        assertThat(pool.stats().active()).isZero();
    }
}
