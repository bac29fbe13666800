package io.github.lifebelt.apps.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.lifebelt.testing.DatabaseProduct;
import io.github.lifebelt.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that the user named, and what may not be done to it. */
class OwnServerTest {

    @ParameterizedTest
    @EnumSource(Database.class)
    void itIsServedBesideOtherTablesAndNotBroken(Database kind) throws Exception {
        DatabaseProduct product = kind.product();
        try (TestDatabase database = TestDatabase.of(product).start()) {
            try (Connection connection =
                            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE somebody_elses (id int PRIMARY KEY)");
            }
            // Twice: the second start finds all migrations applied.
            for (int i = 0; i < 2; i++) {
                InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
                try (Service service = Service.start(Target.own(database.url()), any, 2)) {
                    Client client = new Client(service.address());
                    await().atMost(Duration.ofSeconds(20))
                            .until(() -> service.transfers().committed() > 10);

                    assertThat(client.post("/control/kill", "").statusCode()).isEqualTo(404);
                    assertThat(client.post("/control/exhaust", "").statusCode()).isEqualTo(200);
                    assertThat(client.post("/control/release", "").statusCode()).isEqualTo(200);
                    assertThat(client.json("/live").at("/control/faults").booleanValue())
                            .isFalse();
                    assertThat(client.get("/health").statusCode()).isEqualTo(200);
                    assertThat(client.get("/live").body()
                                    + client.get("/health").body()
                                    + Target.own(database.url()))
                            .doesNotContain(database.password());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port=65536",
                "--threads=65",
                "--database=oracle",
                "--url=postgresql://app:hush@localhost:x/app",
                "--password=hush",
                "postgresql://app:hush@localhost/app"
            })
    void whatCannotBeIsRefusedWithoutRepeatingIt(String argument) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        int code = Main.run(
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                argument);

        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("See --help.").doesNotContain("hush");
    }

    @Test
    void aMissingCertificateFileIsSaidInOneSentence() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        int code = Main.run(
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                "--port",
                "0",
                "--url",
                "postgresql://app:hush@localhost:1/app?sslmode=verify-ca&sslrootcert=/no/such/file");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("The service did not start", "/no/such/file")
                .doesNotContain("hush", "\tat ");
    }
}
