package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The table of verdicts. That servers and driver report what stands here is proven with real ones elsewhere. */
@Tag("smoke")
class ClassifierTest {

    private static Verdict verdict(SQLException failure, Phase phase) {
        return new PostgresFailureClassifier().classify(failure, phase, Role.READ_WRITE);
    }

    @ParameterizedTest
    @CsvSource({
        // The statement's fault.
        "22012, KEEP",
        "23505, KEEP",
        "25P02, KEEP",
        "28000, KEEP",
        "40001, KEEP",
        "40P01, KEEP",
        "42P01, KEEP",
        "55P03, KEEP",
        "57014, KEEP",
        "0A000, KEEP",
        "26000, KEEP",
        "25006, KEEP",
        "53100, KEEP",
        "53200, KEEP",
        // This session only.
        "25P03, EVICT",
        "25P04, EVICT",
        "57P05, EVICT",
        "40003, EVICT",
        "58030, EVICT",
        "58P01, EVICT",
        "XX000, EVICT",
        "XX001, EVICT",
        // This one, and perhaps all.
        "57P01, SUSPECT_ALL",
        "57P02, SUSPECT_ALL",
        "57P03, SUSPECT_ALL",
        "08000, SUSPECT_ALL",
        "08001, SUSPECT_ALL",
        "08003, SUSPECT_ALL",
        "08006, SUSPECT_ALL",
        "08007, SUSPECT_ALL",
        "57P04, SUSPECT_ALL",
        "08P01, SUSPECT_ALL"
    })
    void inUse(String state, Verdict expected) {
        assertThat(verdict(new SQLException("failed", state), Phase.WORK)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "08000, DATABASE_DOWN",
        "08001, DATABASE_DOWN",
        "08006, DATABASE_DOWN",
        "57P01, DATABASE_DOWN",
        "57P02, DATABASE_DOWN",
        "57P03, DATABASE_DOWN",
        "53300, DATABASE_DOWN",
        "53200, DATABASE_DOWN",
        "08004, REFUSED",
        "08P01, REFUSED",
        "28000, REFUSED",
        "28P01, REFUSED",
        "3D000, REFUSED",
        "42501, REFUSED",
        "55000, REFUSED",
        "22023, REFUSED",
        "42704, REFUSED"
    })
    void whileConnecting(String state, Verdict expected) {
        assertThat(verdict(new SQLException("failed", state), Phase.CONNECT)).isEqualTo(expected);
    }

    @Test
    void withoutAStateTheStatementOrTheSettingsAreAtFault() {
        SQLException stateless = new SQLException("failed");
        assertThat(verdict(stateless, Phase.WORK)).isEqualTo(Verdict.KEEP);
        assertThat(verdict(stateless, Phase.CONNECT)).isEqualTo(Verdict.REFUSED);
    }

    static Stream<Throwable> linesThatBreak() {
        return Stream.of(
                new EOFException(),
                new ConnectException("Connection refused"),
                new SocketException("Connection reset"),
                new SocketTimeoutException("Read timed out"),
                new UnknownHostException("db.example.com"),
                new SSLHandshakeException("Remote host terminated the handshake").initCause(new EOFException()),
                new SSLException("Connection reset", new SocketException("Connection reset")),
                new SSLException("Read timed out", new SocketTimeoutException("Read timed out")));
    }

    @ParameterizedTest
    @MethodSource("linesThatBreak")
    void aLineThatBreaksWhileConnectingIsAnOutage(Throwable cause) {
        assertThat(verdict(new SQLException("failed", "08006", cause), Phase.CONNECT))
                .isEqualTo(Verdict.DATABASE_DOWN);
    }

