package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Connects.since;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mysql.cj.jdbc.JdbcConnection;
import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.ServerFacts;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.Stalls;
import io.github.lifebelt.testing.StopMode;
import io.github.lifebelt.testing.TestDatabase;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dialect does with a connection of a real server, plain and over TLS. */
@ParameterizedClass(name = "tls={0}")
@ValueSource(booleans = {false, true})
class MySqlDialectTest {

    private static final Dialect DIALECT = Connects.dialect();

    @Parameter
    boolean tls;

    @AfterEach
    void healTheServer() {
        Servers.heal(server());
    }

    private TestDatabase server() {
        return Servers.get(tls);
    }

    private Connected open() throws SQLException {
        return Connects.open(server());
    }

    private static TransactionState state(Connection jdbc) {
        return DIALECT.transactionState(jdbc);
    }

    @Test
    @Tag("smoke")
    void connectsAndKnowsItsSession() throws SQLException {
        try (Connected connected = open()) {
            assertThat(DIALECT.sessionId(connected.jdbc())).isEqualTo(sessionId(connected.jdbc()));
            String cipher = query(connected.jdbc(), "show session status like 'Ssl_cipher'");
            assertThat(cipher).isEqualTo("Ssl_cipher");
            assertThat(query(connected.jdbc(), "select database()")).isEqualTo(server().database());
            assertThat(connected.jdbc().getAutoCommit()).isTrue();
        }
    }

    @Test
    @Tag("smoke")
    void aPingIsOneRoundTripAndChangesNothing() throws SQLException {
        try (FaultProxy proxy = server().proxy();
                Connected connected = Connects.open(server(), proxy)) {
            execute(connected.jdbc(), "begin");
            long before = proxy.bytesToServer();
            DIALECT.ping(connected.jdbc());
            long ping = proxy.bytesToServer() - before;
            // The packet's head and the command; over TLS with the head and the tag of a record.
            assertThat(ping).isBetween(5L, tls ? 50L : 5L);
            DIALECT.ping(connected.jdbc());
            assertThat(proxy.bytesToServer() - before).isEqualTo(2 * ping);
            // The driver itself forgets it.
            assertThat(state(connected.jdbc())).isEqualTo(TransactionState.OPEN);
        }
    }

