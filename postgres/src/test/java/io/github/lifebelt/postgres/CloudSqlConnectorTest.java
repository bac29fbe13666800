package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.Detour;
import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.contract.Sql;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A pool over a stand-in for Google's connector, which the driver would make by the same class name. */
class CloudSqlConnectorTest {

    private static final String INSTANCE = "my-project:europe-west1:orders";

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.lifebelt.internal.pool.PoolEngine");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    private List<String> warnings(DatabaseUrl url) throws SQLException {
        try (Detour detour = new Detour(INSTANCE, server().port(), false);
                ConnectionPool pool = ConnectionPool.builder(url).open();
                Connection connection = pool.getConnection()) {
            assertThat(detour).isNotNull();
            assertThat(Sql.query(connection, "select 1")).isEqualTo("1");
        }
        return log.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static TestDatabase server() {
        return Servers.get(false);
    }

    private static DatabaseUrl.Builder connector() {
        return CloudSqlPostgres.connector(INSTANCE)
                .database(server().database())
                .user(server().user())
                .password(server().password());
    }

    @Test
    void thatTlsIsTheConnectorsIsNoWarning() throws SQLException {
        assertThat(warnings(connector().build())).isEmpty();
        assertThat(warnings(connector().sslMode(null).build())).isEmpty();
        assertThat(warnings(connector().host("ignored.example.com").build())).isEmpty();
    }

    @Test
    void theUrlOfGooglesDocumentationWorksAsItIs() throws SQLException {
        DatabaseUrl url = DatabaseUrl.parse("jdbc:postgresql:///" + server().database()
                + "?cloudSqlInstance=" + INSTANCE + "&socketFactory=com.google.cloud.sql.postgres.SocketFactory&user="
                + server().user() + "&password=" + server().password());
        assertThat(warnings(url)).isEmpty();
    }

    @Test
    void whoWantsTlsWithinGetsIt() throws SQLException {
        assertThat(warnings(connector().sslMode(SslMode.PREFER).host("h").build()))
                .singleElement()
                .asString()
                .contains("sslmode prefer");
    }
}