    @Test
    void aCertificateIsARefusal() {
        SSLHandshakeException untrusted = new SSLHandshakeException("PKIX path building failed");
        untrusted.initCause(new CertificateException("unable to find valid certification path"));
        assertThat(verdict(new SQLException("SSL error", "08006", untrusted), Phase.CONNECT))
                .isEqualTo(Verdict.REFUSED);
        assertThat(verdict(
                        new SQLException(
                                "The hostname db could not be verified by hostnameverifier PgjdbcHostnameVerifier.",
                                "08006"),
                        Phase.CONNECT))
                .isEqualTo(Verdict.REFUSED);
    }

    @ParameterizedTest
    @CsvSource({
        "FATAL: query_wait_timeout, DATABASE_DOWN",
        "'FATAL: server login has been failing, try again later (server_login_retry)', DATABASE_DOWN",
        "FATAL: server conn crashed?, DATABASE_DOWN",
        "'FATAL: pgbouncer cannot connect to server', DATABASE_DOWN",
        "'FATAL: no more connections allowed (max_client_conn)', DATABASE_DOWN",
        "FATAL: the database system is shutting down, DATABASE_DOWN",
        "FATAL: no such user, REFUSED",
        "FATAL: no such database: orders, REFUSED",
        "Protocol error.  Session setup failed., REFUSED",
        "FATAL: unsupported startup parameter: options, REFUSED"
    })
    void pgBouncerIsToldByItsWords(String message, Verdict expected) {
        assertThat(verdict(new SQLException(message, "08P01"), Phase.CONNECT)).isEqualTo(expected);
    }

    @Test
    void aLongChainOfCausesEnds() {
        SQLException failure = new SQLException("first", "08006");
        Throwable last = failure;
        for (int i = 0; i < 100; i++) {
            Throwable next = new IllegalStateException("and so on");
            last.initCause(next);
            last = next;
        }
        assertThat(verdict(failure, Phase.CONNECT)).isEqualTo(Verdict.DATABASE_DOWN);
    }

    @Test
    void theEndOfTheSessionCountsWhereverItHangs() {
        SQLException killed = new SQLException("terminating connection", "57P01");
        SQLException batch = new BatchUpdateException("Batch entry 0 was aborted", "22012", new int[0]);
        batch.setNextException(killed);
        assertThat(verdict(batch, Phase.WORK)).isEqualTo(Verdict.SUSPECT_ALL);
        assertThat(verdict(new SQLException("wrapped", killed), Phase.WORK)).isEqualTo(Verdict.SUSPECT_ALL);
        assertThat(verdict(new SQLException("wrapped", new IOException("Broken pipe")), Phase.WORK))
                .isEqualTo(Verdict.SUSPECT_ALL);
        assertThat(verdict(new SQLException("wrapped", new ConnectException("refused")), Phase.CONNECT))
                .isEqualTo(Verdict.DATABASE_DOWN);
        assertThat(verdict(new SQLException("wrapped", killed), Phase.CONNECT)).isEqualTo(Verdict.DATABASE_DOWN);
    }

    @Test
    void whatTheServerCallsFatalEndsTheSession() {
        for (String severity : new String[] {"FATAL", "PANIC"}) {
            SQLException fatal =
                    new PSQLException(new ServerErrorMessage("S" + severity + "\0C22000\0Mwhatever it may be\0"));
            assertThat(verdict(fatal, Phase.WORK)).as(severity).isEqualTo(Verdict.EVICT);
        }
        SQLException error = new PSQLException(new ServerErrorMessage("SERROR\0C22000\0Mwhatever it may be\0"));
        assertThat(verdict(error, Phase.WORK)).isEqualTo(Verdict.KEEP);
    }

    @Test
    void failuresThatReferToEachOtherEnd() {
        SQLException one = new SQLException("one", "22012");
        SQLException other = new SQLException("other", "57P05", one);
        one.setNextException(other);
        assertThat(verdict(one, Phase.WORK)).isEqualTo(Verdict.EVICT);
        assertThat(verdict(other, Phase.CONNECT)).isEqualTo(Verdict.REFUSED);
    }
}