    @Test
    void aPingOfAKilledSessionFails() throws SQLException {
        try (Connected connected = open()) {
            server().faults().killSession(sessionId(connected.jdbc()));
            SQLException failure = catchThrowableOfType(SQLException.class, () -> DIALECT.ping(connected.jdbc()));
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.SUSPECT_ALL);
            SQLException second = catchThrowableOfType(SQLException.class, () -> DIALECT.ping(connected.jdbc()));
            assertThat(Connects.inUse(second)).isEqualTo(Verdict.SUSPECT_ALL);
        }
    }

    @Test
    @Tag("smoke")
    void theTransactionStateIsTheServersWord() throws SQLException {
        try (Connected connected = open()) {
            Connection jdbc = connected.jdbc();
            execute(jdbc, "create temporary table t (x int)");
            assertThat(state(jdbc)).isEqualTo(TransactionState.IDLE);
            jdbc.setAutoCommit(false);
            assertThat(state(jdbc)).isEqualTo(TransactionState.IDLE);
            execute(jdbc, "insert into t values (1)");
            assertThat(state(jdbc)).isEqualTo(TransactionState.OPEN);
            jdbc.commit();
            assertThat(state(jdbc)).isEqualTo(TransactionState.IDLE);
            jdbc.setAutoCommit(true);
            execute(jdbc, "begin");
            assertThat(state(jdbc)).isEqualTo(TransactionState.OPEN);
            execute(jdbc, "commit");
            assertThat(state(jdbc)).isEqualTo(TransactionState.IDLE);
        }
    }

    @Test
    @Tag("smoke")
    void rollbackEndsAnyTransaction() throws SQLException {
        try (Connected connected = open();
                Connection other = Servers.bare(server())) {
            Connection jdbc = connected.jdbc();
            execute(other, "create table if not exists rolled_back (x int)");
            execute(jdbc, "begin");
            execute(jdbc, "insert into rolled_back values (1)");
            DIALECT.rollback(jdbc);
            assertThat(state(jdbc)).isEqualTo(TransactionState.IDLE);
            jdbc.setAutoCommit(false);
            execute(jdbc, "insert into rolled_back values (2)");
            DIALECT.rollback(jdbc);
            assertThat(state(jdbc)).isEqualTo(TransactionState.IDLE);
            jdbc.setAutoCommit(true);
            assertThat(query(other, "select count(*) from rolled_back")).isEqualTo("0");
        }
    }

    /** With completion_type a rollback would begin the next transaction at once, or end the session. */
    @Test
    void rollbackLeavesNothingOpenWhateverTheCompletionType() throws SQLException {
        for (String type : new String[] {"CHAIN", "RELEASE"}) {
            try (Connected connected = open()) {
                execute(connected.jdbc(), "set completion_type = '" + type + "'");
                execute(connected.jdbc(), "begin");
                DIALECT.rollback(connected.jdbc());
                assertThat(state(connected.jdbc())).isEqualTo(TransactionState.IDLE);
                DIALECT.ping(connected.jdbc());
            }
        }
    }

    @Test
    void rollbackWithoutATransactionSendsNothing() throws SQLException {
        try (FaultProxy proxy = server().proxy();
                Connected connected = Connects.open(server(), proxy)) {
            long before = proxy.bytesToServer();
            DIALECT.ping(connected.jdbc());
            long ping = proxy.bytesToServer() - before;
            DIALECT.rollback(connected.jdbc());
            DIALECT.ping(connected.jdbc());
            assertThat(proxy.bytesToServer() - before).isEqualTo(2 * ping);
        }
    }

    @Test
    void rollbackOfAClosedConnectionFails() throws SQLException {
        try (Connected connected = open()) {
            connected.jdbc().close();
            assertThatThrownBy(() -> DIALECT.rollback(connected.jdbc())).isInstanceOf(SQLException.class);
        }
    }

    @Test
    @Tag("smoke")
    void theServerTellsWhatItIs() throws SQLException {
        try (Connected connected = open()) {
            ServerFacts facts = DIALECT.serverFacts(connected.jdbc());
            assertThat(facts.product()).isEqualTo(Servers.isMariaDb(server()) ? "MariaDB" : "MySQL");
            assertThat(server().version()).endsWith(facts.version().replaceFirst("-.*", ""));
            assertThat(facts.readOnly()).isFalse();
            assertThat(facts.maxConnections()).isEqualTo(200);
            assertThat(facts.idleTimeout()).isEqualTo(Duration.ofHours(8));
            assertThat(facts.incarnation()).matches(".+/\\d{10}");
            assertThat(facts.keepaliveIdle()).isNull();
            assertThat(facts.bouncer()).isFalse();
            assertThat(state(connected.jdbc())).isEqualTo(TransactionState.IDLE);
        }
    }

    /** As a server that lacks a variable or a table is asked. */
    @Test
    void whatIsShownAgreesWithWhatIsSelected() throws SQLException {
        try (Connected connected = open()) {
            ServerFacts selected = DIALECT.serverFacts(connected.jdbc());
            ServerFacts shown = ServerFactsReader.readByShow((JdbcConnection) connected.jdbc());
            assertThat(shown)
                    .usingRecursiveComparison()
                    .ignoringFields("incarnation")
                    .isEqualTo(selected);
            assertThat(shown.incarnation()).isNull();
        }
    }

    @Test
    void factsCostOneRoundTrip() throws SQLException {
        try (FaultProxy proxy = server().proxy();
                Connected connected = Connects.open(server(), proxy)) {
            DIALECT.serverFacts(connected.jdbc());
            long before = proxy.roundTrips();
            DIALECT.serverFacts(connected.jdbc());
            assertThat(proxy.roundTrips() - before).isOne();
        }
    }

    @Test
    void aRunOfTheServerLastsUntilTheNextStart() throws SQLException {
        String before;
        try (Connected connected = open()) {
            before = DIALECT.serverFacts(connected.jdbc()).incarnation();
            // Across the turn of at least one second.
            for (int i = 0; i < 12; i++) {
                query(connected.jdbc(), "select sleep(0.1)");
                assertThat(hasLastedSince(before, connected.jdbc())).isTrue();
            }
            assertThat(hasLastedSince("elsewhere/" + Long.MAX_VALUE, connected.jdbc()))
                    .isFalse();
            assertThat(hasLastedSince(null, connected.jdbc())).isFalse();
        }
        server().faults().stop(StopMode.FAST);
        server().faults().start();
        try (Connected connected = open()) {
            assertThat(hasLastedSince(before, connected.jdbc())).isFalse();
        }
    }

    @Test
    void aLoginInTheSecondOfTheStartIsToThatRun() throws SQLException {
        String status = Servers.PRODUCT == DatabaseProduct.MARIADB ? "information_schema" : "performance_schema";
        try (Connected connected = open()) {
            long started = Long.parseLong(query(
                    connected.jdbc(),
                    "select cast(unix_timestamp() - variable_value as signed) from " + status
                            + ".global_status where variable_name = 'Uptime'"));
            String login = DIALECT.serverFacts(connected.jdbc()).incarnation();
            String server = login.substring(0, login.lastIndexOf('/') + 1);
            assertThat(hasLastedSince(server + started, connected.jdbc())).isTrue();
            assertThat(hasLastedSince(server + (started - 1), connected.jdbc())).isFalse();
        }
    }

    private static boolean hasLastedSince(@Nullable String incarnation, Connection own) throws SQLException {
        return ServerRun.hasLastedSince(incarnation, own, DIALECT.serverFacts(own));
    }

    @Test
    void aServerThatTakesNoWritesSaysSo() throws SQLException {
        try (Connected connected = open()) {
            server().faults().makeReadOnly();
            assertThat(DIALECT.serverFacts(connected.jdbc()).readOnly()).isTrue();
            server().faults().makeWritable();
            assertThat(DIALECT.serverFacts(connected.jdbc()).readOnly()).isFalse();
        }
    }

    @Test
    void factsOfADeadConnectionFail() throws SQLException {
        try (Connected connected = open()) {
            server().faults().killSession(sessionId(connected.jdbc()));
            assertThatThrownBy(() -> DIALECT.serverFacts(connected.jdbc())).isInstanceOf(SQLException.class);
        }
    }

    /** The pool relies on it: with an executor that runs at once, the timeout holds when the call returns. */
    @Test
    @Tag("smoke")
    void aNetworkTimeoutHoldsAtOnce() throws SQLException {
        try (Stalls stalls = new Stalls();
                Connected connected = open()) {
            connected.jdbc().setNetworkTimeout(Runnable::run, 300);
            assertThat(connected.socket().getSoTimeout()).isEqualTo(300);
            assertThat(connected.jdbc().getNetworkTimeout()).isEqualTo(300);
            DIALECT.ping(connected.jdbc());
            server().faults().freeze();
            long begin = System.nanoTime();
            SQLException failure = catchThrowableOfType(SQLException.class, () -> DIALECT.ping(connected.jdbc()));
            // Over TLS the JDK waits a second time while it closes.
            Duration most = Duration.ofMillis(tls ? 850 : 550);
            assertThat(since(begin)).isBetween(Duration.ofMillis(290), stalls.allowFor(most));
            assertThat((Throwable) failure).hasRootCauseInstanceOf(SocketTimeoutException.class);
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.SUSPECT_ALL);
        }
    }

    /** The driver kills the statement over a session of its own, with the same TLS, to the same server. */
    @Test
    @Tag("smoke")
    void aStatementThatTakesTooLongIsKilledAndItsConnectionLives() throws SQLException {
        try (Connected connected = open();
                Statement statement = connected.jdbc().createStatement()) {
            statement.setQueryTimeout(1);
            SQLException failure =
                    catchThrowableOfType(SQLException.class, () -> statement.execute("select sleep(30)"));
            assertThat((Throwable) failure).isInstanceOf(SQLTimeoutException.class);
            assertThat(Connects.inUse(failure)).isEqualTo(Verdict.KEEP);
            statement.setQueryTimeout(0);
            assertThatCode(() -> query(connected.jdbc(), "select 1")).doesNotThrowAnyException();
            assertThat(connected.socket().getRemoteSocketAddress()).isNotNull();
        }
    }

    @Test
    void theDriversOwnDefaultsRemain() throws SQLException {
        try (Connected connected = open();
                Connection bare = Servers.bare(server())) {
            for (String variable : new String[] {"sql_mode", "time_zone", "character_set_client", "autocommit"}) {
                assertThat(query(connected.jdbc(), "select @@session." + variable))
                        .as(variable)
                        .isEqualTo(query(bare, "select @@session." + variable));
            }
        }
    }
}
