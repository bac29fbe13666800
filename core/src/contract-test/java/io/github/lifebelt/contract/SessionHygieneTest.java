package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.PoolConfig.Hygiene;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.tx.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the pool is set to it, the next borrower finds the session as configured, whatever the one before did to it. */
class SessionHygieneTest extends PoolTest {

    private static final boolean POSTGRES = Servers.PRODUCT == DatabaseProduct.POSTGRESQL;

    @BeforeEach
    void emptyTable() throws SQLException {
        try (Connection connection = bare()) {
            execute(connection, "create table if not exists session_hygiene (n int)");
            execute(connection, "truncate session_hygiene");
        }
    }

    @Test
    void nothingThatABorrowerDoesToTheSessionReachesTheNext() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1).hygiene(Hygiene.SESSION));
        Map<String, String> before;
        long session;
        try (Connection connection = pool.getConnection()) {
            session = sessionId(connection);
            before = SessionTraces.answers(connection, SessionTraces.of(server()));
        }
        for (SessionTraces.Trace trace : SessionTraces.of(server())) {
            try (Connection connection = pool.getConnection()) {
                SessionTraces.leave(connection, List.of(trace));
                assertThat(SessionTraces.answers(connection, List.of(trace)).get(trace.question()))
                        .isNotEqualTo(before.get(trace.question()));
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(SessionTraces.answers(connection, SessionTraces.of(server())))
                        .isEqualTo(before);
                assertThat(sessionId(connection)).isEqualTo(session);
            }
        }
        assertThat(pool.stats().replaced()).isZero();
    }

    @Test
    void withoutItTheyDo() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1));
        SessionTraces.Trace trace = SessionTraces.of(server()).get(2);
        String before;
        try (Connection connection = pool.getConnection()) {
            before = query(connection, trace.question());
            SessionTraces.leave(connection, List.of(trace));
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(query(connection, trace.question())).isNotEqualTo(before);
        }
    }

    private PoolBuilder configured() {
        return builder()
                .maxSize(1)
                .hygiene(Hygiene.SESSION)
                .isolation(Connection.TRANSACTION_REPEATABLE_READ)
                .schema(Sql.SYSTEM_SCHEMA)
                .initSql(Sql.remember("mark", "77"))
                .onConnect(jdbc -> execute(jdbc, Sql.remember("hook", "88")));
    }

    private void assertConfigured(Connection connection, boolean autoCommit, boolean readOnly) throws SQLException {
        assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
        assertThat(connection.isReadOnly()).isEqualTo(readOnly);
        assertThat(connection.getNetworkTimeout()).isZero();
        assertThat(Sql.isolation(connection)).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(Sql.schema(connection)).isEqualTo(Sql.SYSTEM_SCHEMA);
        assertThat(Sql.remembered(connection, "mark")).isEqualTo("77");
        assertThat(Sql.remembered(connection, "hook")).isEqualTo("88");
    }

    /** By JDBC, by SQL, and by both, of which the driver knows one half. */
    private void unconfigure(Connection connection, boolean byJdbc, boolean bySql) throws SQLException {
        boolean readOnly = connection.isReadOnly();
        if (byJdbc) {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            connection.setReadOnly(!readOnly);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setAutoCommit(!connection.getAutoCommit());
            Sql.enter(connection, Sql.userSchema(server()));
            connection.setNetworkTimeout(Runnable::run, 5_000);
        }
        if (bySql) {
            execute(connection, Sql.remember("mark", "78"));
            execute(connection, Sql.remember("hook", "89"));
            execute(
                    connection,
                    POSTGRES
                            ? "set session characteristics as transaction isolation level read committed, read write"
                            : "set session transaction isolation level read committed, read write");
            execute(connection, POSTGRES ? "set search_path to information_schema" : "use " + Sql.userSchema(server()));
        }
        if (!connection.getAutoCommit()) {
            connection.commit();
        }
    }

    @Test
    void theConfiguredSessionIsThereAgain() throws SQLException {
        for (boolean autoCommit : new boolean[] {true, false}) {
            for (boolean readOnly : new boolean[] {false, true}) {
                ConnectionPool pool = open(configured().autoCommit(autoCommit).readOnly(readOnly));
                for (int round = 0; round < 8; round++) {
                    try (Connection connection = pool.getConnection()) {
                        assertConfigured(connection, autoCommit, readOnly);
                        assertThat(refusesWrites(connection)).isEqualTo(readOnly);
                        connection.setAutoCommit(autoCommit);
                        if (!autoCommit) {
                            connection.rollback();
                        }
                        unconfigure(connection, (round & 1) != 0, (round & 2) != 0);
                    }
                }
                assertThat(pool.stats().connects()).isOne();
                assertThat(pool.stats().replaced()).isZero();
                pool.close();
            }
        }
    }

    /** In a transaction: by default pgjdbc says read-only to the server when it begins one. */
    private boolean refusesWrites(Connection connection) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            execute(
                    connection,
                    "insert into " + (POSTGRES ? "public" : server().database()) + ".session_hygiene values (1)");
            return false;
        } catch (SQLException e) {
            return true;
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
    }

    /** HikariCP would go back to the configured schema after the statement was run again that has entered another. */
    @Test
    void whatTheInitStatementHasMadeOfTheConfiguredSchemaStays() throws SQLException {
        String home = Sql.userSchema(server());
        ConnectionPool pool = open(builder()
                .maxSize(1)
                .hygiene(Hygiene.SESSION)
                .schema(Sql.SYSTEM_SCHEMA)
                .initSql(POSTGRES ? "set search_path to " + home : "use " + home));
        for (int round = 0; round < 3; round++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(Sql.schema(connection)).isEqualTo(home);
                Sql.enter(connection, "information_schema");
            }
        }
        assertThat(pool.stats().connects()).isOne();
    }

    @Test
    void theServersDefaultIsolationAndSchemaComeBackWhenNoneWasSet() throws SQLException {
        ConnectionPool pool = open(builder().maxSize(1).hygiene(Hygiene.SESSION));
        for (int round = 0; round < 3; round++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(Sql.isolation(connection)).isEqualTo(Sql.DEFAULT_ISOLATION);
                assertThat(Sql.schema(connection)).isEqualTo(Sql.userSchema(server()));
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                Sql.enter(connection, Sql.SYSTEM_SCHEMA);
            }
        }
        assertThat(pool.stats().connects()).isOne();
        assertThat(pool.stats().replaced()).isZero();
    }

    @Test
    void statementsThatTheServerHasPreparedGoOnWorking() throws SQLException {
        // pgjdbc does that from the fifth run on without being asked.
        String url = server().url();
        String asked = url + (url.contains("?") ? "&" : "?") + "useServerPrepStmts=true&cachePrepStmts=true";
        ConnectionPool pool =
                open(ConnectionPool.builder(POSTGRES ? url : asked).maxSize(1).hygiene(Hygiene.SESSION));
        for (int round = 0; round < 5; round++) {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(round % 2 == 0);
                for (int n = 0; n < 7; n++) {
                    try (PreparedStatement statement = connection.prepareStatement("select ? + 1")) {
                        statement.setInt(1, n);
                        try (ResultSet rows = statement.executeQuery()) {
                            rows.next();
                            assertThat(rows.getInt(1)).isEqualTo(n + 1);
                        }
                    }
                }
            }
        }
        assertThat(pool.stats().connects()).isOne();
        assertThat(pool.stats().replaced()).isZero();
    }

    @Test
    void unitsOfWorkLeaveNothingEither() throws SQLException {
        ConnectionPool pool = open(configured());
        for (int round = 0; round < 3; round++) {
            UnitOfWork.on(pool).run(tx -> {
                assertThat(Sql.remembered(tx.connection(), "mark")).isEqualTo("77");
                assertThat(Sql.schema(tx.connection())).isEqualTo(Sql.SYSTEM_SCHEMA);
                execute(tx.connection(), Sql.remember("mark", "78"));
                Sql.enter(tx.connection(), Sql.userSchema(server()));
                execute(tx.connection(), "insert into session_hygiene values (1)");
            });
        }
        assertThat(pool.stats().connects()).isOne();
        try (Connection connection = bare()) {
            assertThat(query(connection, "select count(*) from session_hygiene"))
                    .isEqualTo("3");
        }
    }

    @Test
    void aResetThatTheServerDoesNotAnswerIsBoundedAndCostsOnlyTheConnection() throws SQLException {
        ConnectionPool pool = open(configured());
        Connection connection = pool.getConnection();
        server().faults().freeze();
        long begin = System.nanoTime();
        connection.close();
        assertThat(since(begin)).isLessThan(atMost(Duration.ofMillis(5_500)));
        server().faults().thaw();
        try (Connection next = pool.getConnection()) {
            assertConfigured(next, true, false);
        }
        assertThat(pool.stats().replaced()).isOne();
    }

    @Test
    void aSetUpThatFailsAtTheReturnCostsTheConnectionAndNotTheBorrower() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        ConnectionPool pool = open(builder().maxSize(1).hygiene(Hygiene.SESSION).onConnect(jdbc -> {
            int run = runs.incrementAndGet();
            if (run == 2) {
                execute(jdbc, Sql.FAILING);
            } else if (run == 4) {
                throw new IllegalArgumentException("a hook of the application has failed");
            }
        }));
        long first;
        try (Connection connection = pool.getConnection()) {
            first = sessionId(connection);
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(sessionId(connection)).isNotEqualTo(first);
        }
        pool.getConnection().close();
        assertThat(runs).hasValue(6);
        assertThat(pool.stats().replaced()).isEqualTo(2);
        assertThat(pool.stats().active()).isZero();
    }
}
