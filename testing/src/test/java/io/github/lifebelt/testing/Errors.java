package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the drivers say to what was done, for each family. */
final class Errors {
    private Errors() {}

    static void assertThatFailsWith(Connection connection, String sqlState) {
        assertThatFailsWith(() -> Sessions.query(connection, "SELECT 1"), sqlState);
    }

    static void assertThatFailsWith(ThrowingCallable use, String sqlState) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(use)
                .satisfies(e -> assertThat(e.getSQLState()).isEqualTo(sqlState));
    }

    static void assertThatConnectionsAreRefused(TestDatabase database) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> Sessions.open(database))
                .withRootCauseInstanceOf(ConnectException.class);
    }

    static void assertThatDatabaseAnswers(TestDatabase database) throws SQLException {
        try (Connection connection = Sessions.open(database)) {
            assertThat(Sessions.answers(connection)).isTrue();
        }
    }

    /** One of two, the second being MySQL's and MariaDB's. */
    static String of(TestDatabase database, String postgres, String mysql) {
        return Products.isPostgres(database) ? postgres : mysql;
    }
}
