package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.tx.DatabaseException.AfterCommitException;
import io.github.lifebelt.tx.RetryPolicy;
import io.github.lifebelt.tx.Transaction;
import io.github.lifebelt.tx.TransactionRolledBackException;
import io.github.lifebelt.tx.TransactionRolledBackException.Reason;
import io.github.lifebelt.tx.UnitOfWork;
import io.github.lifebelt.tx.UnitOfWork.CommitOutcome;
import io.github.lifebelt.tx.UnitOfWork.Isolation;
import io.github.lifebelt.tx.UnitOfWork.OuterTransaction;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Units inside a transaction that something else runs on their thread. */
class JoiningTest extends UnitTest {

    private final List<String> done = new ArrayList<>();
    private Framework framework;
    private UnitOfWork joining;

    @BeforeEach
    void knowTheFramework() {
        unit = unit.within(() -> framework);
        joining = unit.joining();
    }

    /** A transaction by hand, as frameworks make it. */
    private final class Framework implements OuterTransaction, AutoCloseable {
        private final Connection connection;
        private final List<Transaction.Action> actions = new ArrayList<>();
        private RuntimeException doomed;

        Framework(ConnectionPool pool) throws SQLException {
            connection = pool.getConnection();
            connection.setAutoCommit(false);
            framework = this;
        }

        @Override
        public String name() {
            return "Orders.place";
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public void afterCommit(Transaction.Action action) {
            actions.add(action);
        }

        @Override
        public void rollBackOnly(RuntimeException because) {
            doomed = because;
        }

        void commit() throws Exception {
            framework = null;
            if (doomed != null) {
                connection.rollback();
                throw doomed;
            }
            connection.commit();
            for (Transaction.Action action : actions) {
                action.run();
            }
        }

        @Override
        public void close() throws SQLException {
            framework = null;
            if (doomed == null) {
                connection.rollback();
            }
            connection.close();
        }
    }

    private void insert(Connection connection, int n) throws SQLException {
        execute(connection, "insert into orders values (" + n + ")");
    }

