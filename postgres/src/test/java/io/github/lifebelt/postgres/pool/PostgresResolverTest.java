package io.github.lifebelt.postgres.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lifebelt.contract.Servers;
import io.github.lifebelt.postgres.net.ConnectRequests;
import io.github.lifebelt.postgres.net.LifebeltSocketFactory;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest;
import io.github.lifebelt.spi.FailureClassifier.Role;
import io.github.lifebelt.spi.HostResolver;
import io.github.lifebelt.testing.MovingHost;
import io.github.lifebelt.url.DatabaseUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When pgjdbc is given a socket that is connected already. */
class PostgresResolverTest {

    private static final String NAME = "db.lifebelt.test";

    @Test
    void theDriverHasNoNeedToAskTheJdk() throws Exception {
        MovingHost host = MovingHost.named(NAME).pointingTo(InetAddress.getByName("127.0.0.1"));
        // It would do so before it connects a socket, and leaves one alone that is connected.
        assertThat(isConnectedAtOnce(url(NAME), host)).isTrue();
        assertThat(host.lookUps()).isEqualTo(1);
        // The driver knows which host it means, and has a time-out of its own for the connect.
        assertThat(isConnectedAtOnce(url(NAME, NAME), host)).isFalse();
        assertThat(isConnectedAtOnce(
                        url(NAME).toBuilder().parameter("connect_timeout", "3").build(), host))
                .isFalse();
        assertThat(isConnectedAtOnce(url("localhost"), HostResolver.JDK)).isFalse();
    }

    private static DatabaseUrl url(String... names) {
        DatabaseUrl url = Servers.get(false).databaseUrl();
        DatabaseUrl.Builder renamed = DatabaseUrl.builder(url.dialect());
        for (String name : names) {
            renamed.host(name, Servers.get(false).port());
        }
        return renamed.database(url.database())
                .user(url.user())
                .password(url.credentials().secret())
                .sslMode(SslMode.DISABLE)
                .build();
    }

    private static boolean isConnectedAtOnce(DatabaseUrl url, HostResolver resolver) throws IOException {
        ConnectRequest request = new ConnectRequest(
                url,
                url.credentials(),
                new ConnectRequest.Tls(SslMode.DISABLE, null),
                System.nanoTime() + TimeUnit.SECONDS.toNanos(20),
                resolver,
                Role.READ_WRITE);
        try (ConnectRequests.Registration registration = ConnectRequests.register(request);
                Socket socket = new LifebeltSocketFactory(registration.token()).createSocket()) {
            return socket.isConnected();
        }
    }
}
