package io.github.lifebelt.mysql;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.mysql.TokenTransactions.RESOLVER;
import static io.github.lifebelt.mysql.TokenTransactions.look;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.mysql.TokenTransactions.Unit;
import io.github.lifebelt.spi.CommitResolver.Finding;
import io.github.lifebelt.spi.CommitResolver.Mark;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.testing.Administrators;
import io.github.lifebelt.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The table of tokens: how it is found, what it needs to be used, how it stays small. */
class TokenTableTest {

    private static final TestDatabase SERVER = Servers.get(false);
    private static final String TABLE = "`app`.`lifebelt_token`";
    private static final int FORBIDDEN = 1142;

    @BeforeEach
    void createTables() throws SQLException {
        TokenTransactions.createTables(SERVER);
    }

    @AfterEach
    void healTheServer() {
        Servers.heal(SERVER);
    }

    private static void administer(String... statements) throws SQLException {
        try (Connection admin = Administrators.of(SERVER)) {
            for (String statement : statements) {
                execute(admin, statement);
            }
        }
    }

    /** An account with no privileges but these on its own database. */
    private static String account(String name, String privileges) throws SQLException {
        administer(
                "drop user if exists " + name,
                "create user " + name + " identified by 'pw'",
                "grant " + privileges + " on app.* to " + name);
        return SERVER.url().replace("//app:lifebelt%24test@", "//" + name + ":pw@");
    }

    @Test
    void itIsFoundInTheDatabaseThatTheSessionIsIn() throws SQLException {
        administer(
                "drop database if exists `odd ``name`",
                "create database `odd ``name`",
                "grant all on `odd ``name`.* to app");
        try (Connected connected = Connects.open(SERVER)) {
            Connection jdbc = connected.jdbc();
            assertThat(RESOLVER.findTokenTable(jdbc)).isEqualTo(TABLE);
            jdbc.setCatalog("odd `name");
            assertThat(RESOLVER.findTokenTable(jdbc)).isNull();
            execute(jdbc, "create view lifebelt_token as select 1 as id");
            assertThat(RESOLVER.findTokenTable(jdbc)).isNull();
            execute(jdbc, "drop view lifebelt_token");
            execute(jdbc, "create temporary table lifebelt_token (id int)");
            assertThat(RESOLVER.findTokenTable(jdbc)).isNull();
            execute(jdbc, "drop temporary table lifebelt_token");
            execute(jdbc, RESOLVER.tokenTableStatement());
            String table = RESOLVER.findTokenTable(jdbc);
            assertThat(table).isEqualTo("`odd ``name`.`lifebelt_token`");
            jdbc.setCatalog("app");
            Mark mark = new Mark(null, UUID.randomUUID(), table, 0, null);
            assertThat(look(connected, mark, false)).isEqualTo(Finding.ROLLED_BACK);
            assertThat(query(jdbc, "select hex(id) from " + table))
                    .isEqualToIgnoringCase(mark.token().toString().replace("-", ""));
        }
    }

    @Test
    void withoutADatabaseThereIsNone() throws SQLException {
        try (Connected connected = Connects.open(SERVER.url().replace("/app?", "/?"))) {
            assertThat(RESOLVER.findTokenTable(connected.jdbc())).isNull();
        }
    }

    @Test
    void lookingForItBeginsNoTransaction() throws SQLException {
        try (Connected connected = Connects.open(SERVER)) {
            connected.jdbc().setAutoCommit(false);
            assertThat(RESOLVER.findTokenTable(connected.jdbc())).isEqualTo(TABLE);
            assertThat(Connects.dialect().transactionState(connected.jdbc())).isEqualTo(TransactionState.IDLE);
        }
    }

    @Test
    void selectInsertAndDeleteAreEnough() throws SQLException {
        String url = account("least", "select, insert, delete");
        try (Connected own = Connects.open(url);
                Unit unit = TokenTransactions.begin(Connects.open(url))) {
            assertThat(unit.mark().tokenTable()).isEqualTo(TABLE);
            unit.writeToken();
            assertThat(look(own, unit.mark(), true)).isEqualTo(Finding.OPEN);
            await().until(() -> look(own, unit.mark(), true) == Finding.ROLLED_BACK);
            await().until(() -> !unit.hasSession(SERVER));
            assertThat(RESOLVER.removeTokens(own.jdbc(), TABLE, new UUID(-1, -1), 10))
                    .isEqualTo(1);
        }
    }

