package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect.ConnectProblem;
import io.github.lifebelt.spi.Dialect.Transport;
import io.github.lifebelt.spi.FailureClassifier.Verdict;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A pool over the sockets of somebody else's factory, which ignores the host of the URL: plain ones, and ones that are
 * connected through TLS already.
 */
public abstract class ForeignSockets extends PoolTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final Duration LATEST = DEADLINE.plusMillis(250);

    private TlsEndpoint endpoint;
    private Detour detour;

    /** The class that the driver would make, which asks {@link Detour}. */
    protected abstract String factory();

    /** The TLS of these tests is the factory's. */
    @Override
    protected TestDatabase server() {
        return Servers.get(false);
    }

    @BeforeEach
    void pave() throws IOException, SQLException {
        // MySQL knows the user from now on, and asks for no password in a form that depends on the line: behind the
        // endpoint it sees a plain one where the driver sees TLS.
        bare().close();
        endpoint = TlsEndpoint.to(server().port());
        detour = new Detour(tls ? endpoint.port() : server().port(), tls);
    }

    @AfterEach
    void tearUp() throws IOException {
        detour.close();
        endpoint.close();
    }

    private DatabaseUrl url() {
        return DatabaseUrl.builder(Connects.dialect().name())
                .host("nobody.invalid")
                .database(server().database())
                .user(server().user())
                .password(server().password())
                .sslMode(SslMode.DISABLE)
                .parameter("socketFactory", factory())
                .parameter(Detour.PROPERTY, detour.id())
                .build();
    }

    @Override
    protected PoolBuilder builder() {
        return ConnectionPool.builder(url());
    }

    @Test
    void connectionsLeadWhereTheFactoryLeadsAndComeBack() throws SQLException {
        ConnectionPool pool = open();
        long first;
        try (Connection connection = pool.getConnection()) {
            assertThat(query(connection, "select 1")).isEqualTo("1");
            first = sessionId(connection);
            assertThat(connection.unwrap(Sql.driverConnection())).isNotNull();
        }
        for (int i = 0; i < 5; i++) {
            try (Connection connection = pool.getConnection()) {
                assertThat(sessionId(connection)).isEqualTo(first);
                assertThat(connection.getNetworkTimeout())
                        .as("the pings' is gone")
                        .isZero();
            }
        }
        assertThat(pool.stats().connects()).isOne();
        assertThat(pool.stats().pings()).as("nobody can look at its socket").isEqualTo(5);
        assertThat(detour.made()).hasSize(1);
        assertThat(Connects.dialect().transport(url())).isEqualTo(Transport.FOREIGN);
    }

    @Test
    void aKilledConnectionIsReplacedBeforeTheBorrowerSeesIt() throws SQLException {
        ConnectionPool pool = open();
        fill(pool, 3);
        Servers.killSessions(server());
        fill(pool, 3);
        assertThat(pool.stats().connects()).isEqualTo(6);
    }

    @Test
    void borrowingFromAFrozenServerEndsInTime() throws SQLException {
        ConnectionPool pool = open(builder().borrowTimeout(DEADLINE));
        fill(pool, 2);
        server().faults().freeze();
        for (int i = 0; i < 3; i++) {
            borrowFailsInTime(pool);
        }
        server().faults().thaw();
        await().atMost(SOON).untilAsserted(() -> fill(pool, 2));
    }

    private void borrowFailsInTime(ConnectionPool pool) {
        long begin = System.nanoTime();
        assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
        assertThat(since(begin)).isLessThan(atMost(LATEST));
    }

    @Test
    void connectingToAFrozenServerEndsInTime() {
        ConnectionPool pool = open(builder().borrowTimeout(DEADLINE));
        server().faults().freeze();
        borrowFailsInTime(pool);
    }

    @Test
    void aFactoryThatHangsKeepsNobodyAndWhatItBringsTooLateIsClosed() throws SQLException {
        connectFailsInTimeWhile(detour::block);
        detour.unblock();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(detour.made()).isNotEmpty().allMatch(Socket::isClosed));
        fill(open(), 1);
    }

    @Test
    void aServerThatNeverAnswersEndsInTime() {
        try (FaultProxy proxy = server().proxy()) {
            proxy.acceptAndStaySilent();
            connectFailsInTimeWhile(() -> detour.leadTo(proxy.port()));
        }
    }

    /** Each packet comes in time, and all of them do not. */
    @Test
    void aSlowHandshakeEndsInTime() {
        try (FaultProxy proxy = FaultProxy.to("localhost", tls ? endpoint.port() : server().port())) {
            proxy.slowHandshake(Duration.ofMillis(400));
            connectFailsInTimeWhile(() -> detour.leadTo(proxy.port()));
        }
    }

    private void connectFailsInTimeWhile(Runnable fault) {
        fault.run();
        long begin = System.nanoTime();
        ConnectRequest request = Connects.request(url(), DEADLINE);
        SQLException failure = Connects.fails(request);
        assertThat(since(begin)).isBetween(DEADLINE.minusMillis(10), atMost(LATEST));
        assertThat(Connects.whileConnecting(failure)).isEqualTo(Verdict.DATABASE_DOWN);
        assertThat(Connects.dialect().connectProblem(failure)).isEqualTo(ConnectProblem.TIMED_OUT);
        assertThat((Throwable) failure).hasMessageContaining(factory());
    }

    @Test
    void abortFreesAConnectingThreadAtOnce() throws Exception {
        try (FaultProxy proxy = server().proxy()) {
            proxy.acceptAndStaySilent();
            detour.leadTo(proxy.port());
            ConnectRequest request = Connects.request(url(), Duration.ofSeconds(60));
            Future<SQLException> connecting = threads.submit(() -> Connects.fails(request));
            await().atMost(SOON).until(() -> proxy.connections() == 1);
            long begin = System.nanoTime();
            request.abort();
            assertThat((Throwable) connecting.get(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(since(begin)).isLessThan(atMost(Duration.ofMillis(250)));
            assertThat((Throwable) Connects.fails(request))
                    .as("nor does it begin again")
                    .isNotNull();
            if (!tls) {
                // During its own handshake nobody but the factory knows of its socket.
                await().atMost(SOON).until(() -> proxy.connections() == 0);
            }
        }
    }

    @Test
    void aPoolIsClosedAtOnceAlsoWhileItsServerIsFrozen() throws SQLException {
        ConnectionPool pool = open();
        fill(pool, 3);
        server().faults().freeze();
        long begin = System.nanoTime();
        pool.close(Duration.ZERO);
        assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(1)));
        await().atMost(SOON).untilAsserted(() -> assertThat(detour.made()).allMatch(Socket::isClosed));
    }

    @Test
    void aStatementIsCancelledThroughTheFactory() throws Exception {
        ConnectionPool pool = open();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            Future<SQLException> running = threads.submit(
                    () -> catchThrowableOfType(SQLException.class, () -> statement.execute(Sql.sleep(30))));
            await().atMost(SOON).until(() -> {
                statement.cancel();
                return running.isDone();
            });
            assertThat((Throwable) running.get()).isNotNull();
            assertThat(query(connection, "select 1")).isEqualTo("1");
        }
        assertThat(detour.made()).hasSizeGreaterThan(1);
        assertThat(pool.stats().connects()).isOne();
    }

    @Test
    void aStatementsTimeOutEndsItThroughTheFactory() throws SQLException {
        ConnectionPool pool = open();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            long begin = System.nanoTime();
            assertThatThrownBy(() -> statement.execute(Sql.sleep(30))).isInstanceOf(SQLException.class);
            assertThat(since(begin)).isLessThan(atMost(Duration.ofSeconds(5)));
        }
        assertThat(detour.made()).hasSizeGreaterThan(1);
    }

    /** A ping is bounded by the driver's own time-out, and puts back what stood there. */
    @Test
    void aNetworkTimeoutOfTheBorrowersIsItsOwn() throws SQLException {
        ConnectionPool pool = open();
        try (Connection connection = pool.getConnection()) {
            connection.setNetworkTimeout(Runnable::run, 5_000);
            assertThat(query(connection, "select 1")).isEqualTo("1");
            assertThat(connection.getNetworkTimeout()).isEqualTo(5_000);
        }
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getNetworkTimeout()).isZero();
            assertThat(query(connection, Sql.sleep(0.1))).isNotNull();
        }
        assertThat(pool.stats().connects()).isOne();
    }

    @Test
    void theServerThatComesBackIsFoundAlthoughNobodyKnowsTheHost() throws SQLException {
        ConnectionPool pool = open(builder().borrowTimeout(Duration.ofMillis(300)));
        fill(pool, 1);
        try (FaultProxy proxy = server().proxy()) {
            proxy.refuse();
            detour.leadTo(proxy.port());
            Servers.killSessions(server());
            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
            detour.leadTo(tls ? endpoint.port() : server().port());
            await().atMost(SOON).untilAsserted(() -> fill(pool, 1));
        }
    }

    /** Which of them takes writes is asked over a socket that has no deadline. */
    @Test
    void ofSeveralHostsOneIsFound() throws SQLException {
        DatabaseUrl several = url().toBuilder().host("somebody.invalid").build();
        ConnectionPool pool = open(ConnectionPool.builder(several));
        try (Connection connection = pool.getConnection()) {
            assertThat(query(connection, "select 1")).isEqualTo("1");
            assertThat(connection.getNetworkTimeout()).isZero();
        }
        assertThat(pool.stats().connects()).isOne();
        server().faults().makeReadOnly();
        fill(open(ConnectionPool.builder(several)), 1);
    }
}
