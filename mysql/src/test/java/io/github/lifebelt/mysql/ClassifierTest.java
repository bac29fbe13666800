package io.github.lifebelt.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
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
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of verdicts. That servers and driver report what stands here is proven with real ones elsewhere. */
@Tag("smoke")
class ClassifierTest {

    private static final String BROKEN = "08S01";

    private static Verdict verdict(SQLException failure, Phase phase, Role role) {
        return new MySqlFailureClassifier().classify(failure, phase, role);
    }

    private static Verdict inUse(SQLException failure) {
        assertThat(verdict(failure, Phase.COMMIT, Role.READ_WRITE))
                .isEqualTo(verdict(failure, Phase.WORK, Role.READ_WRITE));
        return verdict(failure, Phase.WORK, Role.READ_WRITE);
    }

    private static Verdict connecting(SQLException failure) {
        return verdict(failure, Phase.CONNECT, Role.READ_WRITE);
    }

    private static ConnectProblem problem(SQLException failure) {
        return new MySqlDialect().connectProblem(failure);
    }

    @ParameterizedTest
    @CsvSource({
        // The statement's fault, or the transaction's.
        "1020, HY000, KEEP",
        "1045, 28000, KEEP",
        "1062, 23000, KEEP",
        "1064, 42000, KEEP",
        "1146, 42S02, KEEP",
        "1180, HY000, KEEP",
        "1205, 40001, KEEP",
        "1213, 40001, KEEP",
        "1226, 42000, KEEP",
        "1317, 70100, KEEP",
        "1614, XA102, KEEP",
        "1792, 25006, KEEP",
        "1969, 70100, KEEP",
        "3024, HY000, KEEP",
        "3101, HY000, KEEP",
        "3572, HY000, KEEP",
        "0, S1009, KEEP",
        "0, S1000, KEEP",
        "0, , KEEP",
        // Closed by the server, though nothing is wrong with it.
        "1153, 08S01, EVICT",
        // The server only reads.
        "1836, HY000, ROLE_CHANGED",
        // This one, and perhaps all.
        "1047, 08S01, SUSPECT_ALL",
        "1053, 08S01, SUSPECT_ALL",
        "1077, HY000, SUSPECT_ALL",
        "1079, HY000, SUSPECT_ALL",
        "1158, 08S01, SUSPECT_ALL",
        "1159, 08S01, SUSPECT_ALL",
        "1160, 08S01, SUSPECT_ALL",
        "1161, 08S01, SUSPECT_ALL",
        "1927, 70100, SUSPECT_ALL",
        "2006, HY000, SUSPECT_ALL",
        "2013, HY000, SUSPECT_ALL",
        "2055, HY000, SUSPECT_ALL",
        "3032, HY000, SUSPECT_ALL",
        "3168, HY000, SUSPECT_ALL",
        "3169, HY000, SUSPECT_ALL",
        "4031, HY000, SUSPECT_ALL",
        "0, 08S01, SUSPECT_ALL",
        "0, 08000, SUSPECT_ALL",
        "0, 08003, SUSPECT_ALL",
        "0, 08007, SUSPECT_ALL"
    })
    void inUse(int number, String state, Verdict expected) {
        assertThat(inUse(new SQLException("failed", state, number))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1040, 08004, AT_CAPACITY, AT_CAPACITY",
        "1203, 42000, AT_CAPACITY, AT_CAPACITY",
        "1226, 42000, AT_CAPACITY, AT_CAPACITY",
        "1135, HY000, AT_CAPACITY, AT_CAPACITY",
        "1129, HY000, OTHER, REFUSED",
        "1130, HY000, AUTHENTICATION, REFUSED",
        "1251, 08004, AUTHENTICATION, REFUSED",
        "1524, HY000, AUTHENTICATION, REFUSED",
        "1045, 28000, AUTHENTICATION, AUTHENTICATION",
        "1698, 28000, AUTHENTICATION, AUTHENTICATION",
        "1820, HY000, AUTHENTICATION, AUTHENTICATION",
        "1862, S1000, AUTHENTICATION, AUTHENTICATION",
        "3118, HY000, AUTHENTICATION, AUTHENTICATION",
        "3955, HY000, AUTHENTICATION, AUTHENTICATION",
        "4151, HY000, AUTHENTICATION, AUTHENTICATION",
        "9999, 28000, AUTHENTICATION, AUTHENTICATION",
        "1044, 42000, DATABASE, REFUSED",
        "1049, 42000, DATABASE, REFUSED",
        "3159, HY000, TLS, REFUSED",
        "1053, 08S01, STARTING, DATABASE_DOWN",
        "1077, HY000, STARTING, DATABASE_DOWN",
        "1079, HY000, STARTING, DATABASE_DOWN",
        "1927, 70100, STARTING, DATABASE_DOWN",
        "3032, HY000, STARTING, DATABASE_DOWN",
        "3168, HY000, STARTING, DATABASE_DOWN",
        "3169, HY000, STARTING, DATABASE_DOWN",
        "1042, 08S01, OTHER, DATABASE_DOWN",
        "1043, 08S01, OTHER, DATABASE_DOWN",
        "1158, 08S01, OTHER, DATABASE_DOWN",
        "1105, HY000, OTHER, REFUSED",
        "0, 08S01, UNREACHABLE, DATABASE_DOWN",
        "0, 08003, UNREACHABLE, DATABASE_DOWN",
        "0, 08000, TLS, REFUSED",
        "0, 08001, OTHER, REFUSED",
        "0, S1009, OTHER, REFUSED",
        "0, , OTHER, REFUSED"
    })
    void whileConnecting(int number, String state, ConnectProblem problem, Verdict expected) {
        SQLException failure = new SQLException("failed", state, number);
        assertThat(connecting(failure)).isEqualTo(expected);
        assertThat(problem(failure)).isEqualTo(problem);
    }

