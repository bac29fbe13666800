package io.github.lifebelt.testing;

import static io.github.lifebelt.testing.ProxyTestServer.manyRows;
import static io.github.lifebelt.testing.ProxyTestServer.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.ProtocolProxy.Ending;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is aimed at, and what bare drivers and the server see of it. */
@ParameterizedClass
@EnumSource(ProxyTestServer.class)
class ProtocolProxyTest {
    private static final int SILENCE_MILLIS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Parameter
    private ProxyTestServer server;

    private ProtocolProxy proxy;

    @BeforeEach
    void start() throws SQLException {
        proxy = server.protocolProxy();
        try (Connection connection = server.open(server.port())) {
            execute(connection, "CREATE TABLE IF NOT EXISTS marks (id varchar(40) PRIMARY KEY)");
        }
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource
    void aLostCommitRequestLeavesTheTransactionOpenOrAborted(Ending ending) throws Exception {
        String mark = newMark();
        long session;
        try (Connection connection = openInTransaction()) {
            session = server.session(connection);
            insert(connection, mark);
            proxy.loseCommitRequest(ending);
            connection.setNetworkTimeout(Runnable::run, patience(ending));
            SQLException thrown = catchThrowableOfType(SQLException.class, connection::commit);
            assertHit(ending);
            assertBroken(thrown, ending);
            assertThat(proxy.commitRequestsLost()).isEqualTo(1);
        }
        assertServerSide(session, ending);
        await().atMost(PATIENCE).until(() -> !server.has(session));
        assertThat(count(mark)).isZero();
        assertThatNextCommitSucceeds();
        assertThat(proxy.commitRequestsLost()).isEqualTo(1);
        assertThat(proxy.commitAnswersLost()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void theCommitOfALostAnswerHasTakenPlace(Ending ending) throws Exception {
        String mark = newMark();
        long session;
        try (Connection connection = openInTransaction()) {
            session = server.session(connection);
            insert(connection, mark);
            proxy.loseCommitAnswer(ending);
            connection.setNetworkTimeout(Runnable::run, patience(ending));
            SQLException thrown = catchThrowableOfType(SQLException.class, connection::commit);
            assertHit(ending);
            assertThat(count(mark)).isEqualTo(1);
            assertBroken(thrown, ending);
            assertThat(proxy.commitAnswersLost()).isEqualTo(1);
        }
        assertServerSide(session, ending);
        await().atMost(PATIENCE).until(() -> !server.has(session));
        assertThat(count(mark)).isEqualTo(1);
        assertThatNextCommitSucceeds();
        assertThat(proxy.commitAnswersLost()).isEqualTo(1);
        assertThat(proxy.commitRequestsLost()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aResultIsCutAfterTheRowsThatPass(Ending ending) throws Exception {
        Connection connection = openInTransaction();
        long session = server.session(connection);
        try (Abort ignored = () -> connection.abort(Runnable::run)) {
            Statement statement = streaming(connection);
            proxy.cutResultAfter(5, ending);
            // Too short to be cut.
            assertThat(read(statement, manyRows(5))).isEqualTo(5);
            assertThat(proxy.resultsCut()).isZero();
            ResultSet rows = statement.executeQuery(manyRows(900));
            for (int i = 1; i <= 5; i++) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(i);
                assertThat(rows.getString(2)).hasSize(100);
            }
            connection.setNetworkTimeout(Runnable::run, patience(ending));
            SQLException thrown = catchThrowableOfType(SQLException.class, rows::next);
            assertHit(ending);
            assertBroken(thrown, ending);
            assertThat(proxy.resultsCut()).isEqualTo(1);
        }
        assertServerSide(session, ending);
        await().atMost(PATIENCE).until(() -> !server.has(session));
        try (Connection next = server.open(proxy.port())) {
            assertThat(read(next.createStatement(), manyRows(900))).isEqualTo(900);
        }
    }

    @Test
    void aResultCanBeCutBeforeItsFirstRow() throws Exception {
        try (Connection connection = server.open(proxy.port())) {
            proxy.cutResultAfter(0, Ending.RESET);
            assertBroken(() -> number(connection, "SELECT 1"));
            assertThat(proxy.resultsCut()).isEqualTo(1);
        }
    }

    @Test
    void rowsFetchedInPortionsAreCountedTogether() throws Exception {
        String cursors = server.isPostgres() ? "" : "&useCursorFetch=true";
        Connection connection = server.open(proxy.port(), ProxyTestServer.PATIENCE_MILLIS, cursors);
        try (Abort ignored = () -> connection.abort(Runnable::run)) {
            connection.setAutoCommit(false);
            PreparedStatement statement = connection.prepareStatement(manyRows(900));
            statement.setFetchSize(10);
            // Each execution counts for itself.
            proxy.cutResultAfter(900, Ending.RESET);
            assertThat(read(statement)).isEqualTo(900);
            assertThat(read(statement)).isEqualTo(900);
            proxy.cutResultAfter(35, Ending.RESET);
            ResultSet rows = statement.executeQuery();
            for (int i = 1; i <= 30; i++) {
                assertThat(rows.next()).isTrue();
            }
            assertBroken(rows::next);
        }
    }

    @Test
    void commitsAreLostAsOftenAsArmedOnWhateverConnection() throws Exception {
        proxy.loseCommitRequest(Ending.RESET, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(proxy.awaitHits(Duration.ZERO)).isFalse();
            try (Connection connection = openInTransaction()) {
                insert(connection, newMark());
                assertBroken(connection::commit);
            }
        }
        assertThat(proxy.awaitHits(Duration.ZERO)).isTrue();
        assertThat(proxy.commitRequestsLost()).isEqualTo(3);
        assertThatNextCommitSucceeds();
    }

    @Test
    void healDisarms() throws Exception {
        proxy.loseCommitRequest(Ending.RESET);
        proxy.loseCommitAnswer(Ending.RESET, 5);
        proxy.cutResultAfter(0, Ending.RESET);
        proxy.heal();
        assertThatNextCommitSucceeds();
        proxy.loseCommitAnswer(Ending.RESET, 5);
        proxy.loseCommitAnswer(Ending.RESET, 0);
        assertThatNextCommitSucceeds();
        assertThat(proxy.commitRequestsLost() + proxy.commitAnswersLost() + proxy.resultsCut())
                .isZero();
    }

    @Test
    void aCommitThatWasPreparedLongAgoIsRecognised() throws Exception {
        String prepared = server.isPostgres() ? "&prepareThreshold=1" : "&useServerPrepStmts=true";
        String mark = newMark();
        Connection connection = server.open(proxy.port(), ProxyTestServer.PATIENCE_MILLIS, prepared);
        try (Abort ignored = () -> connection.abort(Runnable::run)) {
            PreparedStatement commit = connection.prepareStatement("/* so */ Commit work");
            connection.setAutoCommit(false);
            for (int i = 0; i < 12; i++) {
                insert(connection, newMark());
                commit.execute();
                insert(connection, newMark());
                connection.commit();
            }
            proxy.loseCommitAnswer(Ending.FINISH);
            insert(connection, mark);
            assertBroken(commit::execute);
            assertThat(count(mark)).isEqualTo(1);
        }
        Connection other = server.open(proxy.port(), ProxyTestServer.PATIENCE_MILLIS, prepared);
        try (Abort ignored = () -> other.abort(Runnable::run)) {
            PreparedStatement commit = other.prepareStatement("commit");
            other.setAutoCommit(false);
            commit.execute();
            commit.execute();
            proxy.loseCommitRequest(Ending.RESET);
            assertBroken(commit::execute);
        }
        assertThat(proxy.commitRequestsLost()).isEqualTo(1);
        assertThat(proxy.commitAnswersLost()).isEqualTo(1);
    }

    @Test
    void aCommitAmongOtherStatementsIsRecognised() throws Exception {
        String several = server.isPostgres() ? "" : "&allowMultiQueries=true";
        String lost = newMark();
        String stored = newMark();
        try (Connection connection = server.open(proxy.port(), ProxyTestServer.PATIENCE_MILLIS, several)) {
            connection.setAutoCommit(false);
            proxy.loseCommitRequest(Ending.RESET);
            assertBroken(() -> execute(connection, "INSERT INTO marks VALUES ('" + lost + "'); -- ;\n COMMIT"));
        }
        try (Connection connection = server.open(proxy.port(), ProxyTestServer.PATIENCE_MILLIS, several)) {
            connection.setAutoCommit(false);
            proxy.loseCommitAnswer(Ending.RESET);
            execute(connection, "SELECT 'commit'; SELECT 2");
            assertBroken(() ->
                    execute(connection, "SELECT 1; INSERT INTO marks VALUES ('" + stored + "'); COMMIT; SELECT 2"));
        }
        assertThat(count(lost)).isZero();
        assertThat(count(stored)).isEqualTo(1);
        assertThat(proxy.commitRequestsLost()).isEqualTo(1);
        assertThat(proxy.commitAnswersLost()).isEqualTo(1);
    }

    @Test
    void aRollbackIsNoCommit() throws Exception {
        proxy.loseCommitRequest(Ending.RESET);
        proxy.loseCommitAnswer(Ending.RESET);
        try (Connection connection = openInTransaction()) {
            insert(connection, newMark());
            connection.rollback();
            String twice = newMark();
            insert(connection, twice);
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> insert(connection, twice));
            connection.rollback();
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
            connection.rollback();
        }
        assertThat(proxy.awaitHits(Duration.ofMillis(1))).isFalse();
        assertThat(proxy.commitRequestsLost() + proxy.commitAnswersLost()).isZero();
    }

    @Test
    void closeEndsAllConnectionsThreadsAndPorts() throws Exception {
        long session;
        try (Connection quiet = server.open(proxy.port());
                Connection lost = openInTransaction()) {
            session = server.session(lost);
            lost.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
            proxy.loseCommitRequest(Ending.SILENCE);
            assertThatExceptionOfType(SQLException.class).isThrownBy(lost::commit);
            assertHit(Ending.SILENCE);
            assertThat(server.has(session)).isTrue();
            proxy.close();
            proxy.close();
            assertThat(proxy.connections()).isZero();
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> number(quiet, "SELECT 1"));
        }
        await().atMost(PATIENCE).until(() -> !server.has(session));
        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("lifebelt-proxy-" + proxy.port())));
    }

