package io.github.lifebelt.mysql;

import static io.github.lifebelt.testing.PoolAssertions.noConnectionLeaked;
import static io.github.lifebelt.testing.PoolAssertions.nothingLeftInTransaction;
import static io.github.lifebelt.testing.PoolAssertions.recoversWithin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.Sql;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.Faults;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pool of Lifebelt's on a server of this family. */
abstract class PoolTest {

    private static final int SIZE = 5;
    private static final int BORROWS = 40;

    @DatabaseTest(DatabaseProduct.MYSQL)
    static class OnMySql extends PoolTest {}

    @DatabaseTest(value = DatabaseProduct.MYSQL, tls = false)
    static class OnPlainMySql extends PoolTest {}

    private static void fill(ConnectionPool pool) throws SQLException {
        List<Connection> held = new ArrayList<>();
        try {
            for (int i = 0; i < SIZE; i++) {
                Connection connection = pool.getConnection();
                held.add(connection);
                Sql.query(connection, "select 1");
            }
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    @Test
    @Tag("smoke")
    void noBorrowFailsAfterEverySessionWasKilled(ConnectionPool pool, TestDatabase database, Faults faults)
            throws SQLException {
        fill(pool);
        assertThat(faults.killSessions()).isEqualTo(SIZE);
        await().pollInterval(Duration.ofMillis(1)).until(() -> database.sessions() == 0);
        for (int i = 0; i < BORROWS; i++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(Sql.query(connection, "select 1")).isEqualTo("1");
            }
        }
        fill(pool);
        noConnectionLeaked(pool, database);
    }

    @Test
    void thePoolRecoversFromARestart(ConnectionPool pool, Faults faults) throws SQLException {
        fill(pool);
        faults.stop(StopMode.FAST);
        faults.start();
        recoversWithin(pool, Duration.ofSeconds(2));
    }

    @Test
    void nothingStaysOpenBehindABorrower(ConnectionPool pool, TestDatabase database) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            Sql.execute(connection, "create table left_open (x int)");
            Sql.execute(connection, "begin");
            Sql.execute(connection, "insert into left_open values (1)");
        }
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            Sql.execute(connection, "insert into left_open values (2)");
            // The driver forgets about the transaction with its own ping.
            assertThat(connection.isValid(1)).isTrue();
        }
        nothingLeftInTransaction(database);
        try (Connection connection = pool.getConnection()) {
            assertThat(Sql.query(connection, "select count(*) from left_open")).isEqualTo("0");
        }
    }

    @Test
    void theStateOfASessionSurvivesItsReplacement(ConnectionPool pool, Faults faults) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
        }
        faults.killSessions();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            connection.rollback();
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        }
    }

    /** What the builder for Azure makes is what a pool opens; only the host is not to be had here. */
    @Test
    void whatTheAzureBuilderMakesOpensAPool(TestDatabase database) throws SQLException {
        Path roots = database.certificateAuthority().orElse(null);
        if (roots == null) {
            return;
        }
        DatabaseUrl azure = AzureMySql.flexibleServer("srv")
                .database(database.database())
                .user(database.user())
                .password(database.password())
                .rootCertificate(roots)
                .parameter("connectionTimeZone", "UTC")
                .build();
        assertThat(azure.sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        DatabaseUrl here = DatabaseUrl.builder(azure.dialect())
                .host(database.host(), database.port())
                .database(azure.database())
                .user(azure.user())
                .password(azure.credentials().secret())
                .sslMode(azure.sslMode())
                .sslRootCert(azure.sslRootCert())
                .parameter("connectionTimeZone", "UTC")
                .build();
        try (ConnectionPool pool = ConnectionPool.builder(here).open();
                Connection connection = pool.getConnection()) {
            assertThat(Sql.query(connection, "select 1")).isEqualTo("1");
        }
    }
}
