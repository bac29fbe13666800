package io.github.lifebelt.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.postgres.AzurePostgres;
import io.github.lifebelt.security.CredentialsProvider;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.DatabaseTest;
import io.github.lifebelt.testing.TestDatabase;
import io.github.lifebelt.url.DatabaseUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/passwordless.md: each source is what a login is made with. */
@DatabaseTest(DatabaseProduct.POSTGRESQL)
class PasswordlessTest {
    private String url = "";
    private String user = "";
    private Path secret = Path.of("");

    @BeforeEach
    void leaveThePasswordOutOfTheUrl(TestDatabase database, @TempDir Path folder) throws Exception {
        url = database.databaseUrl().toBuilder().password(null).build().jdbcUrl();
        user = database.user();
        secret = Files.writeString(folder.resolve("db"), database.password() + "\n");
    }

    @Test
    void entraIsAskedOnlyWhenAConnectionIsMade() {
        // snippet: entra
        DatabaseUrl url = AzurePostgres.flexibleServer("orders-db") // AzureMySql likewise
                .database("shop")
                .user("orders-web")
                .build();
        ConnectionPool pool = ConnectionPool.builder(url)
                .credentials(CredentialsProvider.azureEntra("orders-web"))
                .open();
        // end: entra
        try (pool) {
            assertThat(pool.stats().total()).isZero();
            assertThat(pool.config().url().user()).isEqualTo("orders-web");
        }
    }

    @Test
    void aCommandsFirstLineIsTheSecret() throws SQLException {
        List<String> command = List.of("cat", secret.toString());
        // snippet: command
        ConnectionPool pool = ConnectionPool.builder(url)
                .credentials(CredentialsProvider.fromCommand(user, command, Duration.ofSeconds(20)))
                .open();
        // end: command
        logsIn(pool);
    }

    @Test
    void aFileThatIsExchangedIsWhatTheNextLoginUses(TestDatabase database) throws Exception {
        // snippet: file
        ConnectionPool pool = ConnectionPool.builder(url)
                .credentials(CredentialsProvider.fromFile(user, secret)) // Path.of("/run/secrets/db")
                .open();
        // end: file
        try (pool) {
            pool.awaitReady(Duration.ofSeconds(30));
            database.faults().rotatePassword("another-one-4711");
            Files.writeString(secret, "another-one-4711");
            database.faults().killSessions();
            logsIn(pool);
        }
    }

    @Test
    void aProviderOfOnesOwnIsOneMethod() throws Exception {
        String token = Files.readString(secret).strip();
        // snippet: provider
        CredentialsProvider provider = () -> {
            Instant expiresAt = Instant.now().plus(Duration.ofMinutes(15));
            return new Credentials(user, token, expiresAt); // from wherever you have them
        };
        ConnectionPool pool = ConnectionPool.builder(url).credentials(provider).open();
        // end: provider
        logsIn(pool);
    }

    private static void logsIn(ConnectionPool pool) throws SQLException {
        try (pool;
                Connection connection = pool.getConnection()) {
            assertThat(connection.isValid(5)).isTrue();
        }
    }
}