    @Test
    void aServerThatOnlyReadsIsWrongForWritersOnly() {
        for (String option : new String[] {"--read-only", "--super-read-only", "--innodb_read_only"}) {
            SQLException failure = new SQLException(
                    "The MySQL server is running with the " + option + " option so it cannot execute this statement",
                    "HY000",
                    1290);
            assertThat(verdict(failure, Phase.WORK, Role.READ_WRITE)).isEqualTo(Verdict.ROLE_CHANGED);
            assertThat(verdict(failure, Phase.WORK, Role.READ_ONLY)).isEqualTo(Verdict.KEEP);
        }
        SQLException other = new SQLException(
                "The MySQL server is running with the --skip-grant-tables option so it cannot execute this statement",
                "HY000",
                1290);
        assertThat(inUse(other)).isEqualTo(Verdict.KEEP);
        assertThat(verdict(new SQLException("read-only mode", "HY000", 1836), Phase.WORK, Role.READ_ONLY))
                .isEqualTo(Verdict.KEEP);
    }

    @Test
    void linesThatBreakAreAnOutage() {
        for (Throwable cause : new Throwable[] {
            new EOFException(),
            new ConnectException("Connection refused"),
            new SocketException("Connection reset"),
            new SocketTimeoutException("Read timed out"),
            new UnknownHostException("db.example.com"),
            new SSLHandshakeException("Remote host terminated the handshake").initCause(new EOFException()),
            new SSLException("Connection reset", new SocketException("Connection reset")),
            new SSLException("Read timed out", new SocketTimeoutException("Read timed out"))
        }) {
            SQLException failure = new SQLException("Communications link failure", BROKEN, cause);
            assertThat(connecting(failure)).as(cause.toString()).isEqualTo(Verdict.DATABASE_DOWN);
            assertThat(inUse(failure)).as(cause.toString()).isEqualTo(Verdict.SUSPECT_ALL);
        }
    }

    @Test
    void whatATimeoutAndAHostAreToldApart() {
        assertThat(problem(new SQLException("x", BROKEN, new UnknownHostException("db"))))
                .isEqualTo(ConnectProblem.UNKNOWN_HOST);
        assertThat(problem(new SQLException("x", BROKEN, new ConnectException("refused"))))
                .isEqualTo(ConnectProblem.UNREACHABLE);
        assertThat(problem(new SQLException("x", BROKEN, new SocketTimeoutException("Connect timed out"))))
                .isEqualTo(ConnectProblem.TIMED_OUT);
        assertThat(problem(new SQLException("x", BROKEN, new SocketException("deadline passed during read"))))
                .isEqualTo(ConnectProblem.TIMED_OUT);
    }

    @Test
    void certificatesAndADemandForTlsAreRefusals() {
        SSLHandshakeException untrusted = new SSLHandshakeException("PKIX path building failed");
        untrusted.initCause(new CertificateException("unable to find valid certification path"));
        for (SQLException failure : new SQLException[] {
            new SQLException("Communications link failure", BROKEN, untrusted),
            new SQLException("SSL Connection required, but not provided by server.", "08001"),
            new SQLException("Public Key Retrieval is not allowed", "08001")
        }) {
            assertThat(connecting(failure)).isEqualTo(Verdict.REFUSED);
            assertThat(problem(failure)).isEqualTo(ConnectProblem.TLS);
        }
    }

    @Test
    void aBrokenLineIsFoundWhateverStandsBeforeIt() {
        assertThat(inUse(new SQLException("within a result", "S1000", new EOFException())))
                .isEqualTo(Verdict.SUSPECT_ALL);
        assertThat(inUse(new SQLException("wrapped", new IOException("Broken pipe"))))
                .isEqualTo(Verdict.SUSPECT_ALL);
        SQLException killed = new SQLException("Communications link failure", BROKEN);
        SQLException batch = new BatchUpdateException("Duplicate entry", "23000", 1062, new int[0]);
        batch.setNextException(killed);
        assertThat(inUse(batch)).isEqualTo(Verdict.SUSPECT_ALL);
    }

    @Test
    void anAnswerOfTheServerIsNoBrokenLine() {
        SQLException answered =
                new SQLException("Duplicate entry", "23000", 1062, new IOException("a stream of the user"));
        assertThat(inUse(answered)).isEqualTo(Verdict.KEEP);
    }

    @Test
    void whatMakesNoSenseIsAnotherProtocol() {
        SQLException senseless = new PacketTooBigException("Packet for query is too large (5,526,600 > 65,535).");
        assertThat(connecting(senseless)).isEqualTo(Verdict.REFUSED);
        assertThat(inUse(senseless)).isEqualTo(Verdict.EVICT);
    }

    @Test
    void failuresThatReferToEachOtherEnd() {
        SQLException one = new SQLException("one", "42000", 1064);
        SQLException other = new SQLException("other", BROKEN, one);
        one.setNextException(other);
        assertThat(inUse(one)).isEqualTo(Verdict.SUSPECT_ALL);
        assertThat(connecting(other)).isEqualTo(Verdict.REFUSED);
    }
}
