package io.github.lifebelt.internal.doctor;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.PoolConfig;
import io.github.lifebelt.doctor.Doctor.Layer;
import io.github.lifebelt.internal.config.Durations;
import io.github.lifebelt.internal.jdbc.Physical;
import io.github.lifebelt.internal.pool.BorrowErrors;
import io.github.lifebelt.internal.pool.PoolEngine;
import io.github.lifebelt.internal.pool.Scrubber;
import io.github.lifebelt.internal.tls.TlsPolicy;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The login, which goes through the layers of TLS, authentication and server at one go, and what comes after it. */
final class Login {

    private static final Duration SOON = Duration.ofDays(14);

    private final Patient patient;
    private final PoolConfig config;
    private final Dialect dialect;
    private final Credentials credentials;
    private final List<InetSocketAddress> open;
    private final Course course;
    private final Findings findings;
    private TlsPolicy.@Nullable Decision tls;

    Login(
            Patient patient,
            PoolConfig config,
            Dialect dialect,
            Credentials credentials,
            List<InetSocketAddress> open,
            Course course,
            Findings findings) {
        this.patient = patient;
        this.config = config;
        this.dialect = dialect;
        this.credentials = credentials;
        this.open = open;
        this.course = course;
        this.findings = findings;
    }

    /** What is demanded of TLS, and whether its files can be read. */
    void lookAtDemands() {
        try {
            tls = TlsPolicy.resolve(
                    PoolEngine.protectedBelow(config.url(), dialect),
                    dialect::hasPubliclyTrustedCertificate,
                    config.sslModeAsGiven());
            tls.cautions().forEach(findings::caution);
        } catch (ConfigurationException e) {
            findings.refused(e, Layer.TLS);
        }
    }

    void look(boolean settingsRefused) {
        course.look(Layer.TLS, this::lookAtDemands);
        TlsPolicy.Decision decision = tls;
        if (decision == null) {
            return;
        }
        long begin = System.nanoTime();
        Physical made = connect(decision);
        course.spent(course.endOfLogin(), System.nanoTime() - begin);
        if (made == null) {
            // As far as the one that has failed.
            course.passed(Layer.AUTH);
            return;
        }
        try {
            course.passed(Layer.AUTH);
            course.saw(Layer.AUTH, credentials.user() == null ? "logged in" : "logged in as " + credentials.user());
            certificate(decision);
            course.look(Layer.SERVER, () -> server(made, settingsRefused));
        } finally {
            made.closePolitely();
        }
    }

    private @Nullable Physical connect(TlsPolicy.Decision decision) {
        Duration limit = course.share(config.connectTimeout(), 0.6);
        try {
            return connect(decision, limit);
        } catch (SQLException e) {
            SQLException told = Scrubber.without(credentials.secret(), e);
            new LoginFailure(dialect, config.url(), credentials, decision.source(), open, course, findings)
                    .tell(told, () -> worksWithTls(decision));
            return null;
        }
    }

    private Physical connect(TlsPolicy.Decision decision, Duration limit) throws SQLException {
        ConnectRequest request = new ConnectRequest(
                config.url(),
                credentials,
                decision.tls(),
                System.nanoTime() + limit.toNanos(),
                config.resolver(),
                config.readOnly() ? Role.READ_ONLY : Role.READ_WRITE);
        try {
            return new Physical(dialect.connect(request), request.socket(), 0);
        } catch (SQLException | RuntimeException e) {
            request.abort();
            throw e;
        }
    }

    /** Whether plain text was the reason. Tried only where the first was sent in plain text. */
    private boolean worksWithTls(TlsPolicy.Decision decision) {
        if (decision.tls().mode() != SslMode.DISABLE) {
            return false;
        }
        DatabaseUrl url = config.url().toBuilder()
                .sslMode(SslMode.REQUIRE)
                .sslRootCert(null)
                .build();
        TlsPolicy.Decision encrypted = TlsPolicy.resolve(url, host -> false, true);
        try {
            connect(encrypted, course.share(Duration.ofSeconds(5), 0.5)).closePolitely();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private void certificate(TlsPolicy.Decision decision) {
        Instant end = decision.source().serverCertificateExpiresAt();
        if (end == null) {
            course.saw(Layer.TLS, "without TLS");
            return;
        }
        course.saw(Layer.TLS, decision.tls().mode() + ", the server's certificate is valid until " + end);
        Duration left = Duration.between(patient.clock().instant(), end);
        if (left.compareTo(SOON) < 0) {
            findings.add(
                    Code.TLS_CERTIFICATE_EXPIRES_SOON,
                    left.isNegative()
                            ? "the server's certificate has expired at " + end
                                    + ", and clients that verify it are refused"
                            : "the server's certificate expires in " + left.toDays() + " days, at " + end,
                    "renew it on the server, or see to it that your provider does");
        }
    }

    private void server(Physical made, boolean settingsRefused) {
        try {
            long until = System.nanoTime()
                    + course.share(Duration.ofSeconds(10), 0.9).toNanos();
            made.within(until, told -> {
                ServerFacts facts = dialect.serverFacts(told);
                new ServerLayer(patient, config, dialect, findings).look(told, facts, course);
                if (!settingsRefused) {
                    course.look(Layer.POOL, () -> pool(told, facts));
                }
            });
        } catch (SQLException e) {
            findings.add(
                    Code.SERVER_HEARD_NOTHING,
                    "the server let us in, and then did not answer: " + e.getSQLState() + " "
                            + BorrowErrors.reason(Scrubber.without(credentials.secret(), e)),
                    "look at the server's load and log");
        }
    }

    private void pool(Connection told, ServerFacts facts) {
        PoolLayer pool = new PoolLayer(config, findings);
        pool.look();
        pool.look(facts);
        pool.initSql(told);
        course.saw(
                Layer.POOL,
                "max-size " + config.maxSize() + ", recycle-after " + Durations.text(config.recycleAfter())
                        + ", keepalive " + Durations.text(config.keepalive()));
    }
}
