package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Units that join what a framework should not have given them. */
class JoiningEdgesTest extends UnitTest {

    private static UnitOfWork joining(ConnectionPool pool, Connection connection) {
        return UnitOfWork.on(pool)
                .named("order")
                .within(() -> new PlainOuter(connection))
                .joining();
    }

    @Test
    void aConnectionInAutocommitIsRefusedBeforeAnythingIsStored() throws Exception {
        try (Connection outer = pool.getConnection()) {
            assertThatThrownBy(() -> joining(pool, outer).run(tx -> insert(tx, 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("[UNIT_CANNOT_JOIN]");
            assertThat(query(outer, "select 1")).isEqualTo("1");
        }
        assertThat(stored()).isZero();
    }

    @Test
    void aConnectionOfNoPoolIsRefusedBeforeAnythingIsStored() throws Exception {
        try (Connection outer = bare()) {
            outer.setAutoCommit(false);
            assertThatThrownBy(() -> joining(pool, outer).run(tx -> insert(tx, 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("[UNIT_CANNOT_JOIN]")
                    .hasMessageContaining("does not run on a connection of the pool");
            outer.rollback();
        }
        assertThat(stored()).isZero();
    }

    @Test
    void aConnectionThatIsGivenBackMeanwhileIsLeftToItsNextBorrower() throws Exception {
        ConnectionPool one = open(builder().maxSize(1));
        Connection outer = one.getConnection();
        outer.setAutoCommit(false);
        AtomicReference<Connection> next = new AtomicReference<>();
        assertThatThrownBy(() -> joining(one, outer).run(tx -> {
                    insert(tx, 1);
                    outer.close();
                    next.set(borrowedByAnother(one));
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        long session;
        try (Connection borrowed = next.get()) {
            session = sessionId(borrowed);
        }
        try (Connection again = one.getConnection()) {
            assertThat(sessionId(again)).as("it was not given up").isEqualTo(session);
        }
        assertThat(one.stats().replaced()).isZero();
        assertThat(stored()).isZero();
    }
}
