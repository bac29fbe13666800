package io.github.lifebelt.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.lifebelt.ConfigurationException;
import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.contract.Connects;
import io.github.lifebelt.security.CredentialsProvider.Credentials;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.Dialect.Transport;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.net.SocketFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.Driver;

/** What a socket factory that a URL names is made with, and what it may do. */
@Tag("smoke")
class ForeignFactoryTest {

    private static final String CLOUD_SQL = "jdbc:postgresql:///shop?cloudSqlInstance=p:r:i&ipTypes=PRIVATE"
            + "&user=app&password=s3cret&enableIamAuth=true&socketFactory=com.google.cloud.sql.postgres.SocketFactory";

    private static final List<Object> SEEN = new ArrayList<>();

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    /** Remembers what it is given, and where its sockets are to go. */
    abstract static class Remembering extends SocketFactory {
        @Override
        public Socket createSocket() throws IOException {
            return new Socket() {
                @Override
                public void connect(SocketAddress endpoint, int timeout) throws IOException {
                    SEEN.add(endpoint);
                    throw new IOException("no further");
                }
            };
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return createSocket();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
            return createSocket();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return createSocket();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
            return createSocket();
        }
    }

    /** With all constructors. */
    public static final class OfProperties extends Remembering {
        public OfProperties(Properties properties) {
            SEEN.add(properties.clone());
        }

        public OfProperties(String arg) {
            SEEN.add(arg);
        }

        public OfProperties() {
            SEEN.add("nothing");
        }
    }

    /** With an argument. */
    public static final class OfArgument extends Remembering {
        public OfArgument(String arg) {
            SEEN.add(arg);
        }
    }

    /** With nothing. */
    public static final class OfNothing extends Remembering {
        public OfNothing() {
            SEEN.add("nothing");
        }
    }

    /** Like a connector that has no credentials. */
    public static final class Failing extends Remembering {
        public Failing() {
            SEEN.add("nothing");
        }

        @Override
        public Socket createSocket() {
            throw new IllegalStateException("no credentials here");
        }
    }

    private static DatabaseUrl.Builder named(Class<?> factory) {
        return DatabaseUrl.builder("postgresql")
                .host("h")
                .sslMode(SslMode.DISABLE)
                .parameter("socketFactory", factory.getName());
    }

    private static SQLException failure(DatabaseUrl url) {
        ConnectRequest request = new ConnectRequest(
                url,
                Credentials.of("app", "s3cret"),
                new ConnectRequest.Tls(SslMode.DISABLE, null),
                System.nanoTime() + Duration.ofSeconds(10).toNanos());
        return catchThrowableOfType(
                SQLException.class, () -> Connects.dialect().connect(request).close());
    }

    private static ConfigurationException refused(String code, ThrowingCallable call) {
        ConfigurationException refused = catchThrowableOfType(ConfigurationException.class, call);
        assertThat(refused).as(code).isNotNull();
        assertThat(refused.code()).isEqualTo(code);
        return refused;
    }

    @Test
    void theUrlOfTheCloudSqlConnectorIsTaken() {
        DatabaseUrl url = DatabaseUrl.parse(CLOUD_SQL);
        assertThat(url.driverProperties())
                .containsEntry("cloudSqlInstance", "p:r:i")
                .containsEntry("ipTypes", "PRIVATE")
                .containsEntry("enableIamAuth", "true")
                .containsEntry("socketFactory", "com.google.cloud.sql.postgres.SocketFactory")
                .doesNotContainValue("s3cret");
        assertThat(Connects.dialect().transport(url)).isEqualTo(Transport.FOREIGN_PROTECTED);
        String jdbc = url.jdbcUrl();
        assertThat(jdbc)
                .contains("sslmode=disable", "cloudSqlInstance=p%3Ar%3Ai")
                .doesNotContain("s3cret");
        assertThat(Driver.parseURL(jdbc, new Properties()))
                .containsEntry("cloudSqlInstance", "p:r:i")
                .containsEntry("PGDBNAME", "shop");
        assertThat(DatabaseUrl.parse(jdbc).driverProperties()).isEqualTo(url.driverProperties());
    }

    @Test
    void withoutTheFactoryItsParametersAreUnknown() {
        DatabaseUrl url = DatabaseUrl.parse("jdbc:postgresql:///shop?cloudSqlInstance=p:r:i");
        assertThat(refused("UNKNOWN_PARAM", url::driverProperties))
                .hasMessageContaining("socketFactory=com.google.cloud.sql.postgres.SocketFactory");
    }

