package io.github.lifebelt.testing;

import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.protocol.StandardSocketFactory;
import java.io.Closeable;
import java.io.IOException;

/**
 * Makes sockets that go to where a {@link MovingHost} points to at that moment. MySQL's JDBC driver makes it by name, from
 * {@link MovingHost#connectorJProperties()}; nobody else needs it. Certificates are verified against the name.
 */
// The driver's declaration; the T it asks for is always a Socket.
@SuppressWarnings("TypeParameterUnusedInFormals")
public final class MovingHostMySqlSocketFactory extends StandardSocketFactory {

    /** For the driver. */
    public MovingHostMySqlSocketFactory() {}

    @Override
    public <T extends Closeable> T connect(String name, int port, PropertySet properties, int loginTimeout)
            throws IOException {
        MovingHost host = MovingHost.byName(name);
        String target = host == null ? name : host.resolve(name).get(0).getHostAddress();
        return super.connect(target, port, properties, loginTimeout);
    }
}
