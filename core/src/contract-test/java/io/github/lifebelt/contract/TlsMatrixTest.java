package io.github.lifebelt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each mode against each kind of certificate, by way of a pool, on a real server: who is let in, and what is said to whom
 * that is not. The README has the same table.
 */
class TlsMatrixTest extends TlsLogins {

    // In words of the message's end, which say the cause.
    private static final String TLS = "connects with TLS";
    private static final String PLAIN = "connects without TLS";
    private static final String UNKNOWN = "which is not among";
    private static final String SELF_SIGNED = "is signed by itself";
    private static final String NAME = "certificate is not for localhost but for elsewhere.example";
    private static final String EXPIRED = "certificate has expired: it was valid until ";
    private static final String DEMANDED = "takes no connection without TLS";
    private static final String MISSING = "server has no TLS";

    /**
     * A row of the table. The root file is given with the modes that verify; {@code require} and {@code prefer} stand
     * alone, since with a root file they verify the chain.
     */
    private enum Shown {
        RIGHT(TLS, TLS, TLS, TLS, DEMANDED),
        WRONG_AUTHORITY(TLS, TLS, UNKNOWN, UNKNOWN, DEMANDED),
        WRONG_HOST(TLS, TLS, TLS, NAME, DEMANDED),
        EXPIRED(TLS, TLS, TlsMatrixTest.EXPIRED, TlsMatrixTest.EXPIRED, DEMANDED),
        SELF_SIGNED(TLS, TLS, TlsMatrixTest.SELF_SIGNED, TlsMatrixTest.SELF_SIGNED, DEMANDED),
        CROSS_SIGNED_OLD_ROOT(TLS, TLS, TLS, TLS, DEMANDED),
        CROSS_SIGNED_NEW_ROOT(TLS, TLS, TLS, TLS, DEMANDED),
        NO_TLS(PLAIN, MISSING, MISSING, MISSING, PLAIN);

        // Plain text last: MySQL that has not seen the password over TLS yet asks for that before it demands TLS.
        private static final List<SslMode> MODES =
                List.of(SslMode.PREFER, SslMode.REQUIRE, SslMode.VERIFY_CA, SslMode.VERIFY_FULL, SslMode.DISABLE);

        private final List<String> outcomes;

        Shown(String... outcomes) {
            this.outcomes = List.of(outcomes);
        }

        ServerCertificate certificate() {
            return switch (this) {
                case RIGHT, WRONG_AUTHORITY, NO_TLS -> CERTIFICATES.server();
                case WRONG_HOST -> CERTIFICATES.wrongHost();
                case EXPIRED -> CERTIFICATES.expired();
                case SELF_SIGNED -> CERTIFICATES.selfSigned();
                case CROSS_SIGNED_OLD_ROOT, CROSS_SIGNED_NEW_ROOT -> CERTIFICATES.crossSigned();
            };
        }

        Path trusted() {
            return switch (this) {
                case WRONG_AUTHORITY -> CERTIFICATES.otherAuthority();
                case CROSS_SIGNED_NEW_ROOT -> CERTIFICATES.newAuthority();
                default -> CERTIFICATES.authority();
            };
        }
    }

    private static final class Own {
        static final TestDatabase SERVER = TestDatabase.of(Servers.PRODUCT)
                .certificate(Shown.RIGHT.certificate())
                .start();
    }

    @AfterAll
    static void close() {
        Own.SERVER.close();
    }

    @TestFactory
    @Tag("smoke")
    Stream<DynamicTest> theTable() {
        List<DynamicTest> cells = new ArrayList<>();
        for (Shown shown : Shown.values()) {
            for (int i = 0; i < Shown.MODES.size(); i++) {
                SslMode mode = Shown.MODES.get(i);
                String outcome = shown.outcomes.get(i);
                cells.add(DynamicTest.dynamicTest(
                        shown + ", " + mode + ": " + outcome, () -> cell(shown, mode, outcome)));
            }
        }
        return cells.stream();
    }

    /** Cloud SQL's addresses, with the instance's own authority. */
    @Test
    void forAnAddressThatIsNotInTheCertificateTheAdviceIsVerifyCa() throws SQLException {
        Own.SERVER.faults().showCertificate(CERTIFICATES.wrongHost());
        DatabaseUrl full = at(url(Own.SERVER, SslMode.VERIFY_FULL, CERTIFICATES.authority()), "127.0.0.1");
        isRefused(full, "is not for 127.0.0.1 but for elsewhere.example", "write sslmode=verify-ca");
        connects(full.toBuilder().sslMode(SslMode.VERIFY_CA).build(), true);
    }

    private static void isRefused(DatabaseUrl url, String cause, String advice) {
        try (ConnectionPool pool = ConnectionPool.builder(url).open()) {
            SQLException refused = catchThrowableOfType(
                    SQLException.class, () -> pool.getConnection().close());
            assertThat((Throwable) refused).hasMessageContaining(cause).hasMessageContaining(advice);
        }
    }

    private static void cell(Shown shown, SslMode mode, String outcome) throws SQLException {
        TestDatabase server = shown == Shown.NO_TLS ? Servers.get(false) : Own.SERVER;
        if (mode == Shown.MODES.get(0) && shown != Shown.NO_TLS) {
            // The first of a row.
            server.faults().showCertificate(shown.certificate());
        }
        DatabaseUrl url = url(server, mode, mode.verifies() ? shown.trusted() : null);
        try (ConnectionPool pool = ConnectionPool.builder(url).open()) {
            if (outcome.equals(TLS) || outcome.equals(PLAIN)) {
                try (Connection connection = pool.getConnection()) {
                    assertThat(Sql.isEncrypted(connection)).isEqualTo(outcome.equals(TLS));
                }
                return;
            }
            SQLException refused = catchThrowableOfType(
                    SQLException.class, () -> pool.getConnection().close());
            assertThat((Throwable) refused)
                    .isInstanceOf(SQLNonTransientConnectionException.class)
                    .hasMessageStartingWith("[CONNECT_REFUSED] ")
                    .hasMessageContaining(outcome);
        }
    }
}