    @Test
    void aClassThatIsNotThereIsNoticedWhenThePoolIsBuilt() {
        DatabaseUrl url = DatabaseUrl.builder("postgresql")
                .parameter("socketFactory", "com.example.Missing")
                .build();
        assertThat(refused(
                        "SOCKET_FACTORY_MISSING",
                        () -> ConnectionPool.builder(url).open().close()))
                .hasMessageContaining("com.example.Missing");
    }

    @Test
    void anArgumentIsForAFactory() {
        refused(
                "UNSUPPORTED_PARAM",
                () -> DatabaseUrl.parse("jdbc:postgresql://h/db?socketFactoryArg=x")
                        .driverProperties());
        refused(
                "UNSUPPORTED_PARAM",
                () -> DatabaseUrl.parse("jdbc:postgresql://h/db?socketFactory=").driverProperties());
    }

    @Test
    void aFactoryIsMadeAsTheDriverMakesIt() {
        failure(named(OfProperties.class)
                .parameter("socketFactoryArg", "arg")
                .parameter("myOwn", "1")
                .parameter("myToken", "t0ken")
                .parameter("ApplicationName", "shop")
                .build());
        assertThat((Properties) SEEN.get(0))
                .containsEntry("myOwn", "1")
                .containsEntry("myToken", "t0ken")
                .containsEntry("ApplicationName", "shop")
                .containsEntry("PGHOST", "h")
                .containsEntry("user", "app")
                .containsEntry("password", "s3cret")
                .containsEntry("socketFactoryArg", "arg");
        SEEN.clear();
        failure(named(OfArgument.class).parameter("socketFactoryArg", "arg").build());
        assertThat(SEEN).startsWith("arg");
        SEEN.clear();
        failure(named(OfNothing.class).build());
        assertThat(SEEN).startsWith("nothing");
    }

    @Test
    void whatSoundsLikeASecretIsNotShown() {
        DatabaseUrl url =
                named(OfProperties.class).parameter("myToken", "t0ken").build();
        assertThat(url.jdbcUrl()).doesNotContain("t0ken");
        assertThat(url.driverProperties()).doesNotContainKey("myToken");
        assertThat(url.toString()).doesNotContain("t0ken");
    }

    @Test
    void socketsThatAreNotConnectedAreConnectedToTheHostOfTheUrl() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DatabaseUrl url = DatabaseUrl.builder("postgresql")
                    .host("localhost", listening.getLocalPort())
                    .parameter("socketFactory", OfNothing.class.getName())
                    .build();
            assertThat((Throwable) failure(url)).hasStackTraceContaining("no further");
            InetSocketAddress asked = (InetSocketAddress) SEEN.get(1);
            assertThat(asked.getPort()).isEqualTo(listening.getLocalPort());
            assertThat(asked.getAddress().isLoopbackAddress()).isTrue();
        }
    }

    @Test
    void aPathIsLeftToTheFactory() {
        DatabaseUrl url = DatabaseUrl.parse(
                "jdbc:postgresql:///shop?host=/var/run/postgresql&socketFactory=" + OfNothing.class.getName());
        failure(url);
        assertThat(SEEN.get(1)).isEqualTo(InetSocketAddress.createUnresolved("/var/run/postgresql", 5432));
        assertThat(Driver.parseURL(url.jdbcUrl(), new Properties())).containsEntry("PGHOST", "/var/run/postgresql");
        assertThat(DatabaseUrl.parse(url.jdbcUrl()).hosts()).isEqualTo(url.hosts());
    }

    @Test
    void aPathWithoutAFactoryIsRefusedAndTheConnectorNamed() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://app@%2Fcloudsql%2Fp%3Ar%3Ai/shop");
        assertThat(refused("UNSUPPORTED_HOST", url::driverProperties))
                .hasMessageContaining("CloudSqlPostgres.connector");
    }

    @Test
    void whatAFactoryFailsWithIsSaid() {
        assertThat((Throwable) failure(named(Failing.class).build()))
                .hasStackTraceContaining(Failing.class.getName() + " fails")
                .hasStackTraceContaining("no credentials here")
                .hasStackTraceContaining("ForeignFactoryTest$Failing");
        assertThat((Throwable) failure(named(Map.class).build())).hasMessageContaining("cannot be made");
    }

    @Test
    void someoneElsesPropertiesDoNotReplaceTheDrivers() {
        refused(
                "UNSUPPORTED_PARAM",
                () -> named(OfNothing.class)
                        .parameter("sslhostnameverifier", "x")
                        .build()
                        .driverProperties());
    }
}