    @Test
    void aUnitIsRefusedInsideATransactionThatItWasNotToldToJoin() throws SQLException {
        try (Framework outer = new Framework(pool)) {
            insert(outer.connection(), 1);
            assertThatThrownBy(() -> unit.run(tx -> insert(tx, 2)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("[UNIT_INSIDE_TRANSACTION]", "'order'", "'Orders.place'", "joining()");
            assertThat(pool.stats().active()).isEqualTo(1);
        }
    }

    @Test
    void aJoinedUnitIsStoredWithTheWholeAndItsActionsRunThen() throws Exception {
        try (Framework outer = new Framework(pool)) {
            insert(outer.connection(), 1);
            int result = joining.call(tx -> {
                insert(tx, 2);
                tx.afterCommit(() -> done.add("stored"));
                return 7;
            });
            assertThat(result).isEqualTo(7);
            assertThat(pool.stats().active()).isEqualTo(1);
            assertThat(stored()).isZero();
            assertThat(done).isEmpty();
            insert(outer.connection(), 3);
            outer.commit();
        }
        assertThat(stored()).isEqualTo(3);
        assertThat(done).containsExactly("stored");
    }

    @Test
    void aJoinedUnitIsUndoneWithTheWhole() throws SQLException {
        try (Framework outer = new Framework(pool)) {
            joining.run(tx -> {
                insert(tx, 1);
                tx.afterCommit(() -> done.add("stored"));
            });
            outer.connection().rollback();
        }
        assertThat(stored()).isZero();
        assertThat(done).isEmpty();
    }

    @Test
    void whatAJoinedUnitThrowsUndoesItsOwnPartAlone() throws Exception {
        IOException own = new IOException("own");
        try (Framework outer = new Framework(pool)) {
            insert(outer.connection(), 1);
            assertThat(catchThrowable(() -> joining.run(tx -> {
                        insert(tx, 2);
                        tx.afterCommit(() -> done.add("stored"));
                        throw own;
                    })))
                    .isSameAs(own);
            insert(outer.connection(), 3);
            outer.commit();
        }
        assertThat(stored()).isEqualTo(2);
        assertThat(done).isEmpty();
    }

    @Test
    void aStatementThatFailsUndoesTheUnitsPartAndIsNotRunAgain() throws Exception {
        List<Integer> runs = new ArrayList<>();
        try (Framework outer = new Framework(pool)) {
            insert(outer.connection(), 1);
            assertThatThrownBy(() -> joining.retry(RetryPolicy.conflictsAndLostConnections())
                            .run(tx -> {
                                runs.add(tx.attempt());
                                insert(tx, 2);
                                execute(tx.connection(), "insert into accounts values (1, 0)");
                            }))
                    .isInstanceOfSatisfying(
                            TransactionRolledBackException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.CONSTRAINT));
            insert(outer.connection(), 3);
            outer.commit();
        }
        assertThat(runs).containsExactly(1);
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void aUnitThatSwallowsAFailureOrIsToBeRolledBackLeavesNothing() throws Exception {
        try (Framework outer = new Framework(pool)) {
            assertThatThrownBy(() -> joining.run(tx -> {
                        insert(tx, 1);
                        tx.setRollbackOnly("no stock");
                    }))
                    .isInstanceOf(TransactionRolledBackException.class)
                    .hasMessageContaining("no stock");
            insert(outer.connection(), 2);
            outer.commit();
        }
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void theConnectionOfAJoinedUnitDoesNotEndTheWhole() throws Exception {
        try (Framework outer = new Framework(pool)) {
            joining.run(tx -> {
                insert(tx, 1);
                Connection connection = tx.connection();
                assertThatThrownBy(connection::commit).hasMessageContaining("[UNIT_OWNS_TRANSACTION]");
                assertThatThrownBy(connection::rollback).hasMessageContaining("[UNIT_OWNS_TRANSACTION]");
                assertThatThrownBy(connection::close).hasMessageContaining("[UNIT_OWNS_TRANSACTION]");
                done.add(tx.name());
            });
            outer.commit();
        }
        assertThat(done).containsExactly("order");
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void theConnectionOfAJoinedUnitIsOfNoUseAfterIt() throws Exception {
        try (Framework outer = new Framework(pool)) {
            List<Connection> kept = new ArrayList<>();
            joining.run(tx -> kept.add(tx.connection()));
            assertThatThrownBy(() -> insert(kept.get(0), 1)).hasMessageContaining("[UNIT_ENDED]");
            outer.commit();
        }
        assertThat(stored()).isZero();
    }

    @Test
    void whatBelongsToTheWholeIsRefusedInAPart() throws SQLException {
        try (Framework outer = new Framework(pool)) {
            insert(outer.connection(), 1);
            for (UnitOfWork contrary : List.of(
                    joining.isolation(Isolation.SERIALIZABLE),
                    joining.timeout(Duration.ofSeconds(1)),
                    joining.statementTimeout(Duration.ofSeconds(1)),
                    joining.lockTimeout(Duration.ofSeconds(1)),
                    joining.readOnly(),
                    joining.commitOutcome(CommitOutcome.TOKEN))) {
                assertThatThrownBy(() -> contrary.run(tx -> insert(tx, 2)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContainingAll("[UNIT_CANNOT_JOIN]", "'Orders.place'");
            }
        }
        assertThat(stored()).isZero();
    }

    @Test
    void outsideOfATransactionAJoiningUnitIsOneOfItsOwn() throws SQLException {
        joining.timeout(Duration.ofSeconds(10)).run(tx -> insert(tx, 1));
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void aTransactionOnAnotherPoolIsNotJoined() throws SQLException {
        try (ConnectionPool other = builder().open();
                Framework outer = new Framework(other)) {
            insert(outer.connection(), 1);
            assertThatThrownBy(() -> joining.run(tx -> insert(tx, 2)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("[UNIT_CANNOT_JOIN]");
        }
    }

    @Test
    void theWholeIsRolledBackIfThePartCannotBeUndoneByItself() throws SQLException {
        try (Framework outer = new Framework(pool)) {
            insert(outer.connection(), 1);
            assertThatThrownBy(() -> joining.run(tx -> {
                        insert(tx, 2);
                        server().faults().killSessionsInTransaction();
                        insert(tx, 3);
                    }))
                    .isInstanceOf(TransactionRolledBackException.class);
            assertThat(outer.doomed).isNotNull();
        }
        assertThat(stored()).isZero();
    }

    @Test
    void whatAnActionThrowsReachesWhoeverCommitsTheWhole() throws SQLException {
        try (Framework outer = new Framework(pool)) {
            joining.run(tx -> {
                insert(tx, 1);
                tx.afterCommit(() -> {
                    throw new IOException("no mail");
                });
            });
            assertThatThrownBy(outer::commit).isInstanceOf(AfterCommitException.class);
        }
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void aJoinedUnitThatIsClosedWithoutCommitIsUndone() throws Exception {
        try (Framework outer = new Framework(pool)) {
            insert(outer.connection(), 1);
            try (Transaction tx = joining.begin()) {
                insert(tx, 2);
            }
            try (Transaction tx = joining.begin()) {
                insert(tx, 3);
                tx.commit();
            }
            outer.commit();
        }
        assertThat(stored()).isEqualTo(2);
    }
}
