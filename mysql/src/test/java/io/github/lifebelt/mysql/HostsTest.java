package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Connects.since;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.spi.ProbeSocket.Liveness;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several hosts in one URL: two proxies that lead to one server, or to two that are not alike. */
class HostsTest {

    private static final TestDatabase WRITER = Servers.get(true);

    private static final class Second {
        static final TestDatabase SERVER = TestDatabase.mysql().start();
    }

    private final FaultProxy first = WRITER.proxy();
    private final FaultProxy second = WRITER.proxy();
    private final FaultProxy reader = Second.SERVER.proxy();

    @BeforeEach
    void theSecondServerTakesNoWrites() {
        Second.SERVER.faults().makeReadOnly();
    }

    @AfterEach
    void heal() {
        first.close();
        second.close();
        reader.close();
        Servers.heal(WRITER);
        Servers.heal(Second.SERVER);
    }

    private static DatabaseUrl url(FaultProxy... proxies) {
        DatabaseUrl one = DatabaseUrl.parse(WRITER.url());
        DatabaseUrl.Builder url = DatabaseUrl.builder(one.dialect())
                .database(one.database())
                .user(one.user())
                .password(one.credentials().secret())
                .sslMode(one.sslMode())
                .sslRootCert(one.sslRootCert());
        for (FaultProxy proxy : proxies) {
            url.host("localhost", proxy.port());
        }
        return url.build();
    }

    private static int port(Connected connected) {
        return ((InetSocketAddress) connected.socket().getRemoteSocketAddress()).getPort();
    }

    private static void leadsTo(FaultProxy wanted, Connected connected) throws SQLException {
        assertThat(port(connected)).isEqualTo(wanted.port());
        // The socket that the request remembers is that of the connection.
        assertThat(connected.socket().probe()).isEqualTo(Liveness.QUIET);
        assertThat(query(connected.jdbc(), "select 1")).isEqualTo("1");
        assertThat(connected.socket().isClosed()).isFalse();
    }

    @Test
    @Tag("smoke")
    void theFirstThatAnswersIsTaken() throws SQLException {
        try (Connected connected = Connects.open(url(first, second))) {
            leadsTo(first, connected);
            assertThat(second.accepted()).isZero();
        }
        first.refuse();
        try (Connected connected = Connects.open(url(first, second))) {
            leadsTo(second, connected);
        }
    }

    @Test
    void oneThatSwallowsEverythingLeavesTheOthersTheirTime() throws SQLException {
        first.acceptAndStaySilent();
        Duration within = Duration.ofSeconds(4);
        var request = Connects.request(url(first, second), within, Role.READ_WRITE);
        long begin = System.nanoTime();
        try (Connected connected = new Connected(Connects.dialect().connect(request), request.socket())) {
            assertThat(since(begin)).isBetween(within.dividedBy(2).minusMillis(10), within);
            leadsTo(second, connected);
        }
    }

    @Test
    @Tag("smoke")
    void oneThatWritesIsPreferredForWriting() throws SQLException {
        try (Connected connected = Connects.open(url(reader, first), Role.READ_WRITE)) {
            leadsTo(first, connected);
        }
        try (Connected connected = Connects.open(url(first, reader), Role.READ_WRITE)) {
            leadsTo(first, connected);
        }
        try (Connected connected = Connects.open(url(reader, first), Role.READ_ONLY)) {
            leadsTo(reader, connected);
        }
    }

    @Test
    void aReaderIsTheFallBack() throws SQLException {
        first.refuse();
        try (Connected connected = Connects.open(url(first, reader), Role.READ_WRITE)) {
            leadsTo(reader, connected);
        }
        try (Connected connected = Connects.open(url(reader, first), Role.READ_WRITE)) {
            leadsTo(reader, connected);
        }
        try (Connected connected = Connects.open(url(reader, reader), Role.READ_WRITE)) {
            leadsTo(reader, connected);
        }
    }

    @Test
    void connectionsThatWereNotTakenAreClosed() throws SQLException {
        try (Connected connected = Connects.open(url(reader, first), Role.READ_WRITE)) {
            leadsTo(first, connected);
            org.awaitility.Awaitility.await().until(() -> reader.connections() == 0);
        }
    }

    @Test
    void ofSeveralFailuresTheMostHopefulCounts() {
        first.refuse();
        DatabaseUrl nowhere = url(first, second).toBuilder().database("nowhere").build();
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> Connects.open(nowhere).close());
        assertThat(Connects.whileConnecting(failure)).isEqualTo(Verdict.DATABASE_DOWN);
        assertThat(Connects.dialect().connectProblem(failure)).isEqualTo(ConnectProblem.UNREACHABLE);
        assertThat(failure.getSuppressed())
                .singleElement()
                .isInstanceOfSatisfying(
                        SQLException.class,
                        other -> assertThat(Connects.whileConnecting(other)).isEqualTo(Verdict.REFUSED));
    }

    /** Each attempt more could lock the account. */
    @Test
    void aWrongPasswordIsTriedOnce() {
        DatabaseUrl wrong = url(first, second).toBuilder().password("wrong").build();
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> Connects.open(wrong).close());
        assertThat(Connects.whileConnecting(failure)).isEqualTo(Verdict.AUTHENTICATION);
        assertThat(second.accepted()).isZero();
    }
}
