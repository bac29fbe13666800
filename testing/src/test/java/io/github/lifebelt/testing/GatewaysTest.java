package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs that have to be installed: {@code -Ppackages} runs this. */
@Tag("packages")
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
class GatewaysTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static TestDatabase plain;
    private static TestDatabase tls;

    @Parameter
    boolean overTls;

    @BeforeAll
    static void start() {
        if (plain == null) {
            plain = TestDatabase.postgres().tls(false).start();
            tls = TestDatabase.postgres().start();
        }
    }

    @AfterEach
    void heal() {
        database().faults().heal();
    }

    @AfterAll
    static void stop() {
        if (plain != null) {
            plain.close();
            tls.close();
            plain = null;
        }
    }

    private TestDatabase database() {
        return overTls ? tls : plain;
    }

    @Test
    void pgBouncerSharesServerSessionsBetweenTransactions() throws Exception {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(database(), Map.of("default_pool_size", "1"));
                Connection one = open(bouncer);
                Connection two = open(bouncer)) {
            assertThat(Sessions.pid(one)).isEqualTo(Sessions.pid(two));
            // Those of an earlier test may still be on their way out.
            await().until(() -> database().sessions() == 1);
        }
    }

    @Test
    void pgBouncerReportsAFullPoolAsAProtocolViolation() throws Exception {
        try (PgBouncer bouncer =
                        PgBouncer.inFrontOf(database(), Map.of("default_pool_size", "1", "query_wait_timeout", "1"));
                Connection one = open(bouncer);
                Connection two = open(bouncer)) {
            one.setAutoCommit(false);
            assertThat(Sessions.answers(one)).isTrue();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> Sessions.query(two, "SELECT 1"))
                    .withMessageContaining("query_wait_timeout")
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08P01"));
        }
    }

    @Test
    void pgBouncerCanBeFrozenAndCrash() throws Exception {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(database())) {
            try (Connection connection = open(bouncer)) {
                connection.setNetworkTimeout(Runnable::run, 300);
                bouncer.freeze();
                assertThat(Sessions.answers(connection)).isFalse();
                bouncer.thaw();
            }
            bouncer.crash();
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> open(bouncer))
                    .withRootCauseInstanceOf(ConnectException.class);
            bouncer.start();
            try (Connection connection = open(bouncer)) {
                assertThat(Sessions.query(connection, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void haProxyEndsSessions() throws Exception {
        try (HaProxy balancer = HaProxy.inFrontOf(database());
                Connection connection = open(balancer)) {
            assertThat(Sessions.answers(connection)).isTrue();
            balancer.endSessions();
            await().atMost(SOON).until(() -> !Sessions.answers(connection));
            try (Connection another = open(balancer)) {
                assertThat(Sessions.answers(another)).isTrue();
            }
        }
    }

    @Test
    void haProxyGoesOverToTheReplicaThatWasPromoted() throws Exception {
        try (TestDatabase primary = TestDatabase.postgres().tls(overTls).start();
                TestDatabase replica = primary.replica();
                HaProxy balancer = HaProxy.inFrontOf(primary, replica)) {
            try (Connection connection = Sessions.open(primary, primary.jdbcUrl(balancer))) {
                Sessions.execute(connection, "CREATE TABLE notes (note text)");
                primary.faults().crash();
                replica.faults().promote();
                await().atMost(SOON).until(() -> !Sessions.answers(connection));
            }
            await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
                try (Connection connection = Sessions.open(primary, primary.jdbcUrl(balancer))) {
                    Sessions.execute(connection, "CREATE TABLE written_after ()");
                }
            });
        }
    }

    @Test
    void haProxyFollowsTheWriter() throws Exception {
        try (TestDatabase primary = TestDatabase.postgres().tls(overTls).start();
                TestDatabase replica = primary.replica();
                HaProxy balancer = HaProxy.toTheWriter(primary, replica)) {
            // Up like the other one, and not asked before it was the writer.
            await().atMost(SOON).ignoreExceptions().until(() -> port(primary, balancer) == primary.port());
            primary.faults().makeReadOnly();
            replica.faults().promote();
            await().atMost(SOON).ignoreExceptions().until(() -> port(primary, balancer) == replica.port());
        }
    }

    private static int port(TestDatabase database, HaProxy balancer) throws SQLException {
        try (Connection connection = Sessions.open(database, database.jdbcUrl(balancer))) {
            return Integer.parseInt(Sessions.query(connection, "SELECT current_setting('port')"));
        }
    }

    @Test
    void haProxyTakesAServerOutOfUse() throws Exception {
        try (HaProxy balancer = HaProxy.inFrontOf(database())) {
            balancer.disable(database());
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> open(balancer));
            balancer.enable(database());
            await().atMost(SOON).ignoreExceptions().until(() -> {
                try (Connection connection = open(balancer)) {
                    return Sessions.answers(connection);
                }
            });
        }
    }

    @Test
    void aProgramThatIsNotInstalledIsAnErrorThatNamesThePackage() {
        assertThatIllegalStateException()
                .isThrownBy(() -> io.github.lifebelt.testing.internal.gateway.InstalledPrograms.find(
                        "no-such-program", "No Such Program"))
                .withMessageContaining("apt-get install no-such-program");
    }

    private Connection open(Gateway gateway) throws SQLException {
        return Sessions.open(database(), database().jdbcUrl(gateway) + "&prepareThreshold=0");
    }
}
