package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.spi.Dialect;
import io.github.lifebelt.spi.Dialect.SideDoor;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.spi.Dialect.WorkProblem;
import io.github.lifebelt.testing.Administrators;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session has of its own is seen, and gone after a reset; what a session does can be cancelled. */
class SessionTest {

    private static final TestDatabase SERVER = Servers.get(false);
    private static final boolean MARIA_DB = Servers.isMariaDb(SERVER);
    private static final Dialect DIALECT = Connects.dialect();
    private static final SideDoor SIDE_DOOR = () -> Connects.open(SERVER).jdbc();
    private static final String SLEEP = "select sleep(n) from (select 30 as n union all select 0) naps";

    private static Set<String> state(Connection jdbc) throws SQLException {
        return DIALECT.sessionState(jdbc);
    }

    private static Set<String> news(Set<String> before, Connection jdbc) throws SQLException {
        Set<String> news = new TreeSet<>(state(jdbc));
        news.removeAll(before);
        return news;
    }

    private static void leaveTraces(Connection jdbc) throws SQLException {
        execute(jdbc, "set @trace = 'x'");
        execute(jdbc, "set session time_zone = '+05:00', session sql_mode = '', session wait_timeout = 77");
        execute(jdbc, "set names latin1");
        execute(jdbc, "create temporary table trace (x int)");
        query(jdbc, "select get_lock('trace', 0)");
        execute(jdbc, "prepare trace from 'select 1'");
        execute(jdbc, "use information_schema");
    }

