package io.github.lifebelt.postgres;

import static io.github.lifebelt.contract.Connects.dialect;
import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.contract.Connects.Connected;
import io.github.lifebelt.spi.Dialect.TransactionState;
import io.github.lifebelt.testing.Administrator;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** What a session gathers, and that it is rid of it afterwards. */
class SessionsTest {

    private static TestDatabase server;

    private Connected connected;

    @BeforeAll
    static void start() throws SQLException {
        server = TestDatabase.postgres().start();
        try (Connection administrator = Administrator.of(server)) {
            execute(administrator, "create role deputy");
            execute(administrator, "grant deputy to app");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws SQLException {
        connected = Connects.open(server.databaseUrl().toBuilder()
                .parameter("ApplicationName", "the app")
                .parameter("prepareThreshold", "1")
                .options("-c statement_timeout=9s -c work_mem=5MB")
                .build());
    }

    @AfterEach
    void close() {
        connected.close();
    }

    private Connection jdbc() {
        return connected.jdbc();
    }

    private Set<String> state() throws SQLException {
        return dialect().sessionState(jdbc());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set search_path = x | setting search_path = x",
                "set statement_timeout = '3s' | setting statement_timeout = 3000",
                "set application_name = other | setting application_name = other",
                "set extra_float_digits = 0 | setting extra_float_digits = 0",
                "set session characteristics as transaction isolation level serializable"
                        + " | setting default_transaction_isolation = serializable",
                "set role deputy | setting role = deputy",
                "create temporary table notes (n int) | temporary table notes",
                "create temporary view notes as select 1 | temporary view notes",
                "create temporary sequence notes | temporary sequence notes",
                "select pg_advisory_lock(4294967298) | advisory lock 4294967298",
                "select pg_advisory_lock(-7) | advisory lock -7",
                "select pg_advisory_lock_shared(1, -2) | advisory lock 1, -2 (shared)",
                "listen news | channel news",
                "prepare mine as select 1 | prepared statement mine",
                "declare mine cursor with hold for select 1 | cursor mine"
            })
    void whatASessionGathersIsToldAndReset(String statement, String told) throws SQLException {
        assertThat(state()).isEmpty();
        execute(jdbc(), statement);
        assertThat(state()).containsExactly(told);
        dialect().resetSession(jdbc());
        assertThat(state()).isEmpty();
    }

    @Test
    void aChangeOfTheSessionsUserIsToldAndReset() throws SQLException {
        try (Connection administrator = Administrator.of(server)) {
            execute(administrator, "set session authorization deputy");
            assertThat(dialect().sessionState(administrator)).contains("session authorization deputy");
            dialect().resetSession(administrator);
            assertThat(dialect().sessionState(administrator)).isEmpty();
            assertThat(query(administrator, "select session_user")).isNotEqualTo("deputy");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neitherBeginsATransaction(boolean autocommit) throws SQLException {
        jdbc().setAutoCommit(autocommit);
        assertThat(state()).isEmpty();
        assertThat(dialect().transactionState(jdbc())).isEqualTo(TransactionState.IDLE);
        dialect().resetSession(jdbc());
        assertThat(dialect().transactionState(jdbc())).isEqualTo(TransactionState.IDLE);
        assertThat(jdbc().getAutoCommit()).isEqualTo(autocommit);
    }

    @Test
    void whatTheLoginHasSetStays() throws SQLException {
        String zone = query(jdbc(), "show timezone");
        execute(jdbc(), "set timezone = 'Asia/Kathmandu'");
        execute(jdbc(), "set work_mem = '1MB'");
        execute(jdbc(), "set statement_timeout = 0");
        jdbc().setClientInfo("ApplicationName", "another");
        dialect().resetSession(jdbc());
        assertThat(query(jdbc(), "show timezone")).isEqualTo(zone);
        assertThat(query(jdbc(), "show work_mem")).isEqualTo("5MB");
        assertThat(query(jdbc(), "show statement_timeout")).isEqualTo("9s");
        assertThat(query(jdbc(), "show application_name")).isEqualTo("the app");
        assertThat(query(jdbc(), "show client_encoding")).isEqualTo("UTF8");
        assertThat(query(jdbc(), "show datestyle")).startsWith("ISO");
        // The shortest text that says exactly which float it is.
        assertThat(query(jdbc(), "select 0.1::float8 + 0.2::float8")).isEqualTo("0.30000000000000004");
        assertThat(jdbc().getClientInfo("ApplicationName")).isEqualTo("the app");
    }

    @Test
    void aSettingThatIsPutBackByHandIsNone() throws SQLException {
        jdbc().setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        assertThat(state()).containsExactly("setting default_transaction_isolation = serializable");
        jdbc().setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        assertThat(state()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ignore", "transaction", "always"})
    void whatTheDriverHasSetAfterTheLoginStaysToo(String mode) throws SQLException {
        DatabaseUrl url = server.databaseUrl().toBuilder()
                .parameter("readOnly", "true")
                .parameter("readOnlyMode", mode)
                .build();
        try (Connected reader = Connects.open(url)) {
            String before = everySetting(reader.jdbc());
            assertThat(dialect().sessionState(reader.jdbc())).isEmpty();
            for (boolean autocommit : new boolean[] {true, false, true}) {
                reader.jdbc().setAutoCommit(autocommit);
                dialect().resetSession(reader.jdbc());
                assertThat(dialect().sessionState(reader.jdbc())).isEmpty();
            }
            assertThat(everySetting(reader.jdbc())).isEqualTo(before);
            assertThat(reader.jdbc().isReadOnly()).isTrue();
        }
    }

    private static String everySetting(Connection connection) throws SQLException {
        return query(connection, "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings");
    }

    @Test
    void preparedStatementsSurvive() throws SQLException {
        try (PreparedStatement statement = jdbc().prepareStatement("select ?::int + 1")) {
            for (int i = 0; i < 6; i++) {
                statement.setInt(1, i);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    assertThat(row.getInt(1)).isEqualTo(i + 1);
                }
                assertThat(query(jdbc(), "select count(*) from pg_prepared_statements where statement like '%+ 1'"))
                        .isEqualTo("1");
                dialect().resetSession(jdbc());
                assertThat(query(jdbc(), "select count(*) from pg_prepared_statements where statement like '%+ 1'"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void whatWasHeardIsForgotten() throws SQLException {
        execute(jdbc(), "listen news");
        execute(jdbc(), "notify news, 'old'");
        dialect().resetSession(jdbc());
        assertThat(jdbc().unwrap(PGConnection.class).getNotifications()).isNullOrEmpty();
    }

    @Test
    void whatTheDriverBelievesIsSo() throws SQLException {
        jdbc().setReadOnly(true);
        jdbc().setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        jdbc().setSchema("pg_catalog");
        dialect().resetSession(jdbc());
        assertThat(jdbc().getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        assertThat(jdbc().getSchema()).isEqualTo("public");
        jdbc().setAutoCommit(false);
        assertThat(query(jdbc(), "show transaction_read_only")).isEqualTo(jdbc().isReadOnly() ? "on" : "off");
    }

    @Test
    void aResetWithinATransactionFails() throws SQLException {
        jdbc().setAutoCommit(false);
        query(jdbc(), "select 1");
        assertThatThrownBy(() -> dialect().resetSession(jdbc())).isInstanceOf(SQLException.class);
    }
}
