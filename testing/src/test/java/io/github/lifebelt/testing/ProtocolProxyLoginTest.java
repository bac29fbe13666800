package io.github.lifebelt.testing;

import static io.github.lifebelt.testing.ProxyTestServer.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.ProtocolProxy.Ending;
import io.github.lifebelt.testing.TestCertificates.ServerCertificate;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Logins, TLS and what else bare drivers do, by way of a proxy that follows. */
@ParameterizedClass
@EnumSource(ProxyTestServer.class)
class ProtocolProxyLoginTest {
    private static final int PATIENCE_MILLIS = ProxyTestServer.PATIENCE_MILLIS;

    @Parameter
    private ProxyTestServer server;

    @Test
    void tlsIsSpokenOnBothSides() throws Exception {
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port());
                Statement statement = connection.createStatement()) {
            String protocol;
            try (var rows = statement.executeQuery(
                    server.isPostgres()
                            ? "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
                            : "SHOW SESSION STATUS LIKE 'Ssl_version'")) {
                rows.next();
                protocol = rows.getString(rows.getMetaData().getColumnCount());
            }
            if (server.tls) {
                assertThat(protocol).isEqualTo("TLSv1.3");
            } else {
                assertThat(protocol).isNullOrEmpty();
            }
        }
    }

    @Test
    void whatIsNoCertificateIsRefused() {
        Path text = TestCertificates.shared().authority();
        Path nowhere = Path.of("nowhere.pem");
        ServerCertificate wrong = new ServerCertificate(text, text);
        assertThatIllegalArgumentException().isThrownBy(() -> ProtocolProxy.to(server.product, "localhost", 1, wrong));
        ServerCertificate missing = new ServerCertificate(nowhere, nowhere);
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> ProtocolProxy.to(server.product, "localhost", 1, missing))
                .withMessageContaining("nowhere.pem");
    }

    @Test
    void negativeNumbersAreRefused() {
        try (ProtocolProxy proxy = server.protocolProxy()) {
            assertThatIllegalArgumentException().isThrownBy(() -> proxy.loseCommitRequest(Ending.RESET, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> proxy.loseCommitAnswer(Ending.RESET, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> proxy.cutResultAfter(-1, Ending.RESET));
            assertThatIllegalArgumentException().isThrownBy(() -> proxy.cutResultAfter(1, Ending.RESET, -1));
        }
    }

    @Test
    void aStatementCanBeCancelled() throws Exception {
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port());
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            String sleep = server.isPostgres()
                    ? "SELECT pg_sleep(60)"
                    : "SELECT count(*) FROM information_schema.columns a, information_schema.columns b,"
                            + " information_schema.columns c WHERE sleep(1) = 1";
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute(sleep));
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
        }
    }

    @Test
    void whoOnlyKnocksOrTalksNonsenseHarmsNobody() throws Exception {
        try (ProtocolProxy proxy = server.protocolProxy()) {
            new Socket("127.0.0.1", proxy.port()).close();
            try (Socket socket = new Socket("127.0.0.1", proxy.port())) {
                socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes("US-ASCII"));
                socket.shutdownOutput();
                await().atMost(Duration.ofSeconds(20)).until(() -> proxy.connections() == 0);
            }
            try (Connection connection = server.open(proxy.port())) {
                assertThat(number(connection, "SELECT 1")).isEqualTo(1);
            }
        }
    }

    @Test
    void aCommitSentAsPlainTextIsRecognised() throws Exception {
        String asText = server.isPostgres() ? "&preferQueryMode=simple" : "&useServerPrepStmts=false";
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port(), PATIENCE_MILLIS, asText)) {
            connection.setAutoCommit(false);
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
            connection.commit();
            proxy.loseCommitRequest(Ending.FINISH);
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
            assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
            assertThat(proxy.commitRequestsLost()).isEqualTo(1);
        }
    }

    @Test
    void aBatchIsAnsweredInItsOrder() throws Exception {
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port())) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TEMPORARY TABLE numbers (id int PRIMARY KEY)");
                connection.commit();
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO numbers VALUES (?)")) {
                    for (int i = 0; i < 1_000; i++) {
                        insert.setInt(1, i);
                        insert.addBatch();
                    }
                    assertThat(insert.executeBatch()).hasSize(1_000);
                    insert.setInt(1, 5);
                    insert.addBatch();
                    insert.setInt(1, 2_000);
                    insert.addBatch();
                    assertThatExceptionOfType(SQLException.class).isThrownBy(insert::executeBatch);
                }
                connection.rollback();
                proxy.loseCommitAnswer(Ending.FINISH);
                assertThat(number(connection, "SELECT count(*) FROM numbers")).isZero();
            }
            assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
            assertThat(proxy.commitAnswersLost()).isEqualTo(1);
        }
    }

    @Test
    void whatIsLongPassesUnharmed() throws Exception {
        try (ProtocolProxy proxy = server.protocolProxy();
                Connection connection = server.open(proxy.port());
                PreparedStatement statement = connection.prepareStatement("SELECT ?, ?")) {
            String twoMegabytes = "0123456789abcdef".repeat(1 << 17);
            String eighteenMegabytes = "abcdefghij'\\klmno".repeat(17 << 16);
            statement.setString(1, twoMegabytes);
            statement.setString(2, eighteenMegabytes);
            for (int i = 0; i < 3; i++) {
                try (ResultSet rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1).equals(twoMegabytes)).isTrue();
                    assertThat(rows.getString(2).equals(eighteenMegabytes)).isTrue();
                    assertThat(rows.next()).isFalse();
                }
            }
            connection.setAutoCommit(false);
            assertThat(number(connection, "SELECT 1")).isEqualTo(1);
            proxy.loseCommitAnswer(Ending.RESET);
            assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit);
            assertThat(proxy.commitAnswersLost()).isEqualTo(1);
        }
    }
}