    @Test
    void whatASessionDoesNotLeaveBehindIsNotReported() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            Connection jdbc = connected.jdbc();
            execute(jdbc, "create table if not exists numbered (id int auto_increment primary key, x int)");
            Set<String> before = state(jdbc);
            assertThat(before).contains("database app", "setting autocommit = ON");
            execute(jdbc, "insert into numbered (x) values (floor(rand() * 10))");
            assertThatThrownBy(() -> execute(jdbc, "selec 1")).isInstanceOf(SQLException.class);
            query(jdbc, "select now(), sleep(0.01)");
            try (Statement warned = jdbc.createStatement()) {
                warned.execute("select 1/0");
            }
            assertThat(news(before, jdbc)).isEmpty();
            assertThat(DIALECT.transactionState(jdbc)).isEqualTo(TransactionState.IDLE);
        }
    }

    @Test
    void whatASessionLeavesBehindIsReported() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            Set<String> before = state(connected.jdbc());
            leaveTraces(connected.jdbc());
            assertThat(news(before, connected.jdbc()))
                    .contains(
                            "database information_schema",
                            "setting time_zone = +05:00",
                            "setting sql_mode = ",
                            "setting wait_timeout = 77",
                            "setting character_set_client = latin1");
            if (MARIA_DB) {
                assertThat(news(before, connected.jdbc()))
                        .contains("user variable @trace = x", "temporary table app.trace");
            }
        }
    }

    @Test
    void whoMayReadThePerformanceSchemaSeesMore() throws SQLException {
        if (MARIA_DB) {
            // Its performance schema is off.
            return;
        }
        try (Connection admin = Administrators.of(SERVER)) {
            execute(admin, "drop user if exists watcher");
            execute(admin, "create user watcher identified by 'pw'");
            execute(admin, "grant all on app.* to watcher");
            execute(admin, "grant select on performance_schema.* to watcher");
            execute(
                    admin,
                    "update performance_schema.setup_instruments set enabled = 'YES' where name ="
                            + " 'wait/lock/metadata/sql/mdl'");
        }
        try (Connected connected = Connects.open(SERVER.url().replace("//app:lifebelt%24test@", "//watcher:pw@"))) {
            Set<String> before = state(connected.jdbc());
            leaveTraces(connected.jdbc());
            assertThat(news(before, connected.jdbc()))
                    .contains("user variable @trace = x", "lock trace", "prepared statement trace");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "&sessionVariables=wait_timeout=1234,sql_mode='ANSI_QUOTES'&characterEncoding=latin1",
                "&connectionTimeZone=%2B03:00&forceConnectionTimeZoneToSession=true",
                "&useLocalSessionState=true&useServerPrepStmts=true&cachePrepStmts=true"
            })
    void aResetMakesASessionWhatItWasAfterTheLogin(String parameters) throws SQLException {
        try (Connected connected = Connects.open(SERVER.url() + parameters);
                Connected fresh = Connects.open(SERVER.url() + parameters)) {
            Connection jdbc = connected.jdbc();
            leaveTraces(jdbc);
            jdbc.setAutoCommit(false);
            jdbc.setReadOnly(true);
            jdbc.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            DIALECT.rollback(jdbc);
            DIALECT.resetSession(jdbc);

            assertThat(state(jdbc)).isEqualTo(state(fresh.jdbc()));
            assertThat(query(jdbc, "select @trace")).isNull();
            assertThat(query(jdbc, "select is_free_lock('trace')")).isEqualTo("1");
            assertThatThrownBy(() -> query(jdbc, "select * from trace")).isInstanceOf(SQLException.class);
            assertThat(jdbc.getAutoCommit()).isTrue();
            assertThat(jdbc.isReadOnly()).isFalse();
            assertThat(jdbc.getCatalog()).isEqualTo("app");
            assertThat(jdbc.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
            assertThat(query(jdbc, "select 'ä€'")).isEqualTo(query(fresh.jdbc(), "select 'ä€'"));
        }
    }

    /** What it sends only if it believes it to be different, it sends. */
    @Test
    void afterAResetTheDriverDoesNotBelieveWhatWas() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            Connection jdbc = connected.jdbc();
            String isolation = MARIA_DB ? "select @@session.tx_isolation" : "select @@session.transaction_isolation";
            jdbc.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            DIALECT.resetSession(jdbc);
            assertThat(query(jdbc, isolation)).isEqualTo("REPEATABLE-READ");
            jdbc.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(query(jdbc, isolation)).isEqualTo("SERIALIZABLE");
            assertThat(limited(jdbc)).isEqualTo(1);
            DIALECT.resetSession(jdbc);
            assertThat(limited(jdbc)).isEqualTo(1);
            assertThat(query(jdbc, "select count(*) from (select 1 as n union all select 2) two"))
                    .isEqualTo("2");
            execute(jdbc, "set autocommit = 0");
            DIALECT.resetSession(jdbc);
            jdbc.setAutoCommit(false);
            assertThat(query(jdbc, "select @@session.autocommit")).isEqualTo("0");
        }
    }

    private static int limited(Connection jdbc) throws SQLException {
        try (Statement statement = jdbc.createStatement()) {
            statement.setMaxRows(1);
            try (ResultSet rows = statement.executeQuery("select 1 union all select 2")) {
                int count = 0;
                while (rows.next()) {
                    count++;
                }
                return count;
            }
        }
    }

    /** The driver makes the server strict at the login if it is not, and believes it to stay so. */
    @Test
    void aServerThatIsNotStrictIsMadeSoAfterEachReset() throws SQLException {
        try (Connection admin = Administrators.of(SERVER)) {
            String before = query(admin, "select @@global.sql_mode");
            execute(admin, "set global sql_mode = ''");
            try (Connected connected = Connects.open(SERVER)) {
                for (int i = 0; i < 2; i++) {
                    assertThat(query(connected.jdbc(), "select @@session.sql_mode"))
                            .isEqualTo("STRICT_TRANS_TABLES");
                    DIALECT.resetSession(connected.jdbc());
                }
            } finally {
                execute(admin, "set global sql_mode = '" + before + "'");
            }
        }
    }

    /** Statements are numbered, and after a reset the server counts from the start. */
    @Test
    void statementsThatTheDriverKeptAreNotTakenForOthersAfterAReset() throws SQLException {
        try (Connected connected =
                Connects.open(SERVER.url() + "&useServerPrepStmts=true&cachePrepStmts=true&prepStmtCacheSize=2")) {
            Connection jdbc = connected.jdbc();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 4; i++) {
                    assertThat(prepared(jdbc, "select ? + " + i, i)).isEqualTo(2 * i);
                }
                for (int i = 3; i >= 0; i--) {
                    assertThat(prepared(jdbc, "select ? + " + i, i)).isEqualTo(2 * i);
                }
                DIALECT.resetSession(jdbc);
            }
        }
    }

    private static int prepared(Connection jdbc, String sql, int value) throws SQLException {
        try (PreparedStatement statement = jdbc.prepareStatement(sql)) {
            statement.setInt(1, value);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    @Test
    void whatCannotBeResetIsNotToBeUsed() throws SQLException {
        try (Connected connected = Connects.open(SERVER.url() + "&paranoid=true")) {
            assertThatThrownBy(() -> DIALECT.resetSession(connected.jdbc())).hasMessageContaining("paranoid");
        }
        try (Connected connected = Connects.open(SERVER.url().replace("/app?", "/?"))) {
            DIALECT.resetSession(connected.jdbc());
            execute(connected.jdbc(), "use app");
            assertThatThrownBy(() -> DIALECT.resetSession(connected.jdbc())).hasMessageContaining("app");
        }
        try (Connected connected = Connects.open(SERVER)) {
            SERVER.faults().killSession(DIALECT.sessionId(connected.jdbc()));
            SQLException failure =
                    catchThrowableOfType(SQLException.class, () -> DIALECT.resetSession(connected.jdbc()));
            assertThat(DIALECT.workProblem(failure)).isEqualTo(WorkProblem.CONNECTION_LOST);
        }
    }

    private static CompletableFuture<SQLException> sleeping(Connected connected) {
        CompletableFuture<SQLException> sleeping = CompletableFuture.supplyAsync(
                () -> catchThrowableOfType(SQLException.class, () -> query(connected.jdbc(), SLEEP)));
        await().until(() -> {
            try (Connected watcher = Connects.open(SERVER)) {
                return query(
                                watcher.jdbc(),
                                "select count(*) from information_schema.processlist where info = '" + SLEEP
                                        + "' and id = " + DIALECT.sessionId(connected.jdbc()))
                        .equals("1");
            }
        });
        return sleeping;
    }

    @Test
    void aCancelledStatementEndsAndItsTransactionGoesOn() throws Exception {
        try (Connected connected = Connects.open(SERVER)) {
            execute(connected.jdbc(), "create table if not exists cancelled (x int) engine = innodb");
            connected.jdbc().setAutoCommit(false);
            execute(connected.jdbc(), "insert into cancelled values (1)");
            CompletableFuture<SQLException> sleeping = sleeping(connected);
            DIALECT.cancel(connected.jdbc(), SIDE_DOOR);
            SQLException failure = sleeping.get(10, TimeUnit.SECONDS);
            assertThat(DIALECT.workProblem(failure)).isEqualTo(WorkProblem.CANCELLED);
            assertThat(query(connected.jdbc(), "select count(*) from cancelled"))
                    .isEqualTo("1");
            DIALECT.rollback(connected.jdbc());
            await().untilAsserted(() -> assertThat(SERVER.sessions()).isEqualTo(1));
        }
    }

    @Test
    void cancellingNothingDoesNoHarm() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            DIALECT.cancel(connected.jdbc(), SIDE_DOOR);
            assertThat(query(connected.jdbc(), "select sleep(0.01)")).isEqualTo("0");
            SERVER.faults().killSession(DIALECT.sessionId(connected.jdbc()));
            DIALECT.cancel(connected.jdbc(), SIDE_DOOR);
            connected.jdbc().close();
            DIALECT.cancel(connected.jdbc(), SIDE_DOOR);
        }
    }

    /** After a fail-over the number is another session's there. */
    @Test
    void nothingIsCancelledAtAnotherAddress() throws Exception {
        try (FaultProxy proxy = SERVER.proxy();
                Connected connected = Connects.open(SERVER, proxy)) {
            CompletableFuture<SQLException> sleeping = sleeping(connected);
            assertThatThrownBy(() -> DIALECT.cancel(connected.jdbc(), SIDE_DOOR))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("session " + DIALECT.sessionId(connected.jdbc()));
            assertThat(sleeping).isNotDone();
            DIALECT.cancel(connected.jdbc(), () -> Connects.open(SERVER, proxy).jdbc());
            assertThat(DIALECT.workProblem(sleeping.get(10, TimeUnit.SECONDS))).isEqualTo(WorkProblem.CANCELLED);
        }
    }
}
