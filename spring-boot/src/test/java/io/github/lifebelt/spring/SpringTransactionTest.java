package io.github.lifebelt.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Units among the transactions of two managers, each of a pool of its own. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class SpringTransactionTest {
    private ConnectionPool orders;
    private ConnectionPool events;
    private JdbcTemplate jdbc;
    private UnitOfWork unit;

    @BeforeEach
    void open(TestDatabase database) {
        orders = ConnectionPool.fromUrl(database.url());
        events = ConnectionPool.fromUrl(database.url());
        jdbc = new JdbcTemplate(orders);
        unit = SpringTransaction.units(orders).named("order");
        jdbc.execute("drop table if exists entry");
        jdbc.execute("create table entry (n int)");
    }

    @AfterEach
    void close() {
        orders.close();
        events.close();
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void aUnitDoesNotJoinATransactionInsideWhichAnotherIsOpen(boolean outerIsBean, boolean innerIsBean) {
        List<String> done = new ArrayList<>();
        TransactionTemplate inner = on(events, innerIsBean);
        on(orders, outerIsBean).executeWithoutResult(status -> {
            inner.executeWithoutResult(other -> {
                assertThatThrownBy(() -> store(unit.joining(), 1, done))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContainingAll(
                                "[UNIT_CANNOT_JOIN]",
                                "inside 'of " + events.config().name());
                assertThatThrownBy(() -> store(unit, 1, done))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("[UNIT_INSIDE_TRANSACTION]");
            });
            store(unit.joining(), 2, done);
            assertThat(done).isEmpty();
        });
        assertThat(done).containsExactly("stored 2");
        assertThat(entries()).containsExactly(2);
    }

    @Test
    void aUnitJoinsTheInnerTransaction() {
        List<String> done = new ArrayList<>();
        TransactionTemplate inner = on(orders, true);
        on(events, true).executeWithoutResult(status -> {
            inner.executeWithoutResult(other -> store(unit.joining(), 1, done));
            assertThat(done).containsExactly("stored 1");
            status.setRollbackOnly();
        });
        assertThat(entries()).containsExactly(1);
    }

    @Test
    void aTransactionThatCallsNobodyBackHidesNoOther() {
        TransactionTemplate inner = on(events, true);
        ((AbstractPlatformTransactionManager) inner.getTransactionManager())
                .setTransactionSynchronization(AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER);
        on(orders, true)
                .executeWithoutResult(status -> inner.executeWithoutResult(
                        other -> assertThatThrownBy(() -> store(unit.joining(), 1, new ArrayList<>()))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("[UNIT_CANNOT_JOIN]")));
        assertThat(entries()).isEmpty();
    }

    /** Where Spring runs listeners of events, too. */
    @Test
    void inCallbacksAfterACommitAUnitIsItsOwnAlsoInsideAnotherManagersTransaction() {
        List<String> done = new ArrayList<>();
        TransactionTemplate inner = on(events, true);
        for (UnitOfWork each : List.of(unit, unit.joining())) {
            Runnable work = () -> inner.executeWithoutResult(status -> {
                store(each, 1, done);
                assertThat(done).hasSize(1);
                done.clear();
                status.setRollbackOnly();
            });
            on(orders, true)
                    .executeWithoutResult(status ->
                            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                                @Override
                                public void afterCommit() {
                                    work.run();
                                }

                                @Override
                                public void afterCompletion(int how) {
                                    work.run();
                                }
                            }));
        }
        assertThat(entries()).hasSize(4);
    }

    @Test
    void aConnectionWithoutAutocommitIsNoTransaction(TestDatabase database) {
        List<String> done = new ArrayList<>();
        try (ConnectionPool manual =
                ConnectionPool.builder(database.url()).autoCommit(false).open()) {
            on(events, true).executeWithoutResult(status -> {
                new JdbcTemplate(manual).queryForObject("select 1", Integer.class);
                store(SpringTransaction.units(manual).joining(), 1, done);
                assertThat(done).hasSize(1);
            });
        }
        assertThat(entries()).containsExactly(1);
    }

    @Test
    void twoManagersMayHaveOneConnection() throws SQLException {
        List<String> done = new ArrayList<>();
        try (Connection connection = orders.getConnection()) {
            connection.setAutoCommit(false);
            Sharing shared = new Sharing(new ConnectionHolder(connection));
            TransactionSynchronizationManager.bindResource(orders, shared.holder);
            TransactionTemplate outer = on(shared, "outer", true);
            outer.executeWithoutResult(status -> outer.executeWithoutResult(same -> {
                on(events, true)
                        .executeWithoutResult(other -> assertThatThrownBy(() -> store(unit.joining(), 1, done))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("[UNIT_CANNOT_JOIN]"));
                store(unit.joining(), 2, done);
                assertThat(done).isEmpty();
            }));
        } finally {
            TransactionSynchronizationManager.unbindResource(orders);
        }
        assertThat(done).containsExactly("stored 2");
        assertThat(entries()).containsExactly(2);
    }

    @Test
    void nothingIsLeftOnTheThread() {
        on(orders, true).executeWithoutResult(status -> on(events, true).executeWithoutResult(other -> {}));
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
    }

    private List<Integer> entries() {
        return jdbc.queryForList("select n from entry", Integer.class);
    }

    private static TransactionTemplate on(ConnectionPool pool, boolean isBean) {
        return on(new JdbcTransactionManager(pool), "of " + pool.config().name(), isBean);
    }

    private static TransactionTemplate on(AbstractPlatformTransactionManager manager, String name, boolean isBean) {
        if (isBean) {
            new CommitMark.Marker().postProcessAfterInitialization(manager, "manager");
        }
        TransactionTemplate template = new TransactionTemplate(manager);
        template.setName(name);
        return template;
    }

    private static void store(UnitOfWork unit, int n, List<String> done) {
        unit.run(tx -> {
            insert(tx.connection(), n);
            tx.afterCommit(() -> done.add("stored " + n));
        });
    }

    private static void insert(Connection connection, int n) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.executeUpdate("insert into entry values (" + n + ")");
        }
    }

    /** Takes a connection that is bound already, as Spring's manager for JDBC does inside one for JPA. */
    private static final class Sharing extends AbstractPlatformTransactionManager {
        private final ConnectionHolder holder;

        Sharing(ConnectionHolder holder) {
            this.holder = holder;
        }

        @Override
        protected Object doGetTransaction() {
            JdbcTransactionObjectSupport transaction = new JdbcTransactionObjectSupport() {};
            transaction.setConnectionHolder(holder);
            return transaction;
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            // It has begun with the connection's first statement.
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            try {
                holder.getConnection().commit();
            } catch (SQLException e) {
                throw new TransactionSystemException("commit", e);
            }
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            throw new AssertionError("nothing is rolled back");
        }
    }
}
