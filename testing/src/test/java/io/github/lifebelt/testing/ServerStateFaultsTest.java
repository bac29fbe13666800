package io.github.lifebelt.testing;

import static io.github.lifebelt.testing.Errors.assertThatDatabaseAnswers;
import static io.github.lifebelt.testing.Errors.assertThatFailsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.github.lifebelt.testing.Products#withAndWithoutTls")
class ServerStateFaultsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int FULL = 10;

    private static TestDatabase database;
    private static Faults faults;

    @Parameter(0)
    private DatabaseProduct product;

    @Parameter(1)
    private boolean tls;

    @BeforeParameterizedClassInvocation
    static void start(DatabaseProduct product, boolean tls) throws SQLException {
        database = TestDatabase.of(product).tls(tls).maxConnections(FULL).start();
        faults = database.faults();
        try (Connection connection = Sessions.open(database)) {
            Sessions.execute(connection, "CREATE TABLE something (id int)");
        }
    }

    @AfterEach
    void heal() {
        faults.heal();
        faults.killSessions();
        await().atMost(SOON).until(() -> database.sessions() == 0);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        database.close();
    }

    @Test
    void writesAreRefusedUntilTheyAreTakenAgain() throws Exception {
        try (Connection old = Sessions.open(database)) {
            faults.makeReadOnly();
            assertThatWritesAreRefused(old);
            assertThat(Sessions.answers(old)).isTrue();
            try (Connection fresh = Sessions.open(database)) {
                assertThatWritesAreRefused(fresh);
            }
            faults.makeWritable();
            await().atMost(SOON).untilAsserted(() -> Sessions.execute(old, "INSERT INTO something VALUES (1)"));
        }
    }

    @Test
    void aServerThatRefusesWritesStillDoesAfterARestart() throws Exception {
        faults.makeReadOnly();
        faults.crash();
        faults.start();
        try (Connection connection = Sessions.open(database)) {
            assertThatWritesAreRefused(connection);
            faults.heal();
            await().atMost(SOON).untilAsserted(() -> Sessions.execute(connection, "INSERT INTO something VALUES (1)"));
        }
    }

    @Test
    void anotherPasswordConcernsOnlyNewSessions() throws Exception {
        String before = database.password();
        try (Connection old = Sessions.open(database)) {
            faults.rotatePassword("it's \\ new$");
            assertThat(database.password()).isEqualTo("it's \\ new$");
            assertThat(Sessions.answers(old)).isTrue();
            assertThatDatabaseAnswers(database);
            assertThatFailsWith(
                    () -> database.dataSource().getConnection(database.user(), before),
                    Errors.of(database, "28P01", "28000"));
            faults.heal();
            assertThat(database.password()).isEqualTo(before);
            assertThatDatabaseAnswers(database);
        }
    }

    @Test
    void badCertificatesAreSeenByNewSessionsAndDoNotKeepTheFaultsOut() throws Exception {
        if (!tls) {
            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            faults.showCertificate(TestCertificates.shared().wrongHost()))
                    .withMessageContaining("no TLS");
            return;
        }
        TestCertificates certificates = TestCertificates.shared();
        try (Connection old = Sessions.open(database)) {
            for (ServerCertificate bad : List.of(certificates.wrongHost(), certificates.expired())) {
                faults.showCertificate(bad);
                assertThatTheCertificateIsRefused(database);
                assertThat(Sessions.answers(old)).isTrue();
            }
            faults.crash();
            faults.start();
            assertThatTheCertificateIsRefused(database);
            assertThat(faults.killSessions()).isZero();
            faults.heal();
            assertThatDatabaseAnswers(database);
        }
    }

    @Test
    void aServerCanStartWithABadCertificate() throws SQLException {
        ServerCertificate expired = TestCertificates.shared().expired();
        try (TestDatabase bad =
                TestDatabase.of(product).tls(tls).certificate(expired).start()) {
            if (tls) {
                assertThatTheCertificateIsRefused(bad);
            } else {
                assertThatDatabaseAnswers(bad);
            }
            assertThat(bad.sessions()).isZero();
        }
    }

    @Test
    void aFullServerRefusesOrdinaryUsersButNotTheFaults() throws Exception {
        List<Connection> connections = new ArrayList<>();
        try {
            assertThatFailsWith(
                    () -> {
                        while (connections.size() <= FULL) {
                            connections.add(Sessions.open(database));
                        }
                    },
                    Errors.of(database, "53300", "08004"));
            int forUsers = product == DatabaseProduct.POSTGRESQL ? FULL - 3 : FULL;
            // The administrator's session takes the place of one of them if it was there before.
            assertThat(connections).hasSizeBetween(forUsers - 1, forUsers);
            assertThat(faults.killSessions()).isEqualTo(connections.size());
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    @Test
    void anIdleSessionIsEndedByTheServer() throws Exception {
        try (TestDatabase impatient = TestDatabase.of(product)
                        .tls(tls)
                        .idleTimeout(Duration.ofSeconds(1))
                        .start();
                Connection connection = Sessions.open(impatient)) {
            await().atMost(SOON).until(() -> impatient.sessions() == 0);
            assertThatFailsWith(connection, Errors.of(impatient, "57P05", "08S01"));
        }
    }

    private static void assertThatWritesAreRefused(Connection connection) {
        // PostgreSQL tells its sessions by a signal.
        await().atMost(SOON)
                .untilAsserted(() -> assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> Sessions.execute(connection, "DELETE FROM something"))
                        .satisfies(e -> assertThat(e.getSQLState() + " " + e.getErrorCode())
                                .isEqualTo(Errors.of(database, "25006 0", "HY000 1290"))));
    }

    private static void assertThatTheCertificateIsRefused(TestDatabase server) {
        // PostgreSQL tells its processes by a signal, too.
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThatFailsWith(() -> Sessions.open(server).close(), Errors.of(server, "08006", "08S01")));
    }
}
