package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.metrics.PoolMetrics;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Certificates that change under an open pool. */
class TlsRotationTest extends TlsLogins {

    private static final TestDatabase SERVER = TestDatabase.of(Servers.PRODUCT).start();

    @TempDir
    Path folder;

    @AfterEach
    void heal() {
        SERVER.faults().heal();
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private ConnectionPool open(Path roots) {
        DatabaseUrl url = url(SERVER, SslMode.VERIFY_FULL, roots);
        return ConnectionPool.builder(url)
                .maxSize(3)
                .unavailableTimeout(Duration.ofMillis(100))
                .open();
    }

    private static void serves(ConnectionPool pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            assertThat(Sql.isEncrypted(connection)).isTrue();
        }
    }

    private Path copied(Path source) throws IOException {
        return Files.copy(source, folder.resolve("roots.pem"));
    }

    private void exchange(Path file, Path content) throws IOException {
        Path fresh = Files.copy(content, folder.resolve("fresh.pem"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Instant end(ServerCertificate certificate) throws IOException, CertificateException {
        byte[] pem = Files.readAllBytes(certificate.chain());
        X509Certificate first = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
        return first.getNotAfter().toInstant();
    }

    /** Root file first, then the server: nobody notices. */
    @Test
    void aServersNewAuthorityIsTakenWithoutAFailedBorrow() throws Exception {
        Path roots = copied(CERTIFICATES.authority());
        try (ConnectionPool pool = open(roots)) {
            serves(pool);
            assertThat(pool.stats().serverCertificateExpiresAt()).isEqualTo(end(CERTIFICATES.server()));
            exchange(roots, CERTIFICATES.newAuthority());
            SERVER.faults().showCertificate(CERTIFICATES.renewed());
            long connects = pool.stats().connects();
            Servers.killSessions(SERVER);
            serves(pool);
            assertThat(pool.stats().connects()).isGreaterThan(connects);
            assertThat(pool.stats().serverCertificateExpiresAt()).isEqualTo(end(CERTIFICATES.renewed()));
        }
    }

    /** The other way round: what stands is lent, and what is new follows the file within the prober's period. */
    @Test
    void aRootFileThatComesTooLateIsNoticedByItself() throws Exception {
        Path roots = copied(CERTIFICATES.authority());
        try (ConnectionPool pool = open(roots)) {
            serves(pool);
            SERVER.faults().showCertificate(CERTIFICATES.renewed());
            serves(pool);
            Servers.killSessions(SERVER);
            assertThat(failure(pool))
                    .hasMessageContaining("which is not among sslrootcert " + roots)
                    .hasMessageContaining("new authority");
            Files.writeString(roots, "half a ");
            assertThat(failure(pool)).hasMessageContaining("which is not among sslrootcert " + roots);
            exchange(roots, CERTIFICATES.newAuthority());
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .untilAsserted(() -> serves(pool));
        }
    }

    private static Throwable failure(ConnectionPool pool) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(
                SQLException.class, () -> pool.getConnection().close());
    }

    @Test
    void sessionsOfTheFormerAuthorityAreGone() throws Exception {
        Path roots = copied(CERTIFICATES.authority());
        try (ConnectionPool pool = open(roots)) {
            serves(pool);
            // The server stays as it is, so that only a session of before would let us in.
            exchange(roots, CERTIFICATES.otherAuthority());
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                Servers.killSessions(SERVER);
                assertThat(failure(pool)).isNotNull().hasMessageContaining("which is not among");
            });
        }
    }

    @Test
    void aCertificateInItsLastDaysIsWarnedAboutOnce() throws Exception {
        SERVER.faults().showCertificate(CERTIFICATES.endsSoon());
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("io.github.lifebelt.internal.pool");
        log.start();
        logger.addAppender(log);
        try (ConnectionPool pool = open(CERTIFICATES.authority())) {
            serves(pool);
            Servers.killSessions(SERVER);
            serves(pool);
            assertThat(log.list)
                    .filteredOn(event -> event.getFormattedMessage().contains("server's certificate"))
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(event.getLevel()).isEqualTo(Level.WARN);
                        assertThat(event.getFormattedMessage())
                                .startsWith(pool.config().name() + ": ")
                                .contains("expires in 9 days");
                    });
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void theDaysThatAreLeftAreAGauge() throws Exception {
        SERVER.faults().showCertificate(CERTIFICATES.endsSoon());
        for (SslMode mode : new SslMode[] {SslMode.REQUIRE, SslMode.VERIFY_FULL}) {
            DatabaseUrl url = url(SERVER, mode, mode.verifies() ? CERTIFICATES.authority() : null);
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            try (ConnectionPool pool = ConnectionPool.builder(url).open()) {
                new PoolMetrics(pool).bindTo(registry);
                assertThat(registry.get("lifebelt.certificate.remaining")
                                .gauge()
                                .value())
                        .isNaN();
                serves(pool);
                assertThat(pool.stats().serverCertificateExpiresAt()).isEqualTo(end(CERTIFICATES.endsSoon()));
                assertThat(registry.get("lifebelt.certificate.remaining")
                                .gauge()
                                .value())
                        .isBetween(9 * 86400.0, 10 * 86400.0);
            }
        }
    }
}
