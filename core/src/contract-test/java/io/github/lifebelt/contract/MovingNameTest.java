package io.github.lifebelt.contract;

import io.github.lifebelt.ConnectionPool;
import io.github.lifebelt.PoolBuilder;
import io.github.lifebelt.security.SslMode;
import io.github.lifebelt.spi.ConnectRequest.HostResolver;
import io.github.lifebelt.testing.FaultProxy;
import io.github.lifebelt.testing.MovingHost;
import io.github.lifebelt.url.DatabaseUrl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.BeforeEach;

/** A pool on a host name that the JDK does not know, and that moves between two addresses of the loopback. */
abstract class MovingNameTest extends PoolTest {

    static final String NAME = "db.lifebelt.test";

    InetAddress one;
    InetAddress two;
    MovingHost host;

    @BeforeEach
    void pointToTheServer() throws UnknownHostException {
        one = InetAddress.getByName("127.0.0.1");
        two = InetAddress.getByName("127.0.0.2");
        host = MovingHost.named(NAME).pointingTo(one);
    }

    /** The server's certificate is for localhost, so of another name only the chain can be verified. */
    DatabaseUrl url(String... names) {
        return url(tls ? SslMode.VERIFY_CA : SslMode.DISABLE, names);
    }

    DatabaseUrl url(SslMode mode, String... names) {
        DatabaseUrl url = server().databaseUrl();
        DatabaseUrl.Builder renamed = DatabaseUrl.builder(url.dialect());
        for (String name : names) {
            renamed.host(name, server().port());
        }
        url.parameters().forEach(renamed::parameter);
        return renamed.database(url.database())
                .user(url.user())
                .password(url.credentials().secret())
                .sslMode(mode)
                .sslRootCert(url.sslRootCert())
                .build();
    }

    PoolBuilder byName(HostResolver resolver) {
        return ConnectionPool.builder(url(NAME)).resolver(resolver);
    }

    FaultProxy forwarder() {
        return FaultProxy.to("127.0.0.1", server().port(), new InetSocketAddress(two, server().port()));
    }
}
