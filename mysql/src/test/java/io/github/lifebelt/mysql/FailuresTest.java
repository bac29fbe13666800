package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.FailureClassifier.Phase;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.Administrators;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What servers and driver really report, and what is made of it. */
class FailuresTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String WORKING =
            "select count(*) from information_schema.processlist where id = %d and command = 'Query'";
    private static final TestDatabase SERVER = Servers.get(true);

    @AfterEach
    void healTheServer() {
        Servers.heal(SERVER);
    }

    private static SQLException connecting(String url) {
        SQLException failure = catchThrowableOfType(
                SQLException.class, () -> Connects.open(url).close());
        assertThat((Throwable) failure).as(url).isNotNull();
        return failure;
    }

    private static void connectingIs(String url, ConnectProblem problem, Verdict verdict) {
        SQLException failure = connecting(url);
        String as = failure.getSQLState() + " " + failure.getErrorCode() + " " + failure;
        assertThat(Connects.dialect().connectProblem(failure)).as(as).isEqualTo(problem);
        assertThat(Connects.whileConnecting(failure)).as(as).isEqualTo(verdict);
    }

    private static void inUseIs(ThrowingCallable work, Verdict verdict) {
        SQLException failure = catchThrowableOfType(SQLException.class, work);
        assertThat((Throwable) failure).isNotNull();
        String as = failure.getSQLState() + " " + failure.getErrorCode() + " " + failure;
        assertThat(Connects.inUse(failure)).as(as).isEqualTo(verdict);
    }

    @Test
    void whoeverCannotLogIn() {
        connectingIs(
                SERVER.url().replace(":lifebelt", ":wrong"), ConnectProblem.AUTHENTICATION, Verdict.AUTHENTICATION);
        connectingIs(
                SERVER.url().replace("//app:", "//nobody:"), ConnectProblem.AUTHENTICATION, Verdict.AUTHENTICATION);
        connectingIs(
                SERVER.url().replace("//app:lifebelt%24test@", "//app@"),
                ConnectProblem.AUTHENTICATION,
                Verdict.AUTHENTICATION);
    }

    @Test
    void aDatabaseThatIsNotThere() {
        connectingIs(SERVER.url().replace("/app?", "/nowhere?"), ConnectProblem.DATABASE, Verdict.REFUSED);
        connectingIs(SERVER.url().replace("/app?", "/mysql?"), ConnectProblem.DATABASE, Verdict.REFUSED);
    }

    @Test
    void aHostThatIsNotThere() throws IOException {
        String url = SERVER.url();
        connectingIs(url.replace("@localhost", "@nowhere.invalid"), ConnectProblem.UNKNOWN_HOST, Verdict.DATABASE_DOWN);
        try (FaultProxy proxy = SERVER.proxy()) {
            proxy.refuse();
            connectingIs(SERVER.url(proxy), ConnectProblem.UNREACHABLE, Verdict.DATABASE_DOWN);
        }
        SERVER.faults().stop(StopMode.FAST);
        connectingIs(url, ConnectProblem.UNREACHABLE, Verdict.DATABASE_DOWN);
    }

    @Test
    void aListenerThatIsNoServer() throws IOException {
        answering("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", ConnectProblem.OTHER, Verdict.REFUSED);
        answering("", ConnectProblem.UNREACHABLE, Verdict.DATABASE_DOWN);
    }

    private static void answering(String words, ConnectProblem problem, Verdict verdict) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> {
                try (Socket client = listener.accept()) {
                    client.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            String url = "mysql://app:secret@127.0.0.1:" + listener.getLocalPort() + "/app?ssl-mode=DISABLED";
            connectingIs(url, problem, verdict);
            answered.join();
        }
    }

    @Test
    void aServerAtItsLimit() throws SQLException {
        try (TestDatabase small = TestDatabase.mysql().maxConnections(12).start()) {
            List<Connected> open = new ArrayList<>();
            try {
                SQLException failure = catchThrowableOfType(SQLException.class, () -> {
                    for (int i = 0; i < 20; i++) {
                        open.add(Connects.open(small));
                    }
                });
                assertThat(Connects.whileConnecting(failure)).isEqualTo(Verdict.AT_CAPACITY);
                assertThat(Connects.dialect().connectProblem(failure)).isEqualTo(ConnectProblem.AT_CAPACITY);
                assertThat(Connects.dialect().serverFacts(open.get(0).jdbc()).maxConnections())
                        .isEqualTo(12);
                assertThat(open).as("the fixture's own session counts as well").hasSizeBetween(11, 12);
            } finally {
                open.forEach(Connected::close);
            }
        }
    }

    @Test
    void anAccountWithALimitOfItsOwn() throws SQLException {
        try (Connection admin = Administrators.of(SERVER)) {
            String user = SERVER.url().replace("//app:lifebelt%24test@", "//limited:pw@");
            account(admin, "limited", "with max_user_connections 1");
            try (Connected first = Connects.open(user)) {
                connectingIs(user, ConnectProblem.AT_CAPACITY, Verdict.AT_CAPACITY);
                assertThat(first.jdbc().isClosed()).isFalse();
            }
            account(admin, "hourly", "with max_connections_per_hour 1");
            String hourly = user.replace("//limited:", "//hourly:");
            Connects.open(hourly).close();
            connectingIs(hourly, ConnectProblem.AT_CAPACITY, Verdict.AT_CAPACITY);
        }
    }

    @Test
    void anAccountThatIsLockedOrHasExpired() throws SQLException {
        try (Connection admin = Administrators.of(SERVER)) {
            account(admin, "locked", "account lock");
            account(admin, "expired", "password expire");
            for (String name : List.of("locked", "expired")) {
                String url = SERVER.url().replace("//app:lifebelt%24test@", "//" + name + ":pw@");
                SQLException failure = connecting(url);
                boolean asIfForbidden = failure.getErrorCode() == 1044;
                // MariaDB lets an expired account in, and then not to its database.
                assertThat(Connects.whileConnecting(failure))
                        .as(name + " " + failure)
                        .isEqualTo(asIfForbidden ? Verdict.REFUSED : Verdict.AUTHENTICATION);
            }
        }
    }

    private static void account(Connection admin, String name, String options) throws SQLException {
        execute(admin, "drop user if exists " + name);
        execute(admin, "create user " + name + " identified by 'pw' " + options);
        execute(admin, "grant all on app.* to " + name);
    }

    @Test
    void sessionsThatWereKilled() throws SQLException {
        try (Connected idle = Connects.open(SERVER)) {
            SERVER.faults().killSession(sessionId(idle.jdbc()));
            inUseIs(() -> query(idle.jdbc(), "select 1"), Verdict.SUSPECT_ALL);
            inUseIs(() -> query(idle.jdbc(), "select 1"), Verdict.SUSPECT_ALL);
            inUseIs(() -> idle.jdbc().createStatement(), Verdict.SUSPECT_ALL);
        }
        try (Connected inTransaction = Connects.open(SERVER)) {
            inTransaction.jdbc().setAutoCommit(false);
            query(inTransaction.jdbc(), "select 1");
            SERVER.faults().killSession(sessionId(inTransaction.jdbc()));
            SQLException commit = catchThrowableOfType(
                    SQLException.class, () -> inTransaction.jdbc().commit());
            assertThat(Connects.dialect().failureClassifier().classify(commit, Phase.COMMIT, Role.READ_WRITE))
                    .isEqualTo(Verdict.SUSPECT_ALL);
        }
        try (Connected atWork = Connects.open(SERVER)) {
            long id = sessionId(atWork.jdbc());
            CompletableFuture<Void> kill = CompletableFuture.runAsync(() -> {
                try (Connection watcher = Administrators.of(SERVER)) {
                    await().atMost(SOON)
                            .until(() -> query(watcher, WORKING.formatted(id)).equals("1"));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
                SERVER.faults().killSession(id);
            });
            inUseIs(() -> query(atWork.jdbc(), "select sleep(30)"), Verdict.SUSPECT_ALL);
            kill.orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void aServerThatStopsOrCrashes() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            SERVER.faults().stop(StopMode.FAST);
            inUseIs(() -> query(connected.jdbc(), "select 1"), Verdict.SUSPECT_ALL);
        }
        SERVER.faults().start();
        try (Connected connected = Connects.open(SERVER)) {
            SERVER.faults().crash();
            inUseIs(() -> query(connected.jdbc(), "select 1"), Verdict.SUSPECT_ALL);
        }
    }

    /** The driver reports it as S1000, like a mistake of the caller's. */
    @Test
    void aLineThatBreaksWithinAResult() throws SQLException {
        try (FaultProxy proxy = SERVER.proxy();
                Connected connected = Connects.open(SERVER, proxy);
                Statement statement = connected.jdbc().createStatement()) {
            statement.setFetchSize(Integer.MIN_VALUE);
            proxy.bandwidth(1_000_000);
            try (ResultSet rows = statement.executeQuery(
                    "with recursive n as (select 1 as i union all select i + 1 from n where i < 900)"
                            + " select repeat('x', 100000) from n")) {
                rows.next();
                proxy.reset();
                inUseIs(
                        () -> {
                            while (rows.next()) {
                                rows.getString(1);
                            }
                        },
                        Verdict.SUSPECT_ALL);
            } catch (SQLException e) {
                // Closing reads the rest.
                assertThat(Connects.inUse(e)).isEqualTo(Verdict.SUSPECT_ALL);
            }
        }
    }

    @Test
    void statementsThatFailAndDoNoHarm() throws SQLException {
        try (Connected connected = Connects.open(SERVER);
                Connected other = Connects.open(SERVER)) {
            Connection jdbc = connected.jdbc();
            execute(jdbc, "create table if not exists harmless (id int primary key) engine = innodb");
            execute(jdbc, "replace into harmless values (1)");
            inUseIs(() -> query(jdbc, "selec 1"), Verdict.KEEP);
            inUseIs(() -> query(jdbc, "select * from nowhere"), Verdict.KEEP);
            inUseIs(() -> execute(jdbc, "insert into harmless values (1)"), Verdict.KEEP);
            inUseIs(() -> query(jdbc, "select * from mysql.user"), Verdict.KEEP);
            execute(jdbc, "set session innodb_lock_wait_timeout = 1");
            other.jdbc().setAutoCommit(false);
            query(other.jdbc(), "select id from harmless for update");
            inUseIs(() -> query(jdbc, "select id from harmless for update"), Verdict.KEEP);
            other.jdbc().rollback();
            String slow = "select count(*) from information_schema.columns a, information_schema.columns b,"
                    + " information_schema.columns c";
            if (Servers.isMariaDb(SERVER)) {
                execute(jdbc, "set session max_statement_time = 0.2");
            } else {
                execute(jdbc, "set session max_execution_time = 200");
            }
            inUseIs(() -> query(jdbc, slow), Verdict.KEEP);
            assertThat(query(jdbc, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void misuseOfTheDriverIsNoLostConnection() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            inUseIs(() -> connected.jdbc().commit(), Verdict.KEEP);
            inUseIs(() -> connected.jdbc().rollback(), Verdict.KEEP);
            try (PreparedStatement unset = connected.jdbc().prepareStatement("select ?")) {
                inUseIs(unset::executeQuery, Verdict.KEEP);
            }
            try (Statement closed = connected.jdbc().createStatement()) {
                closed.close();
                inUseIs(() -> closed.execute("select 1"), Verdict.KEEP);
            }
        }
    }

    @Test
    void aDeadlockEndsTheTransactionAndNotTheConnection() throws Exception {
        try (Connected one = Connects.open(SERVER);
                Connected two = Connects.open(SERVER)) {
            execute(one.jdbc(), "create table if not exists pairs (id int primary key, x int) engine = innodb");
            execute(one.jdbc(), "replace into pairs values (1, 0), (2, 0)");
            one.jdbc().setAutoCommit(false);
            two.jdbc().setAutoCommit(false);
            execute(one.jdbc(), "update pairs set x = 1 where id = 1");
            execute(two.jdbc(), "update pairs set x = 2 where id = 2");
            CompletableFuture<SQLException> first = CompletableFuture.supplyAsync(() -> catchThrowableOfType(
                    SQLException.class, () -> execute(one.jdbc(), "update pairs set x = 1 where id = 2")));
            SQLException second = catchThrowableOfType(
                    SQLException.class, () -> execute(two.jdbc(), "update pairs set x = 2 where id = 1"));
            SQLException victim = second != null ? second : first.get(30, TimeUnit.SECONDS);
            assertThat(victim.getErrorCode()).isEqualTo(1213);
            assertThat(Connects.inUse(victim)).isEqualTo(Verdict.KEEP);
            for (Connected each : List.of(two, one)) {
                Connects.dialect().rollback(each.jdbc());
                assertThat(query(each.jdbc(), "select 1")).isEqualTo("1");
            }
            first.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aServerThatTakesNoWrites() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            execute(connected.jdbc(), "create table if not exists written (x int)");
            SERVER.faults().makeReadOnly();
            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> execute(connected.jdbc(), "insert into written values (1)"));
            assertThat(failure.getErrorCode()).isEqualTo(1290);
            assertThat(Connects.inUse(failure, Role.READ_WRITE)).isEqualTo(Verdict.ROLE_CHANGED);
            assertThat(Connects.inUse(failure, Role.READ_ONLY)).isEqualTo(Verdict.KEEP);
        }
    }

    @Test
    void aUnitThatWantedToReadOnlyHasItsOwnFault() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            execute(connected.jdbc(), "create table if not exists written (x int)");
            execute(connected.jdbc(), "start transaction read only");
            inUseIs(() -> execute(connected.jdbc(), "insert into written values (1)"), Verdict.KEEP);
            Connects.dialect().rollback(connected.jdbc());
            connected.jdbc().setReadOnly(true);
            inUseIs(() -> execute(connected.jdbc(), "insert into written values (1)"), Verdict.KEEP);
        }
    }

    /** The same number for what has nothing to do with writing. */
    @Test
    void otherOptionsOfTheServerAreNoChangeOfRole() throws SQLException {
        if (Servers.isMariaDb(SERVER)) {
            return;
        }
        try (Connection admin = Administrators.of(SERVER)) {
            SQLException failure = catchThrowableOfType(
                    SQLException.class, () -> execute(admin, "select 1 into outfile '/nowhere/file'"));
            assertThat(failure.getErrorCode()).isEqualTo(1290);
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.KEEP);
        }
    }

    @Test
    void aStatementThatIsTooLargeForTheServer() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            String large = "select length('" + "x".repeat(70 * 1024 * 1024) + "')";
            SQLException failure = catchThrowableOfType(SQLException.class, () -> query(connected.jdbc(), large));
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.EVICT);
        }
    }
}
