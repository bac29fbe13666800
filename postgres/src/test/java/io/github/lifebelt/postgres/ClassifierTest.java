package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.spi.Dialect.ConnectProblem;
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
        "42P05, KEEP",
        "53100, KEEP",
        "53200, KEEP",
        // It works, and is not what was wanted.
        "25006, ROLE_CHANGED",
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
        "57014, DATABASE_DOWN",
        "53000, AT_CAPACITY",
        "53100, AT_CAPACITY",
        "53200, AT_CAPACITY",
        "53300, AT_CAPACITY",
        "53400, AT_CAPACITY",
        "08004, AUTHENTICATION",
        "28000, AUTHENTICATION",
        "28P01, AUTHENTICATION",
        "08P01, REFUSED",
        "3D000, REFUSED",
        "57P04, REFUSED",
        "42501, REFUSED",
        "55000, REFUSED",
        "22023, REFUSED",
        "42704, REFUSED"
    })
    void whileConnecting(String state, Verdict expected) {
        assertThat(verdict(new SQLException("failed", state), Phase.CONNECT)).isEqualTo(expected);
    }

    @Test
    void aRefusalToWriteIsTheStatementsFaultOfWhoOnlyReads() {
        SQLException refused = new SQLException("cannot execute INSERT in a read-only transaction", "25006");
        for (Phase phase : new Phase[] {Phase.WORK, Phase.COMMIT}) {
            assertThat(verdict(refused, phase)).isEqualTo(Verdict.ROLE_CHANGED);
            assertThat(new PostgresFailureClassifier().classify(refused, phase, Role.READ_ONLY))
                    .isEqualTo(Verdict.KEEP);
        }
    }

    @Test
    void committingEndsConnectionsAsWorkingDoes() {
        assertThat(verdict(new SQLException("failed", "40001"), Phase.COMMIT)).isEqualTo(Verdict.KEEP);
        assertThat(verdict(new SQLException("failed", "08006"), Phase.COMMIT)).isEqualTo(Verdict.SUSPECT_ALL);
        assertThat(verdict(new SQLException("failed", "25P04"), Phase.COMMIT)).isEqualTo(Verdict.EVICT);
    }

    /** What real servers and drivers say; some of it is hard to bring about. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "08001 | Could not find a server with specified targetServerType: primary | UNREACHABLE",
                "08004 | The server does not support SSL. | TLS",
                "08004 | Der Server unterstützt SSL nicht. | TLS",
                "08004 | Channel Binding is required, but SSL is not in use | TLS",
                "08004 | The server requested SCRAM-based authentication, but no password was provided. | AUTHENTICATION",
                "08004 | The authentication type 7 is not supported. Check the pg_hba.conf file | OTHER",
                "28000 | no pg_hba.conf entry for host \"127.0.0.1\", user \"app\", database \"app\", no encryption | TLS",
                "28000 | no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", database \"d\", SSL off | TLS",
                "28000 | SSL connection is required. Please specify SSL options and retry. | TLS",
                "28000 | connection requires a valid client certificate | TLS",
                "28000 | pg_hba.conf rejects connection for host \"1.2.3.4\", user \"u\", SSL encryption | OTHER",
                "28000 | no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", SSL encryption | OTHER",
                "28000 | role \"nologin\" is not permitted to log in | AUTHENTICATION",
                "28P01 | The access token has expired. Please acquire a new token and retry. | AUTHENTICATION",
                "53300 | remaining connection slots are reserved for roles with the SUPERUSER attribute | AT_CAPACITY",
                "55000 | database \"noconn\" is not currently accepting connections | DATABASE",
                "57014 | canceling authentication due to timeout | TIMED_OUT",
                "57P03 | the database system is starting up | STARTING",
                "57P03 | the database system is shutting down | STARTING",
                "57P03 | the database system is in recovery mode | STARTING",
                "57P03 | the database system is not yet accepting connections | STARTING",
                "57P03 | the database system is not accepting connections | OTHER"
            })
    void theProblemIsToldByTheWordsToo(String state, String message, ConnectProblem expected) {
        assertThat(new PostgresDialect().connectProblem(new SQLException("FATAL: " + message, state)))
                .isEqualTo(expected);
    }

    @Test
    void aTimeOutIsNoRefusal() {
        assertProblem(new SocketTimeoutException("Read timed out"), ConnectProblem.TIMED_OUT);
        assertProblem(new SocketException("deadline passed during connect"), ConnectProblem.TIMED_OUT);
        assertProblem(new ConnectException("Connection timed out"), ConnectProblem.TIMED_OUT);
        assertProblem(new ConnectException("Connection refused"), ConnectProblem.UNREACHABLE);
        assertProblem(new EOFException(), ConnectProblem.UNREACHABLE);
        assertProblem(new UnknownHostException("db.example.com"), ConnectProblem.UNKNOWN_HOST);
    }

    private static void assertProblem(Throwable cause, ConnectProblem expected) {
        assertThat(new PostgresDialect().connectProblem(new SQLException("failed", "08001", cause)))
                .isEqualTo(expected);
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
        "'FATAL: invalid server parameter', DATABASE_DOWN",
        "FATAL: server conn crashed?, DATABASE_DOWN",
        "'FATAL: pgbouncer cannot connect to server', DATABASE_DOWN",
        "'FATAL: no more connections allowed (max_client_conn)', AT_CAPACITY",
        "'FATAL: server login has been failing, cached error: sorry, too many clients already', AT_CAPACITY",
        "'FATAL: server login has been failing, cached error: database \"x\" does not exist', REFUSED",
        "'FATAL: server login has been failing, cached error: the database system is starting up', DATABASE_DOWN",
        "FATAL: the database system is shutting down, DATABASE_DOWN",
        "FATAL: no such user, AUTHENTICATION",
        "FATAL: SASL authentication failed, AUTHENTICATION",
        "FATAL: password authentication failed, AUTHENTICATION",
        "FATAL: SSL required, REFUSED",
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
