package io.github.lifebelt.testing;

import static io.github.lifebelt.testing.ProxyTestServer.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only one of the families has, or only TLS. */
class ProtocolProxyDialectTest {
    private static final int PATIENCE_MILLIS = ProxyTestServer.PATIENCE_MILLIS;

    @Test
    void olderTlsIsSpokenToo() throws Exception {
        ProxyTestServer server = ProxyTestServer.MYSQL_TLS;
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port(), PATIENCE_MILLIS, "&tlsVersions=TLSv1.2")) {
            proxy.loseCommitAnswer(Ending.FINISH);
            connection.setAutoCommit(false);
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
            assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
            assertThat(proxy.commitAnswersLost()).isEqualTo(1);
        }
    }

    @Test
    void channelBindingFits() throws Exception {
        ProxyTestServer server = ProxyTestServer.POSTGRESQL_TLS;
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port(), PATIENCE_MILLIS, "&channelBinding=require")) {
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL_TLS", "MYSQL_TLS"})
    void badCertificatesAreShownAsTheyAreAndRefused(ProxyTestServer server) {
        TestCertificates certificates = TestCertificates.shared();
        for (ServerCertificate bad : new ServerCertificate[] {certificates.wrongHost(), certificates.expired()}) {
            try (ProtocolProxy proxy = ProtocolProxy.to(server.product, server.host(), server.port(), bad)) {
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> server.open(proxy.port()))
                        .satisfies(e -> assertThat(e.getSQLState()).startsWith("08"));
                await().until(() -> proxy.connections() == 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL_TLS", "MYSQL_TLS"})
    void withoutACertificateThereIsNoTls(ProxyTestServer server) {
        try (ProtocolProxy proxy = ProtocolProxy.to(server.product, server.host(), server.port(), null)) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> server.open(proxy.port()))
                    .satisfies(e -> assertThat(Throwables.getStackTrace(e))
                            .containsAnyOf("does not support SSL", "SSL Connection required"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MYSQL_PLAIN", "MYSQL_TLS"})
    void aCommitWithQueryAttributesIsRecognised(ProxyTestServer server) throws Exception {
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            proxy.loseCommitRequest(Ending.FINISH);
            var attributes = statement.unwrap(com.mysql.cj.jdbc.JdbcStatement.class);
            attributes.setAttribute("text", "; COMMIT");
            attributes.setAttribute("byte", (byte) 1);
            attributes.setAttribute("short", (short) 2);
            attributes.setAttribute("int", 3);
            attributes.setAttribute("long", 4L);
            attributes.setAttribute("float", 5f);
            attributes.setAttribute("double", 6d);
            attributes.setAttribute("nothing", null);
            attributes.setAttribute("time", new Timestamp(0));
            attributes.setAttribute("boolean", true);
            statement.execute("SELECT 1");
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute("COMMIT"));
            assertThat(proxy.commitRequestsLost()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL_PLAIN", "POSTGRESQL_TLS"})
    void copiedDataPasses(ProxyTestServer server) throws Exception {
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("CREATE TEMPORARY TABLE copied (id int)");
            var copies = connection.unwrap(org.postgresql.PGConnection.class).getCopyAPI();
            String rows = "12345\n".repeat(100_000);
            assertThat(copies.copyIn("COPY copied FROM STDIN", new StringReader(rows)))
                    .isEqualTo(100_000);
            var out = new StringWriter();
            assertThat(copies.copyOut("COPY copied TO STDOUT", out)).isEqualTo(100_000);
            assertThat(out.toString().equals(rows)).isTrue();
            proxy.loseCommitAnswer(Ending.RESET);
            assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
            assertThat(proxy.commitAnswersLost()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL_PLAIN", "POSTGRESQL_TLS"})
    void aCommitThatTheServerRefusesIsAnsweredNonetheless(ProxyTestServer server) throws Exception {
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("CREATE TEMPORARY TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
            statement.execute("INSERT INTO late VALUES (1), (1)");
            proxy.loseCommitAnswer(Ending.FINISH);
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(connection::commit)
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08006"));
            assertThat(proxy.commitAnswersLost()).isEqualTo(1);
        }
    }
}
