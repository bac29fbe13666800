package io.github.lifebelt.contract;

import static io.github.lifebelt.contract.Sql.execute;
import static io.github.lifebelt.contract.Sql.query;
import static io.github.lifebelt.contract.Sql.sessionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.DatabaseUnavailableException;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.MovingHost;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Host names that the JDK does not know, and that move. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the loopback has only one address of IPv4")
class ResolverTest extends MovingNameTest {

    private static void serves(ConnectionPool pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            assertThat(query(connection, "select 1")).isEqualTo("1");
        }
    }

    @Test
    @Tag("smoke")
    void aNameThatOnlyTheResolverKnowsIsAskedForAtEachConnect() throws Exception {
        ConnectionPool pool = open(byName(host).maxSize(3));
        fill(pool, 3);
        fill(pool, 3);
        assertThat(pool.stats().connects()).isEqualTo(3);
        // Who connects at the same moment shares a look-up.
        assertThat(host.lookUps()).isBetween(1L, 3L);
        long lookUps = host.lookUps();
        pool.recycle();
        serves(pool);
        assertThat(host.lookUps()).isGreaterThan(lookUps);
    }

    @Test
    void certificatesAreVerifiedAgainstTheNameWhateverItsAddress() throws Exception {
        if (!tls) {
            // Without TLS there is nothing that could be held against the name.
            serves(open(ConnectionPool.builder(url(SslMode.DISABLE, NAME)).resolver(host)));
            return;
        }
        try (FaultProxy forwarder = forwarder()) {
            // The certificate has the name localhost, and of addresses 127.0.0.1 only.
            MovingHost localhost = MovingHost.named("localhost").pointingTo(two);
            serves(open(ConnectionPool.builder(url(SslMode.VERIFY_FULL, "localhost"))
                    .resolver(localhost)));
            assertThat(forwarder.accepted()).isEqualTo(1);
        }
        ConnectionPool pool =
                open(ConnectionPool.builder(url(SslMode.VERIFY_FULL, NAME)).resolver(host));
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(SQLNonTransientConnectionException.class)
                .hasMessageContaining(NAME)
                .hasMessageContaining(Sql.WRONG_HOST_NAME);
    }

    @Test
    @Tag("smoke")
    void oldConnectionsStayAndNewOnesFollowTheName() throws Exception {
        ConnectionPool pool = open(byName(host).maxSize(2));
        try (FaultProxy forwarder = forwarder();
                Connection before = pool.getConnection()) {
            long session = sessionId(before);
            host.moveTo(two);
            try (Connection after = pool.getConnection()) {
                assertThat(query(after, "select 1")).isEqualTo("1");
                assertThat(forwarder.accepted()).isEqualTo(1);
                assertThat(sessionId(before)).isEqualTo(session);
            }
            before.close();
            fill(pool, 2);
            assertThat(pool.stats().connects()).isEqualTo(2);
            assertThat(forwarder.accepted()).isEqualTo(1);

            pool.recycle();
            fill(pool, 2);
            assertThat(pool.stats().connects()).isEqualTo(4);
            assertThat(forwarder.accepted()).isEqualTo(3);
        }
    }

    @Test
    void killedSessionsAreReplacedWhereTheNameLeadsNow() throws Exception {
        ConnectionPool pool = open(byName(host).maxSize(2));
        fill(pool, 2);
        try (FaultProxy forwarder = forwarder()) {
            host.moveTo(two);
            Servers.killSessions(server());
            fill(pool, 2);
            assertThat(forwarder.accepted()).isEqualTo(2);
        }
    }

    @Test
    void theNextAddressIsTriedWhenOneRefuses() throws Exception {
        host.moveTo(two, one);
        ConnectionPool pool = open(byName(host).failFast());
        fill(pool, 2);
        assertThat(pool.stats().connects()).isEqualTo(2);
    }

    @Test
    void theNextHostIsTriedWhenOneIsUnknown() throws Exception {
        // Names that no other test has made fail: the driver remembers those for some seconds and tries them last.
        MovingHost first = MovingHost.named("first.lifebelt.test").pointingTo();
        MovingHost second = MovingHost.named("second.lifebelt.test").pointingTo(one);
        HostResolver both = name -> name.equals(first.name()) ? first.resolve(name) : second.resolve(name);
        ConnectionPool pool = open(ConnectionPool.builder(url(first.name(), second.name()))
                .resolver(both)
                .failFast());
        serves(pool);
        assertThat(first.lookUps()).isEqualTo(1);
        assertThat(second.lookUps()).isEqualTo(1);
    }

    @Test
    void addressesInTheUrlAreNotAskedFor() throws Exception {
        HostResolver never = name -> {
            throw new IllegalStateException(name + " is no name");
        };
        serves(open(ConnectionPool.builder(url("127.0.0.1")).resolver(never)));
    }

    @Test
    @Tag("smoke")
    void aNameWithoutAnAddressIsADatabaseThatIsDownAndSaysWhatToDo() {
        assertUnknown(name -> List.of(), "PoolBuilder.resolver");
        assertUnknown(
                name -> {
                    throw new UnknownHostException(name);
                },
                "PoolBuilder.resolver");
        assertUnknown(
                name -> {
                    throw new IllegalStateException("registry is down");
                },
                "registry is down");
        assertUnknown(HostResolver.JDK, "DNS");
    }

    private void assertUnknown(HostResolver resolver, String what) {
        ConnectionPool pool = open(byName(resolver).failFast());
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .hasMessageContaining("'" + NAME + "'")
                    .hasMessageContaining(what)
                    .hasRootCauseInstanceOf(
                            what.startsWith("registry") ? IllegalStateException.class : UnknownHostException.class);
        }
    }

    @Test
    void whoWaitsForALostNameIsServedWhenItIsBack() throws Exception {
        ConnectionPool pool = open(byName(host).maxSize(2).unavailableTimeout(Duration.ofSeconds(30)));
        try (Connection held = pool.getConnection();
                FaultProxy forwarder = forwarder()) {
            host.lose();
            Future<String> borrower = threads.submit(() -> {
                try (Connection connection = pool.getConnection()) {
                    return query(connection, "select 'served'");
                }
            });
            await().until(() -> !pool.stats().available());
            long lookUps = host.lookUps();
            await().until(() -> host.lookUps() > lookUps);
            assertThat(query(held, "select 1")).isEqualTo("1");
            host.moveTo(two);
            assertThat(borrower.get(30, TimeUnit.SECONDS)).isEqualTo("served");
            assertThat(forwarder.accepted()).isPositive();
            assertThat(pool.stats().available()).isTrue();
        }
    }

    @Test
    void aStatementIsCancelledWhereItsConnectionStands() throws Exception {
        ConnectionPool pool = open(byName(host));
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            long session = sessionId(connection);
            host.lose();
            statement.setQueryTimeout(1);
            assertThatThrownBy(() -> statement.execute(Sql.sleep(30))).matches(Sql::isCancelled);
            assertThat(sessionId(connection)).isEqualTo(session);
            execute(connection, "select 1");
        }
    }
}