    @Test
    void whatIsNotAllowedIsReported() throws SQLException {
        try (Connected own = Connects.open(account("reader", "select"))) {
            assertThat(RESOLVER.findTokenTable(own.jdbc())).isEqualTo(TABLE);
            Mark mark = new Mark(null, UUID.randomUUID(), TABLE, 0, null);
            SQLException looking = catchThrowableOfType(SQLException.class, () -> look(own, mark, true));
            assertThat(looking.getErrorCode()).isEqualTo(FORBIDDEN);
            SQLException writing =
                    catchThrowableOfType(SQLException.class, () -> RESOLVER.writeToken(own.jdbc(), mark));
            assertThat(writing.getErrorCode()).isEqualTo(FORBIDDEN);
            SQLException removing = catchThrowableOfType(
                    SQLException.class, () -> RESOLVER.removeTokens(own.jdbc(), TABLE, new UUID(-1, -1), 10));
            assertThat(removing.getErrorCode()).isEqualTo(FORBIDDEN);
            try (Connected other = Connects.open(SERVER)) {
                assertThat(RESOLVER.removeTokens(other.jdbc(), TABLE, new UUID(-1, -1), 10))
                        .as("the lock of the one that failed is free")
                        .isZero();
                execute(other.jdbc(), "insert into lifebelt_token (id) values (x'01')");
                assertThat(RESOLVER.removeTokens(other.jdbc(), TABLE, new UUID(-1, -1), 10))
                        .isEqualTo(1);
            }
        }
    }

    private static void write(Connection jdbc, UUID... tokens) throws SQLException {
        for (UUID token : tokens) {
            RESOLVER.writeToken(jdbc, new Mark(null, token, TABLE, 0, null));
        }
    }

    @Test
    void oldTokensGoTheOldestFirstAndSoManyAtOnce() throws SQLException {
        try (Connected own = Connects.open(SERVER)) {
            // The last has its highest bit set: it is the youngest, whatever the sign.
            UUID young = new UUID(0x9000_0000_0000_0000L, 7);
            write(own.jdbc(), young, new UUID(3, 0), new UUID(1, 0), new UUID(2, 0), new UUID(2, 1));
            UUID limit = new UUID(3, 0);
            assertThat(RESOLVER.removeTokens(own.jdbc(), TABLE, limit, 2)).isEqualTo(2);
            assertThat(query(own.jdbc(), "select hex(min(id)) from lifebelt_token"))
                    .isEqualTo("00000000000000020000000000000001");
            assertThat(RESOLVER.removeTokens(own.jdbc(), TABLE, limit, 2)).isEqualTo(1);
            assertThat(RESOLVER.removeTokens(own.jdbc(), TABLE, limit, 2)).isZero();
            assertThat(query(own.jdbc(), "select count(*) from lifebelt_token")).isEqualTo("2");
        }
    }

    @Test
    void whoFindsSomebodyAtItLeavesIt() throws SQLException {
        try (Connected own = Connects.open(SERVER);
                Connected other = Connects.open(SERVER)) {
            write(own.jdbc(), new UUID(1, 0));
            other.jdbc().setAutoCommit(false);
            query(other.jdbc(), "select fence from lifebelt_token for update");
            assertThat(RESOLVER.removeTokens(own.jdbc(), TABLE, new UUID(-1, -1), 10))
                    .isZero();
            other.jdbc().rollback();
            String lock = "'lifebelt_token " + Integer.toHexString(TABLE.hashCode()) + "'";
            assertThat(query(other.jdbc(), "select get_lock(" + lock + ", 0)")).isEqualTo("1");
            assertThat(RESOLVER.removeTokens(own.jdbc(), TABLE, new UUID(-1, -1), 10))
                    .isZero();
            query(other.jdbc(), "select release_lock(" + lock + ")");
            assertThat(RESOLVER.removeTokens(own.jdbc(), TABLE, new UUID(-1, -1), 10))
                    .isEqualTo(1);
        }
    }
}
