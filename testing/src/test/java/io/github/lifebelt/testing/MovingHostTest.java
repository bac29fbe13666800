package io.github.lifebelt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A name that moves, as the driver alone sees it. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the loopback has only one address of IPv4")
class MovingHostTest {
    private static final String NAME = "db.lifebelt.test";

    private static TestDatabase database;
    private static InetAddress one;
    private static InetAddress two;

    private final MovingHost host = MovingHost.named(NAME).pointingTo(one);
    private FaultProxy forwarder;

    @BeforeAll
    static void startServer() throws Exception {
        database = TestDatabase.postgres().start();
        one = InetAddress.getByName("127.0.0.1");
        two = InetAddress.getByName("127.0.0.2");
    }

    @AfterAll
    static void stopServer() {
        database.close();
    }

    @BeforeEach
    void forward() throws Exception {
        forwarder = FaultProxy.to("127.0.0.1", database.port(), new InetSocketAddress(two, database.port()));
    }

    @AfterEach
    void stopForwarding() throws Exception {
        forwarder.close();
    }

    /** Nothing of Lifebelt but the socket factory. */
    private Connection open(String sslMode) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", database.user());
        properties.setProperty("password", database.password());
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "10");
        properties.putAll(host.pgjdbcProperties());
        return DriverManager.getConnection(
                database.jdbcUrl().replace("localhost", NAME).replace("verify-full", sslMode), properties);
    }

    private Connection open() throws SQLException {
        return open("verify-ca");
    }

    @Test
    void theNameIsNotKnownWithoutTheFactory() {
        String url = database.jdbcUrl().replace("localhost", NAME);
        assertThatThrownBy(() -> DriverManager.getConnection(url, database.user(), database.password()))
                .hasCauseInstanceOf(UnknownHostException.class);
    }

    @Test
    void aBareConnectionFollowsTheNameAndTheOldOneStays() throws Exception {
        try (Connection before = open()) {
            assertThat(Sessions.answers(before)).isTrue();
            assertThat(forwarder.accepted()).isZero();
            host.moveTo(two);
            try (Connection after = open()) {
                assertThat(Sessions.answers(after)).isTrue();
                assertThat(forwarder.accepted()).isEqualTo(1);
                assertThat(Sessions.answers(before)).isTrue();
            }
            host.moveTo(one);
            open().close();
            assertThat(forwarder.accepted()).isEqualTo(1);
        }
        assertThat(host.lookUps()).isEqualTo(3);
    }

    @Test
    void mysqlsDriverFollowsTheNameToo() throws Exception {
        try (TestDatabase mysql = TestDatabase.mysql().start();
                FaultProxy elsewhere =
                        FaultProxy.to("127.0.0.1", mysql.port(), new InetSocketAddress(two, mysql.port()))) {
            Properties properties = new Properties();
            properties.setProperty("user", mysql.user());
            properties.setProperty("password", mysql.password());
            properties.putAll(host.connectorJProperties());
            String url = mysql.jdbcUrl().replace("localhost", NAME).replace("VERIFY_IDENTITY", "VERIFY_CA");
            try (Connection before = DriverManager.getConnection(url, properties)) {
                assertThat(Sessions.answers(before)).isTrue();
                assertThat(elsewhere.accepted()).isZero();
                host.moveTo(two);
                try (Connection after = DriverManager.getConnection(url, properties)) {
                    assertThat(Sessions.answers(after)).isTrue();
                    assertThat(elsewhere.accepted()).isEqualTo(1);
                    assertThat(Sessions.answers(before)).isTrue();
                }
                host.lose();
                assertThatThrownBy(() -> DriverManager.getConnection(url, properties))
                        .hasRootCauseInstanceOf(UnknownHostException.class);
                String named = url.replace("VERIFY_CA", "VERIFY_IDENTITY");
                host.moveTo(one);
                assertThatThrownBy(() -> DriverManager.getConnection(named, properties))
                        .hasStackTraceContaining(NAME);
            }
        }
    }

    @Test
    void aLostNameIsAnUnknownHostUntilItIsMoved() throws Exception {
        try (Connection before = open()) {
            host.lose();
            assertThatThrownBy(this::open)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"))
                    .hasCauseInstanceOf(UnknownHostException.class);
            assertThat(Sessions.answers(before)).isTrue();
            host.moveTo(two);
            open().close();
            assertThat(forwarder.accepted()).isEqualTo(1);
        }
    }

    @Test
    void certificatesAreVerifiedAgainstTheName() {
        // It is for localhost and 127.0.0.1, where the name points to.
        assertThatThrownBy(() -> open("verify-full")).hasMessageContaining(NAME).hasMessageContaining("verif");
    }

    @Test
    void theBareDriverTakesTheFirstAddressOnly() throws Exception {
        host.moveTo(InetAddress.getByName("127.0.0.3"), one);
        assertThatThrownBy(this::open).hasMessageContaining("refused");
        host.moveTo(one, InetAddress.getByName("127.0.0.3"));
        open().close();
    }

    @Test
    void aHostAnswersForItsNameAndTheJdkForOthers() throws Exception {
        assertThat(host.resolve(NAME)).containsExactly(one);
        assertThat(host.resolve("DB.Lifebelt.Test")).containsExactly(one);
        assertThat(host.resolve("localhost")).isEqualTo(HostResolver.JDK.resolve("localhost"));
        assertThat(host.lookUps()).isEqualTo(2);
        host.moveTo(two, one);
        assertThat(host.resolve(NAME)).isEqualTo(List.of(two, one));
        host.lose();
        assertThatThrownBy(() -> host.resolve(NAME)).isInstanceOf(UnknownHostException.class);
        assertThat(host.lookUps()).isEqualTo(4);
        assertThat(host.name()).isEqualTo(NAME);
        assertThat(host).hasToString("MovingHost[db.lifebelt.test -> []]");
    }

    @Test
    void twoHostsOfOneNameAreStrangers() throws Exception {
        MovingHost other = MovingHost.named(NAME).pointingTo();
        open().close();
        assertThat(other.lookUps()).isZero();
        assertThat(other.pgjdbcProperties()).isNotEqualTo(host.pgjdbcProperties());
    }

    @Test
    void aTokenHasToBeOneThatWasGiven() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MovingHostSocketFactory("0"))
                .withMessageContaining("pgjdbcProperties()");
    }
}
