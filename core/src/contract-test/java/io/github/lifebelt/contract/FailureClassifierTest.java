package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The application has its say about what a failure means. */
class FailureClassifierTest extends PoolTest {

    @Test
    void aFailureCanBeAdded() throws SQLException {
        ConnectionPool pool = open(builder()
                .maxSize(1)
                .failureClassifier(standard -> (failure, phase, role) -> Sql.FAILING_STATE.equals(failure.getSQLState())
                        ? Verdict.EVICT
                        : standard.classify(failure, phase, role)));
        assertThat(sessionAfterFailure(pool)).isNotEqualTo(sessionOf(pool));
    }

    @Test
    void aFailureCanBeExempted() throws SQLException {
        ConnectionPool pool = open(builder()
                .maxSize(1)
                .failureClassifier(standard -> (failure, phase, role) ->
                        phase == Phase.CONNECT ? standard.classify(failure, phase, role) : Verdict.KEEP));
        assertThat(sessionAfterFailure(pool)).isEqualTo(sessionOf(pool));
    }

    private static long sessionAfterFailure(ConnectionPool pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            long session = sessionId(connection);
            assertThatThrownBy(() -> execute(connection, Sql.FAILING)).isInstanceOf(SQLException.class);
            return session;
        }
    }

    private static long sessionOf(ConnectionPool pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return sessionId(connection);
        }
    }
}