    /** Connector/J complains of what is broken when it is closed. */
    private interface Abort extends AutoCloseable {
        @Override
        void close() throws SQLException;
    }

    private interface Action {
        void run() throws SQLException;
    }

    /** A client that met silence has only lost its patience, maybe before the server or the proxy got to it. */
    private void assertHit(Ending ending) {
        assertThat(proxy.awaitHits(ending == Ending.SILENCE ? PATIENCE : Duration.ZERO))
                .isTrue();
    }

    private void assertBroken(Action action) {
        SQLException thrown = catchThrowableOfType(SQLException.class, action::run);
        assertThat(thrown.getSQLState()).isIn(server.brokenStates());
    }

    private void assertBroken(SQLException thrown, Ending ending) {
        assertThat(thrown.getSQLState()).isIn(server.brokenStates());
        Throwable root = Throwables.getRootCause(thrown);
        if (ending == Ending.SILENCE) {
            assertThat(root).isInstanceOf(SocketTimeoutException.class);
        } else {
            assertThat(root).isNotInstanceOf(SocketTimeoutException.class);
        }
        if (ending == Ending.RESET) {
            assertThat(root).hasMessageContaining("reset");
        }
    }

    /** After silence the server still has its session, though its client has closed. */
    private void assertServerSide(long session, Ending ending) {
        if (ending == Ending.SILENCE) {
            await().during(Duration.ofMillis(SILENCE_MILLIS)).until(() -> server.has(session));
            assertThat(proxy.connections()).isEqualTo(1);
            proxy.reset();
        }
        await().atMost(PATIENCE).until(() -> proxy.connections() == 0);
    }

    private void assertThatNextCommitSucceeds() throws SQLException {
        String mark = newMark();
        try (Connection connection = openInTransaction()) {
            insert(connection, mark);
            connection.commit();
        }
        assertThat(count(mark)).isEqualTo(1);
    }

    private Connection openInTransaction() throws SQLException {
        Connection connection = server.open(proxy.port());
        connection.setAutoCommit(false);
        return connection;
    }

    private Statement streaming(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        // Row by row: pgjdbc hands out what it fetched at once, Connector/J streams.
        statement.setFetchSize(server.isPostgres() ? 1 : Integer.MIN_VALUE);
        return statement;
    }

    private static int patience(Ending ending) {
        return ending == Ending.SILENCE ? SILENCE_MILLIS : ProxyTestServer.PATIENCE_MILLIS;
    }

    private static int read(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return count(rows);
        }
    }

    private static int read(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            return count(rows);
        }
    }

    private static int count(ResultSet rows) throws SQLException {
        int count = 0;
        while (rows.next()) {
            count++;
        }
        return count;
    }

    private long count(String mark) {
        return server.directly("SELECT count(*) FROM marks WHERE id = '" + mark + "'");
    }

    private static String newMark() {
        return UUID.randomUUID().toString();
    }

    private static void insert(Connection connection, String mark) throws SQLException {
        execute(connection, "INSERT INTO marks VALUES ('" + mark + "')");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
